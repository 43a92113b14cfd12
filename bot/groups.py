"""Thanks to a user group or role: first a look at who that is and what it costs, then one press."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot import accounts, allowance, people, thanks
from bot.allowance import KudosSettings
from bot.ctx import Ctx, Group, Refusal, Who
from bot.kinds import KINDS, Ask, Kind, clean
from bot.line import quote
from bot.pages import count
from bot.text import Text, join, md
from bot.ui import Button, Card, Line, Node, actions, card
from storage.models import Member, Skill

_GROUP = re.compile(r"<!subteam\^(?P<group>\w+)(?:\|[^>]*)?>|<@&(?P<role>\w+)(?:\|[^>]*)?>")
MOST_LEFT_OUT = 10
Thankable = Member | Group


@dataclass(slots=True)
class Looked:
    """Who of a group can be thanked now, and who cannot, with the reason."""

    to: list[Member] = field(default_factory=list[Member])
    left_out: list[Text] = field(default_factory=list[Text])


def read_thankable(ctx: Ctx, text: str, _ask: Ask) -> Thankable:
    """A member (apps are judged later, by the community's rule), or a group that the platform told us of."""
    found = _GROUP.fullmatch(text.strip().strip(","))
    if found is None:
        return people.anyone(ctx, text)
    group = ctx.request.groups.get(found["group"] or found["role"])
    if group is None:
        raise Refusal("I cannot see who is in that group. Name the people instead.")
    return group


def _write(one: Thankable) -> str:
    return people.write_member(one) if isinstance(one, Member) else one.name


KINDS[Thankable] = Kind(
    "member",
    read_thankable,
    write=_write,
    looks=lambda word: people.is_named(word) or bool(_GROUP.fullmatch(word)),
    suggest=people.suggest_members,
)


def preview(ctx: Ctx, rules: KudosSettings, to: Sequence[Thankable], reason: str, skill: Skill | None) -> Card:
    """Who that is, who is left out and why, what it costs; nothing is given yet."""
    looked = _looked(ctx, rules, to)
    name = join([md("*{name}*", name=clean(one.name)[:80]) for one in to if isinstance(one, Group)])
    if not looked.to:
        return card("There is nobody in {name} whom you can thank now.", *_left_out(looked), name=name)
    remaining = allowance.left(ctx, rules.allowance)
    return card(
        "Thank {name}?",
        Line(md("That is {who}.", who=thanks.named(looked.to))),
        *_left_out(looked),
        Line(_cost(ctx, len(looked.to), remaining)),
        actions(_press(looked.to, reason, skill)) if len(looked.to) <= remaining else None,
        name=name,
    )


def _looked(ctx: Ctx, rules: KudosSettings, to: Sequence[Thankable]) -> Looked:
    looked = Looked()
    for one in to:
        for who in one.members if isinstance(one, Group) else ():
            _look(ctx, rules, looked, _known(ctx, who), who)
        if isinstance(one, Member):
            _look(ctx, rules, looked, one, Who("", one.name))
    return looked


def _known(ctx: Ctx, who: Who) -> Member | None:
    """The member behind an account; looking at a group lets people join it, but neither apps nor leavers."""
    if account := accounts.account_of(ctx.db, ctx.place.id, who.key):
        return ctx.db.get_one(Member, account.member_id)
    return None if who.gone or who.bot else accounts.admit(ctx.db, ctx.place, who, ctx.now)


def _look(ctx: Ctx, rules: KudosSettings, looked: Looked, member: Member | None, who: Who) -> None:
    name = clean(who.name)[:80] or "somebody"
    if member in looked.to:
        return
    if no := _why_not(ctx, rules, member, who):
        looked.left_out.append(md("{name} ({no})", name=name, no=no))
    elif member:
        looked.to.append(member)


def _why_not(ctx: Ctx, rules: KudosSettings, member: Member | None, who: Who) -> str:
    """In a word or two."""
    if who.gone or (member and member.left_at):
        return "has left"
    if member is None or (member.kind in {"bot", "system"} and not (member.kind == "bot" and rules.bots)):
        return "an app"
    if member.id == ctx.me.id:
        return "that is you"
    if thanks.why_not(ctx, rules, member):
        return "a guest"
    return "thanked a moment ago" if allowance.pause_ends(ctx, member, timedelta(hours=rules.pause)) else ""


def _left_out(looked: Looked) -> list[Node]:
    if not looked.left_out:
        return []
    more = len(looked.left_out) - MOST_LEFT_OUT
    shown = looked.left_out[:MOST_LEFT_OUT] + ([md("{n} more", n=more)] if more > 0 else [])
    return [Line(md("Left out: {who}.", who=join(shown)))]


def _cost(ctx: Ctx, wanted: int, remaining: int) -> Text:
    takes = count(wanted, "thank-you", "thank-yous")
    if wanted <= remaining:
        return md("It takes {takes} of the {n} that you have left today.", takes=takes, n=remaining)
    again = allowance.next_day(ctx)
    return md(
        "It takes {takes}, and you have {n} left today. New ones come at {again}.",
        takes=takes,
        n=remaining,
        again=again,
    )


def _press(to: Sequence[Member], reason: str, skill: Skill | None) -> Button:
    words = ["kudos give", *(f"to:{people.write_member(one)}" for one in to), f"reason:{quote(reason)}"]
    words += [f"skill:{quote(skill.name)}"] if skill else []
    return Button(f"Thank {count(len(to), 'person', 'people')}", " ".join(words), "primary")

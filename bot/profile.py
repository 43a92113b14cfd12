"""Me: who I am, when I have time, what waits for me."""

from datetime import date
from typing import Annotated

from sqlalchemy import func
from sqlmodel import col, select

from bot import reputation, waiting
from bot.claims import claims_of
from bot.command import command
from bot.ctx import Ctx
from bot.kinds import Ask
from bot.pages import count
from bot.text import Text, join, md
from bot.ui import Actions, Button, Facts, Heading, Items, Node, Quote, Reply, card, line
from bot.zones import Zone
from storage.models import Kudos, Member, Thanked

MOST_NAMED = 6


@command(
    "profile show",
    "Who you are here, and what waits for you",
    example="profile show @ben",
    first=7,
    menu="Show profile",
    reads=True,
)
def show(ctx: Ctx, member: Annotated[Member | None, Ask("Whose profile?")] = None) -> Reply:
    """One's own with what waits; somebody else's as they show it."""
    who = member or ctx.me
    is_mine = who.id == ctx.me.id
    about = Quote(who.about) if who.about else line("Say a few words about yourself.") if is_mine else None
    edit = Actions((Button("Edit", "profile edit", turns=True), Button("My skills", "skill mine"))) if is_mine else None
    waits = _waits(ctx) if is_mine else []
    return card("{who}", about, Facts(_facts(ctx, who)), *waits, edit, who=who)


def _facts(ctx: Ctx, who: Member) -> tuple[tuple[str, Text], ...]:
    claims = claims_of(ctx.db, who)
    named = [md("*{name}* ({level})", name=skill.name, level=claim.level) for claim, skill in claims[:MOST_NAMED]]
    more = [md("{n} more", n=len(claims) - MOST_NAMED)] if len(claims) > MOST_NAMED else []
    known = [
        ("Skills", join([*named, *more]) or md("none yet")),
        ("Thanked", _thanked(ctx, who)),
        ("Standing", _standing(ctx, who)),
        ("Time", md("{time}", time=_time(who)) if _time(who) else ()),
        ("Zone", md("{zone}", zone=who.zone)),
        ("Here since", md("{day}", day=who.joined_at.date())),
    ]
    return tuple((label, text) for label, text in known if text and text != md("{zone}", zone=""))


def _standing(ctx: Ctx, who: Member) -> Text:
    """Others do not see that of those who opted out of boards."""
    if not who.on_boards and who.id != ctx.me.id:
        return ()
    return md("{voices}", voices=reputation.in_words(reputation.standings(ctx.db, [who.id]).get(who.id)))


def _thanked(ctx: Ctx, who: Member) -> Text:
    """How often; others do not see it of those who opted out of boards."""
    if not who.on_boards and who.id != ctx.me.id:
        return ()
    times = _thanks(ctx, who)
    return md("{n}", n=count(times, "time") if times else "not yet")


def _thanks(ctx: Ctx, who: Member) -> int:
    query = select(func.count(col(Thanked.id))).join(Kudos, col(Kudos.id) == Thanked.kudos_id)
    standing = col(Kudos.undone_at).is_(None) & col(Thanked.hidden_at).is_(None)
    return ctx.db.exec(query.where(Thanked.member_id == who.id, standing)).one()


def _time(who: Member) -> str:
    hours = "" if who.hours is None else f"{who.hours} hours a week"
    begins = f"from {who.free_from:%d %b %Y}" if who.free_from else ""
    return " ".join(part for part in (hours, begins) if part)


def _waits(ctx: Ctx) -> list[Node]:
    found = waiting.for_member(ctx)
    if not found:
        return []
    return [
        Heading(md("Waiting for you")),
        Items(tuple(text for text, _button in found)),
        Actions(tuple(button for _text, button in found)),
    ]


@command(
    "profile edit",
    "Tell others about yourself",
    submit="Save",
    known=lambda ctx: {
        "about": ctx.me.about,
        "hours": ctx.me.hours,
        "zone": Zone(ctx.me.zone) if ctx.me.zone else None,
        "free_from": ctx.me.free_from,
        "boards": ctx.me.on_boards,
        "named": ctx.me.named_in_digest,
        "tips": ctx.me.tips,
        "credentials": ctx.me.named_in_credentials,
    },
)
def edit(
    ctx: Ctx,
    about: Annotated[str, Ask("Who are you, in a sentence or two?", long=True, longest=600)] = "",
    hours: Annotated[int | None, Ask("Hours a week you have", least=0, most=80)] = None,
    zone: Annotated[Zone | None, Ask("Your time zone")] = None,
    free_from: Annotated[date | None, Ask("From when?")] = None,
    boards: Annotated[bool, Ask("May boards show you?")] = True,
    named: Annotated[bool, Ask("May the digest name you?")] = True,
    tips: Annotated[int, Ask("Opportunities a week by DM, at most", least=0, most=3)] = 3,
    credentials: Annotated[bool, Ask("May those whom you vouched for take your name and words with them?")] = False,
) -> Reply:
    """An empty answer clears; a new zone does not bring a second day's allowance."""
    me = ctx.me
    if (zone or "") != me.zone:
        me.zone_changed_at = ctx.now
    me.about, me.hours, me.zone, me.free_from = about or "", hours, zone or "", free_from
    me.on_boards, me.named_in_digest, me.tips = boards, named, tips
    me.named_in_credentials = credentials
    ctx.db.add(me)
    return card("Saved. This is what others see:", Quote(me.about) if me.about else None, Facts(_facts(ctx, me)))

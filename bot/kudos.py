"""Kudos: thanks in one's own words, that count."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from sqlmodel import col, select

from bot import allowance, groups, hearing, outbox, people, reputation, thanks, work
from bot.allowance import KudosSettings
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Group, Refusal
from bot.groups import Thankable
from bot.kinds import Ask
from bot.line import write
from bot.pluses import Plus, pluses
from bot.text import clamp
from bot.thanks import Origin
from bot.ui import Button, Card, Quote, Reply, actions, card, line
from storage.machinery import Audit
from storage.models import Kudos, Member, Opportunity, Skill, Thanked

TITLE = 120


@command(
    "kudos give",
    "Thank people for what they did",
    first=2,
    example="kudos give @ben the docs",
    menu="Give kudos",
    submit="Thank them",
    posts="the kudos channel, or here",
)
def give(
    ctx: Ctx,
    to: Annotated[list[Thankable], Ask("Whom do you thank?")],
    reason: Annotated[str, Ask("What did they do?", long=True, longest=1000)],
    skill: Annotated[Skill | None, Ask("Which skill did they show?", suggest=hearing.suggest_skills)] = None,
) -> Reply:
    """All or nobody: a kudos that may not be given leaves no trace. A group is looked at first."""
    rules = load(ctx, KudosSettings)
    members = [one for one in to if isinstance(one, Member)]
    _check(ctx, rules, members, reason)
    if any(isinstance(one, Group) for one in to):
        return groups.preview(ctx, rules, to, reason, skill)
    left = allowance.check(ctx, rules.allowance, len(members))
    allowance.check_pause(ctx, members, timedelta(hours=rules.pause))
    origin = Origin(f"request-{ctx.request.id}")
    return _given(ctx, left, members, [_thank(ctx, rules, members, reason, skill, origin)])


def _check(ctx: Ctx, rules: KudosSettings, to: Sequence[Member], reason: str) -> None:
    thanks.check(ctx, rules, to)
    if len(reason) < rules.least:
        raise Refusal(
            "Say a little more about what they did: at least {least} characters.", field="reason", least=rules.least
        )


def _thank(
    ctx: Ctx, rules: KudosSettings, to: Sequence[Member], reason: str, skill: Skill | None, origin: Origin
) -> Kudos:
    kudos = thanks.keep(ctx, to, reason, skill.id if skill else None, origin)
    thanks.tell(ctx, rules, kudos, origin, to)
    return kudos


def _given(ctx: Ctx, left: int, to: Sequence[Member], given: Sequence[Kudos]) -> Card:
    """What the giver reads: whom, how many more today (`left`), which skill it may have been."""
    tags = _suggested(ctx, given[0], to) if len(given) == 1 else []
    undo_it = Button("Undo", write(undo, {"kudos": given[0]})) if len(given) == 1 else None
    return card(
        "{who} {has} it. {rest}{skill}",
        actions(*tags, undo_it),
        who=thanks.named(to),
        has="has" if len(to) == 1 else "have",
        rest=allowance.rest(ctx, left),
        skill=" Did it show a skill?" if tags else "",
    )


def _suggested(ctx: Ctx, kudos: Kudos, to: Sequence[Member]) -> list[Button]:
    """Skills that the reason names, those of the thanked first."""
    if kudos.skill_id:
        return []
    mentioned = allowance.skills_named(ctx, kudos.reason, to)
    return [Button(skill.name, write(tag, {"kudos": kudos, "skill": skill})) for skill in mentioned[:3]]


@command("kudos work", "Thank for work that was done together", hidden=True)
def work_done(ctx: Ctx, opportunity: Opportunity, to: Member) -> Reply:
    """One tap, once for each of the others who took part."""
    if not work.took_part(ctx.db, opportunity) >= {ctx.me.id, to.id}:
        raise Refusal("You two did not do *{title}* together.", title=opportunity.title)
    origin = Origin(f"work o{opportunity.number} m{to.number}")
    if thanks.mine_for(ctx, origin.source):
        raise Refusal("You have thanked {who} for *{title}* already.", who=to, title=opportunity.title)
    rules = load(ctx, KudosSettings)
    thanks.check(ctx, rules, [to])
    left = allowance.check(ctx, rules.allowance, 1)
    allowance.check_pause(ctx, [to], timedelta(hours=rules.pause))
    reason = f"for our work on {clamp(opportunity.title, TITLE)}"
    return _given(ctx, left, [to], [_thank(ctx, rules, [to], reason, None, origin)])


@command("kudos plus", "Thank in the flow of a conversation", hidden=True)
def plus(
    ctx: Ctx,
    text: Annotated[str, Ask("What was said?", long=True, longest=50_000, marks=True)],
    message: Annotated[str, Ask("In which message?", longest=200)],
    thread: Annotated[str, Ask("In which thread?", longest=200)] = "",
    link: Annotated[str, Ask("Where can it be read?", longest=500)] = "",
) -> Reply:
    """`@ana ++ the docs`, where the admins want it; all of a message or nothing. What is no thanks has no answer."""
    rules = load(ctx, KudosSettings)
    said = pluses(text) if rules.plus else []
    key = f"{ctx.place.id} {message}"
    if not said or ctx.db.exec(select(Kudos.id).where(Kudos.source == f"plus {key} 0")).first():
        return None
    named = [(_people(ctx, one), one.reason) for one in said]
    for to, reason in named:
        _check(ctx, rules, to, reason)
        allowance.check_pause(ctx, to, timedelta(hours=rules.pause))
    left = allowance.check(ctx, rules.allowance, sum(len(to) for to, _reason in named))
    origins = [Origin(f"plus {key} {at}", key, link, "", thread) for at in range(len(named))]
    given = [_thank(ctx, rules, *one, None, at) for one, at in zip(named, origins, strict=True)]
    return _given(ctx, left, list({one.id: one for to, _reason in named for one in to}.values()), given)


def _people(ctx: Ctx, said: Plus) -> list[Member]:
    found = {one.id: one for one in (people.anyone(ctx, word) for word in said.to)}
    return list(found.values())


@command("kudos tag", "Say which skill a kudos was for", hidden=True)
def tag(ctx: Ctx, kudos: Kudos, skill: Skill) -> Reply:
    """The giver's afterthought, once."""
    ctx.db.refresh(kudos, with_for_update=True)
    if kudos.giver_id != ctx.me.id or kudos.undone_at or kudos.skill_id:
        raise Refusal("That kudos cannot be changed any more.")
    kudos.skill_id = skill.id
    reputation.reverse(ctx, "kudos", f"k{kudos.number}")
    ctx.db.flush()
    thanks.enter(ctx, kudos, ctx.me, thanks.receivers(ctx, kudos))
    thanks.show(ctx, kudos)
    return card("It counts for *{skill}*.", skill=skill.name)


@command("kudos undo", "Take back your last kudos")
def undo(ctx: Ctx, kudos: Annotated[Kudos | None, Ask("Which one?", hint="empty: the last")] = None) -> Reply:
    """Within the window that the admins set."""
    minutes = load(ctx, KudosSettings).undo
    query = select(Kudos).where(Kudos.giver_id == ctx.me.id, col(Kudos.undone_at).is_(None))
    query = query.where(Kudos.id == kudos.id) if kudos else query
    last = ctx.db.exec(query.order_by(col(Kudos.given_at).desc(), col(Kudos.id).desc())).first()
    if last is None:
        raise Refusal("There are no kudos of yours to take back." if kudos is None else "That is taken back already.")
    if ctx.now - last.given_at > timedelta(minutes=minutes):
        raise Refusal("Kudos can be taken back for {n} minutes. Yours are older; an admin can help.", n=minutes)
    if not thanks.take_back(ctx, last):
        raise Refusal("That is taken back already.")
    to = thanks.named(_all_receivers(ctx, last))
    return card("Your thanks to {who} are taken back ({id}).", who=to, id=f"k{last.number}")


@command("kudos revoke", "Take back somebody's kudos", example="kudos revoke k7 given twice by mistake", admin=True)
def revoke(
    ctx: Ctx,
    kudos: Annotated[Kudos, Ask("Which one?")],
    reason: Annotated[str, Ask("Why?", hint="both will read it", long=True, longest=500)],
) -> Reply:
    """At any time; giver and receivers are told, and it stands in the record of what admins did."""
    giver, to = ctx.db.get_one(Member, kudos.giver_id), _all_receivers(ctx, kudos)
    if not thanks.take_back(ctx, kudos, reason):
        raise Refusal("Kudos {id} is taken back already.", id=f"k{kudos.number}", field="kudos")
    ctx.db.add(Audit(member_id=ctx.me.id, line=f"kudos revoke k{kudos.number} {reason}"[:500], done_at=ctx.now))
    told = card(
        "{admin} took back the kudos {id} from {giver} to {who}.",
        Quote(reason),
        line("Nothing else changes. If you see it differently, {admin} is the one to ask.", admin=ctx.me),
        admin=ctx.me,
        id=f"k{kudos.number}",
        giver=giver,
        who=thanks.named(to),
    )
    for member in (giver, *to):
        if member.left_at is None and member.id != ctx.me.id:
            outbox.dm(ctx, member, told)
    return card("Kudos {id} is taken back, and those concerned are told why.", id=f"k{kudos.number}")


def _all_receivers(ctx: Ctx, kudos: Kudos) -> list[Member]:
    query = select(Member).join(Thanked, col(Thanked.member_id) == Member.id).where(Thanked.kudos_id == kudos.id)
    return list(ctx.db.exec(query.order_by(col(Thanked.id))).all())

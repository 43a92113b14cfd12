"""What happened in the collective since the last digest: thanks, new skills, arrivals, and what is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bot import work
from bot.allowance import KudosSettings
from bot.config import load
from bot.ctx import Ctx
from bot.pages import count
from bot.people import by_ids, present
from bot.text import Text, clamp, join, md
from bot.ui import Heading, Items, Line, Node
from storage.models import Claim, Kudos, Member, Opportunity, Skill, Thanked

QUOTED, NAMED = 3, 6
LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class Demand:
    """One skill: how many open opportunities ask for it, and how many members can do it."""

    skill: str
    asked: int
    able: int


def thanks(ctx: Ctx, since: datetime) -> tuple[str, list[Node]]:
    """How many thanks there were, and a few of them in their givers' words; those who opted out are not named."""
    query = select(Kudos, Thanked.member_id).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
    query = query.where(Kudos.given_at > since, col(Kudos.undone_at).is_(None), col(Thanked.hidden_at).is_(None))
    query = query.order_by(col(Kudos.id))
    rows = ctx.db.exec(query).all() if load(ctx, KudosSettings).public else []
    if not rows:
        return "", []
    people = by_ids(ctx.db, [one for kudos, member in rows for one in (kudos.giver_id, member)])
    quotes = _quotes(rows, people)
    return count(len(rows), "thank-you", "thanks"), [Heading(md("Thanks")), *quotes] if quotes else []


def _quotes(rows: Sequence[tuple[Kudos, int]], people: dict[int, Member]) -> list[Node]:
    """The fullest reasons in a giver's own words, no two for the same person."""
    shown: dict[int, tuple[Kudos, Member]] = {}
    for kudos, member in sorted(rows, key=lambda row: -len(row[0].reason)):
        to, giver = people[member], people[kudos.giver_id]
        is_shown = to.on_boards and giver.on_boards and to.left_at is None and not kudos.emoji
        if is_shown and len(shown) < QUOTED and kudos.id not in {one.id for one, _to in shown.values()}:
            shown.setdefault(member, (kudos, to))
    said = tuple(_quote(people[kudos.giver_id], to, kudos) for kudos, to in shown.values())
    return [Items(said)] if said else []


def _quote(giver: Member, to: Member, kudos: Kudos) -> Text:
    return md("{giver} to {to}: “{why}”", giver=giver, to=to, why=clamp(" ".join(kudos.reason.split()), LONGEST_QUOTE))


def new_skills(ctx: Ctx, since: datetime) -> list[Node]:
    """Skills that the collective did not have before."""
    query = select(Skill.name, Claim.member_id).join(Skill, col(Skill.id) == Claim.skill_id)
    query = query.join(Member, col(Member.id) == Claim.member_id).where(col(Member.left_at).is_(None))
    rows = ctx.db.exec(query.where(Claim.claimed_at > since, *_real()).order_by(col(Claim.id).desc())).all()
    before = set(
        ctx.db.exec(
            select(Skill.name).join(Claim, col(Claim.skill_id) == Skill.id).where(Claim.claimed_at <= since, *_real())
        ).all()
    )
    fresh = {name: member for name, member in rows if name not in before}
    people = by_ids(ctx.db, fresh.values())
    named = [
        md("*{skill}* ({who})", skill=name, who=people[member])
        for name, member in list(fresh.items())[:NAMED]
        if people[member].named_in_digest and people[member].left_at is None
    ]
    more = [md("{n} more", n=len(fresh) - len(named))] if len(fresh) > len(named) else []
    return [Heading(md("New skills")), Line(join([*named, *more]))] if named else []


def _real() -> tuple[bool, ...]:
    return (col(Claim.dropped_at).is_(None), col(Claim.level) != "learning")  # pyright: ignore[reportReturnType]


def arrivals(ctx: Ctx, since: datetime) -> Text:
    """`Priya, Tom and 2 others arrived.`: people who joined, those named who let themselves be."""
    rows = ctx.db.exec(present(ctx.db).where(Member.joined_at > since).order_by(col(Member.id))).all()
    named = [md("{who}", who=member) for member in rows if member.named_in_digest][:NAMED]
    others = len(rows) - len(named)
    more = [md("{n}", n=count(others, "other" if named else "person", "others" if named else "people"))]
    return md("{who} arrived.", who=join([*named, *(more if others else [])])) if rows else ()


def demands(ctx: Ctx, opportunities: Sequence[Opportunity]) -> list[Demand]:
    """What open work asks for against who can do it, most asked first."""
    needs = work.needs_of(ctx.db, opportunities)
    asked = Counter(skill.name for rows in needs.values() for _need, skill in rows)
    query = select(Skill.name, Claim.member_id).join(Claim, col(Claim.skill_id) == Skill.id)
    query = query.join(Member, col(Member.id) == Claim.member_id).where(col(Member.left_at).is_(None), *_real())
    able = Counter(name for name, _member in ctx.db.exec(query.where(col(Skill.name).in_(list(asked)))).all())
    scarcest_first = sorted(asked, key=lambda name: (-asked[name], able[name], name))
    return [Demand(name, asked[name], able[name]) for name in scarcest_first]


def gaps(found: Sequence[Demand]) -> list[Node]:
    """What is asked for and nobody, or only one person, can do; what nobody can comes first."""
    rare = sorted((one for one in found if one.able <= 1), key=lambda one: one.able)[:NAMED]
    if not rare:
        return []
    named = join([md("*{skill}* ({how})", skill=one.skill, how=_how_rare(one)) for one in rare])
    return [Line(md("Asked for and rare here: {skills}. Worth learning together?", skills=named))]


def _how_rare(one: Demand) -> str:
    """`4 times, one person`."""
    return f"{'once' if one.asked == 1 else f'{one.asked} times'}, {'one person' if one.able else 'nobody'}"

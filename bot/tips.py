"""Work that a digest brings to members by DM: the few that fit, when they are awake, and what was left out."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot import fit, notice, outbox, people, timers
from bot.acquainted import CURIOUS
from bot.ctx import Ctx
from bot.exposure import Exposure
from bot.pages import count
from bot.ranking import Fit
from bot.text import Text, md
from bot.ui import Card, Items, Line, Node, Note, card, from_json, to_json
from storage.dealings import LeftOut, Reach
from storage.models import Digest, Interest, Member, Opportunity, Tip

MOST_FORESEEN = 12
AT_ONCE, SOON = 200, timedelta(seconds=1)
NUMBERS = {1: "one", 2: "two", 3: "three"}


def send(ctx: Ctx, digest: Digest, opportunities: Sequence[Opportunity], found: Exposure) -> set[int]:
    """Each hears of the few that fit them, at once or when their quiet hours are over; returns whom (ids)."""
    reached: set[int] = set()
    for row in opportunities:
        told = found.told.get(row.id, [])
        seen = fit.seen(ctx, told)
        _written(ctx, [_tip(ctx, row, one, found, seen) for one in told])
        reached |= {one.member for one in told}
    digest.written = len(reached)
    bring(ctx)
    return reached


def bring(ctx: Ctx, after: int = 0) -> None:
    """Brings the next few (members of higher id than `after`) what is kept for them; many take several turns."""
    kept = select(Tip.member_id).where(Tip.member_id > after, col(Tip.told_at).is_(None)).distinct()
    waiting = ctx.db.exec(kept.order_by(col(Tip.member_id)).limit(AT_ONCE + 1)).all()
    members = people.by_ids(ctx.db, waiting[:AT_ONCE])
    for one in waiting[:AT_ONCE]:
        _when_awake(ctx, members[one])
    if len(waiting) > AT_ONCE:
        timers.later(ctx, "tips", f"digest bring {waiting[AT_ONCE - 1]}", ctx.now + SOON)


def _tip(ctx: Ctx, row: Opportunity, one: Fit, found: Exposure, seen: fit.Seen) -> Tip:
    rests = found.rests[row.id, one.member]
    return Tip(
        opportunity_id=row.id,
        member_id=one.member,
        score=one.match,
        said=to_json(Card(fit.because(row, one, seen))),
        sent_at=ctx.now,
        cover=rests.cover,
        standing=rests.standing,
        time=rests.time,
    )


def _when_awake(ctx: Ctx, member: Member) -> None:
    due = notice.awake_at(ctx, member)
    if due > ctx.now:
        timers.later(ctx, f"tips-{member.id}", f"digest tell {member.number}", due)
    else:
        tell(ctx, member)


def tell(ctx: Ctx, member: Member) -> None:
    """Brings a member what is kept for them and is still open and unanswered."""
    answered = select(Interest.opportunity_id).where(Interest.member_id == member.id, Interest.state != CURIOUS)
    query = select(Tip, Opportunity).join(Opportunity, col(Opportunity.id) == Tip.opportunity_id)
    query = query.where(Tip.member_id == member.id, col(Tip.told_at).is_(None), Opportunity.state == "open")
    rows = ctx.db.exec(query.where(col(Tip.opportunity_id).not_in(answered)).order_by(col(Tip.score).desc())).all()
    nodes: list[Node] = []
    for tip, row in rows:
        tip.told_at = ctx.now
        ctx.db.add(tip)
        nodes += fit.brought(row, _why(tip), is_named=len(rows) == 1)
    if nodes and member.left_at is None:
        first = rows[0][1]
        about = {"who": member.name, "title": first.title, "id": f"o{first.number}"}
        outbox.dm(ctx, member, card(_fits(rows), *nodes, _foot(member), **about))


def _fits(rows: Sequence[object]) -> str:
    """The first line: how much there is, and what, where it is one thing."""
    if len(rows) == 1:
        return "{who}, one piece of work fits you this week: *{title}* ({id})."
    return f"{{who}}, {NUMBERS.get(len(rows), len(rows))} pieces of work fit you this week."


def _why(tip: Tip) -> Text:
    said = from_json(tip.said)
    return said.title if isinstance(said, Card) else ()


def _foot(member: Member) -> Note:
    often = "a week" if member.tips_every == 1 else f"in {member.tips_every} weeks"
    most = NUMBERS.get(member.tips, str(member.tips))
    return Note(md("At most {n} {often}. Fewer, or none: `profile notify`", n=most, often=often))


def remember(ctx: Ctx, digest: Digest, opportunities: Sequence[Opportunity], found: Exposure) -> None:
    """How far each opportunity was told, and who was left out though they fit."""
    for row in opportunities:
        told = len(found.told.get(row.id, []))
        reach = Reach(digest_id=digest.id, opportunity_id=row.id, fitting=found.fitting[row.id], told=told)
        left = [
            LeftOut(digest_id=digest.id, opportunity_id=row.id, member_id=member, score=score)
            for member, score in found.left[row.id]
        ]
        _written(ctx, [reach, *left])


def _written(ctx: Ctx, rows: Sequence[object]) -> None:
    """Nobody reads these again here, so that they need not be held until the transaction ends."""
    ctx.db.add_all(rows)
    ctx.db.flush()
    for one in rows:
        ctx.db.expunge(one)


def foreseen(opportunities: Sequence[Opportunity], found: Exposure) -> list[Node]:
    """For admins, before it is sent: what goes to how many; never who."""
    each = Counter(one.member for row in opportunities for one in found.told.get(row.id, []))
    if not each:
        return [Note(md("I would write to nobody: nothing new fits anybody surely enough. Silence is fine, too."))]
    to = count(len(each), "person", "people")
    most = max(each.values())
    total = md(
        "I would write to {to}, of {n} at most. Spreading attention costs {lost} of relevance.",
        to=to,
        n=count(most, "piece of work", "pieces of work"),
        lost=f"{found.lost:.0%}",
    )
    return [Line(total), Items(tuple(_reach(row, found) for row in opportunities[:MOST_FORESEEN]))]


def _reach(row: Opportunity, found: Exposure) -> Text:
    told, fitting = len(found.told.get(row.id, [])), found.fitting[row.id]
    if not fitting:
        return md("o{n} goes to nobody: no one new fits surely enough", n=row.number)
    more = " or more" if row.id in found.more else ""
    return md("o{n} goes to {told} of {fitting}{more} who fit", n=row.number, told=told, fitting=fitting, more=more)

"""Standing: a query over an append-only ledger of who did good by whom, in which skill."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, bindparam, col, select

from bot import timers
from bot.ctx import Ctx
from storage.arrays import among
from storage.models import Entry, Member, Standing
from storage.rows import put

WEIGHTS = {
    "kudos": 1.0,
    "vouch": 1.5,
    "work": 2.0,
    "intro": 0.5,
    "answer": 1.0,
    "referral": 0.5,
    "reconfirmation": 1.5,
}
_TURNS = select(func.count(col(Entry.id))).where(
    col(Entry.reverses_id).is_not(None),
    Entry.source == bindparam("source"),
    Entry.kind == bindparam("kind"),
    Entry.giver_id == bindparam("giver"),
    Entry.receiver_id == bindparam("receiver"),
)
_BY_SKILL = select(Standing).where(Standing.member_id == bindparam("member"), col(Standing.skill_id).is_not(None))
SMALL_COMMUNITY, LARGE_COMMUNITY = 300, 5_000
PAUSE = timedelta(minutes=10)
LEAST_HEARD = 0.05
EVERY = 32
_grown: set[tuple[str, int, int]] = set()
_asked: dict[tuple[str, int, int], int] = {}


def enter(
    ctx: Ctx, kind: str, source: str, giver: Member, receiver: Member, skill_id: int | None, is_new: bool = False
) -> None:
    """Adds one row; `source` names what it rests on (`k7`, `vouch-12`) and is what reverses it.

    While it stands, the database refuses a second one. `is_new`: that source was never entered before.
    """
    put(
        ctx.db,
        Entry,
        kind=kind,
        source=source,
        giver_id=giver.id,
        receiver_id=receiver.id,
        skill_id=skill_id,
        weight=WEIGHTS[kind],
        turn=0 if is_new else turn(ctx.db, kind, source, giver.id, receiver.id),
        entered_at=ctx.now,
    )
    recompute_soon(ctx, [receiver.id])


def turn(db: Session, kind: str, source: str, giver: int, receiver: int) -> int:
    """How often that same word was taken back before."""
    return db.exec(_TURNS, params={"kind": kind, "source": source, "giver": giver, "receiver": receiver}).one()


def reverse(ctx: Ctx, kind: str, source: str, receiver: Member | None = None) -> int:
    """Takes back what rests on `source` (for one receiver, or all), each row once, by compensating rows; how many."""
    reversed_ids = select(Entry.reverses_id).where(col(Entry.reverses_id).is_not(None), Entry.source == source)
    query = select(Entry).where(
        Entry.kind == kind,
        Entry.source == source,
        col(Entry.reverses_id).is_(None),
        col(Entry.id).not_in(reversed_ids),
    )
    query = query.where(Entry.receiver_id == receiver.id) if receiver else query
    rows = ctx.db.exec(query).all()
    for row in rows:
        back = row.model_dump(exclude={"id", "entered_at", "weight", "reverses_id"})
        ctx.db.add(Entry(**back, entered_at=ctx.now, weight=-row.weight, reverses_id=row.id))
    recompute_soon(ctx, [row.receiver_id for row in rows])
    return len(rows)


def recompute_soon(ctx: Ctx, receivers: Iterable[int] = ()) -> None:
    """Small communities see every standing at once; large ones the receivers', and the others' in ten minutes.

    In a huge one the receivers wait, too: each would read the whole ledger, and the clock could not keep up.
    """
    later = is_large(ctx.db)
    wanted = {"standing": ("reputation recompute", ctx.now + (PAUSE if later else timedelta()))}
    if later and not has_more_than(ctx.db, LARGE_COMMUNITY):
        wanted |= {f"standing-{one}": (f"reputation recompute {one}", ctx.now) for one in sorted(set(receivers))}
    timers.all_soon(ctx, wanted)


def has_more_than(db: Session, members: int) -> bool:
    """Asked now and then, until there are so many: nobody who leaves is struck from the list."""
    key = str(db.get_bind().engine.url), db.info["community_id"], members
    if key in _grown:
        return True
    asked = _asked[key] = _asked.get(key, -1) + 1
    if asked % EVERY == 0 and db.exec(select(Member.id).offset(members).limit(1)).first() is not None:
        _grown.add(key)
    return key in _grown


def is_large(db: Session) -> bool:
    """Whether what concerns everybody takes so long that it is computed later, or in another process."""
    return has_more_than(db, SMALL_COMMUNITY)


def counting(entries: list[Entry]) -> list[Entry]:
    """The rows that count: neither reversed nor reversing."""
    gone = {entry.reverses_id for entry in entries if entry.reverses_id is not None}
    return [entry for entry in entries if entry.reverses_id is None and entry.id not in gone]


def standings(db: Session, members: Iterable[int], skill_id: int | None = None) -> dict[int, Standing]:
    """The last computed standing of members, overall or in one skill; those without one are left out."""
    query = select(Standing).where(col(Standing.member_id).in_(list(set(members))))
    query = query.where(Standing.skill_id == skill_id) if skill_id else query.where(col(Standing.skill_id).is_(None))
    return {one.member_id: one for one in db.exec(query).all()}


def overall(db: Session, members: Sequence[int] | None = None) -> Any:
    """A query of members and their standing over all skills: of these, or of everyone."""
    query = select(Standing.member_id, Standing.value).where(col(Standing.skill_id).is_(None))
    return query if members is None else query.where(among(db, col(Standing.member_id), members))


def ranked(db: Session, but: int, skill_id: int | None, voices: int, value: float) -> tuple[int, int]:
    """How many others here have so many trusted voices, overall or in one skill; how many of them more than `value`."""
    is_above = func.coalesce(func.sum(case((col(Standing.value) > value, 1), else_=0)), 0)
    query: Any = select(func.count(col(Standing.id)), is_above).join(Member, col(Member.id) == Standing.member_id)
    query = query.where(Standing.voices >= voices, Standing.member_id != but, col(Member.left_at).is_(None))
    query = query.where(Standing.skill_id == skill_id) if skill_id else query.where(col(Standing.skill_id).is_(None))
    others, above = db.exec(query).one()
    return others, above


def by_skill(db: Session, member_id: int) -> dict[int, Standing]:
    """One member's standing in each skill."""
    rows = db.exec(_BY_SKILL, params={"member": member_id}).all()
    return {one.skill_id: one for one in rows if one.skill_id}


def in_words(found: Standing | None) -> str:
    """`no voices yet`, `1.8 independent voices`."""
    if found is None or not is_heard(found):
        return "no independent voices yet"
    return f"{found.value:.1f} independent voice{'' if f'{found.value:.1f}' == '1.0' else 's'}"


def is_heard(found: Standing | None) -> bool:
    """Whether there is a voice to speak of."""
    return found is not None and found.value >= LEAST_HEARD


def days_between(before: datetime, after: datetime) -> float:
    """Days as the formula counts them."""
    return max(0.0, (after - before).total_seconds() / 86400)

"""Keeps everyone's standing as last computed from the ledger, so that commands only look it up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from sqlmodel import col, select

from bot import ledger, timers, voices
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, here
from bot.kinds import Ask
from bot.ledger import ReputationSettings
from bot.reputation import SMALL_COMMUNITY
from bot.ui import Reply
from storage.models import Standing
from storage.records import Snapshot

Key = tuple[int, int | None]
Computed = dict[Key, tuple[float, int]]
NOTICEABLE = 1e-6
WORTH_A_SNAPSHOT = 0.01
A_DAY = timedelta(days=1)


def _think(ctx: Ctx, member: int | None = None) -> Computed:
    """Standing and number of trusted voices, by member and skill (None: over all).

    Everybody's in a large community takes seconds, and is computed in another process.
    """
    book = ledger.read(ctx.db, ctx.now, load(ctx, ReputationSettings).half_life)
    if not book.rows:
        return {}
    only = book.place.get(member, -1) if member else None
    run = ctx.apart if only is None and len(book.members) > SMALL_COMMUNITY else here
    found = run(voices.standings, book.arrays, book.half_life, only)
    return {(book.members[at], skill): (value, heard) for at, skill, value, heard in found}


@command("reputation recompute", "Compute everyone's standing anew", timer=True, think=_think)
def recompute(
    ctx: Ctx, computed: Computed, member: Annotated[int | None, Ask("Whose? Everybody's, unless said")] = None
) -> Reply:
    """Writes what changed, and one snapshot a day of what changed noticeably; with a member, theirs alone."""
    query = select(Standing).where(Standing.member_id == member) if member else select(Standing)
    known: dict[Key, Standing] = {(row.member_id, row.skill_id): row for row in ctx.db.exec(query).all()}
    changed: Computed = {key: (0.0, 0) for key in known if key not in computed}
    for key in changed:
        ctx.db.delete(known[key])
    for (who, skill), (value, heard) in computed.items():
        row = known.get((who, skill)) or Standing(
            member_id=who, skill_id=skill, value=-1.0, voices=0, computed_at=ctx.now
        )
        if abs(row.value - value) > NOTICEABLE or row.voices != heard:
            changed[who, skill] = value, heard
            row.value, row.voices, row.computed_at = value, heard, ctx.now
            ctx.db.add(row)
    _keep(ctx, changed)
    if computed and member is None:
        timers.later(ctx, "standing-day", "reputation recompute", ctx.now + A_DAY)
        timers.soon(ctx, "standing-fades", "reputation remind", ctx.now + A_DAY)
    return None


def _keep(ctx: Ctx, changed: Computed) -> None:
    """One snapshot a day of each standing that moved by a hundredth or more since the last one."""
    last = _last_snapshots(ctx, {who for who, _skill in changed})
    for (who, skill), (value, heard) in changed.items():
        before = last.get((who, skill))
        if before and abs(before.value - value) < WORTH_A_SNAPSHOT:
            continue
        if before is None or before.day < ctx.now.date():
            before = Snapshot(member_id=who, skill_id=skill, day=ctx.now.date(), value=value)
        before.value, before.voices = value, heard
        ctx.db.add(before)


def _last_snapshots(ctx: Ctx, members: set[int]) -> dict[Key, Snapshot]:
    return {(row.member_id, row.skill_id): row for row in _snapshots(ctx, members)}


def _snapshots(ctx: Ctx, members: set[int]) -> Iterator[Snapshot]:
    """Oldest first, a few members at a time: one statement takes only so many values."""
    wanted = sorted(members)
    for at in range(0, len(wanted), 500):
        query = select(Snapshot).where(col(Snapshot.member_id).in_(wanted[at : at + 500]))
        yield from ctx.db.exec(query.order_by(col(Snapshot.day))).all()

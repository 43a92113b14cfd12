"""Keeps everyone's standing as last computed from the ledger, so that commands only look it up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import numpy as np
from sqlalchemy import case, delete, func
from sqlmodel import col, select

from bot import ledger, timers, voices
from bot.command import command
from bot.config import load
from bot.ctx import Ctx
from bot.elsewhere import elsewhere
from bot.kinds import Ask
from bot.ledger import ReputationSettings
from bot.matching import Bools, Doubles, Ints
from bot.pool import looked_up
from bot.ui import Reply
from storage import arrays
from storage.models import Standing
from storage.records import Snapshot

NOTICEABLE = 1e-6
WORTH_A_SNAPSHOT = 0.01
A_DAY = timedelta(days=1)
OVERALL, NEVER, TODAY, BASE = 0, -1, 1, 2**31


@dataclass(frozen=True, slots=True)
class Rows:
    """Standings as numbers (k, 5): the row's id or NEVER, member, skill or OVERALL, value, trusted voices.

    Whole numbers are held exactly.
    """

    numbers: Doubles

    @property
    def key(self) -> Ints:
        """Member and skill as one number, (k,)."""
        return (self.numbers[:, 1] * BASE + self.numbers[:, 2]).astype(np.int64)

    @property
    def value(self) -> Doubles:
        """The standings, (k,)."""
        return self.numbers[:, 3]

    def only(self, kept: Bools) -> "Rows":
        """These alone."""
        return Rows(self.numbers[kept])

    def beside(self, wanted: "Rows") -> "Rows":
        """The row of each wanted key, with NEVER for an id where there is none."""
        at = looked_up(self.key, np.arange(len(self.numbers)), wanted.key, NEVER)
        return Rows(np.append(self.numbers, [[NEVER, 0, 0, 0, 0]], axis=0)[at])

    def under(self, rows: "Rows") -> "Rows":
        """The same by the ids of others, row by row."""
        return Rows(np.column_stack([rows.numbers[:, 0], self.numbers[:, 1:]]))

    @property
    def is_known(self) -> Bools:
        """Which have an id, (k,)."""
        return self.numbers[:, 0] != NEVER


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be written: standings that moved, are new, or ended, and what is noted of it."""

    moved: Rows
    new: Rows
    ended: Rows
    noted_today: Rows
    noted: Rows
    is_empty: bool


def _think(ctx: Ctx, member: int | None = None) -> Found:
    """Everybody's, in a large community, takes seconds: it is computed and compared in another process."""
    return elsewhere(ctx, _everybody) if member is None else _worked_out(ctx, member)


def _everybody(ctx: Ctx) -> Found:
    return _worked_out(ctx)


def _worked_out(ctx: Ctx, member: int | None = None) -> Found:
    """Standing and number of trusted voices, by member and skill, beside what is kept."""
    book = ledger.read(ctx.db, ctx.now, load(ctx, ReputationSettings).half_life)
    only = book.place.get(member, -1) if member else None
    known, now = _known(ctx, member), _computed(book, only)
    before = known.beside(now)
    has_moved = before.is_known & (np.abs(before.numbers[:, 3:] - now.numbers[:, 3:]) > NOTICEABLE).any(axis=1)
    gone = known.only(~np.isin(known.key, now.key))
    ended = Rows(gone.numbers * [1, 1, 1, 0, 0])
    moved, new = now.under(before).only(has_moved), now.only(~before.is_known)
    changed = Rows(np.concatenate([moved.numbers, new.numbers, ended.numbers]))
    return Found(moved, new, ended, *_worth_noting(ctx, changed, member), is_empty=not len(now.numbers))


def _computed(book: ledger.Book, only: int | None) -> Rows:
    """As the ledger has it."""
    found = voices.standings(book.arrays, book.half_life, only) if book.rows else []
    rows = [(NEVER, book.members[at], skill or OVERALL, value, heard) for at, skill, value, heard in found]
    return Rows(np.array(rows, np.float64).reshape(-1, 5))


def _known(ctx: Ctx, member: int | None) -> Rows:
    """As it is kept."""
    skill = func.coalesce(Standing.skill_id, OVERALL)
    columns: list[Any] = [Standing.id, Standing.member_id, skill, Standing.value, Standing.voices]
    query: Any = select(*columns)
    return Rows(arrays.numbers(ctx.db, query.where(Standing.member_id == member) if member else query, 5))


def _worth_noting(ctx: Ctx, changed: Rows, member: int | None) -> tuple[Rows, Rows]:
    """What moved by a hundredth or more since it was last noted: today, so that it is written over, or before."""
    before = _last_noted(ctx, member).beside(changed)
    is_worth = ~before.is_known | (np.abs(before.value - changed.value) >= WORTH_A_SNAPSHOT)
    is_today = before.numbers[:, 4] == TODAY
    return changed.under(before).only(is_worth & is_today), changed.only(is_worth & ~is_today)


def _last_noted(ctx: Ctx, member: int | None) -> Rows:
    """The newest note of each standing; instead of the voices, whether it is of TODAY."""
    by_day = func.row_number().over(
        partition_by=(col(Snapshot.member_id), col(Snapshot.skill_id)), order_by=col(Snapshot.day).desc()
    )
    is_today = case((col(Snapshot.day) == ctx.now.date(), TODAY), else_=0)
    skill = func.coalesce(Snapshot.skill_id, OVERALL)
    columns: list[Any] = [Snapshot.id, Snapshot.member_id, skill, Snapshot.value, is_today, by_day]
    noted: Any = select(*columns)
    some = (noted.where(Snapshot.member_id == member) if member else noted).subquery().c
    newest: Any = select(*list(some)[:-1]).where(list(some)[-1] == 1)
    return Rows(arrays.numbers(ctx.db, newest, 5))


@command("reputation recompute", "Compute everyone's standing anew", timer=True, think=_think)
def recompute(
    ctx: Ctx, found: Found, member: Annotated[int | None, Ask("Whose? Everybody's, unless said")] = None
) -> Reply:
    """Writes what changed, and one snapshot a day of what changed noticeably; with a member, theirs alone."""
    ended = found.ended.numbers[:, 0].astype(np.int64).tolist()
    if ended:
        ctx.db.exec(delete(Standing).where(arrays.among(ctx.db, col(Standing.id), ended)))
    now, today = {"computed_at": ctx.now}, {"day": ctx.now.date()}
    arrays.change(ctx.db, Standing, _reckoned(found.moved, **now))
    arrays.add(ctx.db, Standing, _named(_lacking(ctx, Standing, found.new), **now))
    arrays.change(ctx.db, Snapshot, _reckoned(found.noted_today))
    arrays.add(ctx.db, Snapshot, _named(_lacking(ctx, Snapshot, found.noted, Snapshot.day == ctx.now.date()), **today))
    if not found.is_empty and member is None:
        timers.later(ctx, "standing-day", "reputation recompute", ctx.now + A_DAY)
        timers.soon(ctx, "standing-fades", "reputation remind", ctx.now + A_DAY)
    return None


def _reckoned(rows: Rows, **more: Any) -> Iterator[dict[str, Any]]:
    """What is written over."""
    for number, _member, _skill, value, heard in rows.numbers.tolist():
        yield {"id": int(number), "value": value, "voices": int(heard), **more}


def _named(rows: Rows, **more: Any) -> Iterator[dict[str, Any]]:
    """What is new."""
    for _number, member, skill, value, heard in rows.numbers.tolist():
        yield {"member_id": int(member), "skill_id": int(skill) or None, "value": value, "voices": int(heard), **more}


def _lacking(ctx: Ctx, model: type[Standing] | type[Snapshot], rows: Rows, *where: Any) -> Rows:
    """Those that nobody else has written since they were worked out."""
    if not len(rows.numbers):
        return rows
    members = np.unique(rows.numbers[:, 1].astype(np.int64)).tolist()
    query = select(model.member_id, func.coalesce(model.skill_id, OVERALL))
    there = arrays.integers(ctx.db, query.where(arrays.among(ctx.db, col(model.member_id), members), *where), 2)
    return rows.only(~np.isin(rows.key, there[:, 0] * BASE + there[:, 1]))

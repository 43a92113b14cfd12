"""The ledger of reputation as standing reads it: rows that count, arrays over members, the graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from sqlmodel import Session, col, select

from bot import voices
from bot.config import Settings
from bot.kinds import Ask
from bot.reputation import days_between
from storage.models import Entry, Member


class ReputationSettings(Settings):
    """How standing is reckoned here."""

    feature: ClassVar[str] = "reputation"
    about: ClassVar[str] = "Reputation"
    half_life: Annotated[int, Ask("After how many days does a word count half?", least=14, most=730)] = 90
    remind: Annotated[bool, Ask("May I tell members before their standing fades?")] = True


class Row(NamedTuple):
    """One row of the ledger that counts."""

    kind: str
    giver: int
    receiver: int
    skill: int | None
    weight: float
    at: datetime


@dataclass(frozen=True)
class Book:
    """The whole ledger at one moment: `rows` by id of members, `members` in the order of the arrays."""

    rows: Sequence[Row]
    vetted: frozenset[int]
    now: datetime
    half_life: float = voices.HALF_LIFE

    @cached_property
    def members(self) -> list[int]:
        """Everybody who stands in it or is vetted."""
        return sorted({one for row in self.rows for one in (row.giver, row.receiver)} | self.vetted)

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each member stands in the arrays."""
        return {member: at for at, member in enumerate(self.members)}

    @cached_property
    def arrays(self) -> voices.Ledger:
        """The rows as arrays over `members`, ages in days."""
        at = self.place
        return voices.Ledger(
            np.array([at[row.giver] for row in self.rows], np.int64),
            np.array([at[row.receiver] for row in self.rows], np.int64),
            np.array([-1 if row.skill is None else row.skill for row in self.rows], np.int64),
            np.array([row.weight for row in self.rows], np.float64),
            np.array([days_between(row.at, self.now) for row in self.rows], np.float64),
            len(self.members),
            np.array([member in self.vetted for member in self.members], np.bool_),
        )

    @cached_property
    def graph(self) -> voices.Graph:
        """What standing is computed from; takes a moment in large communities."""
        return voices.Graph(self.arrays, self.half_life)

    @cached_property
    def graph_of_one(self) -> voices.Graph:
        """The same, built quickly, for one member or a few."""
        return voices.Graph(self.arrays, self.half_life, for_one=True)

    def heard(self, member: int, skill: int | None = None) -> dict[int, list[Row]]:
        """What each giver did for a member, in one skill or over all."""
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            if row.receiver == member != row.giver and skill in (None, row.skill):
                found.setdefault(row.giver, []).append(row)
        return found

    def worked_with(self, member: int) -> set[int]:
        """Those with whom a member finished work, whoever entered it."""
        pairs = ((row.giver, row.receiver) for row in self.rows if row.kind == "work")
        return {one for pair in pairs if member in pair for one in pair} - {member}


def read(db: Session, now: datetime, half_life: float = voices.HALF_LIFE) -> Book:
    """The rows that are neither reversed nor reversing, oldest first."""
    gone = select(Entry.reverses_id).where(col(Entry.reverses_id).is_not(None))
    query = select(
        col(Entry.kind),
        col(Entry.giver_id),
        col(Entry.receiver_id),
        col(Entry.skill_id),
        col(Entry.weight),
        col(Entry.entered_at),
    ).where(col(Entry.reverses_id).is_(None), col(Entry.id).not_in(gone))  # pyright: ignore[reportCallIssue]
    rows = [Row(*row) for row in db.exec(query.order_by(col(Entry.id))).all()]
    return Book(rows, vetted(db), now, half_life)


def vetted(db: Session) -> frozenset[int]:
    """Those from whom trust flows: vetted people who are here."""
    query = select(Member.id).where(Member.vetted, Member.kind == "person", col(Member.left_at).is_(None))
    return frozenset(db.exec(query).all())

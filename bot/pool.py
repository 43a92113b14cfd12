"""The members and their claims as arrays, for ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case
from sqlmodel import Session, col, select

from bot.bags import Bags
from bot.claims import vouched
from bot.matching import Doubles, Floats, Ints, terms
from bot.reputation import overall
from bot.sparse import Sparse
from bot.taxonomy import LEVELS, aliases_of
from storage import arrays
from storage.models import Claim, Member, Skill

BY_LEVEL = {"learning": 0.0, "practising": 0.8, "proficient": 1.0, "expert": 1.15}
BY_VOUCH, MOST_VOUCHES = 0.1, 3
WEIGHTS = np.array([BY_LEVEL[level] for level in LEVELS], np.float32)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claim as a reason."""

    skill: str
    level: str
    vouches: int


@dataclass(frozen=True)
class Pool:
    """`member` and `skill` (c,) index `members` (m) and `skills` (s); claims stand in their members' order.

    `level` (c,) indexes LEVELS, `vouches` (c,) counts; `standing` (m,). `ids` (s,) are the skills' own, `weight` (m,)
    says for how many members each stands: one, unless only some were read.
    """

    members: Ints
    skills: list[str]
    ids: Ints
    member: Ints
    skill: Ints
    level: Ints
    vouches: Ints
    standing: Floats
    weight: Floats

    def weighing(self, weight: Floats) -> "Pool":
        """The same, each member standing for so many, (m,)."""
        return replace(self, weight=weight)

    @property
    def size(self) -> int:
        """How many members."""
        return len(self.members)

    def row(self, member_id: int) -> int | None:
        """Which of the members this is."""
        at = int(np.searchsorted(self.members, member_id))
        return at if at < self.size and self.members[at] == member_id else None

    @cached_property
    def strength(self) -> Floats:
        """How much each claim weighs, (c,), by its level and vouches."""
        return (WEIGHTS[self.level] * (1 + BY_VOUCH * np.minimum(self.vouches, MOST_VOUCHES))).astype(np.float32)

    @cached_property
    def index(self) -> Bags:
        """Each member's claims as words, other names of a skill included."""
        return Bags(self.member, self.skill, [said(name) for name in self.skills], self.weight)

    @property
    def claimed_by(self) -> Floats:
        """How many members claim each skill, (s,)."""
        return np.bincount(self.skill, self.weight[self.member], len(self.skills)).astype(np.float32)

    @cached_property
    def _starts(self) -> Ints:
        """Where each member's claims begin, (m + 1,)."""
        return np.searchsorted(self.member, np.arange(self.size + 1))

    def claims_of(self, row: int) -> list[int]:
        """Which claims are this member's."""
        return list(range(int(self._starts[row]), int(self._starts[row + 1])))

    def rows(self, member_ids: Ints) -> Ints:
        """Which of the members these are, (n,); -1 for those who are none."""
        if not self.size:
            return np.full(len(member_ids), -1)
        at = np.minimum(np.searchsorted(self.members, member_ids), self.size - 1)
        return np.where(self.members[at] == member_ids, at, -1)

    @cached_property
    def _claimed(self) -> tuple[Ints, Ints]:
        """Member and skill of every claim as one number, in order, (c,), and which claim it is, (c,)."""
        key = self.member * len(self.skills) + self.skill
        order = np.argsort(key, kind="stable")
        return key[order], order

    def levels(self, row: Ints, skill_id: Ints) -> Ints:
        """At which level each member (p,) can do each skill (p,); -1 where they cannot."""
        at = np.minimum(np.searchsorted(self.ids, skill_id), len(self.ids) - 1)
        known, claim = self._claimed
        key = row * len(self.skills) + at
        there = np.minimum(np.searchsorted(known, key), len(known) - 1)
        is_there = (known[there] == key) & (self.ids[at] == skill_id)
        return np.where(is_there, self.level[claim[there]], -1)

    def claimed(self, claim: int) -> Claimed:
        """A claim as a reason."""
        return Claimed(self.skills[self.skill[claim]], LEVELS[self.level[claim]], int(self.vouches[claim]))

    def total(self, value: Floats) -> Doubles:
        """Each member's sum of strength x value over their claims, (m,), from a value a skill, (s,)."""
        skills = np.flatnonzero(value != 0)
        skill, member, strength = self._by_skill.rows(skills)
        return np.bincount(member, value[skills][skill] * strength, self.size).astype(np.float64, copy=False)

    def highest(self, value: Floats) -> Floats:
        """The highest value over each member's claims, (m,), from values of at least 0, (s,)."""
        skills = np.flatnonzero(value != 0)
        skill, member, _strength = self._by_skill.rows(skills)
        found = np.zeros(self.size, np.float32)
        np.maximum.at(found, member, value[skills][skill])
        return found

    def highest_of(self, rows: Ints, value: Floats) -> Floats:
        """The same of these members alone, (k,)."""
        row, skill, _strength = self._by_member.rows(rows)
        found = np.zeros(len(rows), np.float32)
        np.maximum.at(found, row, value[skill])
        return found

    @cached_property
    def _by_skill(self) -> Sparse:
        """Who claims each skill, and how strongly."""
        order = np.argsort(self.skill, kind="stable")
        start = np.searchsorted(self.skill[order], np.arange(len(self.skills) + 1))
        return Sparse(start, self.member[order], self.strength[order])

    @cached_property
    def _by_member(self) -> Sparse:
        """What each member claims, and how strongly."""
        return Sparse(self._starts, self.skill, self.strength)


@lru_cache(maxsize=50_000)
def said(name: str) -> tuple[str, ...]:
    """The words of a skill and its other names."""
    return tuple(term for one in (name, *aliases_of(name)) for term in terms(one))


def pool_of(
    db: Session,
    members: Sequence[int] | None = None,
    names: Mapping[int, str] | None = None,
    standing: Doubles | None = None,
) -> Pool:
    """Everyone who is here and can do something, or only these; who is still learning it is not offered to others.

    The skills' names, by id, and the standings, rows of member and value, are read unless they are at hand.
    """
    level = case({name: at for at, name in enumerate(LEVELS)}, value=col(Claim.level))
    query = select(Claim.member_id, Claim.skill_id, level, Claim.id).join(Member)
    here = query.where(
        Claim.level != "learning",
        col(Claim.dropped_at).is_(None),
        col(Member.left_at).is_(None),
        col(Member.kind).in_(("person", "guest")),
    )
    if members is not None:  # of both tables, or PostgreSQL reads all of one
        here = here.where(*(arrays.among(db, one, members) for one in (col(Claim.member_id), col(Member.id))))
    rows = arrays.integers(db, here.order_by(col(Claim.member_id), col(Claim.id)), 4)
    vouches = arrays.integers(db, vouched(db, rows[:, 3].tolist() if members is not None else None), 2)
    standing = arrays.numbers(db, overall(db, members), 2) if standing is None else standing
    return _pool(rows, names or _names(db, None if members is None else rows[:, 1]), vouches, standing)


def _names(db: Session, skills: Ints | None) -> dict[int, str]:
    query = select(Skill.id, Skill.name)
    some = query if skills is None else query.where(arrays.among(db, col(Skill.id), np.unique(skills).tolist()))
    return dict(db.exec(some).all())


def _pool(rows: Ints, names: Mapping[int, str], vouches: Ints, standing: Doubles) -> Pool:
    """From (member, skill, level, claim) in their members' order, (claim, count) and (member, value)."""
    members, member = np.unique(rows[:, 0], return_inverse=True)
    skills, skill = np.unique(rows[:, 1], return_inverse=True)
    return Pool(
        members,
        [names[one] for one in skills.tolist()],
        skills,
        member,
        skill,
        rows[:, 2],
        looked_up(vouches[:, 0], vouches[:, 1], rows[:, 3]),
        looked_up(standing[:, 0].astype(np.int64), standing[:, 1], members).astype(np.float32),
        np.ones(len(members), np.float32),
    )


def looked_up(keys: Ints, values: NDArray[Any], wanted: Ints, none: int = 0) -> NDArray[Any]:
    """The value of each wanted key, (n,), from keys and values (k,); `none` where there is none."""
    if not len(keys):
        return np.full(len(wanted), none, values.dtype)
    order = np.argsort(keys)
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[at] == wanted, values[at], none)

"""What is written of members' work, in words: thanks that they got, and the posts of work that they took.

It helps to order those who are found, and to say why; whether somebody is found at all is for their claims to decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot import matching
from bot.allowance import KudosSettings
from bot.bags import Bags
from bot.config import load
from bot.ctx import Ctx
from bot.embedding import Library, scale_of
from bot.matching import Floats, Ints
from storage.arrays import among
from storage.models import Interest, Kudos, Member, Opportunity, Thanked

NEWEST, MOST_READ = 40, 5_000
FEWEST_WORDS, LONGEST = 4, 1_500
NEAR, TELLS, BEST = 0.30, 0.45, 3
Kind = Literal["thanks", "work"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One text, and the member (id) of whose work it speaks."""

    member: int
    kind: Kind
    words: str


def pieces_of(db: Session, members: Sequence[int] | None = None, thanks: bool = True) -> list[Piece]:
    """The newest few of everyone who is here, or only of these.

    Thanks in their givers' own words, where neither side opted out, and work that is no teaser.
    """
    newest = [*(_thanks(db, members) if thanks else ()), *_work(db, members)]
    kept: dict[int, list[Piece]] = {}
    for piece in newest:
        some = kept.setdefault(piece.member, [])
        if len(some) < NEWEST and len(piece.words.split()) >= FEWEST_WORDS:
            some.append(piece)
    return [piece for member in sorted(kept) for piece in kept[member]]


def _thanks(db: Session, members: Sequence[int] | None) -> list[Piece]:
    query = select(Thanked.member_id, Kudos.reason).join(Kudos, col(Kudos.id) == Thanked.kudos_id)
    query = query.where(col(Kudos.undone_at).is_(None), col(Thanked.hidden_at).is_(None), Kudos.emoji == "")
    for side in (Kudos.giver_id, Thanked.member_id):
        one = aliased(Member)
        query = query.join(one, col(one.id) == side).where(col(one.on_boards).is_(True), col(one.left_at).is_(None))
    query = query if members is None else query.where(among(db, col(Thanked.member_id), members))
    rows = db.exec(query.order_by(col(Kudos.id).desc()).limit(MOST_READ)).all()
    return [Piece(member, "thanks", _cut(reason)) for member, reason in rows]


def _work(db: Session, members: Sequence[int] | None) -> list[Piece]:
    query = select(Interest.member_id, Opportunity.title, Opportunity.description)
    query = query.join(Opportunity, col(Opportunity.id) == Interest.opportunity_id)
    query = query.where(Interest.state == "filled", col(Opportunity.teaser).is_(False))
    query = query if members is None else query.where(among(db, col(Interest.member_id), members))
    rows = db.exec(query.order_by(col(Interest.id).desc()).limit(MOST_READ)).all()
    return [Piece(member, "work", _cut(f"{title}. {description}")) for member, title, description in rows]


def _cut(words: str) -> str:
    return " ".join(words.split())[:LONGEST]


class Evidence:
    """Pieces (e) of members (m) against texts (o)."""

    def __init__(self, pieces: Sequence[Piece], row: Ints, match: Floats, size: int) -> None:
        """Which of `size` members each is of, (e,), and its cosine with each whole text, (e, o); pieces by member."""
        self._pieces, self._row, self._match, self._size = pieces, row, match, size

    def __len__(self) -> int:
        """How many pieces."""
        return len(self._pieces)

    def near(self, text: int) -> Floats:
        """How near each member's best three come to a text, (m,): max(0, mean - .30)."""
        match = self._match[:, text]
        best = np.lexsort((-match, self._row))
        rank = np.arange(len(best)) - np.searchsorted(self._row, self._row)
        best = best[rank < BEST]
        count = np.bincount(self._row[best], minlength=self._size)
        total = np.bincount(self._row[best], match[best], self._size)
        return np.maximum(0.0, total / np.maximum(1, count) - NEAR).astype(np.float32)

    def near_of(self, row: int) -> Floats:
        """The same of one member for each text, (o,)."""
        mine = np.sort(self._match[self._row == row], axis=0)[::-1][:BEST]
        mean = mine.sum(axis=0) / max(1, len(mine))
        return np.maximum(0.0, mean - NEAR).astype(np.float32)

    def words(self, text: str) -> Floats:
        """How well what is written of each member answers a text as words, (m,)."""
        return self._index.scores(text)

    @cached_property
    def _index(self) -> Bags:
        parts = [matching.content(one.words) for one in self._pieces]
        return Bags(self._row, np.arange(len(parts)), parts, np.ones(self._size, np.float32))

    def telling(self, row: int, text: int) -> Piece | None:
        """The piece of a member that speaks best for a text, where it does."""
        mine = np.flatnonzero(self._row == row)
        best = int(mine[np.argmax(self._match[mine, text])]) if len(mine) else -1
        return self._pieces[best] if best >= 0 and self._match[best, text] >= TELLS else None


def no_evidence(members: int, texts: int) -> Evidence:
    """Nothing is written of anybody."""
    return Evidence([], np.zeros(0, np.int64), np.zeros((0, texts), np.float32), members)


def evidence_of(ctx: Ctx, texts: Sequence[str], members: Ints, some: Sequence[int] | None = None) -> Evidence:
    """Of the members of a pool (ids (m,), sorted), or of `some` of them; what has no vector yet has no part."""
    library = Library(ctx.db, ctx.encoder, ctx.fresh)
    known = set(members.tolist())
    is_public = load(ctx, KudosSettings).public
    found = [one for one in pieces_of(ctx.db, some, thanks=is_public) if one.member in known]
    stored = library.stored_texts([one.words for one in found])
    pieces = [one for one in found if one.words in stored]
    row = np.searchsorted(members, np.array([one.member for one in pieces], np.int64))
    if not pieces or not texts:
        return no_evidence(len(members), len(texts))
    whole = np.stack([rows[0] for rows in library.windows(texts)])
    cosines = np.concatenate([stored[one.words] for one in pieces]) @ whole.T
    return Evidence(pieces, row, scale_of(ctx.db, ctx.encoder).match(cosines), len(members))

"""What each pair of member and opportunity is worth telling: the match, the needs covered, the standing, the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import col, select

from bot import needs, taste
from bot.ctx import Ctx
from bot.matching import Floats, Ints
from bot.needs import Pairs
from bot.pool import looked_up
from bot.ranking import Ranking
from storage import arrays
from storage.models import Member, Opportunity

BY_RANK = 0.05
UNSAID = 0.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """For each pair (p,): the chance of a yes, and what it rests on beside the match."""

    worth: Floats
    cover: Floats
    standing: Floats
    time: Floats

    def of(self, pair: int) -> "Rests":
        """One pair's, as it is kept with a tip."""
        return Rests(float(self.cover[pair]), float(self.standing[pair]), float(self.time[pair]))


@dataclass(frozen=True, slots=True)
class Rests:
    """What one tip rests on beside the match: the share of the needs, the standing, the share of the hours."""

    cover: float
    standing: float
    time: float


def weigh(
    ctx: Ctx,
    ranked: Ranking,
    opportunities: Sequence[Opportunity],
    asked: Mapping[int, Pairs],
    row: Ints,
    text: Ints,
    match: Floats,
    order: Floats,
) -> Weighed:
    """Pairs of `row` (of the pool) and `text` (of `opportunities`), each (p,), with their match and order."""
    member = ranked.pool.members[row]
    cover = _covers(ranked, opportunities, asked, row, text)
    time = _times(ctx, opportunities, member, text)
    standing = ranked.pool.standing[row].astype(np.float32)
    x = taste.cases(match.tolist(), cover.tolist(), standing.tolist(), time.tolist())
    rank = 1 / (1 + np.exp(-order))
    worth = taste.chances(taste.of(ctx).weights, x) + BY_RANK * rank
    return Weighed(worth.astype(np.float32), cover, standing, time)


def _covers(
    ranked: Ranking, opportunities: Sequence[Opportunity], asked: Mapping[int, Pairs], row: Ints, text: Ints
) -> Floats:
    """How much of the needs each covers, (p,), as `needs.cover` reckons it; half where nothing was named."""
    found = np.full(len(row), UNSAID, np.float32)
    for at, one in enumerate(opportunities):
        here = np.flatnonzero(text == at) if asked[one.id] else ()
        if len(here):
            found[here] = _covered(ranked, asked[one.id], row[here])
    return found


def _covered(ranked: Ranking, asked: Pairs, row: Ints) -> Floats:
    """The same of one opportunity's needs, (p,)."""
    total = np.zeros(len(row), np.float32)
    for need, _skill in asked:
        level = ranked.pool.levels(row, np.full(len(row), need.skill_id))
        total += need.weight * needs.share(level, need)
    return total / np.float32(sum(need.weight for need, _skill in asked))


def _times(ctx: Ctx, opportunities: Sequence[Opportunity], member: Ints, text: Ints) -> Floats:
    """The share of the hours asked for that each has, (p,); all of them where either did not say."""
    known = select(Member.id, Member.hours).where(col(Member.hours).is_not(None))
    known = known.where(arrays.among(ctx.db, col(Member.id), np.unique(member).tolist()))
    hours = arrays.integers(ctx.db, known, 2)
    asked = np.array([one.hours or 0 for one in opportunities], np.int64)[text]
    has = looked_up(hours[:, 0], hours[:, 1], member, -1)
    return np.where((asked > 0) & (has >= 0), np.minimum(1.0, has / np.maximum(asked, 1)), 1.0).astype(np.float32)

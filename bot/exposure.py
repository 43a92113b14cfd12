"""Who hears of which opportunity: only what fits, at most three a week, and spread so that nobody is overlooked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import ColumnElement, case
from sqlmodel import col, select

from bot import attention, fit, matching, weighing, work
from bot.acquainted import CURIOUS
from bot.ctx import Ctx
from bot.matching import Bools, Floats, Ints
from bot.pool import Pool
from bot.ranking import Fit, Ranking
from bot.weighing import Rests
from storage import arrays
from storage.dealings import Referral
from storage.models import Interest, Member, Opportunity, Tip

SLACK = timedelta(hours=12)
LEAST, MOST = 2, 5
MOST_LEFT = 10
NEW_FOR = timedelta(days=60)
NEAREST, MOST_A_TEXT = 3, 60
Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Whom to tell of what, by opportunity (id).

    `told`: who is told, best first; `near`: who fits what nobody is told of; `fitting`: how many fit well enough;
    `left`: the best of those who fit and are not told; `lost`: the share of relevance that the caps cost; `rests`: what
    each tip rests on beside the match, by opportunity and member; `by_words` why meaning had no part; `more`: those of
    which only the best were looked at, so that more may fit than are counted.
    """

    told: dict[int, list[Fit]]
    near: dict[int, list[Fit]]
    fitting: dict[int, int]
    left: dict[int, list[tuple[int, float]]]
    lost: float
    rests: dict[tuple[int, int], Rests]
    by_words: str = ""
    more: frozenset[int] = frozenset()


def exposure(ctx: Ctx, opportunities: Sequence[Opportunity], sure: float, pool: Pool | None = None) -> Exposure:
    """Ranks everyone against these opportunities and assigns them; `sure` is the least match to write to someone.

    By a language model whose cosines nobody has calibrated, only what is named is sure enough. The pool is read unless
    it is at hand.
    """
    needs = work.needs_of(ctx.db, opportunities)
    ranked = fit.ranking(ctx, [work.words_of(one, needs[one.id]) for one in opportunities], pool)
    best = _pairs(ranked)
    pairs = _without(best, ranked, opportunities, _answered(ctx, opportunities))
    new = _without(pairs, ranked, opportunities, _told(ctx, opportunities))
    sent = new.only(new.reach >= (sure if ranked.matches.scale.is_calibrated else matching.NAMED))
    weighed = weighing.weigh(ctx, ranked, opportunities, needs, sent.row, sent.text, sent.match, sent.order)
    caps = _caps(ctx, ranked, sent.row)
    spread = attention.spread(sent.row, sent.text, weighed.worth, caps, LEAST, MOST, _newcomers(ctx, ranked, sent.row))
    chosen = np.flatnonzero(spread.chosen)
    unheard = pairs.only(~np.isin(pairs.text, sent.text[chosen])).nearest()
    told, near = (_by_opportunity(ranked, some, opportunities) for some in (sent.only(spread.chosen), unheard))
    rests = {_ids(ranked, sent, at, opportunities): weighed.of(at) for at in chosen.tolist()}
    fitting = {one.id: int((sent.text == at).sum()) for at, one in enumerate(opportunities)}
    left = _left(ranked, sent.only(~spread.chosen), opportunities)
    full = np.bincount(best.text, minlength=len(opportunities)) >= MOST_A_TEXT
    more = frozenset(one.id for one, is_full in zip(opportunities, full.tolist(), strict=True) if is_full)
    return Exposure(told, near, fitting, left, spread.lost, rests, ranked.matches.by_words, more)


def _ids(ranked: Ranking, pairs: "Fitting", at: int, opportunities: Sequence[Opportunity]) -> tuple[int, int]:
    """The opportunity and the member of a pair."""
    return opportunities[int(pairs.text[at])].id, int(ranked.pool.members[pairs.row[at]])


def _left(
    ranked: Ranking, pairs: "Fitting", opportunities: Sequence[Opportunity]
) -> dict[int, list[tuple[int, float]]]:
    """Of each opportunity the ten best who are not told."""
    found: dict[int, list[tuple[int, float]]] = {one.id: [] for one in opportunities}
    best = pairs.nearest(MOST_LEFT)
    for at in np.lexsort((-best.order, -best.match)).tolist():
        one, member = _ids(ranked, best, at, opportunities)
        found[one].append((member, float(best.match[at])))
    return found


@dataclass(frozen=True, slots=True)
class Fitting:
    """Members (rows of the pool) and texts that pass the gate for a look, (p,).

    The match, the match that decides whether to write, and what orders them.
    """

    row: Ints
    text: Ints
    match: Floats
    reach: Floats
    order: Floats

    def only(self, kept: Bools) -> "Fitting":
        """These alone."""
        return Fitting(self.row[kept], self.text[kept], self.match[kept], self.reach[kept], self.order[kept])

    def nearest(self, most: int = NEAREST) -> "Fitting":
        """The best few of each text."""
        by_text = np.lexsort((-self.order, -self.match, self.text))
        text = self.text[by_text]
        first = np.searchsorted(text, text)
        kept = np.zeros(len(text), np.bool_)
        kept[by_text[np.arange(len(text)) - first < most]] = True
        return self.only(kept)


NONE = np.zeros(0, np.float32)
NOTHING = Fitting(np.zeros(0, np.int64), np.zeros(0, np.int64), NONE, NONE, NONE)


def _pairs(ranked: Ranking) -> Fitting:
    """All that pass the gate; of one text at most those 60 who pass it best."""
    found = [NOTHING, *(_of_text(ranked, text) for text in range(len(ranked.texts)))]
    return Fitting(
        np.concatenate([one.row for one in found]),
        np.concatenate([one.text for one in found]),
        np.concatenate([one.match for one in found]),
        np.concatenate([one.reach for one in found]),
        np.concatenate([one.order for one in found]),
    )


def _of_text(ranked: Ranking, text: int) -> Fitting:
    gate = ranked.gate(text, matching.LOOK)
    row = np.flatnonzero(gate > 0)
    if not len(row):
        return NOTHING
    row = _highest(row, gate[row])
    order = ranked.order(text, row)
    best = np.lexsort((-order, -gate[row]))[:MOST_A_TEXT]
    row, order = row[best], order[best]
    return Fitting(row, np.full(len(row), text), gate[row], ranked.reach(text, row), order)


def _highest(row: Ints, gate: Floats) -> Ints:
    """Those who pass the gate (k,) as well as the last of the best so many does, or better."""
    if len(row) <= MOST_A_TEXT:
        return row
    return row[gate >= np.partition(gate, -MOST_A_TEXT)[-MOST_A_TEXT]]


def _by_opportunity(ranked: Ranking, pairs: Fitting, opportunities: Sequence[Opportunity]) -> dict[int, list[Fit]]:
    """The fits of each opportunity (by id), best first."""
    found: dict[int, list[Fit]] = {one.id: [] for one in opportunities}
    for at in np.lexsort((-pairs.order, -pairs.match)):
        text = int(pairs.text[at])
        one = ranked.fit(int(pairs.row[at]), text, float(pairs.match[at]), float(pairs.order[at]))
        found[opportunities[text].id].append(one)
    return found


def _without(pairs: Fitting, ranked: Ranking, opportunities: Sequence[Opportunity], apart: Pairs) -> Fitting:
    """Without those opportunities and members (by id) that must not meet."""
    column = {one.id: at for at, one in enumerate(opportunities)}
    text = np.array([column[one] for one, _member in apart], np.int64)
    row = ranked.pool.rows(np.array([member for _one, member in apart], np.int64))
    met = (row * len(column) + text)[row >= 0]
    return pairs.only(~np.isin(pairs.row * len(column) + pairs.text, met))


def _answered(ctx: Ctx, opportunities: Sequence[Opportunity]) -> Pairs:
    """Those who answered, and the poster."""
    query = select(Interest.opportunity_id, Interest.member_id).where(Interest.state != CURIOUS)
    rows = ctx.db.exec(query.where(col(Interest.opportunity_id).in_([one.id for one in opportunities]))).all()
    return [*rows, *((one.id, one.poster_id) for one in opportunities)]


def _told(ctx: Ctx, opportunities: Sequence[Opportunity]) -> Pairs:
    """Those who heard of it before, from a digest or a peer."""
    ids = [one.id for one in opportunities]
    tips = select(Tip.opportunity_id, Tip.member_id).where(col(Tip.opportunity_id).in_(ids))
    passed = select(Referral.opportunity_id, Referral.member_id).where(col(Referral.opportunity_id).in_(ids))
    return [*ctx.db.exec(tips).all(), *ctx.db.exec(passed).all()]


def _caps(ctx: Ctx, ranked: Ranking, asked: Ints) -> Ints:
    """How many each of these `asked` may still hear of, (m,): so many a time, and a time in so many weeks."""
    wanted = select(Member.id, case((col(Member.hours) == 0, 0), else_=col(Member.tips)), Member.tips_every)
    wanted = wanted.where(col(Member.left_at).is_(None), _are(ctx, ranked, asked))
    members = arrays.integers(ctx.db, wanted, 3)
    row = ranked.pool.rows(members[:, 0])
    caps, every = np.zeros(ranked.pool.size, np.int64), np.ones(ranked.pool.size, np.int64)
    caps[row], every[row] = members[:, 1], members[:, 2]
    return np.maximum(0, caps - _heard(ctx, ranked, caps, every))


def _are(ctx: Ctx, ranked: Ranking, rows: Ints) -> ColumnElement[bool]:
    """Whether a member is one of these rows."""
    return arrays.among(ctx.db, col(Member.id), ranked.pool.members[np.unique(rows)].tolist())


def _heard(ctx: Ctx, ranked: Ranking, caps: Ints, every: Ints) -> Ints:
    """What counts against each one's cap, (m,): the tips of their last week, or any at all of their last weeks."""
    heard = np.zeros(ranked.pool.size, np.int64)
    for weeks in np.unique(every).tolist():
        since = ctx.now - weeks * timedelta(weeks=1) + SLACK
        tips = arrays.integers(ctx.db, select(Tip.member_id).where(Tip.sent_at > since), 1)
        row = ranked.pool.rows(tips[:, 0])
        row = row[(row >= 0) & (every[row] == weeks)]
        np.add.at(heard, row, 1 if weeks == 1 else caps[row])
    return heard


def _newcomers(ctx: Ctx, ranked: Ranking, asked: Ints) -> Bools:
    """Who of these `asked` came lately and has never been told of anything, (m,)."""
    lately = select(Member.id).where(Member.joined_at > ctx.now - NEW_FOR, _are(ctx, ranked, asked))
    new = arrays.integers(ctx.db, lately.where(col(Member.id).not_in(select(Tip.member_id))), 1)
    return np.isin(ranked.pool.members, new[:, 0])

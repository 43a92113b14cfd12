"""Attention is spread: nobody is flooded, and every text finds people. Pure: numpy in, numpy out."""

from dataclasses import dataclass

import numpy as np

from bot.matching import Bools, Doubles, Floats, Ints

MANY = 30


@dataclass(frozen=True, slots=True)
class Spread:
    """Which pairs are told, (p,), and the share of relevance that the caps cost (0..1)."""

    chosen: Bools
    lost: float


def spread(
    member: Ints, text: Ints, worth: Floats, cap: Ints, least: int, most: int, new: Bools | None = None
) -> Spread:
    """Assigns texts to members so that nobody is flooded and every text finds people.

    `member`, `text` and `worth` (p,) are the pairs that may be told, each worth more than 0; each member hears of at
    most cap[m], each text reaches at most `most` members. The first member a text finds is worth more than any other,
    those up to `least` come next, and so does the first text of a newcomer (`new`, (m,)). A transport problem: its
    linear program (HiGHS) has whole-number solutions. First each text's best 30 and the newcomers are looked at alone;
    where that leaves a text short, everybody.
    """
    if not len(member):
        return Spread(np.zeros(0, np.bool_), 0.0)
    value = worth.astype(float)
    is_new = np.zeros(len(cap), np.bool_) if new is None else new
    rank = _ranks(text, value)
    chosen = _among(is_new[member] | (rank < MANY), member, text, value, cap, least, most, is_new)
    if _are_some_short(chosen, rank, text, most):
        chosen = _among(np.ones(len(text), np.bool_), member, text, value, cap, least, most, is_new)
    return Spread(chosen, max(0.0, 1.0 - float(value[chosen].sum() / value[rank < most].sum())))


def _ranks(text: Ints, value: Doubles) -> Ints:
    """Which of its text's pairs each is, the most worth first, (p,)."""
    order = np.lexsort((-value, text))
    sorted_text = text[order]
    rank = np.zeros(len(text), np.int64)
    rank[order] = np.arange(len(text)) - np.searchsorted(sorted_text, sorted_text)
    return rank


def _are_some_short(chosen: Bools, rank: Ints, text: Ints, most: int) -> bool:
    """Whether a text of which pairs were left out found fewer members than it may."""
    return bool((np.bincount(text[chosen], minlength=int(text.max()) + 1)[text[rank >= MANY]] < most).any())


def _among(
    some: Bools, member: Ints, text: Ints, value: Doubles, cap: Ints, least: int, most: int, is_new: Bools
) -> Bools:
    """The pairs chosen where only some (p,) may be, (p,)."""
    chosen = np.zeros(len(text), np.bool_)
    chosen[some] = _solved(member[some], text[some], value[some], cap, least, most, np.flatnonzero(is_new))
    return chosen


def _solved(member: Ints, text: Ints, value: Doubles, cap: Ints, least: int, most: int, fresh: Ints) -> Bools:
    """The pairs chosen, (p,). Places whose use earns a bonus: each text's first, its next ones, a newcomer's first."""
    from scipy.optimize import linprog  # scipy takes half a second, and only the digest needs it
    from scipy.sparse import coo_array

    pairs, texts = len(value), int(text.max()) + 1
    at, each, one = np.arange(pairs), np.arange(texts), np.arange(len(fresh))
    served = len(cap) + texts
    welcomed = served + texts
    of_fresh = np.flatnonzero(np.isin(member, fresh))
    row = np.concatenate(
        [
            *(member, text + len(cap)),
            *(text + served, each + served, each + served),
            *(np.searchsorted(fresh, member[of_fresh]) + welcomed, one + welcomed),
        ]
    )
    column = np.concatenate([at, at, at, each + pairs, each + pairs + texts, of_fresh, one + pairs + 2 * texts])
    sign = np.concatenate(
        [np.ones(2 * pairs), -np.ones(pairs), np.ones(2 * texts), -np.ones(len(of_fresh)), np.ones(len(fresh))]
    )
    limits = np.concatenate([cap.astype(float), np.full(texts, float(most)), np.zeros(texts + len(fresh))])
    shape = (welcomed + len(fresh), pairs + 2 * texts + len(fresh))
    matrix = coo_array((sign, (row, column)), shape=shape).tocsr()
    bonus = float(value.max())
    cost = np.concatenate([-value, np.full(texts, -3 * bonus), np.full(texts + len(fresh), -bonus)])
    further = [(0.0, float(max(least - 1, 0)))] * texts
    bounds = [(0.0, 1.0)] * (pairs + texts) + further + [(0.0, 1.0)] * len(fresh)
    solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs", options={"presolve": False})
    return np.asarray(solved.x[:pairs] > 0.5)

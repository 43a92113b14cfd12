"""Attention is spread: nobody is flooded, and every text finds people. Pure: numpy in, numpy out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching import Bools, Floats, Ints

Doubles = NDArray[np.float64]


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
    linear program (HiGHS) has whole-number solutions.
    """
    if not len(member):
        return Spread(np.zeros(0, np.bool_), 0.0)
    value = worth.astype(float)
    fresh = np.flatnonzero(np.zeros(len(cap), np.bool_) if new is None else new)
    chosen = _solved(member, text, value, cap, least, most, fresh)
    return Spread(chosen, max(0.0, 1.0 - float(value[chosen].sum()) / _ideal(text, value, most)))


def _ideal(text: Ints, value: Doubles, most: int) -> float:
    """What the best `most` members of every text are worth together, were there no caps."""
    order = np.lexsort((-value, text))
    starts = np.flatnonzero(np.diff(text[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    return float(value[order][rank < most].sum())


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
    solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")
    return np.asarray(solved.x[:pairs] > 0.5)

"""What others reckon standing by, on the same ledger: counts, PageRank, EigenTrust, Advogato's certificates."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from bot.voices import Floats, Ints, Ledger

STEPS, CLOSE = 200, 1e-10
ADVOGATO_LEVELS = (1.0, 2.0, 3.0)


def raw(ledger: Ledger) -> Floats:
    """How much everyone received, (n,)."""
    return np.bincount(ledger.receiver, weights=ledger.weight, minlength=ledger.n)


def distinct(ledger: Ledger) -> Floats:
    """From how many everyone received, (n,)."""
    return np.asarray((_given(ledger) > 0).sum(axis=0), np.float64).ravel()


def pagerank(ledger: Ledger) -> Floats:
    """Damping 0.85, restarting anywhere (Brin and Page 1998), (n,)."""
    return _walk(ledger, np.full(ledger.n, 1 / ledger.n), 0.15)


def eigentrust(restart: float) -> Callable[[Ledger], Floats]:
    """Restarting among the vetted (Kamvar et al. 2003), (n,)."""

    def scores(ledger: Ledger) -> Floats:
        return _walk(ledger, ledger.vetted / max(1, ledger.vetted.sum()), restart)

    return scores


def advogato(ledger: Ledger) -> Floats:
    """At how many of three certificate levels everyone is accepted (Levien 2002), (n,).

    Capacities fall with the distance from the seed so that they just reach the whole community; a member is accepted
    when a unit of flow leaves through them.
    """
    given = _given(ledger)
    return np.sum([_accepted(given >= least, ledger.vetted) for least in ADVOGATO_LEVELS], axis=0, dtype=np.float64)


BASELINES: dict[str, Callable[[Ledger], Floats]] = {
    "raw count": raw,
    "distinct givers": distinct,
    "PageRank": pagerank,
    "EigenTrust .15": eigentrust(0.15),
    "EigenTrust .5": eigentrust(0.5),
    "Advogato": advogato,
}


def _given(ledger: Ledger) -> sparse.csr_array:
    """What each gave to each, (n, n); giving to oneself is left out."""
    others = ledger.giver != ledger.receiver
    ends = (ledger.giver[others], ledger.receiver[others])
    return sparse.csr_array((ledger.weight[others], ends), shape=(ledger.n, ledger.n))


def _walk(ledger: Ledger, home: Floats, restart: float) -> Floats:
    given = _given(ledger)
    totals = np.asarray(given.sum(axis=1)).ravel()
    share = sparse.csr_array(given.T / np.maximum(totals, 1e-300))
    lost, scores = totals == 0, home
    for _ in range(STEPS):
        moved = (1 - restart) * (share @ scores + home * scores[lost].sum()) + restart * home
        if np.abs(moved - scores).sum() < CLOSE:
            return moved
        scores = moved
    return scores


def _accepted(edges: sparse.csr_array, vetted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who is accepted, (n,): every member is an in-node i and an out-node n + i, between them their capacity."""
    n = len(vetted)
    level = _levels(edges, vetted)
    capacity = _capacities(level, n)
    reached = np.flatnonzero(capacity > 0)
    giver, receiver = edges.nonzero()
    seed, sink, plenty = 2 * n, 2 * n + 1, n
    sources = np.concatenate([reached, reached, giver + n, np.full(int(vetted.sum()), seed)])
    targets = np.concatenate([reached + n, np.full(len(reached), sink), receiver, np.flatnonzero(vetted)])
    room = [capacity[reached] - 1, np.ones(len(reached)), np.full(len(giver), plenty), capacity[vetted]]
    graph = sparse.csr_array((np.concatenate(room).astype(np.int32), (sources, targets)), shape=(2 * n + 2, 2 * n + 2))
    flow = maximum_flow(sparse.csr_matrix(graph), seed, sink).flow
    return np.asarray(flow[:n, [sink]].todense()).ravel() > 0


def _levels(edges: sparse.csr_array, vetted: NDArray[np.bool_]) -> Ints:
    """Steps from the nearest vetted member, (n,); -1 where nobody leads."""
    n = len(vetted)
    roots = sparse.csr_array(np.append(vetted, False)[None, :].astype(float))
    whole = sparse.vstack([sparse.hstack([edges.astype(float), sparse.csr_array((n, 1))]), roots]).tocsr()
    order, before = breadth_first_order(whole, n)
    level = np.full(n + 1, -1)
    level[n] = 0
    for node in order[1:]:
        level[node] = level[before[node]] + 1
    return level[:n] - 1 * (level[:n] > 0)


def _capacities(level: Ints, n: int) -> Ints:
    """By level, each the last one's over the mean branching, at least 1; the first ones hold the whole community."""
    capacity = np.zeros(n, np.int64)
    sizes = np.bincount(level[level >= 0], minlength=1)
    room = n / max(1, sizes[0])
    for at in range(len(sizes)):
        capacity[level == at] = max(1, round(room))
        room = room * sizes[at] / max(1, sizes[at + 1] if at + 1 < len(sizes) else 1)
    return capacity

"""Independent Voices: standing as the number of independent, trusted people behind a member, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HALF_LIFE = 90.0
LEAST_TOTAL = 8.0
PASSED_ON = 0.75
HALF_TRUSTED = 0.04
SHARPNESS = 20.0
MUTUAL = 4.0
SELF_LOOP = 0.3
OVERLAPS_FROM = 0.5
LARGEST_EXACT = 1500
HOPS = 3
HOPS_TO_EXACT = 120
NO_TRUST = 1e-12


@dataclass(frozen=True)
class Ledger:
    """What was given to whom, m entries among n members: everything standing is computed from.

    giver, receiver (m,): 0..n-1; skill (m,): -1 without one; weight (m,): above 0; age (m,): days; vetted (n,).
    """

    giver: Ints
    receiver: Ints
    skill: Ints
    weight: Floats
    age: Floats
    n: int
    vetted: NDArray[np.bool_]


@dataclass(frozen=True)
class Voice:
    """One line of an explanation: `adds` sums to the standing (to 1e-9), `pair` is x_iv, `weight` is w_i.

    `overlaps` are the other trusted givers with at least half this one's circle (cosine of 0.5), the closest first.
    """

    giver: int
    adds: float
    weight: float
    overlaps: tuple[int, ...]
    pair: float


@dataclass(frozen=True)
class _Pairs:
    """Who gave to whom at all, by receiver and then giver: x (m,) in 0..1, totals (n,) given, starts (n+1,)."""

    giver: Ints
    receiver: Ints
    x: Floats
    totals: Floats
    starts: Ints

    def share(self) -> Floats:
        """P_ij of every pair, (m,)."""
        return self.x / np.maximum(LEAST_TOTAL, self.totals)[self.giver]

    def circle(self) -> Floats:
        """X_ij of every pair, (m,), four times as much where it is mutual."""
        n = len(self.totals)
        there, back = self.giver * n + self.receiver, self.receiver * n + self.giver
        return self.x * np.where(np.isin(there, back), MUTUAL, 1.0)

    def to(self, member: int) -> slice:
        return slice(int(self.starts[member]), int(self.starts[member + 1]))

    def stretch(self, member: int) -> Floats:
        """How far each giver's other shares grow when the totals are taken without this receiver, at least 1."""
        mine = self.to(member)
        totals = self.totals[self.giver[mine]]
        return np.maximum(LEAST_TOTAL, totals) / np.maximum(LEAST_TOTAL, totals - self.x[mine])


def _pairs(giver: Ints, receiver: Ints, weight: Floats, n: int) -> _Pairs:
    keys, where = np.unique(receiver * n + giver, return_inverse=True)
    x = _sums(where, weight, len(keys))
    x = x / (x + 1)
    starts = np.searchsorted(keys, np.arange(n + 1) * n)
    return _Pairs(keys % n, keys // n, x, _sums(keys % n, x, n), starts)


def _sums(at: Ints, values: Floats, n: int) -> Floats:
    """The values added up by position, (n,)."""
    return np.bincount(at, weights=values, minlength=n).astype(np.float64)


class _Exact:
    """Trust by the full inverse N = (I - 0.75 P)^-1, dense (n, n), for communities of up to 1,500."""

    def __init__(self, pairs: _Pairs, source: Floats) -> None:
        n = len(source)
        kept, self._circle = np.eye(n), np.eye(n) * SELF_LOOP
        kept[pairs.giver, pairs.receiver] = -PASSED_ON * pairs.share()
        self._circle[pairs.giver, pairs.receiver] = pairs.circle()
        self._reach = np.linalg.inv(kept)
        self._trust = source @ self._reach
        self._profiles = self._circle @ self._circle

    def trust(self, member: int, givers: Ints, stretch: Floats) -> Floats:
        """g_i(-v) of the givers, (k,), by Woodbury's identity over the rows of P that change without v.

        Row i of P becomes s_i times itself, row v nothing: with d = s - 1, d_v = -1 and 0.75 P N = N - I,
        g(-v) = g + W (I - W_K)^-1 g_K where W = (N - I)_K^T diag(d), K = v and its givers whose s is above 1.
        """
        thinned = stretch > 1
        changed = np.append(givers[thinned], member)
        by = np.append(stretch[thinned] - 1, -1.0)
        inner = np.eye(len(changed)) - self._flow(changed, changed) * by
        moved = by * np.linalg.solve(inner, self._trust[changed])
        return self._trust[givers] + self._flow(changed, givers) @ moved

    def _flow(self, sources: Ints, targets: Ints) -> Floats:
        """(N - I)^T between the two, (targets, sources)."""
        return self._reach[np.ix_(sources, targets)].T - (targets[:, None] == sources)

    def likeness(self, member: int, givers: Ints) -> Floats:
        """Inner products of the givers' two-step profiles without v, (k, k)."""
        profiles = self._profiles[givers] - np.outer(self._circle[givers, member], self._circle[member])
        profiles[:, member] = 0
        return profiles @ profiles.T


class _Truncated:
    """Trust over a few hops, sparse; leaving v out is exact here too.

    Three hops for communities above 1,500; 120, after which nothing is left (0.75^120 < 1e-14), for one member below.
    """

    def __init__(self, pairs: _Pairs, source: Floats, hops: int = HOPS) -> None:
        from scipy import sparse  # slow to import, and only large communities need it

        n, loops = len(source), np.arange(len(source))
        giver, receiver = np.append(pairs.giver, loops), np.append(pairs.receiver, loops)
        circle = np.append(pairs.circle(), np.full(n, SELF_LOOP))
        self._source, self._hops = source, hops
        self._back = sparse.csr_array((PASSED_ON * pairs.share(), (pairs.receiver, pairs.giver)), shape=(n, n))
        self._circle = sparse.csr_array((circle, (giver, receiver)), shape=(n, n))
        self._circle_to = sparse.csr_array(self._circle.T)
        self._profiles = sparse.csr_array(self._circle @ self._circle)

    def trust(self, member: int, givers: Ints, stretch: Floats) -> Floats:
        """g_i(-v) of the givers, (k,): p + B p + B^2 p + B^3 p with B = 0.75 P(-v)^T."""
        scale = np.ones(len(self._source))
        scale[givers] = stretch
        scale[member] = 0
        total = step = self._source
        for _ in range(self._hops):
            step = self._back @ (scale * step)
            total = total + step
        return total[givers]

    def likeness(self, member: int, givers: Ints) -> Floats:
        """Inner products of the givers' two-step profiles without v, (k, k)."""
        profiles, n = self._profiles[givers], len(self._source)
        profiles.data[profiles.indices == member] = 0
        of, by = _row(self._circle, member, n), _row(self._circle_to, member, n)[givers]
        of[member] = 0
        crossed = np.outer(profiles @ of, by)
        return (profiles @ profiles.T).toarray() - crossed - crossed.T + (of @ of) * np.outer(by, by)


def _row(matrix: Any, at: int, n: int) -> Floats:
    """One row of a sparse matrix, (n,)."""
    found, mine = np.zeros(n), slice(*matrix.indptr[at : at + 2])
    found[matrix.indices[mine]] = matrix.data[mine]
    return found


@dataclass(frozen=True)
class _Scene:
    """A member's givers (k,), their trust without the member (k,) and how alike their circles are (k, k)."""

    givers: Ints
    trust: Floats
    alike: Floats


@dataclass(frozen=True)
class _Chorus:
    """The givers in one skill, (k,) each, and how alike they are (k, k)."""

    givers: Ints
    pair: Floats
    weight: Floats
    adds: Floats
    alike: Floats

    def voices(self) -> tuple[Voice, ...]:
        order = np.lexsort((self.givers, -self.adds.round(12)))
        return tuple(self._voice(int(at)) for at in order)

    def _voice(self, at: int) -> Voice:
        near = np.lexsort((self.givers, -self.alike[at].round(12)))
        shared = (self.alike[at] >= OVERLAPS_FROM) & (self.weight > 0) & (self.weight[at] > 0)
        overlaps = tuple(int(self.givers[i]) for i in near if i != at and shared[i])
        return Voice(int(self.givers[at]), float(self.adds[at]), float(self.weight[at]), overlaps, float(self.pair[at]))


class Graph:
    """The community as its standing sees it, built once from a ledger; see ALGORITHMS for the formulas.

    Trust flows from vetted members only: a team that no path reaches from them stands at 0. When nobody is vetted
    everyone counts as vetted (p = 1). What a member gives never enters the member's own standing, and what members
    give to themselves is ignored. `for_one` builds quickly what only one or a few members are asked of.
    """

    def __init__(self, ledger: Ledger, half_life: float = HALF_LIFE, for_one: bool = False) -> None:
        order = np.argsort(ledger.receiver, kind="stable")
        order = order[(ledger.giver != ledger.receiver)[order]]
        self._n = ledger.n
        self._giver, receiver, self._skill = ledger.giver[order], ledger.receiver[order], ledger.skill[order]
        self._amount = ledger.weight[order] * np.exp2(-np.maximum(ledger.age[order], 0) / half_life)
        self._starts = np.searchsorted(receiver, np.arange(ledger.n + 1))
        self._pairs = _pairs(self._giver, receiver, ledger.weight[order], ledger.n)
        source = (ledger.vetted if ledger.vetted.any() else np.ones(ledger.n)).astype(np.float64)
        self._flow = self._flowing(source, for_one)

    def _flowing(self, source: Floats, for_one: bool) -> "_Exact | _Truncated":
        """Inverting pays when everybody is asked for; for one member the same trust is reached by going on walking."""
        if self._n > LARGEST_EXACT:
            return _Truncated(self._pairs, source)
        return _Truncated(self._pairs, source, HOPS_TO_EXACT) if for_one else _Exact(self._pairs, source)

    def standing(self, member: int, skill: int | None) -> float:
        """The number of independent, trusted voices behind a member, in one skill or (None) over all."""
        return float(self._chorus(member, skill, self._scene(member)).adds.sum())

    def voices(self, member: int, skill: int | None) -> tuple[Voice, ...]:
        """The standing line by line, what adds most first; givers without trust are listed and add 0."""
        return self._chorus(member, skill, self._scene(member)).voices()

    def all(self) -> Iterator[tuple[int, int | None, float, int]]:
        """Member, skill (None: overall), standing and trusted voices, for all who received anything."""
        for member in np.flatnonzero(np.diff(self._starts)):
            yield from self.of(int(member))

    def of(self, member: int) -> Iterator[tuple[int, int | None, float, int]]:
        """The same for one member; nothing for who received nothing or is unknown (-1)."""
        if member < 0 or self._starts[member] == self._starts[member + 1]:
            return
        scene = self._scene(member)
        for skill in (None, *self._skills(member)):
            chorus = self._chorus(member, skill, scene)
            yield member, skill, float(chorus.adds.sum()), int((chorus.weight > 0).sum())

    def _skills(self, member: int) -> list[int]:
        found = np.unique(self._skill[self._to(member)])
        return [int(skill) for skill in found if skill >= 0]

    def _to(self, member: int) -> slice:
        return slice(int(self._starts[member]), int(self._starts[member + 1]))

    def _scene(self, member: int) -> _Scene:
        givers = self._pairs.giver[self._pairs.to(member)]
        trust = self._flow.trust(member, givers, self._pairs.stretch(member))
        likeness = self._flow.likeness(member, givers) + 1  # the axis that all unproven circles share
        length = np.sqrt(np.diagonal(likeness))
        return _Scene(givers, np.where(trust > NO_TRUST, trust, 0.0), likeness / np.outer(length, length))

    def _chorus(self, member: int, skill: int | None, scene: _Scene) -> _Chorus:
        """The voices in one skill: w_i = x_iv g_i / (g_i + 0.04), each with its part of the standing."""
        mine = self._to(member)
        at, amount = np.searchsorted(scene.givers, self._giver[mine]), self._amount[mine]
        if skill is not None:
            in_skill = self._skill[mine] == skill
            at, amount = at[in_skill], amount[in_skill]
        total = _sums(at, amount, len(scene.givers))
        kept = np.unique(at)
        pair, trust, alike = total[kept] / (total[kept] + 1), scene.trust[kept], scene.alike[np.ix_(kept, kept)]
        weight = pair * trust / (trust + HALF_TRUSTED)
        return _Chorus(scene.givers[kept], pair, weight, _parts(weight, alike), alike)


def standings(ledger: Ledger, half_life: float, only: int | None = None) -> list[tuple[int, int | None, float, int]]:
    """Everyone's rows as `Graph.all` gives them, or those of one member alone; made to run in another process."""
    graph = Graph(ledger, half_life, for_one=only is not None)
    return list(graph.all() if only is None else graph.of(only))


def _parts(weight: Floats, alike: Floats) -> Floats:
    """What each voice adds, (k,): the diagonal of (1 + 1/k) K (I + K)^-1 with K = k sqrt(w w^T) o S.

    Its trace is the effective dimension (1 + 1/k) sum of l / (1 + l) over the eigenvalues l of K.
    """
    root = np.sqrt(weight)
    rest = np.linalg.inv(np.eye(len(weight)) + SHARPNESS * np.outer(root, root) * alike)
    return (1 + 1 / SHARPNESS) * np.maximum(0.0, 1 - np.diagonal(rest))

"""How a community's good words are spread: on few or many, mutual or not, and in which tight circles. Pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.voices import Floats, Ledger

TIGHT, LARGEST = 0.6, 20
LEAST_GIVEN = 3.0
SEED_SHARE = 0.2
ALIKE = 0.5


@dataclass(frozen=True)
class Circle:
    """Members (k,) who mostly speak for each other: `inside` of the `given` words stay among them."""

    members: tuple[int, ...]
    inside: float
    given: float
    outside_voices: int

    @property
    def share(self) -> float:
        """The part of what they give that stays inside, 0..1."""
        return self.inside / self.given


def gini(values: Floats) -> float:
    """0 when all (n,) have the same, nearly 1 when one has everything: sum (2 i - n - 1) x_i / (n sum x), x sorted."""
    total = values.sum()
    if not len(values) or total <= 0:
        return 0.0
    weights = 2 * np.arange(1, len(values) + 1) - len(values) - 1
    return float((weights * np.sort(values)).sum() / (len(values) * total))


def lorenz(values: Floats) -> tuple[Floats, Floats]:
    """The share of members (n+1,), the poorest first, and the share of everything that they have (n+1,)."""
    rising = np.concatenate([[0.0], np.cumsum(np.sort(values))])
    return np.linspace(0, 1, len(rising)), rising / max(rising[-1], 1e-300)


def reciprocity(ledger: Ledger) -> tuple[float, float]:
    """The share of pairs i -> v that are returned, and what chance would give at this density (both 0..1)."""
    n, others = ledger.n, (ledger.giver != ledger.receiver) & (ledger.weight > 0)
    giver, receiver = ledger.giver[others], ledger.receiver[others]
    pairs = np.unique(giver * n + receiver)
    if not len(pairs):
        return 0.0, 0.0
    returned = np.isin(pairs, receiver * n + giver)
    return float(returned.mean()), len(pairs) / (n * (n - 1))


def circles(ledger: Ledger) -> list[Circle]:
    """Groups of two to twenty that keep at least 60 % of what they give; the most closed and largest first.

    Each begins with a mutual pair and takes in whoever raises the share that stays inside, as long as somebody does;
    groups that share half of their members are told once.
    """
    given = amounts(ledger)
    totals = given.sum(axis=1)
    shares = given / np.maximum(totals, 1e-300)[:, None]
    mutual = np.triu((shares >= SEED_SHARE) & (shares.T >= SEED_SHARE), 1) & (np.minimum(given, given.T) >= LEAST_GIVEN)
    found = {_grown(given, [int(i), int(j)]) for i, j in np.argwhere(mutual)} | {
        _grown(given, list(one)) for one in _strong(given, shares)
    }
    told = [_circle(given, members) for members in found if len(members) > 1]
    return _distinct(sorted((one for one in told if one.share >= TIGHT), key=_closed, reverse=True))


def amounts(ledger: Ledger) -> Floats:
    """What each gave to each, (n, n); giving to oneself is left out."""
    given = np.zeros((ledger.n, ledger.n))
    np.add.at(given, (ledger.giver, ledger.receiver), ledger.weight)
    np.fill_diagonal(given, 0)
    return given


def _strong(given: Floats, shares: Floats) -> set[tuple[int, ...]]:
    """Rings in which nobody returns anything directly: strongly connected members over everyone's main direction."""
    from scipy.sparse import csr_array  # slow to import, only for admins
    from scipy.sparse.csgraph import connected_components

    main = (shares >= SEED_SHARE) & (given >= LEAST_GIVEN)
    _count, label = connected_components(csr_array(main), connection="strong")
    groups = [tuple(int(at) for at in np.flatnonzero(label == one)) for one in np.unique(label)]
    return {group for group in groups if 1 < len(group) <= LARGEST}


def _grown(given: Floats, members: list[int]) -> tuple[int, ...]:
    """The group after it took in, one by one, who gives to it, receives from it and raises its share most."""
    share = _share(given, members)
    while len(members) < LARGEST:
        near = np.flatnonzero((given[members].sum(axis=0) > 0) & (given[:, members].sum(axis=1) > 0))
        tried = {int(one): _share(given, [*members, int(one)]) for one in near if int(one) not in members}
        best = max(tried, key=lambda one: (tried[one], -one), default=-1)
        if best < 0 or tried[best] <= share:
            break
        members, share = [*members, best], tried[best]
    return tuple(sorted(members))


def _share(given: Floats, members: list[int]) -> float:
    total = given[members].sum()
    return float(given[np.ix_(members, members)].sum() / total) if total else 0.0


def _circle(given: Floats, members: tuple[int, ...]) -> Circle:
    group = list(members)
    others: NDArray[np.bool_] = np.ones(len(given), np.bool_)
    others[group] = False
    outside = int((given[others][:, group].sum(axis=1) > 0).sum())
    return Circle(members, float(given[np.ix_(group, group)].sum()), float(given[group].sum()), outside)


def _closed(circle: Circle) -> tuple[float, int]:
    return round(circle.share, 2), len(circle.members)


def _distinct(found: list[Circle]) -> list[Circle]:
    kept: list[Circle] = []
    for one in found:
        mine = set(one.members)
        if all(len(mine & set(other.members)) < ALIKE * min(len(mine), len(other.members)) for other in kept):
            kept.append(one)
    return kept

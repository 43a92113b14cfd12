"""Attacks on standing, by every method side by side: what the attackers were before, and what they are after."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import worlds
from benchmarks.baselines import BASELINES
from benchmarks.worlds import World
from bot.voices import Floats, Graph, Ints, Ledger

OURS = "Independent Voices"
SAMPLE = 300
Method = Callable[[Ledger, Ints], Floats]


def ours(ledger: Ledger, wanted: Ints) -> Floats:
    """The overall standing of these members, in their order."""
    graph = Graph(ledger)
    return np.array([graph.standing(int(one), None) for one in wanted])


def _all_at_once(scores: Callable[[Ledger], Floats]) -> Method:
    return lambda ledger, wanted: scores(ledger)[wanted]


METHODS: dict[str, Method] = {OURS: ours} | {name: _all_at_once(one) for name, one in BASELINES.items()}


@dataclass(frozen=True)
class Attack:
    """`ledgers` gives the ledger after each tactic of attackers (k,) in a world; the first of them gain."""

    name: str
    attackers: int
    ledgers: Callable[[World, Ints, int], Sequence[Ledger]]
    gainers: int | None = None
    standing: bool = False


def _sybils(count: int) -> Attack:
    return Attack(
        f"{count:,} sybil{'s' if count > 1 else ''}",
        1,
        lambda world, who, _seed: [worlds.sybils(world.ledger, int(who[0]), count)],
        standing=True,
    )


def _rings(count: int) -> Attack:
    return Attack(f"ring of {count}", count, lambda world, who, _seed: [worlds.ring(world.ledger, who)])


def _spies(count: int) -> Attack:
    return Attack(
        f"{count} spies",
        count + 1,
        lambda world, who, _seed: [worlds.spies(world.ledger, int(who[0]), who[1:])],
        gainers=1,
    )


ATTACKS = (
    *(_rings(count) for count in (2, 3, 5, 10, 20)),
    Attack("ring of 10, camouflaged", 10, lambda world, who, _seed: [worlds.camouflaged(world.ledger, who)]),
    Attack("ring of 10, adaptive", 10, lambda world, who, seed: worlds.tactics(world.ledger, who, seed)),
    *(_sybils(count) for count in (1, 10, 100, 1000)),
    Attack(
        "100 sybils, a tenth endorsed",
        1,
        lambda world, who, seed: [worlds.endorsed(world.ledger, int(who[0]), 100, seed)],
        standing=True,
    ),
    *(_spies(count) for count in (10, 50)),
)


@dataclass(frozen=True)
class Outcome:
    """Mean percentile of those who gain, before and after, and by how much their scores together grew."""

    before: float
    after: float
    gain: float

    @property
    def lift(self) -> float:
        """In percentile points."""
        return self.after - self.before


class Field:
    """One world and what every method says of it before anything happens."""

    def __init__(self, seed: int, n: int, custom: worlds.Custom = worlds.USUAL, names: Sequence[str] = ()) -> None:
        self.seed, self.n = seed, n
        self.world = worlds.planted(seed, n, custom=custom)
        self.methods = {name: METHODS[name] for name in names or METHODS}
        rng = np.random.default_rng(seed + 3000)
        self.sample = np.sort(rng.choice(n, min(n, SAMPLE), replace=False))
        self.before = {name: score(self.world.ledger, self.sample) for name, score in self.methods.items()}

    def agreement(self) -> dict[str, float]:
        """Spearman with true skill, by method, over the sample."""
        truth = self.world.skill[self.sample]
        return {name: spearman(scores, truth) for name, scores in self.before.items()}

    def outcomes(self, attack: Attack) -> Iterator[tuple[str, Outcome]]:
        """By method, what the best tactic against it gives; all others stay as they were before.

        Their change is less than a hundredth, and an attack is judged against the community that it found.
        """
        attackers = self._attackers(attack)
        gaining = attackers[: attack.gainers]
        ledgers = attack.ledgers(self.world, attackers, self.seed)
        for name, score in self.methods.items():
            before = score(self.world.ledger, gaining)
            after = max((score(one, gaining) for one in ledgers), key=lambda found: float(found.sum()))
            yield name, self._outcome(name, gaining, before, after)

    def _outcome(self, name: str, gaining: Ints, before: Floats, after: Floats) -> Outcome:
        others = self.before[name][~np.isin(self.sample, gaining)]
        gain = after.sum() / before.sum() if before.sum() > 0 else np.nan
        return Outcome(percentile(before, others), percentile(after, others), float(gain))

    def _attackers(self, attack: Attack) -> Ints:
        """Of the weakest; where one alone attacks, one who has a standing that could grow."""
        if not attack.standing:
            return worlds.weakest(self.world, self.seed, attack.attackers)
        able = worlds.weakest(self.world, self.seed, 20)
        has = ours(self.world.ledger, able) > 0
        return able[has][: attack.attackers]


def percentile(scores: Floats, others: Floats) -> float:
    """The mean share, in percent, of the others (m,) whom these scores (k,) are above; ties count half."""
    below = (others[None, :] < scores[:, None]).mean(axis=1)
    tied = (others[None, :] == scores[:, None]).mean(axis=1)
    return float(100 * (below + tied / 2).mean())


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation with mean ranks for ties."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, where, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[where]

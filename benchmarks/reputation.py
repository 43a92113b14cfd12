"""Whether standing keeps what it promises in planted worlds: it resists, agrees with skill, is exact and quick."""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from benchmarks import worlds
from benchmarks.attacks import ATTACKS, OURS, Field, Outcome
from benchmarks.measure import Measurement, timed
from bot.voices import LARGEST_EXACT, Graph, Ledger

SIZES = {200: range(12), 5000: range(10)}
HELD_OUT_SEEDS = range(100, 112)
RAW = "raw count"
LIFTS = {"ring of 10": 12.0, "10 spies": 15.0}
GAINS = {"ring of 10": 1.35}
EXACT, TRUNCATED, LOST = 1e-9, 1.005, 0.01
TRIALS = 40


def measure() -> list[Measurement]:
    """Every target of *Independent Voices*, beside what else there is; every ratio is what was used of the limit."""
    found: list[Measurement] = []
    for n, seeds in SIZES.items():
        found += _side_by_side(n, seeds, "")
    found += _side_by_side(200, HELD_OUT_SEEDS, "other seeds, ", worlds.USUAL, (OURS, RAW))
    for name, custom in worlds.HELD_OUT.items():
        found += [_told_only(row) for row in _side_by_side(200, HELD_OUT_SEEDS, f"{name}, ", custom, (OURS, RAW))]
    return [*found, *_exact(), *_speed()]


def _side_by_side(
    n: int, seeds: Sequence[int], said: str, custom: worlds.Custom = worlds.USUAL, names: Sequence[str] = ()
) -> list[Measurement]:
    """One row for the agreement with skill, one for each attack (of held-out worlds, those with a target)."""
    began = time.perf_counter()
    agreement: list[dict[str, float]] = []
    outcomes: dict[str, list[dict[str, Outcome]]] = {}
    for seed in seeds:
        field = Field(seed, n, custom, names)
        agreement.append(field.agreement())
        for attack in ATTACKS:
            if not names or attack.name in LIFTS or attack.name == "100 sybils":
                outcomes.setdefault(attack.name, []).append(dict(field.outcomes(attack)))
    seconds = time.perf_counter() - began
    rows = [_agreement(n, said, agreement)]
    rows += [_attack(n, f"{said}{name}", name, found) for name, found in outcomes.items()]
    return [
        Measurement(row.name, n, seconds if row is rows[0] else None, None, row.ratio, None, row.note) for row in rows
    ]


def _told_only(row: Measurement) -> Measurement:
    """Worlds made otherwise, which nothing was tuned on and the targets do not speak of."""
    return replace(row, ratio=None, note=f"{row.note}; would use {row.ratio or 0:.2f} of the limit")


def _agreement(n: int, said: str, found: list[dict[str, float]]) -> Measurement:
    mean = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
    shown = ", ".join(f"{name} {value:.3f}" for name, value in mean.items())
    note = f"limit {RAW} - {LOST}; Spearman with true skill: {shown}"
    return _row(f"{said}agreement with skill", n, (mean[RAW] - mean[OURS]) / LOST, note)


def _attack(n: int, said: str, name: str, found: list[dict[str, Outcome]]) -> Measurement:
    mean = {method: _mean([one[method] for one in found]) for method in found[0]}
    shown = [f"{method} {one.before:.0f} -> {one.after:.0f} (x{one.gain:.2f})" for method, one in mean.items()]
    return _row(said, n, _used(n, name, mean[OURS], [one[OURS] for one in found]), _limit(n, name) + ", ".join(shown))


def _limit(n: int, name: str) -> str:
    """The target as it is read; nothing where there is none."""
    if _is_sybil(name):
        return f"limit x1 by {EXACT:g}; " if n <= LARGEST_EXACT else f"limit x{TRUNCATED}; "
    said = [f"{LIFTS[name]:g} points"] if name in LIFTS else []
    said += [f"x{GAINS[name]}"] if name in GAINS else []
    return f"limit {' and '.join(said)}; " if said else ""


def _is_sybil(name: str) -> bool:
    return name.endswith(("sybil", "sybils"))


def _mean(found: list[Outcome]) -> Outcome:
    return Outcome(*(float(np.nanmean([getattr(one, part) for one in found])) for part in ("before", "after", "gain")))


def _used(n: int, name: str, mean: Outcome, found: list[Outcome]) -> float | None:
    """The share of the target that an attack used up; none where there is no target."""
    if _is_sybil(name):
        worst = max((one.gain for one in found), key=lambda gain: abs(gain - 1))
        return abs(worst - 1) / EXACT if n <= LARGEST_EXACT else max(0.0, worst - 1) / (TRUNCATED - 1)
    used = [mean.lift / LIFTS[name]] if name in LIFTS else []
    used += [mean.gain / GAINS[name]] if name in GAINS else []
    return max(used, default=None)


def _exact() -> list[Measurement]:
    """What holds to 1e-9 whatever happens, at its worst over many worlds."""
    names = ("own giving changes oneself by", "receiving lowers by", "lines and sum differ by")
    worst = np.max([(_own_giving(seed), _lowered(seed), _unexplained(seed)) for seed in range(TRIALS)], axis=0)
    return [
        _row(name, 200, float(most) / EXACT, f"at most {most:.1e} in {TRIALS} worlds, limit 1e-9")
        for name, most in zip(names, worst, strict=True)
    ]


def _busy(seed: int) -> Ledger:
    """Worlds in which people give far more than the least total, where thinned shares would show."""
    return worlds.planted(seed, 60, each=60.0).ledger


def _own_giving(seed: int) -> float:
    rng, ledger = np.random.default_rng(seed), _busy(seed)
    member = int(rng.integers(ledger.n))
    more = worlds.with_entries(ledger, np.full(50, member), rng.integers(0, ledger.n, 50))
    return abs(Graph(more).standing(member, None) - Graph(ledger).standing(member, None))


def _lowered(seed: int) -> float:
    rng, ledger = np.random.default_rng(seed), _busy(seed)
    before, lost = Graph(ledger), 0.0
    for giver, receiver in rng.integers(0, ledger.n, (10, 2)):
        times = int(rng.integers(1, 30))
        more = worlds.with_entries(ledger, np.full(times, giver), np.full(times, receiver))
        lost = max(lost, before.standing(int(receiver), None) - Graph(more).standing(int(receiver), None))
    return lost


def _unexplained(seed: int) -> float:
    graph = Graph(_busy(seed))
    return max(abs(sum(one.adds for one in graph.voices(who, skill)) - value) for who, skill, value, _ in graph.all())


def _speed() -> list[Measurement]:
    return [*_speed_at(5000, 11.0, "three-hop trust"), *_speed_at(1500, 13.0, "exact trust")]


def _speed_at(n: int, each: float, how: str) -> Iterator[Measurement]:
    ledger = worlds.planted(0, n, each, skills=60).ledger
    pairs = len(np.unique(ledger.giver * n + ledger.receiver))
    later = worlds.with_entries(ledger, np.array([1]), np.array([2]))
    note = f"{pairs} pairs, {how}"
    yield _timed(
        "everyone's standing", ledger, 10.0, lambda: sum(1 for _ in Graph(ledger).all()), f"{note}, all skills"
    )
    yield _timed(
        "one after one kudos",
        later,
        0.3,
        lambda: Graph(later, for_one=True).standing(2, None),
        f"{note}, graph built anew",
    )


def _timed(name: str, ledger: Ledger, limit: float, run: Callable[[], object], note: str) -> Measurement:
    """The quicker of two runs; memory from a third, since watching it is slow."""
    seconds = min(timed(run) for _ in range(2))
    tracemalloc.start()
    Graph(ledger).standing(0, None)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return Measurement(f"reputation: {name}", ledger.n, seconds, limit, seconds / limit, peak, note)


def _row(name: str, n: int, ratio: float | None, note: str) -> Measurement:
    return Measurement(f"reputation: {name}", n, None, None, None if ratio is None else float(ratio), None, note)

"""One measurement, as the table and the JSON lines show it."""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """`ratio` is what was used of the limit: below 1 is within it."""

    name: str
    n: int
    seconds: float | None = None
    limit_seconds: float | None = None
    ratio: float | None = None
    peak_mb: float | None = None
    note: str = ""

    def row(self) -> dict[str, Any]:
        """As one JSON line."""
        return asdict(self)


def within(
    name: str, n: int, seconds: float, limit: float, note: str = "", peak_mb: float | None = None
) -> Measurement:
    """A time against its limit."""
    return Measurement(name, n, seconds, limit, seconds / limit, peak_mb, note)


def median_of(run: Callable[[], object], times: int = 5) -> float:
    """The median wall time of several runs, seconds."""
    return statistics.median(timed(run) for _ in range(times))


def timed(run: Callable[[], object]) -> float:
    """The wall time of one run, seconds."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def peak_mb() -> float:
    """The most memory that this process and its ended children held, MB."""
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + children) / 1024

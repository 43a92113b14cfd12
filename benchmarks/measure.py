"""One measurement, as the table and the JSON lines show it."""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """`limit_seconds` is what the bare thing took in the same run, else the target; `ratio` = seconds / limit_seconds.

    A ratio above `allowed` is a miss.
    """

    name: str
    n: int
    seconds: float | None = None
    limit_seconds: float | None = None
    ratio: float | None = None
    peak_mb: float | None = None
    note: str = ""
    allowed: float = 1.0

    @property
    def is_missed(self) -> bool:
        """Whether more was used than is allowed."""
        return self.ratio is not None and self.ratio > self.allowed

    def row(self) -> dict[str, Any]:
        """As one JSON line; the note begins with the ratio allowed."""
        kept = asdict(self)
        allowed = kept.pop("allowed")
        limit = f"ratio allowed {allowed:g}" if self.ratio is not None else ""
        return {**kept, "note": "; ".join(part for part in (limit, self.note) if part)}


def within(
    name: str, n: int, seconds: float, limit: float, note: str = "", peak_mb: float | None = None, allowed: float = 1.0
) -> Measurement:
    """A time against its limit, or against `allowed` times what the bare thing took."""
    return Measurement(name, n, seconds, limit, seconds / limit, peak_mb, note, allowed)


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

"""Questions to a very large community: who can, who could take this, what is there for me, on both databases."""

from collections.abc import Callable
from statistics import median

from benchmarks.measure import Measurement, timed, within
from benchmarks.throng import Cached, Throng
from bot.ui import Card, Reply
from storage.db import connect

FIND, LIMIT, RUNS = 0.05, 0.1, 9


def searches(throng: Throng, database: str) -> list[Measurement]:
    """The median time of each question, asked of the whole App, once its text is encoded.

    Within 50 ms for who can; the others look at more and do more (an intro is written, 200 posts are read).
    """
    asked: dict[str, Callable[[int], str]] = {
        "skill find": lambda at: f"skill find {throng.cached.work[at]['title']}",
        "opportunity matches": lambda at: f"opportunity matches o{at + 1}",
        "opportunity for-me": lambda _at: "opportunity for-me",
        "intro ask": lambda at: f"intro ask {throng.cached.work[at]['title']}",
    }
    return [_one(throng, f"{name}, {database}", line) for name, line in asked.items()]


def on_postgres(cached: Cached, size: int) -> list[Measurement]:
    """The same on a PostgreSQL of our own, with pgvector."""
    from tests.databases import postgres  # a server of its own, started only here

    with postgres() as url:
        engine = connect(url)
        found = searches(Throng(engine, size, cached), "PostgreSQL")
        engine.dispose()
    return found


def _one(throng: Throng, name: str, line: Callable[[int], str]) -> Measurement:
    """Each question comes from another member, and another one has asked it before, so that its text is encoded."""
    first = timed(lambda: _answered(throng.says(1, line(0))))
    times = list[float]()
    for at in range(1, RUNS + 1):
        before, then = (1, 1) if "matches" in name else (50 + at, 100 + at)
        _answered(throng.says(before, line(at)))
        times.append(timed(lambda at=at, then=then: _answered(throng.says(then, line(at)))))
    note = f"median of {RUNS} after encoding, slowest {1000 * max(times):.0f} ms; the very first took {first:.1f} s"
    return within(name, throng.size, median(times), FIND if "find" in name else LIMIT, note)


def _answered(reply: Reply) -> None:
    if not isinstance(reply, Card):
        raise TypeError(reply)

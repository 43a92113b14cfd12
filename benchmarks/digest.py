"""The weekly digest: of a community as most are, and of up to 100,000 members beside a bare matrix product."""

import gc
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks import searching, stalls
from benchmarks.crowd import Crowd
from benchmarks.measure import Measurement, median_of, timed, within
from benchmarks.throng import NOW, Cached, Throng
from bot import exposure, work
from bot.ctx import Ctx, Request, Who
from bot.digest import LEAST_MATCH
from bot.embedding import Library
from bot.needs import Pairs
from bot.people import system
from bot.pool import Pool, pool_of
from bot.ui import Card, Reply
from jobs.backlog import embed_backlog
from jobs.embed import Encoder
from storage.db import connect, reading
from storage.models import Community, Opportunity, Place
from storage.upgrade import upgrade

T = TypeVar("T")
MEMBERS, OPPORTUNITIES, RUNS = 1_000, 50, 5
LIMIT, LIMIT_MB, BLOCK = 5.0, 800, 2048
SIZES, STANDING = (1_000, 10_000, 100_000), 10_000
PRODUCTS, WHOLE_SECONDS, WHOLE_MB = 5, 120.0, 1_500


def measure() -> list[Measurement]:
    """A small digest with the model in memory; then large ones, searches among as many, and what stalls meanwhile."""
    encoder = Encoder()
    try:
        found = _small(encoder)
        cached = Cached(encoder)
        for size in SIZES:
            found += _large(cached, size)
        return [*found, *_growth(found), *searching.on_postgres(cached, SIZES[-1])]
    finally:
        encoder.close()


def _small(encoder: Encoder) -> list[Measurement]:
    """The median time of `digest preview`, which computes everything, and the memory of both processes together."""
    with tempfile.TemporaryDirectory() as folder:
        crowd = Crowd(Path(folder), MEMBERS, encoder, OPPORTUNITIES)
        crowd.says(1, "settings digest channel:#digest")
        first = timed(lambda: embed_backlog(crowd.engine, encoder))
        times = [timed(lambda: _card(crowd.says(1, "digest preview"))) for _ in range(RUNS)]
        held = _held_mb(encoder)
    note = f"median of {RUNS}; {OPPORTUNITIES} opportunities; encoding everything for the first time took {first:.1f} s"
    memory = Measurement("digest, memory with the model", MEMBERS, ratio=held / LIMIT_MB, peak_mb=held)
    return [within("digest, vectors cached", MEMBERS, statistics.median(times), LIMIT, note, held), memory]


def _large(cached: Cached, size: int) -> list[Measurement]:
    """Matching against the bare product; at the largest size the whole digest, searches, and stalls as well."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'throng.db'}")
        upgrade(engine)
        throng = Throng(engine, size, cached)
        found = [_matching(throng)]
        if size == STANDING:
            found += stalls.of_standing(throng)
        if size == SIZES[-1]:
            found += searching.searches(throng, "SQLite")
            throng.says(1, "settings digest channel:#digest")
            found += stalls.of_digest(throng, WHOLE_SECONDS, WHOLE_MB)
        engine.dispose()
    return found


@contextmanager
def _world(throng: Throng) -> Generator[Ctx]:
    with reading(throng.engine, throng.place.community_id) as db:
        place, community = db.get_one(Place, throng.place.id), db.get_one(Community, throng.place.community_id)
        request = Request("benchmark", place.id, Who("benchmark"), "", NOW)
        yield Ctx(db, request, community, place, system(db), throng.app.encoder)


def _matching(throng: Throng) -> Measurement:
    """From claims and vectors in memory to who is told of what, against the product of skills and windows."""
    with _world(throng) as ctx:
        shown = work.open_ones(ctx.db)
        pool, read = _timed(lambda: pool_of(ctx.db))
        limit = _product(ctx, pool, work.needs_of(ctx.db, shown), shown)
        gc.collect()
        gc.freeze()  # what this benchmark keeps for itself is not searched for garbage meanwhile
        at = time.process_time()
        told, seconds = _timed(lambda: exposure.exposure(ctx, shown, LEAST_MATCH["balanced"], pool))
        spent = time.process_time() - at
    pairs = sum(map(len, told.told.values()))
    note = f"{pairs:,} told; {spent:.1f} s of CPU; claims read in {read:.1f} s"
    return within("digest, who hears of what", throng.size, seconds, limit, note, allowed=PRODUCTS)


def _product(ctx: Ctx, pool: Pool, needs: Mapping[int, Pairs], shown: Sequence[Opportunity]) -> float:
    """The bare product of distinct skills and all windows, in blocks, s; leaves every vector warm."""
    library = Library(ctx.db, ctx.encoder, ctx.fresh)
    skills = library.skills(pool.skills)
    rows = np.concatenate(library.windows([work.words_of(one, needs[one.id]) for one in shown]))
    blocks = [rows[at : at + BLOCK].T for at in range(0, len(rows), BLOCK)]
    return median_of(lambda: [np.matmul(skills, block) for block in blocks], 3)


def _growth(found: list[Measurement]) -> list[Measurement]:
    """From the middle to the largest size: seconds grow no faster than n log n."""
    before, after = [one for one in found if one.name == "digest, who hears of what"][-2:]
    allowed = after.n * math.log(after.n) / (before.n * math.log(before.n))
    grew = (after.seconds or 0.0) / (before.seconds or 1.0)
    note = f"x{after.n // before.n} members cost x{grew:.1f}; allowed x{allowed:.1f}"
    return [Measurement("digest, growth against n log n", after.n, ratio=grew / allowed, note=note)]


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the wall time, s."""
    began = time.perf_counter()
    return run(), time.perf_counter() - began


def _card(reply: Reply) -> None:
    if not isinstance(reply, Card):
        raise TypeError(reply)


def _held_mb(encoder: Encoder) -> float:
    """What this process and the model's hold in memory now, MB."""
    return sum(_resident_mb(pid) for pid in ("self", *encoder.pids()))


def _resident_mb(pid: int | str) -> float:
    """From /proc: proportional set size, so that shared pages count once."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))) / 1024

"""What those who are served notice of heavy work: how long the loop of a real `serve` stands still meanwhile."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session, select

from benchmarks.measure import Measurement, within
from benchmarks.throng import Throng
from jobs.environment import Environment
from jobs.serve import serve
from storage.db import connect, everywhere, reading
from storage.machinery import Timer
from storage.models import Digest, Member

Done = Callable[[Session], bool]
LIMIT, TICK, SETTLE, PATIENCE = 0.05, 0.002, 3.0, 900.0


class Gap(NamedTuple):
    """How much later than it asked for the loop came back, s, and what this process itself computed meanwhile, s."""

    wall: float
    own: float


class _At(NamedTuple):
    """Where it is looked at."""

    engine: Engine
    community: int


@dataclass
class Watched:
    """The longest stalls (s) at rest and at work, how long it took, this process's memory and the other's peak (MB)."""

    resting: float = 0.0
    working: float = 0.0
    seconds: float = 0.0
    own_mb: float = 0.0
    apart_mb: float = 0.0
    done: bool = False
    gaps: list[Gap] = field(default_factory=list[Gap])


def of_digest(throng: Throng, limit_seconds: float, limit_mb: float) -> list[Measurement]:
    """The whole weekly digest, from the clock's tick to the last row written."""
    seen = _watched(throng, "digest", "digest weekly", _is_posted)
    held = seen.apart_mb + seen.own_mb
    note = f"read, matched, assigned, written; {seen.apart_mb:.0f} MB of it in a process of its own"
    whole = within("digest of everybody, by the clock", throng.size, seen.seconds, limit_seconds, note, held)
    memory = Measurement("the same, memory of both processes", throng.size, ratio=held / limit_mb, peak_mb=held)
    return [whole, memory, _stall("event loop during a digest", throng, seen)]


def of_standing(throng: Throng) -> list[Measurement]:
    """Everyone's standing, computed anew."""
    seen = _watched(throng, "standing", "reputation recompute", _is_computed)
    return [_stall("event loop during standing", throng, seen)]


def _is_posted(db: Session) -> bool:
    return db.exec(select(Digest)).first() is not None


def _is_computed(db: Session) -> bool:
    return db.exec(select(Timer).where(Timer.key == "standing")).first() is None


def _stall(name: str, throng: Throng, seen: Watched) -> Measurement:
    slow, own = sum(gap.wall > LIMIT for gap in seen.gaps), max(gap.own for gap in seen.gaps)
    note = (
        f"longest; {slow} over the limit; {1000 * own:.0f} ms by this process itself; {1000 * seen.resting:.0f} at rest"
    )
    return within(name, throng.size, seen.working, LIMIT, note)


def _watched(throng: Throng, key: str, line: str, is_done: Done) -> Watched:
    """In a new process, as it is in service: serves, makes the line due, and watches the loop until it is done."""
    url = throng.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_watching, url, throng.place.community_id, key, line, is_done).result()


def _watching(url: str, community: int, key: str, line: str, is_done: Done) -> Watched:
    seen, at = Watched(), _At(connect(url), community)
    asyncio.run(_serving(at, url, key, line, is_done, seen))
    seen.own_mb = _resident_mb()
    return seen


async def _serving(at: _At, url: str, key: str, line: str, is_done: Done, seen: Watched) -> None:
    env = Environment(_env_file=None, database_url=url)  # pyright: ignore[reportCallIssue]
    serving = asyncio.create_task(serve(env, {"jobs"}))
    await asyncio.sleep(SETTLE)
    seen.resting = max(gap.wall for gap in await _gaps(lambda at: at > SETTLE))
    await asyncio.to_thread(_make_due, at, key, line)
    began = time.perf_counter()
    looking = asyncio.create_task(asyncio.to_thread(_look, at, is_done, seen))
    seen.gaps = await _gaps(lambda at: seen.done or at > PATIENCE)
    seen.working, seen.seconds = max(gap.wall for gap in seen.gaps), time.perf_counter() - began
    await looking
    os.kill(os.getpid(), signal.SIGTERM)
    await serving


async def _gaps(is_over: Callable[[float], bool]) -> list[Gap]:
    """Every turn of the loop until it is over; on a busy machine others' work is in `wall`, and not in `own`."""
    found: list[Gap] = []
    began = last = time.perf_counter()
    spent = time.process_time()
    while not is_over(last - began):
        await asyncio.sleep(TICK)
        now, used = time.perf_counter(), time.process_time()
        found.append(Gap(now - last - TICK, used - spent))
        last, spent = now, used
    return found


def _make_due(at: _At, key: str, line: str) -> None:
    with everywhere(at.engine) as db:
        who = db.exec(select(Member.id).where(Member.number == 0, Member.community_id == at.community)).one()
        timer = db.exec(select(Timer).where(Timer.key == key)).first() or Timer(
            key=key, line=line, member_id=who, community_id=at.community, due=datetime.now(UTC)
        )
        timer.due = datetime.now(UTC)
        db.add(timer)


def _look(at: _At, is_done: Done, seen: Watched) -> None:
    """In a thread: the other process's memory while it lives, and whether all is written."""
    until = time.perf_counter() + PATIENCE
    while not seen.done and time.perf_counter() < until:
        for child in multiprocessing.active_children():
            if child.name == "apart" and child.pid:
                seen.apart_mb = max(seen.apart_mb, _peak_mb(child.pid))
        with reading(at.engine, at.community) as db:
            seen.done = is_done(db)
        time.sleep(0.1)


def _peak_mb(pid: int) -> float:
    """The most that a process held, MB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def _resident_mb() -> float:
    """What this process holds now, MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

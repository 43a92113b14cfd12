"""Processes that drive the real App as adapters do: several callers, who wait for their turn and ask again at once."""

import asyncio
import multiprocessing as mp
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import numpy as np
from sqlmodel import col, select

from benchmarks.measure import peak_mb
from benchmarks.mix import Saying
from benchmarks.town import Nobody, Town, app_of
from bot.app import App
from bot.carriage import Carried, Parcel
from bot.turns import Turns
from bot.ui import No
from jobs import logs
from jobs.courier import Courier
from storage.db import reading
from storage.machinery import Outbox


@dataclass
class Driven:
    """How it went: when each was answered and how long it took, s; what was refused; how late cards came, s."""

    began: float = 0.0
    ended: float = 0.0
    seconds: list[float] = field(default_factory=list[float])
    refused: int = 0
    lags: list[float] = field(default_factory=list[float])
    peak_mb: float = 0.0
    cpu: float = 0.0

    def at(self, quantile: float) -> float:
        """The latency at a quantile, s."""
        return float(np.quantile(self.seconds, quantile))

    def lag(self, quantile: float) -> float:
        """The outbox's lag at a quantile, s; 0 when nothing was delivered."""
        return float(np.quantile(self.lags, quantile)) if self.lags else 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / (self.ended - self.began)


def together(found: Sequence[Driven]) -> Driven:
    """Several processes as one."""
    return Driven(
        min(one.began for one in found),
        max(one.ended for one in found),
        [second for one in found for second in one.seconds],
        sum(one.refused for one in found),
        [lag for one in found for lag in one.lags],
        max(one.peak_mb for one in found),
        sum(one.cpu for one in found),
    )


class Counting:
    """A platform that takes every card at once and notes when."""

    platform = "local"

    def __init__(self) -> None:
        self.came: dict[int, datetime] = {}

    async def carry(self, parcel: Parcel) -> Carried:
        """Taken."""
        self.came[parcel.id] = datetime.now(UTC)
        return Carried(parcel.channel or "dm", f"m{parcel.id}")


def drive(work: Callable[..., Driven], processes: int, *args: Any) -> Driven:
    """Runs `work(number, go, *args)` in processes that begin together."""
    context = mp.get_context("spawn")
    go = context.Barrier(processes)
    with context.Manager() as manager:
        found: Any = manager.list()
        children = [context.Process(target=_child, args=(work, n, go, found, *args)) for n in range(processes)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        if len(found) < processes:
            raise RuntimeError("a process that drove the app has failed")
        return together(list(found))


def _child(work: Callable[..., Driven], number: int, go: Any, found: Any, *args: Any) -> None:
    logs.configure("ERROR", sys.stderr)
    found.append(work(number, go, *args))


def talk(
    number: int,
    go: Any,
    towns: Sequence[Town],
    mix: dict[str, int],
    seconds: float,
    callers: int,
    seed: str,
    deliver: bool,
) -> Driven:
    """One process: its callers say what the mix asks for, in each town in turn; the courier may deliver meanwhile."""
    app = app_of(towns[0], Nobody())
    sayings = [
        [Saying(town, mix, f"{seed}-{number}-{caller}-{town.place}") for town in towns] for caller in range(callers)
    ]
    for warm in Saying(towns[0], mix, f"{seed}-{number}-warm"):
        app.handle(warm)
        if warm.id.endswith("-40"):
            break
    go.wait()
    driven, carrier, done = Driven(began=time.time()), Counting(), threading.Event()
    cpu = time.process_time()
    courier = threading.Thread(target=_deliver, args=(app, carrier, done)) if deliver and number == 0 else None
    if courier:
        courier.start()
    asyncio.run(_talk(app, sayings, driven, driven.began + seconds))
    driven.ended, driven.cpu = time.time(), time.process_time() - cpu
    done.set()
    if courier:
        courier.join()
        driven.lags = _lags(app, carrier)
    driven.peak_mb = peak_mb()
    app.engine.dispose()
    return driven


async def _talk(app: App, sayings: Sequence[Sequence[Saying]], driven: Driven, until: float) -> None:
    turns = Turns(app)
    await asyncio.gather(*(_call(turns, one, driven, until) for one in sayings))


async def _call(turns: Turns, sayings: Sequence[Saying], driven: Driven, until: float) -> None:
    for saying in cycle([iter(one) for one in sayings]):
        if time.time() > until:
            return
        request = next(saying)
        began = time.perf_counter()
        reply = (await turns.handle(request)).reply
        driven.seconds.append(time.perf_counter() - began)
        driven.refused += isinstance(reply, No)


def _deliver(app: App, carrier: Counting, done: threading.Event) -> None:
    """The real courier; when all is said it brings what is left."""

    async def run() -> None:
        courier, stop = Courier(app.engine, {"local": carrier}), asyncio.Event()
        running = asyncio.create_task(courier.run(stop))
        await asyncio.to_thread(done.wait)
        stop.set()
        await running
        await courier.drain(datetime.now(UTC))

    asyncio.run(run())


def _lags(app: App, carrier: Counting) -> list[float]:
    """How long after it was written each card came, s."""
    with reading(app.engine, -1) as db:
        rows = db.exec(select(Outbox.id, Outbox.written_at).where(col(Outbox.id) >= min(carrier.came, default=0))).all()
    return [(carrier.came[one] - written).total_seconds() for one, written in rows if one in carrier.came]


def bring(number: int, go: Any, town: Town, most: int) -> Driven:
    """One process delivers what is due; the rate is in cards."""
    app, carrier = app_of(town, Nobody()), Counting()
    go.wait()
    driven, cpu = Driven(began=time.time()), time.process_time()
    asyncio.run(_rounds(Courier(app.engine, {"local": carrier}), carrier, most))
    driven.ended, driven.cpu, driven.seconds = time.time(), time.process_time() - cpu, [0.0] * len(carrier.came)
    driven.peak_mb = peak_mb()
    return driven


async def _rounds(courier: Courier, carrier: Counting, most: int) -> None:
    while len(carrier.came) < most and await courier.round(datetime.now(UTC)):
        pass

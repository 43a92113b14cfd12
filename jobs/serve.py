"""A process that serves: people are answered, couriers deliver, the clock ticks, until it is told to stop."""

import asyncio
import gc
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.encoder import EncoderDown
from jobs.clock import TICK_SECONDS
from jobs.dispatch import Couriers
from jobs.environment import HOW_TO_CONNECT, Environment
from jobs.house import House
from jobs.metrics import Meter, Metered
from jobs.platforms import Platform, platforms_of
from jobs.swap import follow, work_ahead
from jobs.watch import delivers, metered, ticks

EMBED_SECONDS, SWEEP_HOURS = 30, 6
TURN_SECONDS = 0.0005
THREADS = 32  # most of them wait: for the database, for the model, for a file
LEAVE_SECONDS = 5
log = structlog.get_logger("manyhands.serve")


class Jobs:
    """What happens by itself in one process; its state is in the database, so it may be killed at any time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ticked_at = time.monotonic()
        self.stopping = False
        self.running: set[asyncio.Future[object]] = set()
        self.scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        """Begins to tick."""
        now = datetime.now(UTC)
        self.scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS, next_run_time=now)
        self.scheduler.add_job(self._embed, "interval", seconds=EMBED_SECONDS, next_run_time=now)
        self.scheduler.add_job(self._sweep, "interval", hours=SWEEP_HOURS, next_run_time=now)
        self.scheduler.start()

    async def stop(self) -> None:
        """Starts nothing new and lets what runs come to its end; nobody waits for the model any more."""
        self.stopping = True
        self.scheduler.pause()
        self.house.close_models()
        if self.running:
            await asyncio.wait(set(self.running), timeout=LEAVE_SECONDS)
        self.scheduler.shutdown(wait=False)

    async def _in_thread(self, work: Callable[..., object], *args: object) -> None:
        """Off the event loop, and known to `stop`."""
        task = asyncio.ensure_future(asyncio.to_thread(work, *args))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        await task

    async def _tick(self) -> None:
        self.ticked_at = time.monotonic()
        await self._in_thread(self.house.clock.tick, datetime.now(UTC))

    async def _sweep(self) -> None:
        await self._in_thread(self.house.clock.sweep, datetime.now(UTC))

    async def _embed(self) -> None:
        await self._in_thread(self._embed_or_tell)

    def _embed_or_tell(self) -> None:
        """A model that cannot be used is told to admins, once a day."""
        try:
            work_ahead(self.house, datetime.now(UTC))
        except EncoderDown as down:
            now = datetime.now(UTC)
            if not self.stopping:
                self.house.say_everywhere("matching down", now, f"matching-down-{now:%Y%m%d}", why=str(down))


async def serve(env: Environment, parts: set[str]) -> None:
    """Runs these parts until SIGTERM or SIGINT, then stops within 8 s."""
    stop = stop_on_signals()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "serves"))
    with House(env, ahead=True) as house:
        platforms = platforms_of(env, house, parts)
        meter = metered(house, [one.name for one in platforms])
        works = [
            *(one.run(stop) for one in platforms),
            _deliver(house, platforms, stop, meter, "jobs" in parts),
            _jobs(house, stop) if "jobs" in parts else _follow(house, stop),
        ]
        house.health.tells_all = env.metrics_port is None and env.port is not None
        if port := env.watch_port(parts):
            from jobs.listen import listen  # aiohttp's server is for those who ask for it

            works.append(listen(house.health, env.metrics_host, port, stop))
        running = [asyncio.create_task(one) for one in works]
        settle()
        ready = asyncio.create_task(_tell_ready(platforms, parts))
        try:
            await _until_stopped(running, stop)
        finally:
            ready.cancel()
            await asyncio.gather(*(one.close() for one in platforms))
    log.info("stopped")


async def _tell_ready(platforms: list[Platform], parts: set[str]) -> None:
    """One line, when people can be answered on every platform that is served here."""
    for one in platforms:
        await one.ready.wait()
    log.info("ready", parts=sorted(parts), hint="" if platforms or parts != {"jobs"} else HOW_TO_CONNECT)


def settle() -> None:
    """What was loaded at the start stays: looking through all of it for garbage held everybody up, 0.1 s at a time.
    And a thread at work lets the loop, which acks, have its turn ten times as soon as Python's usual 5 ms."""
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()


async def _until_stopped(running: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """A part that ends by itself has failed, and takes the process with it: whoever runs it starts it again."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([stopped, *running], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.wait(running, timeout=LEAVE_SECONDS)
    for one in running:
        if one.done():
            one.result()


async def _deliver(house: House, platforms: list[Platform], stop: asyncio.Event, meter: Meter, is_all: bool) -> None:
    """What goes to the platforms that are served here; where none is, the processes that serve them see to it.

    A process that only answers a load balancer stays ready when its outbox stands: people are answered all the same.
    """
    couriers = Couriers(house.engine, [Metered(one.carrier, meter) for one in platforms])
    house.app.wake = couriers.wake
    if watched := [one.name for one in platforms if one.holds_on or is_all]:
        house.health.duties.append(delivers(house, watched, meter))
    await couriers.run(stop)


async def _jobs(house: House, stop: asyncio.Event) -> None:
    jobs = Jobs(house)
    house.health.duties.append(ticks(lambda: jobs.ticked_at))
    jobs.start()
    try:
        await stop.wait()
    finally:
        await jobs.stop()


async def _follow(house: House, stop: asyncio.Event) -> None:
    """Where other processes do the jobs: when they have prepared another language model, it serves here, too."""
    while not stop.is_set():
        await asyncio.to_thread(follow, house)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EMBED_SECONDS)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop

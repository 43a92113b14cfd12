"""Jobs that an operator runs by hand, as if at any moment."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import structlog

from adapters.local.session import Session
from bot.carriage import Carrier
from bot.ui import No, plain_of
from jobs.courier import Courier
from jobs.house import House
from jobs.platforms import platforms_of
from jobs.swap import work_ahead

log = structlog.get_logger("manyhands.job")


def _digest(house: House, now: datetime) -> None:
    _say(house, "digest weekly", now)


def _reputation(house: House, now: datetime) -> None:
    _say(house, "reputation recompute", now)


def _say(house: House, line: str, now: datetime) -> None:
    """Says a line in every community, once for that moment."""
    for reply in house.say_everywhere(line, now, f"job-{line.replace(' ', '-')}-{now:%Y%m%dT%H%M%S}"):
        log.info("job refused" if isinstance(reply, No) else "job done", line=line, said=plain_of(reply))


def _timers(house: House, now: datetime) -> None:
    log.info("timers", said=house.clock.tick(now))


def _embed(house: House, now: datetime) -> None:
    log.info("embedded", texts=work_ahead(house, now), at=now.isoformat())


def _sweep(house: House, now: datetime) -> None:
    house.clock.sweep(now)
    log.info("swept")


JOBS: dict[str, Callable[[House, datetime], None]] = {
    "digest": _digest,
    "timers": _timers,
    "embed": _embed,
    "reputation": _reputation,
    "sweep": _sweep,
}


def run_job(house: House, name: str, now: datetime, out: TextIO) -> None:
    """Runs one job as if at `now`, and delivers what is due: on the platforms, and to `out` in the scripted form."""
    JOBS[name](house, now)
    asyncio.run(_deliver(house, now, out))


async def _deliver(house: House, now: datetime, out: TextIO) -> None:
    platforms = platforms_of(house.env, house)
    carriers: dict[str, Carrier] = {one.name: one.carrier for one in platforms}
    if place := house.local_place_if_any():
        carriers["local"] = Session(house.app, place, lambda _now: None, out)
    try:
        await Courier(house.engine, carriers, at_once=1).drain(now)
    finally:
        await asyncio.gather(*(one.close() for one in platforms))

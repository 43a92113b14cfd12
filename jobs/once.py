"""Jobs that an operator runs by hand, as if at any moment."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.ui import No, plain_of
from jobs.house import House
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


def run_job(house: House, name: str, now: datetime) -> None:
    """Runs one job as if at `now`."""
    JOBS[name](house, now)

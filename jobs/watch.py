"""What a serving process tells of itself: its numbers, and what keeps it from its duties."""

import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST

from bot.heard import UNKNOWN
from jobs.health import Duty
from jobs.house import House
from jobs.metrics import Meter, Stored, exposition
from jobs.waiting import overdue

LATE_SECONDS = 300.0


class _Serving:
    """The language model that serves just now, whichever that is."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def state(self) -> str:
        """How it is."""
        return self.house.encoder.state


def metered(house: House, platforms: Iterable[str]) -> Meter:
    """Begins to count; `/metrics` tells."""
    meter = Meter()
    meter.expects([*house.app.catalogue.commands, UNKNOWN], platforms)
    house.app.watch = meter
    stored = Stored(house.engine, _Serving(house))
    house.health.more["/metrics"] = (CONTENT_TYPE_LATEST, lambda: exposition(meter, stored))
    return meter


def ticks(ticked_at: Callable[[], float]) -> Duty:
    """Of a process that does the jobs; `ticked_at` is when its clock began its last tick, monotonic s."""

    def duty() -> str:
        silent = time.monotonic() - ticked_at()
        return f"The clock has not ticked for {_minutes(silent)}." if silent > LATE_SECONDS else ""

    return duty


def delivers(house: House, platforms: Collection[str], meter: Meter) -> Duty:
    """Of a process that delivers: much to do is no fault, and neither is a platform that asks to wait; to stand is."""

    def duty() -> str:
        if time.monotonic() - meter.moved_at <= LATE_SECONDS:
            return ""
        late = overdue(house.engine, platforms, datetime.now(UTC))
        return (
            f"The outbox is stuck: nobody has taken a card that is due for {_minutes(late)}."
            if late > LATE_SECONDS
            else ""
        )

    return duty


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes"

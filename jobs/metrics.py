"""Numbers for Prometheus: what this process did, and what waits in the database; nobody's name or words in any."""

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from bot.carriage import Carried, Carrier, Gone, Later, Parcel, Undeliverable
from bot.heard import Outcome
from jobs.waiting import Backlog, backlog

STATES = ("ready", "loading", "down", "idle")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
log = structlog.get_logger("manyhands.metrics")


class Meter:
    """Counts what happens in this process; with PROMETHEUS_MULTIPROC_DIR all processes of a machine count together."""

    def __init__(self) -> None:
        disable_created_metrics()
        self.registry = CollectorRegistry()
        self.moved_at = time.monotonic()
        self.requests = Counter(
            "manyhands_requests", "Requests that were answered.", ("command", "outcome"), registry=self.registry
        )
        self.seconds = Histogram(
            "manyhands_request_seconds", "How long it took.", ("command",), buckets=SECONDS, registry=self.registry
        )
        self.deliveries = Counter(
            "manyhands_deliveries",
            "What became of each try to deliver.",
            ("platform", "outcome"),
            registry=self.registry,
        )
        self.limits = Counter(
            "manyhands_rate_limited", "How often a platform asked to slow down.", ("platform",), registry=self.registry
        )

    def expects(self, commands: Iterable[str], platforms: Iterable[str]) -> None:
        """What may go wrong is told as 0 until it does: Prometheus sees no increase in what begins with a 1."""
        for command in commands:
            self.requests.labels(command, "error")
        for platform in platforms:
            self.limits.labels(platform)

    def heard(self, command: str, outcome: Outcome, seconds: float) -> None:
        """A request was answered."""
        self.requests.labels(command, outcome).inc()
        self.seconds.labels(command).observe(seconds)

    def limited(self, platform: str) -> None:
        """A platform asked to slow down."""
        self.limits.labels(platform).inc()

    def carried(self, platform: str, outcome: str) -> None:
        """A delivery was tried."""
        self.moved_at = time.monotonic()
        self.deliveries.labels(platform, outcome).inc()


class Metered:
    """A carrier whose ways are counted; when a platform asks to slow down, the adapter tells."""

    def __init__(self, carrier: Carrier, meter: Meter) -> None:
        self.carrier = carrier
        self.platform = carrier.platform
        self.meter = meter

    async def carry(self, parcel: Parcel) -> Carried:
        """As the carrier does, counted."""
        outcome = "error"
        try:
            carried = await self.carrier.carry(parcel)
            outcome = "delivered"
            return carried
        except Later:
            outcome = "later"
            raise
        except Undeliverable:
            outcome = "parked"
            raise
        except Gone:
            outcome = "gone"
            raise
        finally:
            self.meter.carried(self.platform, outcome)


class Stateful(Protocol):
    """A language model that says how it is."""

    @property
    def state(self) -> str:
        """One of `STATES`."""
        ...


class Stored(Collector):
    """What is the same from whichever process it is asked: take the maximum over processes, not the sum."""

    def __init__(self, engine: Engine, encoder: Stateful) -> None:
        self.engine = engine
        self.encoder = encoder

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """A database that does not answer is a number, too."""
        yield self._encoder()
        try:
            found = backlog(self.engine, datetime.now(UTC))
        except Exception:
            log.exception("no numbers from the database")
            yield _gauge("manyhands_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("manyhands_database_up", "Whether the database answers.", 1)
        yield _gauge("manyhands_timer_lag_seconds", "How late the most overdue timer is.", found.lag)
        yield _gauge("manyhands_timers_parked", "Timers that failed too often.", found.parked_timers)
        yield from _queues(found)

    def _encoder(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily("manyhands_encoder_state", "How the language model is.", labels=("state",))
        for state in STATES:
            family.add_metric((state,), float(self.encoder.state == state))
        return family


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _queues(found: Backlog) -> Iterable[GaugeMetricFamily]:
    labels = ("platform",)
    waiting = GaugeMetricFamily("manyhands_outbox_waiting", "Cards on their way.", labels=labels)
    oldest = GaugeMetricFamily("manyhands_outbox_oldest_seconds", "The age of the oldest of them.", labels=labels)
    parked = GaugeMetricFamily("manyhands_outbox_parked", "Cards that could not be delivered.", labels=labels)
    for platform, queue in found.queues.items():
        waiting.add_metric((platform,), queue.waiting)
        oldest.add_metric((platform,), queue.oldest)
        parked.add_metric((platform,), queue.parked)
    return waiting, oldest, parked


def exposition(meter: Meter, stored: Stored) -> bytes:
    """All of it, as Prometheus reads it."""
    state = CollectorRegistry()
    state.register(stored)
    return generate_latest(_counted(meter)) + generate_latest(state)


def _counted(meter: Meter) -> CollectorRegistry:
    """Of this process alone, or of all that share the folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return meter.registry
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together

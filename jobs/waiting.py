"""What waits: cards in the outbox and lines for later, over every community, in numbers only."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from storage.db import EVERYWHERE, reading
from storage.machinery import Outbox, Timer, pending
from storage.models import Place

ADDRESS: tuple[Any, ...] = (Outbox.place_id, Outbox.channel, Outbox.members)
FOR_EVER = timedelta(days=365 * 50)


@dataclass(slots=True)
class Queue:
    """One platform's outbox; the age is that of the oldest card that is on its way, s."""

    waiting: int = 0
    parked: int = 0
    oldest: float = 0.0


@dataclass(slots=True)
class Backlog:
    """Everything that waits; `lag` is how late the most overdue timer is, s."""

    queues: dict[str, Queue] = field(default_factory=dict[str, Queue])
    lag: float = 0.0
    parked_timers: int = 0


def backlog(engine: Engine, now: datetime) -> Backlog:
    """As it is at `now`."""
    with reading(engine, EVERYWHERE) as db:
        found = Backlog(_queues(db, now), _lag(db, now))
        parked = select(func.count(col(Timer.id))).where(Timer.due > now + FOR_EVER)
        found.parked_timers = db.exec(parked).one()
        return found


def _queues(db: Session, now: datetime) -> dict[str, Queue]:
    platforms = db.exec(select(Place.platform).distinct()).all()
    queues = {platform: Queue() for platform in platforms}
    for platform, count, oldest in db.exec(_counted(pending())).all():
        queues[platform].waiting, queues[platform].oldest = count, _late(oldest, now)
    for platform, count, _oldest in db.exec(_counted(Outbox.state == "parked")).all():
        queues[platform].parked = count
    return queues


def _counted(which: Any) -> Any:
    """How many there are by platform, and when the oldest was written."""
    query = select(Place.platform, func.count(col(Outbox.id)), func.min(Outbox.written_at))
    return query.join(Place, col(Outbox.place_id) == Place.id).where(which).group_by(Place.platform)


def _lag(db: Session, now: datetime) -> float:
    first = select(func.min(Timer.due)).where(col(Timer.community_id).in_(select(Place.community_id)))
    return _late(db.exec(first).one(), now)


def overdue(engine: Engine, platforms: Collection[str], now: datetime) -> float:
    """How long the first card of some address has been due and not taken, s; what queues up behind it may wait."""
    with reading(engine, EVERYWHERE) as db:
        heads = select(func.min(Outbox.id)).where(pending()).group_by(*map(col, ADDRESS))
        query = select(func.min(Outbox.due)).join(Place, col(Outbox.place_id) == Place.id)
        served = query.where(col(Outbox.id).in_(heads), col(Place.platform).in_(list(platforms)))
        return _late(db.exec(served).one(), now)


def _late(due: datetime | None, now: datetime) -> float:
    return max(0.0, (now - due).total_seconds()) if due else 0.0

"""The clock: says the lines of timers that are due, each once, however many clocks tick."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from bot.app import App
from bot.ctx import Request, Who
from bot.timers import next_weekly, occurrence
from bot.ui import No, to_json
from storage.db import everywhere, reading, transaction, tune
from storage.machinery import Outbox, Reference, Seen, Timer
from storage.models import Place
from storage.trouble import Trouble

log = structlog.get_logger("manyhands.clock")
TICK_SECONDS = 5
MOST_ATTEMPTS = 5
RETRY = timedelta(minutes=1)
PARKED = timedelta(days=365 * 100)
LEASE = timedelta(minutes=5)
KEEP_ANSWERS = timedelta(days=1)
KEEP_SEEN = timedelta(days=30)
KEEP_SENT = timedelta(days=30)
KEEP_REFERENCES = timedelta(days=180)
BATCH = 1000
NOTHING = to_json(None)
SYSTEM = Who("manyhands", "Manyhands", bot=True)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose moment has come."""

    id: int
    community_id: int
    place_id: int
    request: str
    line: str


class Clock:
    """Ticks; the state is in the timer table, so any number of processes may tick."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.begun: set[int] = set()

    def tick(self, now: datetime) -> int:
        """Says every line that is due, and what that makes due, and returns how many were said.

        Raises `Trouble` when there is no database; what is due stays due.
        """
        self._begin(now)
        said = 0
        while due := self._claim(now):
            try:
                self._say(due, now)
            except Trouble:
                self._let_go(due)
                raise
            said += 1
        return said

    def _begin(self, now: datetime) -> None:
        """A community has its timers from the first tick on, and keeps those that it has."""
        with reading(self.app.engine) as db:
            new = {community: place for community, place in first_places(db).items() if community not in self.begun}
        for community, place in new.items():
            key = f"begin-{community}-{now:%Y%m%dT%H%M%S}"
            self.app.handle(Request(key, place, SYSTEM, "digest begin", now, timer=True))
            self.begun.add(community)

    def _claim(self, now: datetime) -> Due | None:
        """The first line that is due and that no other clock is saying: this one says it until its lease ends."""
        with everywhere(self.app.engine) as db:
            places = first_places(db)
            is_free = col(Timer.leased_until).is_(None) | (col(Timer.leased_until) <= now)
            query = select(Timer).where(Timer.due <= now, is_free, col(Timer.community_id).in_(list(places)))
            query = query.order_by(col(Timer.due), col(Timer.id)).limit(1).with_for_update(skip_locked=True)
            timer = db.exec(query).first()
            if timer is None:
                return None
            timer.leased_until = now + LEASE
            return Due(timer.id, timer.community_id, places[timer.community_id], occurrence(timer), timer.line)

    def _say(self, due: Due, now: datetime) -> None:
        """`Seen` makes the line run once, also when a lease ended too soon; only then the timer moves on."""
        reply = self.app.handle(Request(due.request, due.place_id, SYSTEM, due.line, now, timer=True)).reply
        with transaction(self.app.engine, due.community_id) as db:
            timer = db.get(Timer, due.id)
            if timer is None:
                return
            timer.leased_until = None
            if occurrence(timer) != due.request:
                return
            if isinstance(reply, No):
                _retry(db, timer, reply, now)
            else:
                _move_on(db, timer, now)

    def _let_go(self, due: Due) -> None:
        """Another clock, or this one when it ticks again, need not wait for the lease to end."""
        with suppress(Trouble), transaction(self.app.engine, due.community_id) as db:
            if timer := db.get(Timer, due.id):
                timer.leased_until = None

    def sweep(self, now: datetime) -> None:
        """Forgets old answers and receipts, delivered cards and long-unused buttons, a batch at a time.

        Keeps queries quick as well.
        """
        while self._drop_answers(now - KEEP_ANSWERS):
            pass
        seen = select(Seen.id).where(Seen.seen_at < now - KEEP_SEEN)
        sent = select(Outbox.id).where(Outbox.state == "sent", Outbox.written_at < now - KEEP_SENT)
        unused = select(Reference.id).where(Reference.used_at < now - KEEP_REFERENCES)
        for model, old in ((Seen, seen), (Outbox, sent), (Reference, unused)):
            while self._forget(model, old):
                pass
        tune(self.app.engine)

    def _drop_answers(self, before: datetime) -> bool:
        """What was said to a request is private and seldom asked for again: only that it was answered stays."""
        old = select(Seen.id).where(Seen.seen_at < before, Seen.reply != NOTHING).limit(BATCH)
        with everywhere(self.app.engine) as db:
            dropped: Any = db.exec(update(Seen).where(col(Seen.id).in_(old)).values(reply=NOTHING))
            return dropped.rowcount == BATCH

    def _forget(self, model: type[Seen | Outbox | Reference], old: Any) -> bool:
        """One batch, so that nobody waits long for the writer; whether there may be more."""
        with everywhere(self.app.engine) as db:
            gone: Any = db.exec(delete(model).where(col(model.id).in_(old.limit(BATCH))))
            return gone.rowcount == BATCH


def first_places(db: Session) -> dict[int, int]:
    """The first place of each community."""
    rows = db.exec(select(Place.community_id, Place.id).order_by(col(Place.id).desc())).all()
    return dict(rows)


def _move_on(db: Session, timer: Timer, now: datetime) -> None:
    if not timer.weekday:
        db.delete(timer)
        return
    timer.due = next_weekly(max(now, timer.due), timer.weekday, timer.hour, timer.zone)
    timer.attempts, timer.error = 0, ""
    db.add(timer)


def _retry(db: Session, timer: Timer, reply: No, now: datetime) -> None:
    """Tries again later, ever later; what never works is parked until someone changes it."""
    timer.attempts += 1
    timer.error = "".join(getattr(part, "text", "") for part in reply.text)[:500]
    log.error("timer failed", timer=timer.id, key=timer.key, attempts=timer.attempts)
    if timer.attempts < MOST_ATTEMPTS:
        timer.due = now + RETRY * 2**timer.attempts
    elif timer.weekday:
        _move_on(db, timer, now)
    else:
        timer.due = now + PARKED
    db.add(timer)

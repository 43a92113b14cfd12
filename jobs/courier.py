"""The courier: takes cards from the outbox to the adapters, in order, and comes back when told to wait."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.accounts import accounts_in
from bot.carriage import Carried, Carrier, Later, Parcel, Recipient, Undeliverable
from bot.outbox import address, address_of, members_of
from bot.people import by_ids
from bot.ui import Card, from_json, mentions
from jobs.carrying import carried
from jobs.notices import tell_admins
from storage.db import everywhere, reading, transaction
from storage.machinery import Outbox, Shown, pending
from storage.models import Place
from storage.trouble import Trouble

log = structlog.get_logger("manyhands.courier")
LEASE = timedelta(minutes=2)
NOTING = LEASE / 4
MOST_ATTEMPTS = 10
MOST_FAILURES = 4
AT_ONCE = 200
CHANNELS_AT_ONCE = 16
POLL_SECONDS = 1.0
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One row that this courier alone may deliver until its lease ends.

    It begins no delivery after `until`, monotonic s, and breaks one off soon after: another courier would begin it too.
    """

    id: int
    community_id: int
    address: str
    attempt: int
    until: float


class Courier:
    """Delivers at least once; what fails for good is parked where admins see it."""

    def __init__(self, engine: Engine, carriers: Mapping[str, Carrier], at_once: int = CHANNELS_AT_ONCE) -> None:
        self.engine = engine
        self.carriers = carriers
        self.at_once = at_once
        self.rng = Random()

    async def run(self, stop: asyncio.Event, bell: asyncio.Event | None = None) -> None:
        """Delivers until told to stop, whenever the `bell` rings; without a database it looks again, ever later."""
        failures, bell = 0, bell or asyncio.Event()
        while not stop.is_set():
            bell.clear()
            try:
                done = await self.round(datetime.now(UTC))
                failures = 0
            except Trouble as trouble:
                log.warning("no database", why=str(trouble))
                done, failures = 0, min(failures + 1, MOST_FAILURES)
            if not done:
                await _pause(POLL_SECONDS * 2**failures * self.rng.uniform(0.75, 1.25), stop, bell)

    async def drain(self, now: datetime) -> int:
        """Delivers all that is due at one moment. Returns how many rows were tried."""
        tried, at = 0, _going(now)
        while done := await self.round(now, at):
            tried += done
        return tried

    async def round(self, now: datetime, at: Clock | None = None) -> int:
        """Delivers some of what is due; channels side by side, each in its own order. Returns how many were tried."""
        at = at or _going(now)
        claimed = await asyncio.to_thread(self._claim, now, at() + LEASE)
        limit = asyncio.Semaphore(self.at_once)
        queues = [self._queue(rows, now, at, limit) for rows in _queues(claimed)]
        failed = [one for one in await asyncio.gather(*queues, return_exceptions=True) if one]
        if failed:
            raise failed[0]
        return len(claimed)

    def _claim(self, now: datetime, lease: datetime | None = None) -> list[Claimed]:
        """Takes due rows under a lease; an address of which an earlier row is not taken by this courier is left alone.

        That row waits, is on its way with another courier, or is just being taken by one. A row whose lease ran out may
        have arrived without our knowing, so what follows is another attempt.
        """
        until = monotonic() + LEASE.total_seconds() / 2
        with everywhere(self.engine) as db:
            taken = self._free(db, now)
            for row in taken:
                row.attempts += row.state == "sending"
                row.state, row.due = "sending", lease or now + LEASE
            return [Claimed(row.id, row.community_id, address_of(row), row.attempts, until) for row in taken]

    def _free(self, db: Session, now: datetime) -> list[Outbox]:
        """The first due rows that nothing earlier holds up; a long queue that must wait keeps nobody else waiting."""
        served, last = self._served(db), 0
        while True:
            rows = db.exec(_due(served, now, last)).all()
            held = self._held(db, rows)
            free = [row for row in rows if held.get(address_of(row), row.id) >= row.id]
            if free or len(rows) < AT_ONCE:
                return free
            last = rows[-1].id

    def _served(self, db: Session) -> list[int]:
        return list(db.exec(select(Place.id).where(col(Place.platform).in_(list(self.carriers)))).all())

    def _held(self, db: Session, rows: Sequence[Outbox]) -> dict[str, int]:
        """For each address, the first row that is still to go and not among these: nothing may overtake it."""
        if not rows:
            return {}
        query = select(Outbox.id, Outbox.place_id, Outbox.channel, Outbox.members).where(
            pending(),
            Outbox.id < rows[-1].id,
            col(Outbox.id).not_in([row.id for row in rows]),
        )
        held: dict[str, int] = {}
        for row_id, place_id, channel, members in db.exec(query.order_by(col(Outbox.id))).all():
            held.setdefault(address(place_id, channel, members), row_id)
        return held

    async def _queue(self, rows: list[Claimed], now: datetime, at: Clock, limit: asyncio.Semaphore) -> None:
        """One address: the rows after one that must wait, wait too, and so do those whose lease runs out."""
        async with limit:
            for number, row in enumerate(rows):
                if monotonic() > row.until:
                    await asyncio.to_thread(self._release, rows[number:], now)
                    return
                if not await self._deliver(row, now, at):
                    await asyncio.to_thread(self._release, rows[number + 1 :], now)
                    return

    async def _deliver(self, row: Claimed, now: datetime, at: Clock) -> bool:
        """Whether the next row of this address may follow."""
        try:
            parcel = await asyncio.to_thread(self._parcel, row)
            async with asyncio.timeout(row.until + NOTING.total_seconds() - monotonic()):
                arrived = await carried(self.carriers[parcel.place.platform], parcel)
        except Later as later:
            await asyncio.to_thread(self._postpone, row, at(), later.seconds, str(later))
            return False
        except TimeoutError:
            await asyncio.to_thread(self._postpone, row, at(), None, "It took too long.")
            return False
        except Undeliverable as never:
            await asyncio.to_thread(self._park, row, str(never), now, never.everywhere)
            return True
        except Trouble:
            raise
        except Exception as error:
            log.exception("delivery failed", row=row.id, attempt=row.attempt)
            return await asyncio.to_thread(self._stumbled, row, now, error)
        await self._note(row, arrived)
        return True

    async def _note(self, row: Claimed, carried: Carried) -> None:
        """Writes down that a row was delivered, trying as long as its lease lasts: else it would be delivered twice."""
        while True:
            try:
                await asyncio.to_thread(self._sent, row, carried)
                return
            except Trouble as trouble:
                log.warning("delivered and not yet noted", row=row.id, why=str(trouble))
                if monotonic() > row.until:
                    raise
                await asyncio.sleep(POLL_SECONDS)

    def _parcel(self, row: Claimed) -> Parcel:
        """The card with its address; raises `Undeliverable` when there is none to carry, or nobody to carry it to."""
        with reading(self.engine, row.community_id) as db:
            out = db.get_one(Outbox, row.id)
            card, to = _card(out), _recipients(db, out)
            if out.members and not to:
                raise Undeliverable("None of the people it is for has an account here any more.")
            edits = _stands_at(db, out) if out.key and out.channel else ""
            accounts = accounts_in(db, out.place_id, mentions(card))
            place = db.get_one(Place, out.place_id)
            return Parcel(out.id, place, card, out.channel, to, accounts, edits, out.attempts, out.thread)

    def _sent(self, row: Claimed, carried: Carried) -> None:
        with transaction(self.engine, row.community_id) as db:
            out = db.get_one(Outbox, row.id)
            out.state, out.error, out.receipt = "sent", "", f"{carried.channel} {carried.message}".strip()
            if out.key:
                _remember(db, out, carried)

    def _postpone(self, row: Claimed, now: datetime, seconds: float | None, why: str) -> None:
        wait = seconds if seconds is not None else self._backoff(row.attempt)
        with transaction(self.engine, row.community_id) as db:
            out = db.get_one(Outbox, row.id)
            out.state, out.due, out.error = "waiting", now + timedelta(seconds=wait), why[:500]
            out.attempts += 1

    def _stumbled(self, row: Claimed, now: datetime, error: Exception) -> bool:
        why = f"Something went wrong on my side ({type(error).__name__}); the log tells more, under row {row.id}."
        if row.attempt + 1 >= MOST_ATTEMPTS:
            self._park(row, why, now)
            return True
        self._postpone(row, now, None, why)
        return False

    def _backoff(self, attempt: int) -> float:
        """Seconds before the next try: doubling to ten minutes, with a quarter of jitter."""
        return min(600.0, 2.0**attempt) * self.rng.uniform(0.75, 1.25)

    def _release(self, rows: list[Claimed], now: datetime) -> None:
        for row in rows:
            with transaction(self.engine, row.community_id) as db:
                out = db.get_one(Outbox, row.id)
                out.state, out.due = "waiting", now

    def _park(self, row: Claimed, why: str, now: datetime, everywhere: bool = False) -> None:
        """Gives up on a row and says so to the admins, unless it was such a word itself."""
        log.warning("parked", row=row.id, why=why)
        with transaction(self.engine, row.community_id) as db:
            out = db.get_one(Outbox, row.id)
            out.state, out.error = "parked", why[:500]
            if not out.error_notice:
                tell_admins(db, out, why, now, everywhere)


def _going(now: datetime) -> Clock:
    """A clock that is `now` at first: what is reckoned late in a long round is reckoned from then."""
    began = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - began)


def _due(served: list[int], now: datetime, after: int) -> Any:
    due = select(Outbox).where(pending(), Outbox.due <= now, Outbox.id > after)
    due = due.where(col(Outbox.place_id).in_(served)).order_by(col(Outbox.id)).limit(AT_ONCE)
    return due.with_for_update(skip_locked=True)


def _queues(claimed: list[Claimed]) -> list[list[Claimed]]:
    queues: dict[str, list[Claimed]] = {}
    for row in claimed:
        queues.setdefault(row.address, []).append(row)
    return list(queues.values())


def _card(out: Outbox) -> Card:
    try:
        stored = from_json(out.card)
    except ValueError as error:
        raise Undeliverable("What was stored is not a card that this version knows.") from error
    if not isinstance(stored, Card):
        raise Undeliverable("What was stored is not a card.")
    return stored


def _stands_at(db: Session, out: Outbox) -> str:
    """The messages that carry this key there, to be edited; empty when there are none yet."""
    return " ".join(one.message for one in _standing(db, out, out.channel))


def _standing(db: Session, out: Outbox, channel: str) -> Sequence[Shown]:
    query = select(Shown).where(Shown.place_id == out.place_id, Shown.channel == channel, Shown.key == out.key)
    return db.exec(query.order_by(col(Shown.id))).all()


def _recipients(db: Session, out: Outbox) -> tuple[Recipient, ...]:
    members = by_ids(db, members_of(out))
    keys = accounts_in(db, out.place_id, members)
    return tuple(Recipient(one.id, keys[one.id], one.name) for one in members.values() if one.id in keys)


def _remember(db: Session, out: Outbox, carried: Carried) -> None:
    """Each message of a living card is known, also to whoever reacts to one; those that are gone are forgotten."""
    wanted = carried.message.split()
    known = {one.message: one for one in _standing(db, out, carried.channel)}
    for gone in set(known) - set(wanted):
        db.delete(known[gone])
    for message in wanted:
        if message not in known:
            db.add(Shown(key=out.key, place_id=out.place_id, channel=carried.channel, message=message))


async def _pause(seconds: float, *events: asyncio.Event) -> None:
    """Until one of these happens, or so long."""
    waiting = [asyncio.create_task(one.wait()) for one in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()

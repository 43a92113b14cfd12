"""Command lines for later: once at a moment, or every week at a local hour."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import bindparam, col, select

from bot.ctx import Ctx
from bot.people import system
from storage.machinery import Timer

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEXT = timedelta(seconds=1)
_BY_KEYS = select(Timer).where(col(Timer.key).in_(bindparam("keys", expanding=True)))
_BY_KEY = select(Timer).where(Timer.key == bindparam("key"))


def later(ctx: Ctx, key: str, line: str, due: datetime) -> None:
    """Says `line` once, at `due`; a timer of the same key is replaced."""
    _put(ctx, key, line, due, weekday="", hour=0, zone="UTC")


def soon(ctx: Ctx, key: str, line: str, due: datetime) -> None:
    """Says `line` once, at `due` or when an earlier timer of that key comes."""
    all_soon(ctx, {key: (line, due)})


def all_soon(ctx: Ctx, wanted: Mapping[str, tuple[str, datetime]]) -> None:
    """The same of several lines, by key. One that is being said just now may have looked already: it is said again."""
    standing = {one.key: one for one in ctx.db.exec(_BY_KEYS, params={"keys": list(wanted)}).all()}
    for key, (line, due) in wanted.items():
        timer = standing.get(key)
        if timer is None or timer.due > due:
            _set(ctx, timer or _new(ctx, key, due), line, due)
        elif timer.leased_until is not None:
            _set(ctx, timer, line, max(due, timer.due + NEXT))


def weekly(ctx: Ctx, key: str, line: str, weekday: str, hour: int, zone: str, after: datetime | None = None) -> None:
    """Says `line` every week on that weekday (a name) and hour (0..23) of the zone; replaces a timer of that key."""
    _put(ctx, key, line, next_weekly(after or ctx.now, weekday, hour, zone), weekday, hour, zone)


def stands(ctx: Ctx, key: str) -> bool:
    """Whether there is a timer of that key."""
    return _of(ctx, key) is not None


def cancel(ctx: Ctx, key: str) -> None:
    """Forgets the timer of that key, if there is one."""
    if timer := _of(ctx, key):
        ctx.db.delete(timer)
        ctx.db.flush()


def _put(ctx: Ctx, key: str, line: str, due: datetime, weekday: str, hour: int, zone: str) -> None:
    _set(ctx, _of(ctx, key) or _new(ctx, key, due), line, due, weekday, hour, zone)


def _of(ctx: Ctx, key: str) -> Timer | None:
    return ctx.db.exec(_BY_KEY, params={"key": key}).first()


def _new(ctx: Ctx, key: str, due: datetime) -> Timer:
    return Timer(key=key, line="", member_id=system(ctx.db).id, due=due)


def _set(ctx: Ctx, timer: Timer, line: str, due: datetime, weekday: str = "", hour: int = 0, zone: str = "UTC") -> None:
    timer.line, timer.due, timer.weekday, timer.hour, timer.zone = line, due.astimezone(UTC), weekday, hour, zone
    timer.attempts, timer.error, timer.leased_until = 0, "", None
    ctx.db.add(timer)


def next_weekly(after: datetime, weekday: str, hour: int, zone: str) -> datetime:
    """The first moment after `after` when it is that hour of that weekday there.

    An hour that the clocks skip happens when they have moved on; one that comes twice happens the first time.
    """
    here = ZoneInfo(zone)
    day = after.astimezone(here).date()
    ahead = (WEEKDAYS.index(weekday) - day.weekday()) % 7
    for days in (ahead, ahead + 7):
        then = day + timedelta(days=days)
        due = datetime(then.year, then.month, then.day, hour, tzinfo=here).astimezone(UTC)
        if due > after:
            return due
    raise AssertionError("a week always has a next one")


def occurrence(timer: Timer) -> str:
    """What makes this run one of a kind: the timer, its local date (its moment, when it runs once), and the attempt."""
    again = f"-{timer.attempts}" if timer.attempts else ""
    if not timer.weekday:
        return f"timer-{timer.id}-{timer.due:%Y%m%dT%H%M%S}{again}"
    return f"timer-{timer.id}-{timer.due.astimezone(ZoneInfo(timer.zone)).date()}{again}"

"""What the scenarios of this folder have in common."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot import timers
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx, Refusal, Request
from bot.ui import Reply, card
from jobs.clock import SYSTEM
from storage.db import transaction
from storage.machinery import Counter, Timer

BERLIN = "Europe/Berlin"


MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@command("bell ring", "Ring", timer=True)
def ring(ctx: Ctx, name: str) -> Reply:
    """Counts how often it was rung."""
    row = ctx.db.exec(select(Counter).where(Counter.name == name)).first() or Counter(name=name)
    row.value += 1
    ctx.db.add(row)
    return card("Rung")


@command("bell break", "Break", timer=True)
def break_it(ctx: Ctx) -> Reply:
    """Goes wrong on our side."""
    ctx.db.add(Counter(name="half done", value=1))
    raise RuntimeError("broken bell")


@command("bell chain", "Ring another", timer=True)
def chain(ctx: Ctx) -> Reply:
    """Makes another timer due at once."""
    timers.later(ctx, "chained", "bell ring chained", ctx.now)
    return None


@command("bell refuse", "Refuse", timer=True)
def refuse(ctx: Ctx) -> Reply:
    """An expected no."""
    raise Refusal("Not today.")


def bells() -> Catalogue:
    made = Catalogue([])
    made.add([ring, break_it, chain, refuse])
    return made


def schedule(house, act, place=None):
    """Lets a command's code make timers, as the bot itself would."""
    place = place or house.place
    with transaction(house.engine, place.community_id) as db:
        request = Request("setup", place.id, SYSTEM, "", house.now, timer=True)
        act(house.app._ctx(db, place, request))


def later(house, key, line, due):
    schedule(house, lambda ctx: timers.later(ctx, key, line, due))


def rung(house, name, place=None):
    with house.db(place) as db:
        return db.exec(select(Counter.value).where(Counter.name == name)).first() or 0


def timer_of(house, key):
    with house.db() as db:
        return db.exec(select(Timer).where(Timer.key == key)).first()


def local(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

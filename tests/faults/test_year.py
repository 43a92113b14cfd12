"""A year of weekly lines, with every change of the clocks, clocks that jump, and weeks in which nothing ran."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot import timers
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx, Request
from bot.ui import Reply, card
from jobs.clock import LEASE, SYSTEM
from storage.db import transaction
from storage.machinery import Audit
from tests.encoders import Words
from tests.world import World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland")
HOURS = (2, 9, 0)


@command("bell note", "Note when", timer=True)
def note(ctx: Ctx, name: str) -> Reply:
    """Writes down the moment."""
    ctx.db.add(Audit(member_id=ctx.me.id, line=name, done_at=ctx.now))
    return card("Noted")


@pytest.fixture
def house(database):
    """A line every Sunday at two, nine and midnight in every zone; Sundays are when clocks change."""
    made = World(database, Words(), catalogue=Catalogue([]))
    made.catalogue.add([note])
    schedule(made, "sunday", BEGIN)
    yield made
    made.close()


def schedule(house, weekday, now, later=0):
    """Every line on that weekday, at its hour or so many hours later."""
    with transaction(house.engine, house.place.community_id) as db:
        ctx = house.app._ctx(db, house.place, Request("setup", house.place.id, SYSTEM, "", now, timer=True))
        for zone in ZONES:
            for hour in HOURS:
                timers.weekly(ctx, f"{zone} {hour}", f'bell note "{zone} {hour}"', weekday, hour + later, zone)


def noted(house):
    """When each line was said, by zone and hour, in its zone."""
    found = defaultdict(list)
    with house.db() as db:
        for name, moment in db.exec(select(Audit.line, Audit.done_at).order_by(Audit.done_at)).all():
            zone, hour = name.split()
            found[zone, int(hour)].append(moment.astimezone(ZoneInfo(zone)))
    return found


@pytest.mark.sampled(2)
def test_a_year_of_weeks_is_said_once_a_week_at_the_local_hour(house):
    while (moment := house._next_timer()) < BEGIN + timedelta(days=365):
        house.clock.tick(moment)
    for (zone, hour), said in noted(house).items():
        days = [one.date() for one in said]
        assert len(days) == len(set(days)) == 52, (zone, hour)
        assert all(one.weekday() == 6 for one in said)
        odd = [one for one in said if (one.hour, one.minute) != (hour, 0)]
        assert len(odd) <= (1 if hour == 2 else 0), "an hour that is skipped happens when the clocks have moved on"
        assert all((one.hour, one.minute) in ((3, 0), (2, 30)) for one in odd), (zone, odd)


@pytest.mark.sampled(2)
def test_a_schedule_that_changes_in_the_midst_of_a_year_holds_from_then_on(house):
    """On Sundays until a day in July, then on Wednesdays, an hour later: no week goes without, and none has two."""
    changes = BEGIN + timedelta(days=190)
    while (moment := house._next_timer()) < changes:
        house.clock.tick(moment)
    schedule(house, "wednesday", changes, later=1)
    while (moment := house._next_timer()) < BEGIN + timedelta(days=365):
        house.clock.tick(moment)
    for (zone, hour), said in noted(house).items():
        before = [one for one in said if one < changes]
        after = [one for one in said if one >= changes]
        assert (len(before), len(after)) == (27, 25), (zone, hour)
        assert {one.weekday() for one in before} == {6}
        assert {(one.weekday(), one.hour, one.minute) for one in after} == {(2, hour + 1, 0)}
        assert after[0].date() - before[-1].date() <= timedelta(days=10)


def test_a_clock_that_jumps_back_and_forth_says_nothing_twice(house):
    rng, moment, last = Random(3), BEGIN, BEGIN
    while moment < BEGIN + timedelta(days=100):
        moment += timedelta(hours=rng.uniform(0, 30))
        house.clock.tick(moment)
        house.clock.tick(moment - timedelta(hours=rng.uniform(0, 50)))
        last = max(last, moment)
    for name, said in noted(house).items():
        assert len({one.date() - timedelta(days=(one.weekday() + 1) % 7) for one in said}) == len(said), name
        assert 13 <= len(said) <= 15, name


def test_after_weeks_without_a_clock_each_line_is_said_once_late(house):
    house.clock.tick(BEGIN + timedelta(days=40))
    assert {len(said) for said in noted(house).values()} == {1}
    house.clock.tick(BEGIN + timedelta(days=40) + LEASE)
    assert {len(said) for said in noted(house).values()} == {1}
    house.clock.tick(BEGIN + timedelta(days=47))
    assert {len(said) for said in noted(house).values()} == {2}

"""Timers are said when they are due, once."""

import threading
from datetime import UTC, datetime, timedelta

from bot import timers
from bot.app import App
from bot.ctx import Request
from bot.timers import occurrence
from jobs.clock import LEASE, SYSTEM, Clock
from storage.db import connect, transaction
from storage.models import Place
from tests.clock.steps import (
    BERLIN,
    MONDAY,
    bells,
    later,
    local,
    rung,
    schedule,
    timer_of,
)
from tests.encoders import Words


def test_a_timer_is_said_when_it_is_due_and_not_before(house):
    later(house, "x", "bell ring x", MONDAY + timedelta(minutes=5))
    assert house.clock.tick(MONDAY + timedelta(minutes=4)) == 0
    assert house.clock.tick(MONDAY + timedelta(minutes=5)) == 1
    assert (rung(house, "x"), timer_of(house, "x")) == (1, None)


def test_a_timer_of_the_same_key_replaces_the_first(house):
    later(house, "x", "bell ring first", MONDAY)
    later(house, "x", "bell ring second", MONDAY)
    house.clock.tick(MONDAY)
    assert (rung(house, "first"), rung(house, "second")) == (0, 1)


def test_a_cancelled_timer_is_silent(house):
    later(house, "x", "bell ring x", MONDAY)
    schedule(house, lambda ctx: timers.cancel(ctx, "x"))
    schedule(house, lambda ctx: timers.cancel(ctx, "never there"))
    assert house.clock.tick(MONDAY) == 0


def test_what_a_timer_makes_due_is_said_in_the_same_tick(house):
    later(house, "x", "bell chain", MONDAY)
    assert house.clock.tick(MONDAY) == 2
    assert rung(house, "chained") == 1


def test_a_weekly_timer_is_said_every_week_at_its_local_hour(house):
    house.now = local("2026-10-19T12:00")
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "friday", 9, BERLIN))
    for week, at in enumerate(("2026-10-23T09:00", "2026-10-30T09:00", "2026-11-06T09:00"), 1):
        house.clock.tick(local(at) - timedelta(minutes=1))
        assert rung(house, "w") == week - 1
        house.clock.tick(local(at))
        assert rung(house, "w") == week


def test_a_timer_in_the_hour_that_comes_twice_is_said_once(house):
    house.now = local("2026-10-24T12:00")
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "sunday", 2, BERLIN))
    for minutes in range(0, 240, 10):
        house.clock.tick(datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(minutes=minutes))
    assert rung(house, "w") == 1


def test_a_timer_in_the_hour_that_is_skipped_is_said_once(house):
    house.now = local("2026-03-28T12:00")
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "sunday", 2, BERLIN))
    for minutes in range(0, 240, 10):
        house.clock.tick(datetime(2026, 3, 28, 23, tzinfo=UTC) + timedelta(minutes=minutes))
    assert rung(house, "w") == 1


def test_weeks_that_were_missed_are_made_up_once(house):
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "friday", 9, BERLIN))
    house.clock.tick(local("2027-01-06T12:00"))
    assert rung(house, "w") == 1
    timer = timer_of(house, "w")
    assert timer
    assert timer.due == local("2027-01-08T09:00")


def test_an_occurrence_is_named_by_its_local_day(house):
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "monday", 0, "Asia/Tokyo"))
    timer = timer_of(house, "w")
    assert timer
    assert occurrence(timer) == f"timer-{timer.id}-2026-12-07"


def test_a_timer_that_was_said_before_a_crash_is_not_said_again(house):
    later(house, "x", "bell ring x", MONDAY)
    due = house.clock._claim(MONDAY)
    house.app.handle(Request(due.request, due.place_id, SYSTEM, due.line, MONDAY, timer=True))
    house.restarts()
    assert house.clock.tick(MONDAY) == 0
    assert house.clock.tick(MONDAY + LEASE) == 1
    assert (rung(house, "x"), timer_of(house, "x")) == (1, None)


def test_five_clocks_have_one_effect(house):
    for number in range(10):
        later(house, f"x{number}", "bell ring x", MONDAY)
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell ring w", "friday", 9, BERLIN))
    failures, ticks = [], threading.Barrier(5)

    def tick():
        app = App(connect(house.url), bells(), Words(), lambda ctx: None)
        ticks.wait()
        try:
            Clock(app).tick(MONDAY + timedelta(days=7))
        except Exception as error:
            failures.append(error)
        app.engine.dispose()

    threads = [threading.Thread(target=tick) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (rung(house, "x"), rung(house, "w"), failures) == (10, 1, [])


def test_every_community_has_its_own_timers(house):
    for place in (house.place, house.second):
        schedule(house, lambda ctx: timers.later(ctx, "x", "bell ring x", MONDAY), place)
    assert house.clock.tick(MONDAY) == 2
    assert (rung(house, "x"), rung(house, "x", house.second)) == (1, 1)


def test_a_community_without_a_place_stops_nobody_else(house):
    schedule(house, lambda ctx: timers.later(ctx, "x", "bell ring x", MONDAY), house.second)
    with transaction(house.engine) as db:
        db.delete(db.get_one(Place, house.second.id))
    later(house, "x", "bell ring x", MONDAY)
    assert house.clock.tick(MONDAY) == 1

"""Timers that fail, and who signs what happens by itself."""

from datetime import timedelta

from sqlmodel import select

from bot import timers
from bot.command import command
from bot.ctx import Ctx
from bot.people import system
from bot.ui import Reply
from jobs.clock import MOST_ATTEMPTS
from storage.db import transaction
from storage.machinery import Audit, Timer
from storage.models import Member
from tests.clock.steps import BERLIN, MONDAY, later, local, rung, schedule, timer_of


def test_a_failing_timer_is_tried_again_ever_later_and_then_parked(house):
    later(house, "x", "bell break", MONDAY)
    waits, now = [], MONDAY
    for attempt in range(1, MOST_ATTEMPTS):
        assert house.clock.tick(now) == 1
        timer = timer_of(house, "x")
        assert timer
        assert (timer.attempts, "broke on my side" in timer.error) == (attempt, True)
        waits.append(timer.due - now)
        now = timer.due
    assert waits == sorted(set(waits))
    assert house.clock.tick(now) == 1
    assert house.clock.tick(now + timedelta(days=3650)) == 0
    assert timer_of(house, "x").attempts == MOST_ATTEMPTS


def test_a_failing_timer_leaves_nothing_half_done(house):
    later(house, "x", "bell break", MONDAY)
    house.clock.tick(MONDAY)
    assert rung(house, "half done") == 0


def test_a_timer_that_recovers_is_said_on_the_next_try(house):
    later(house, "x", "bell break", MONDAY)
    house.clock.tick(MONDAY)
    timer = timer_of(house, "x")
    with transaction(house.engine, house.place.community_id) as db:
        db.get_one(Timer, timer.id).line = "bell ring x"
    house.clock.tick(timer.due)
    assert (rung(house, "x"), timer_of(house, "x")) == (1, None)


def test_a_failing_weekly_timer_has_another_chance_next_week(house):
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell break", "friday", 9, BERLIN))
    now = local("2026-12-04T09:00")
    for _ in range(MOST_ATTEMPTS):
        house.clock.tick(now)
        now = timer_of(house, "w").due
    assert now == local("2026-12-11T09:00")
    assert timer_of(house, "w").attempts == 0


def test_a_failing_timer_stops_no_other(house):
    later(house, "a", "bell break", MONDAY)
    later(house, "b", "bell ring b", MONDAY)
    house.clock.tick(MONDAY)
    assert rung(house, "b") == 1


def test_a_refused_weekly_timer_is_said_again_when_it_is_tried_again(house):
    schedule(house, lambda ctx: timers.weekly(ctx, "w", "bell refuse", "friday", 9, BERLIN))
    house.clock.tick(local("2026-12-04T09:00"))
    timer = timer_of(house, "w")
    with transaction(house.engine, house.place.community_id) as db:
        db.get_one(Timer, timer.id).line = "bell ring w"
    house.clock.tick(timer.due)
    assert rung(house, "w") == 1


def test_a_line_that_no_longer_exists_does_not_stop_the_clock(house):
    later(house, "x", "no such line", MONDAY)
    later(house, "y", "bell ring y", MONDAY)
    assert house.clock.tick(MONDAY) == 2
    assert (rung(house, "y"), timer_of(house, "x").attempts) == (1, 1)


def test_nobody_can_say_a_timer(house):
    assert "happens by itself" in house.hears("ana", "bell ring x")
    assert rung(house, "x") == 0


def test_the_bot_signs_what_happens_by_itself(house):
    @command("bell sign", "Sign", timer=True)
    def sign(ctx: Ctx) -> Reply:
        ctx.db.add(Audit(member_id=ctx.me.id, line="signed", done_at=ctx.now))
        return None

    house.catalogue.add([sign])
    later(house, "x", "bell sign", MONDAY)
    house.clock.tick(MONDAY)
    with house.db() as db:
        assert db.exec(select(Audit.member_id)).all() == [system(db).id]
        assert db.exec(select(Member)).all() == [system(db)]

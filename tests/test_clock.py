"""Timers: said once, at the local hour, however many clocks tick and whatever the zone does."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot import outbox, timers
from bot.app import App
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx, Refusal, Request, Who
from bot.people import system
from bot.timers import WEEKDAYS, next_weekly, occurrence
from bot.ui import Card, Reply, card
from jobs.clock import KEEP_SEEN, KEEP_SENT, LEASE, MOST_ATTEMPTS, SYSTEM, Clock
from storage.db import connect, reading, transaction
from storage.machinery import Audit, Outbox, Seen, Timer
from storage.models import Counter, Member, Place
from storage.trouble import Busy
from tests.encoders import Words
from tests.world import World

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


@pytest.fixture
def house(database):
    made = World(database, Words(), BERLIN, bells())
    made.now = MONDAY
    yield made
    made.close()


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


def test_weekday_names_are_the_days_that_people_mean():
    for number, name in enumerate(WEEKDAYS):
        assert next_weekly(MONDAY - timedelta(days=1), name, 9, "UTC").weekday() == number
    assert f"{next_weekly(MONDAY, 'monday', 10, 'UTC'):%A}" == "Monday"


def test_the_hour_is_that_of_the_zone():
    assert next_weekly(MONDAY, "friday", 9, BERLIN) == local("2026-12-04T09:00")
    assert next_weekly(MONDAY, "friday", 9, "Asia/Kolkata") == local("2026-12-04T09:00", "Asia/Kolkata")


def test_the_moment_itself_is_over():
    assert next_weekly(MONDAY, "monday", 9, "UTC") == MONDAY + timedelta(days=7)


def test_a_day_that_began_elsewhere_already_counts_where_the_zone_is():
    sunday_evening = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
    assert next_weekly(sunday_evening, "monday", 1, "Asia/Tokyo") == local("2026-12-07T01:00", "Asia/Tokyo")
    assert next_weekly(sunday_evening, "monday", 9, "Asia/Tokyo") == local("2026-11-30T09:00", "Asia/Tokyo")


def test_an_hour_that_the_clocks_skip_happens_when_they_have_moved_on():
    due = next_weekly(local("2026-03-28T12:00"), "sunday", 2, BERLIN)
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert due.astimezone(ZoneInfo(BERLIN)).hour == 3


def test_an_hour_that_comes_twice_happens_once():
    first = next_weekly(local("2026-10-24T12:00"), "sunday", 2, BERLIN)
    assert first == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert next_weekly(first, "sunday", 2, BERLIN) == local("2026-11-01T02:00")
    assert next_weekly(first + timedelta(hours=1), "sunday", 2, BERLIN) == local("2026-11-01T02:00")


def test_the_week_after_the_clocks_change_is_at_the_same_local_hour():
    before = next_weekly(local("2026-10-22T00:00"), "friday", 9, BERLIN)
    after = next_weekly(before, "friday", 9, BERLIN)
    assert after - before == timedelta(days=7, hours=1)
    assert after.astimezone(ZoneInfo(BERLIN)).hour == 9


ZONES = st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"])
TIMES = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(TIMES, st.sampled_from(WEEKDAYS), st.integers(0, 23), ZONES)
def test_the_next_time_is_always_ahead_and_within_a_week(after, weekday, hour, zone):
    due = next_weekly(after, weekday, hour, zone)
    assert timedelta() < due - after <= timedelta(days=7, hours=1)
    there = due.astimezone(ZoneInfo(zone))
    assert WEEKDAYS[there.weekday()] == weekday
    assert there.hour in (hour, (hour + 1) % 24)


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


def test_old_receipts_and_delivered_cards_are_swept(house):
    def remember(ctx: Ctx) -> None:
        for age in (timedelta(days=1), KEEP_SEEN - timedelta(days=1), KEEP_SENT + timedelta(days=1)):
            at = ctx.now - age
            ctx.db.add(Seen(place_id=ctx.place.id, key=f"seen-{age.days}", reply="null", seen_at=at))
            for state in ("sent", "waiting", "parked"):
                row = {"place_id": ctx.place.id, "channel": "#a", "card": "{}", "due": at, "written_at": at}
                ctx.db.add(Outbox(**row, state=state))

    schedule(house, remember)
    house.clock.sweep(MONDAY)
    with house.db() as db:
        assert db.exec(select(Seen.key)).all() == ["seen-1", "seen-29"]
        states = db.exec(select(Outbox.state)).all()
    assert sorted(states) == ["parked"] * 3 + ["sent"] * 2 + ["waiting"] * 3


def test_what_was_answered_is_kept_for_a_day_and_that_it_was_for_a_month(house):
    request = Request("r1", house.place.id, Who("ana", "ana"), "bell pull", MONDAY)
    first = house.app.handle(request)
    assert first is not None
    house.clock.sweep(MONDAY + timedelta(hours=23))
    assert house.app.handle(request) == first
    house.clock.sweep(MONDAY + timedelta(hours=25))
    assert house.app.handle(request) is None
    assert rows_of(house, Seen, house.place) == 1


def test_sweeping_forgets_all_that_is_old_however_much(house, monkeypatch):
    monkeypatch.setattr("jobs.clock.BATCH", 3)
    place = house.place
    with transaction(house.engine, place.community_id) as db:
        for number in range(8):
            seen_at = MONDAY - timedelta(days=31) if number else MONDAY
            db.add(Seen(place_id=place.id, key=f"r{number}", reply="null", seen_at=seen_at))
    house.clock.sweep(MONDAY)
    with transaction(house.engine, place.community_id) as db:
        assert db.exec(select(Seen.key)).all() == ["r0"]


def test_sweeping_reaches_every_community(house):
    old = MONDAY - KEEP_SEEN - timedelta(days=1)
    for place in (house.place, house.second):
        schedule(
            house,
            lambda ctx: ctx.db.add(Seen(place_id=ctx.place.id, key="old", reply="null", seen_at=old)),
            place,
        )
    house.clock.sweep(MONDAY)
    assert [rows_of(house, Seen, place) for place in (house.place, house.second)] == [0, 0]


def rows_of(house, model, place):
    with reading(house.engine, place.community_id) as db:
        return len(db.exec(select(model)).all())


def test_what_a_timer_says_to_others_is_delivered(house):
    @command("bell tell", "Tell", timer=True)
    def tell(ctx: Ctx) -> Reply:
        ana = ctx.db.exec(select(Member).where(Member.name == "ana")).one()
        outbox.dm(ctx, ana, Card((), (), "k1"))
        return None

    house.catalogue.add([tell])
    house.says("ana", "hello")
    later(house, "x", "bell tell", house.now)
    house.outbox()
    house.passes(minutes=1)
    assert [to for to, _text in house.outbox()] == ["ana"]


def test_what_one_clock_says_no_other_says_until_the_lease_ends(house):
    later(house, "x", "bell ring x", MONDAY)
    due = house.clock._claim(MONDAY)
    assert house.clock._claim(MONDAY + LEASE - timedelta(seconds=1)) is None
    assert house.clock._claim(MONDAY + LEASE) == due


def test_a_timer_that_is_set_anew_is_free_at_once(house):
    later(house, "x", "bell ring x", MONDAY)
    house.clock._claim(MONDAY)
    later(house, "x", "bell ring x", MONDAY)
    assert house.clock.tick(MONDAY) == 1


def test_a_clock_that_finds_no_database_says_the_line_when_there_is_one(house, monkeypatch):
    later(house, "x", "bell ring x", MONDAY)
    monkeypatch.setattr(house.app, "_answered", no_database)
    with pytest.raises(Busy):
        house.clock.tick(MONDAY)
    monkeypatch.undo()
    assert timer_of(house, "x").attempts == 0
    assert house.clock.tick(MONDAY) == 1
    assert rung(house, "x") == 1


def no_database(_request):
    raise Busy("gone for a moment")

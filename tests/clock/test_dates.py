"""When a weekly hour comes next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.timers import WEEKDAYS, next_weekly
from tests.clock.steps import BERLIN, MONDAY, local

ZONES = st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"])


TIMES = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


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


@given(TIMES, st.sampled_from(WEEKDAYS), st.integers(0, 23), ZONES)
def test_the_next_time_is_always_ahead_and_within_a_week(after, weekday, hour, zone):
    due = next_weekly(after, weekday, hour, zone)
    assert timedelta() < due - after <= timedelta(days=7, hours=1)
    there = due.astimezone(ZoneInfo(zone))
    assert WEEKDAYS[there.weekday()] == weekday
    assert there.hour in (hour, (hour + 1) % 24)

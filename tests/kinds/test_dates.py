"""Dates, zones and channels."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from bot.kinds import (
    local_midnight,
    read_channel,
    read_date,
    write_channel,
)
from bot.text import Channel
from bot.zones import read_zone, suggest_zones
from tests.kinds.steps import ASK, HOSTILE, refused


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("today", date(2026, 11, 26)),
        ("Tomorrow", date(2026, 11, 27)),
        ("thursday", date(2026, 12, 3)),
        ("Friday", date(2026, 11, 27)),
        ("monday", date(2026, 11, 30)),
        ("in 1 day", date(2026, 11, 27)),
        ("in 3 weeks", date(2026, 12, 17)),
        ("1 May", date(2027, 5, 1)),
        ("1 may 2028", date(2028, 5, 1)),
        ("26 November", date(2026, 11, 26)),
        ("25 Nov.", date(2027, 11, 25)),
        ("29  February", date(2028, 2, 29)),
        ("3. dec", date(2026, 12, 3)),
    ],
)
def test_dates_are_read_from_the_day_where_the_reader_is(ctx, said, meant):
    assert ctx.zone.key == "Europe/Berlin"
    assert read_date(ctx, said, ASK) == meant


@pytest.mark.parametrize(
    "said",
    [
        "2026-02-30",
        "2026-13-01",
        "31.12.2026",
        "12/31/2026",
        "20261231",
        "soon",
        "in 1000 weeks",
        "31 June",
        "30 february 2028",
        "1 Maybe",
        "0 May",
        *HOSTILE,
    ],
)
def test_what_is_no_date_is_refused_with_an_example(ctx, said):
    assert "2026-12-26" in refused(read_date, ctx, said)


def test_digits_of_another_script_are_no_date(ctx):
    refused(read_date, ctx, "٢٠٢٦-١٢-٣١")


@pytest.mark.parametrize("said", ["Europe/Berlin", "europe/berlin", " EUROPE/BERLIN "])
def test_a_zone_is_read_in_any_case(ctx, said):
    assert read_zone(ctx, said, ASK) == "Europe/Berlin"


def test_a_zone_may_be_typed_with_a_space(ctx):
    assert read_zone(ctx, "america/new york", ASK) == "America/New_York"


def test_a_half_hour_zone_is_a_zone(ctx):
    assert read_zone(ctx, "asia/kolkata", ASK) == "Asia/Kolkata"


def test_an_unknown_zone_is_refused_with_a_near_one(ctx):
    assert "Europe/Berlin" in refused(read_zone, ctx, "Europe/Berln")


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_no_zone_is_refused(ctx, said):
    refused(read_zone, ctx, said)


def test_zones_are_suggested_by_any_part_of_their_name(ctx):
    assert "Europe/Berlin" in [one.value for one in suggest_zones(ctx, "berl")]
    assert len(suggest_zones(ctx, "")) == 25


@pytest.mark.parametrize(
    ("said", "key"), [("#general", "#general"), ("<#C0123ABC|general>", "C0123ABC"), ("<#123456789012345678>", None)]
)
def test_channels_are_read_as_people_and_platforms_write_them(ctx, said, key):
    assert read_channel(ctx, said, ASK) == Channel(ctx.place.id, key or "123456789012345678")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("said", ["general", "# general", "#" + "x" * 81, "<#>", "<!channel>", "<@U1>", *HOSTILE])
def test_what_is_no_channel_is_refused(ctx, said):
    refused(read_channel, ctx, said)


@pytest.mark.parametrize("key", ["#general", "C0123ABC", "123456789012345678"])
def test_a_channel_that_is_written_reads_the_same(ctx, key):
    assert read_channel(ctx, write_channel(Channel(ctx.place.id, key)), ASK).key == key


def test_a_day_begins_at_midnight_of_the_zone():
    assert local_midnight(date(2026, 3, 29), ZoneInfo("Europe/Berlin")).astimezone(UTC).hour == 23

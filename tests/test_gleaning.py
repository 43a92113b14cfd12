"""What a message says about work is found by rules."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gleaning import LONGEST_TITLE, gleaned, link_in, looks_like_work, title_of

TODAY = date(2026, 11, 23)
MESSAGE = """*Looking for a Kubernetes person* :rocket: for a client in Graz.
They move three clusters, 20 hours a week, €600-€700 a day, fully remote, starting 1 December, answers by 2026-11-30.
More: https://www.Example.org/jobs/42/?utm_source=slack#apply."""


def test_a_message_about_work_tells_what_it_is():
    found = gleaned(MESSAGE, TODAY)
    assert found.title == "Looking for a Kubernetes person for a client in Graz"
    assert found.link == "https://example.org/jobs/42"
    assert (found.pay, found.hours, found.location) == ("€600-€700 a day", 20, "remote")
    assert (found.starts, found.until) == (date(2026, 12, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("said", "pay"),
    [
        ("600 EUR per day", "600 EUR per day"),
        ("$80/h", "$80/h"),
        ("it pays 3,000 euros", "3,000 euros"),
        ("80k €", "80k €"),
        ("600 people a day", ""),
        ("C++ 17", ""),
        ("version 3.2", ""),
    ],
)
def test_pay_is_money_and_nothing_else(said: str, pay: str):
    assert gleaned(said, TODAY).pay == pay


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("answers until 1 May", date(2027, 5, 1)),
        ("by Friday please", date(2026, 11, 27)),
        ("before the 3. December", date(2026, 12, 3)),
        ("by 2026-01-01", None),
        ("by 31 June", None),
        ("by hand", None),
        ("by Ben", None),
    ],
)
def test_only_a_day_to_come_is_a_last_day(said: str, until: date | None):
    assert gleaned(said, TODAY).until == until


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/a",
        "http://example.org/a/",
        "https://www.example.org/a?utm_source=x&utm_medium=y",
        "See https://EXAMPLE.org/a#top.",
        "(https://example.org/a)",
    ],
)
def test_spellings_of_one_address_meet(other: str):
    assert link_in(other) == "https://example.org/a"


def test_addresses_that_lead_elsewhere_stay_apart():
    assert link_in("https://example.org/a?id=1") != link_in("https://example.org/a?id=2") != link_in("https://b.org")
    assert link_in("ftp://example.org") == link_in("example.org") == ""


@pytest.mark.parametrize(
    "text",
    [
        "We are looking for a designer for two weeks in May",
        "A friend has a gig for somebody who knows Terraform",
        "New tender, due soon, see https://example.org/tender for all of it",
        "Three days of translation, 400 EUR a day, from next week",
    ],
)
def test_what_asks_pays_or_leads_somewhere_looks_like_work(text: str):
    assert looks_like_work(text)


@pytest.mark.parametrize(
    "text",
    ["", "Good morning!", "thanks all", "I am back from holidays, what a week that was", "Is that one still free?"],
)
def test_talk_does_not_look_like_work(text: str):
    assert not looks_like_work(text)


@given(st.text(max_size=400))
def test_any_text_has_a_title_that_fits(text: str):
    assert len(title_of(text)) <= LONGEST_TITLE + 1
    gleaned(text, TODAY)


@pytest.mark.parametrize(
    "piece", ["9", "€", "http://", "1 ", "by ", "*_", ":a", "<@", "€1-", "a b. ", "by in 1 ", "20 h "]
)
def test_hostile_text_is_read_quickly(piece: str):
    began = time.perf_counter()
    gleaned(piece * 20_000, TODAY)
    looks_like_work(piece * 20_000)
    assert time.perf_counter() - began < 10

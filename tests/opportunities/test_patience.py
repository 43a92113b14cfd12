"""Work that nobody tends: warnings, reminders, more time, and a way back."""

import pytest
from sqlmodel import select

from bot.ui import Card, No
from storage.models import Entry
from tests.opportunities.steps import state
from tests.world import World


def test_the_poster_is_warned_before_it_closes_and_keeps_it_open_in_one_tap(posted: World):
    posted.says("ana", "opportunity edit o1 until:2026-10-20")
    posted.outbox()
    posted.at("2026-10-17T23:00")
    assert posted.outbox() == []
    posted.at("2026-10-18T01:00")
    assert "closes" in posted.told("ana")
    posted.presses("ana", "Two more weeks")
    assert "3 Nov" in posted.hears("ben", "opportunity show o1")
    posted.at("2026-10-22T00:00")
    assert state(posted) == "open"


def test_what_nobody_closes_expires_on_its_last_day(posted: World):
    posted.passes(days=29)
    assert "closes" in posted.told("ana")
    posted.passes(days=3)
    assert state(posted) == "expired"
    told = posted.outbox()
    assert "closed" in next(text for to, text in told if to == "ana")
    assert "expired" in next(text for to, text in told if to == "#general")


def test_a_silent_poster_is_reminded_then_the_post_closes_and_those_interested_are_told(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.passes(days=6)
    assert posted.outbox() == []
    posted.passes(days=2)
    assert "1 person waits for your word on Data pipeline" in posted.told("ana")
    posted.passes(days=7)
    assert state(posted) == "expired"
    told = dict(posted.outbox())
    assert "has not answered" in told["ben"]
    assert "people waited for your word" in told["ana"]


@pytest.mark.parametrize("sign", ["Meet them", "Not this time", "I need more time", "Two more weeks", "Edit"])
def test_a_sign_of_life_keeps_a_post_open(posted: World, sign: str):
    posted.says("ana", "opportunity edit o1 until:2027-01-31")
    for who in ("ben", "carol"):
        posted.presses(who, "Interested")
    posted.passes(days=8)
    assert "2 people wait" in posted.told("ana")
    lines = {"Two more weeks": "opportunity extend o1 2027-02-02", "Edit": "opportunity edit o1 seats:2"}
    said = posted.says("ana", lines[sign]) if sign in lines else posted.presses("ana", sign)
    assert isinstance(said, Card)
    posted.outbox()
    posted.passes(days=7)
    assert state(posted) == "open"
    assert "wait" in posted.told("ana")
    posted.passes(days=8)
    assert state(posted) == "expired"


def test_a_poster_who_answered_everybody_is_left_in_peace(posted: World):
    posted.presses("ben", "Interested")
    posted.presses("ana", "Not this time")
    posted.outbox()
    posted.passes(days=20)
    assert [where for where, _said in posted.outbox() if where != "admin"] == []
    assert state(posted) == "open"


def test_admins_choose_how_patient_the_community_is(posted: World):
    posted.says("admin", "settings opportunities patience:2")
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.passes(days=2, hours=1)
    assert "waits" in posted.told("ana")


def test_only_the_poster_buys_time_for_those_who_wait(posted: World):
    for who in ("ben", "admin"):
        assert isinstance(posted.says(who, "opportunity tend o1"), No)


def test_how_many_a_poster_answers_is_shown_when_there_are_a_few(posted: World):
    for who in ("ben", "carol", "dave"):
        posted.presses(who, "Interested")
    for rank in (1, 2):
        posted.says("ana", f"opportunity decline o1 {rank}")
    assert "has answered" not in posted.hears("ben", "opportunity show o1")
    posted.passes(days=4)
    assert "The poster has answered 2 of 3" in posted.hears("ben", "opportunity show o1")
    posted.says("ana", "opportunity meet o1 3")
    assert "The poster has answered everyone" in posted.hears("ben", "opportunity show o1")


def test_a_post_stays_open_longer_on_request(posted: World):
    assert "18 Nov" in posted.hears("ana", "opportunity extend o1")
    assert "18 Nov" in posted.told("#general")
    assert "1 Dec" in posted.hears("ana", "opportunity extend o1 2026-12-01")
    posted.at("2026-11-27T12:00")
    assert state(posted) == "open"


@pytest.mark.parametrize("until", ["2026-10-10", "2026-10-01", "2027-12-01", "someday"])
def test_it_is_never_shortened_nor_stretched_too_far_by_that(posted: World, until: str):
    refused = posted.says("ana", f"opportunity extend o1 until:{until}")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["until"]


def test_only_the_poster_and_admins_extend_and_reopen(posted: World):
    assert isinstance(posted.says("ben", "opportunity extend o1"), No)
    posted.says("ana", "opportunity close o1 cancelled")
    assert isinstance(posted.says("ben", "opportunity reopen o1"), No)
    assert isinstance(posted.says("ana", "opportunity extend o1"), No)
    assert isinstance(posted.says("admin", "opportunity reopen o1"), Card)


def test_what_was_closed_is_opened_again_and_those_interested_hear(posted: World):
    posted.presses("ben", "Interested")
    posted.says("ana", "opportunity close o1 cancelled")
    posted.outbox()
    assert "open again" in posted.reads(posted.presses("ana", "Open it again"))
    told = dict(posted.outbox())
    assert "still on the list" in told["ben"]
    assert "Interested" in told["#general"]
    assert state(posted) == "open"
    assert isinstance(posted.says("ana", "opportunity reopen o1"), No)


def test_work_that_came_to_nothing_counts_for_nobody_when_it_is_opened_again(posted: World):
    posted.says("carol", "opportunity refer o1 @ben She built two of these")
    posted.says("ana", "opportunity close o1 filled @ben")
    posted.says("ana", "opportunity reopen o1")
    with posted.db() as db:
        weights = [row.weight for row in db.exec(select(Entry)).all()]
    assert (len(weights), sum(weights)) == (4, 0)
    assert "@ben" in posted.hears("ana", "opportunity matches o1")


def test_what_expired_opens_for_another_month(posted: World):
    posted.passes(days=40)
    posted.presses("ana", "Open it again")
    posted.passes(days=29)
    assert state(posted) == "open"
    posted.passes(days=3)
    assert state(posted) == "expired"

"""Readers report work that is not what it says; its poster is asked, and silence closes it."""

import pytest

from bot.ui import Card, No
from tests.opportunities.steps import state
from tests.world import World

ASKED = "Is it still as it says?"


def reports(world: World, who: str, why: str = "closed") -> str:
    return world.hears(who, f"opportunity report o1 {why}")


def test_the_poster_is_asked_and_does_not_learn_by_whom(posted: World):
    said = posted.reads(posted.says("ben", "opportunity report o1"))
    assert "without your name" in said
    assert "Thank you" in posted.reads(posted.presses("ben", "Closed already"))
    ((who, asked),) = posted.outbox()
    assert who == "ana"
    assert ASKED in asked
    assert "it is closed" in asked
    assert "ben" not in asked
    assert state(posted) == "open"


def test_two_reports_and_silence_close_it_and_those_interested_are_told(posted: World):
    posted.says("carol", "opportunity interest o1")
    reports(posted, "ben")
    reports(posted, "dave", "broken")
    posted.outbox()
    posted.passes(days=2)
    assert state(posted) == "open"
    posted.passes(days=1, hours=1)
    assert state(posted) == "expired"
    told = dict(posted.outbox())
    assert "two people reported it" in told["ana"]
    assert "not open any more" in told["carol"]
    assert "open again" in posted.reads(posted.presses("ana", "Open it again"))


def test_one_report_closes_nothing(posted: World):
    reports(posted, "ben")
    posted.passes(days=20)
    assert state(posted) == "open"


@pytest.mark.parametrize("sign", ["opportunity stands o1", "opportunity edit o1 seats:2", "opportunity extend o1"])
def test_a_sign_of_its_poster_keeps_it_open(posted: World, sign: str):
    reports(posted, "ben")
    reports(posted, "dave")
    assert isinstance(posted.says("ana", sign), Card)
    posted.passes(days=4)
    assert state(posted) == "open"


def test_who_reported_hears_that_it_stands(posted: World):
    reports(posted, "ben")
    posted.outbox()
    assert "stays open" in posted.reads(posted.presses("ana", "It is still open"))
    assert dict(posted.outbox()).keys() == {"ben"}


def test_reports_after_the_posters_word_count_anew_and_have_their_own_days(posted: World):
    reports(posted, "ben")
    reports(posted, "dave")
    posted.says("ana", "opportunity stands o1")
    posted.passes(days=2)
    assert "Thank you" in reports(posted, "ben")
    assert "Thank you" in reports(posted, "carol")
    posted.passes(days=2)
    assert state(posted) == "open", "the first two were answered"
    posted.passes(days=1, hours=1)
    assert state(posted) == "expired"


def test_who_reported_may_report_again_once_the_poster_has_changed_it(posted: World):
    reports(posted, "ben")
    posted.passes(hours=1)
    posted.says("ana", "opportunity edit o1 seats:2")
    posted.passes(hours=1)
    assert "Thank you" in reports(posted, "ben", "broken")


def test_nobody_reports_twice_or_their_own_or_what_is_closed(posted: World):
    reports(posted, "ben")
    assert "have asked its poster" in reports(posted, "ben")
    assert isinstance(posted.says("ana", "opportunity report o1 closed"), No)
    posted.says("ana", "opportunity close o1 cancelled")
    assert "is closed: cancelled" in reports(posted, "carol")


def test_ten_reports_a_day_are_enough(posted: World):
    for number in range(11):
        posted.says("ana", f'opportunity post "Work {number}" "Ten sensors and dashboard number {number} of many"')
    said = [posted.hears("ben", f"opportunity report o{number} closed") for number in range(1, 12)]
    assert [("is a lot" in one) for one in said] == [False] * 10 + [True]


def test_the_button_stands_under_the_post_and_not_in_letters(posted: World):
    assert "Report" in posted.hears("ben", "opportunity show o1")
    posted.says("ben", "skill claim Kubernetes expert")
    assert "Report" not in posted.hears("ben", "opportunity for-me")

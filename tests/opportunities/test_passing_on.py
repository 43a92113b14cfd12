"""Work that is passed to a peer."""

import pytest
from sqlmodel import select

from bot.ui import Card, Form, No
from storage.models import Entry, Interest, Member
from tests.opportunities.steps import state
from tests.world import World


def test_a_peer_hears_who_passed_it_on_and_why_with_the_buttons(posted: World):
    assert isinstance(posted.presses("ben", "Pass to a peer"), Form)
    assert "Passed to @carol" in posted.reads(posted.fills("ben", to="@carol", why="You keep sensors as pets"))
    told = posted.outbox()
    assert [to for to, _text in told] == ["carol"]
    for word in ("@ben thought of you", "Data pipeline", "You keep sensors as pets", "Interested", "Not for me"):
        assert word in told[0][1]
    assert isinstance(posted.presses("carol", "Interested"), Card)


def test_a_referral_that_is_filled_earns_its_first_source_standing(posted: World):
    for giver in ("ben", "dave"):
        posted.says(giver, "opportunity refer o1 @carol You keep sensors as pets")
    posted.outbox()
    posted.says("ana", "opportunity close o1 filled @carol")
    told = dict(posted.outbox())
    assert "@carol took Data pipeline, which you passed on" in told["ben"]
    assert "dave" not in told
    with posted.db() as db:
        (row,) = db.exec(select(Entry).where(Entry.kind == "referral")).all()
        names = [db.get_one(Member, one).name for one in (row.giver_id, row.receiver_id)]
    assert names == ["ana", "ben"]


@pytest.mark.parametrize(
    ("giver", "to"), [("ben", "@ben"), ("ben", "@ana"), ("ben", "@nobody")], ids=["oneself", "the poster", "a stranger"]
)
def test_some_it_cannot_be_passed_to(posted: World, giver: str, to: str):
    refused = posted.says(giver, f"opportunity refer o1 {to} because of all that")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["to"]
    assert posted.outbox() == []


def test_one_passes_the_same_work_to_a_peer_once_and_five_a_day(posted: World):
    posted.says("ben", "opportunity refer o1 @carol because of all that")
    assert isinstance(posted.says("ben", "opportunity refer o1 @carol because of all that"), No)
    for number in range(4):
        posted.joins(f"erin{number}")
        assert isinstance(posted.says("ben", f"opportunity refer o1 @erin{number} because of all that"), Card)
    assert isinstance(posted.says("ben", "opportunity refer o1 @dave because of all that"), No)
    posted.passes(days=1)
    assert isinstance(posted.says("ben", "opportunity refer o1 @dave because of all that"), Card)


def test_who_wants_no_work_by_dm_or_has_answered_is_left_in_peace_and_nobody_learns_it(posted: World):
    posted.says("carol", "profile edit tips:0")
    posted.presses("dave", "Not for me")
    posted.outbox()
    for to in ("carol", "dave"):
        assert f"Passed to @{to}" in posted.hears("ben", f"opportunity refer o1 @{to} because of all that")
    assert posted.outbox() == []


def test_nothing_closed_is_passed_on(posted: World):
    posted.says("ana", "opportunity close o1 cancelled")
    assert "cancelled" in posted.hears("ben", "opportunity refer o1 @carol because of all that")


@pytest.mark.parametrize("reason", ["Not quite the skills", "Not enough time", "Found someone", "Else"])
def test_a_poster_declines_with_a_reason_that_is_told_to_nobody(posted: World, reason: str):
    posted.presses("ben", "Interested")
    posted.presses("ana", "Not this time")
    posted.outbox()
    assert isinstance(posted.presses("ana", reason), Card)
    assert posted.outbox() == []
    with posted.db() as db:
        row = db.exec(select(Interest)).one()
    assert (row.state, row.decided_why != "") == ("declined", True)


def test_the_last_day_is_still_open_in_the_communitys_zone(posted: World):
    posted.says("admin", "settings community zone:America/New_York")
    posted.says("ana", "opportunity edit o1 until:2026-10-20")
    posted.at("2026-10-20T23:59-04:00")
    assert state(posted) == "open"
    posted.at("2026-10-21T00:00-04:00")
    assert state(posted) == "expired"


def test_buttons_under_a_post_work_after_a_restart(posted: World):
    posted.restarts()
    assert isinstance(posted.presses("ben", "Interested"), Card)


def test_the_posts_of_another_community_are_not_seen(posted: World):
    posted.says("zoe", "help", place=posted.second)
    assert isinstance(posted.says("zoe", "opportunity show o1", place=posted.second), No)
    assert "Data pipeline" not in posted.hears("zoe", "opportunity list", place=posted.second)

"""Answers to work: interest, not for me, and what each side hears."""

import pytest
from sqlmodel import select

from bot.ui import Card, No
from storage.models import Interest
from tests.world import World


def test_interest_reaches_the_poster_privately_with_the_name(posted: World):
    posted.says("ben", "skill claim Kubernetes expert")
    said = posted.reads(posted.presses("ben", "Interested"))
    assert "with your name" in said
    heard = dict(posted.outbox())
    assert "@ben is interested in Data pipeline (o1)" in heard["ana"]
    assert "Kubernetes (expert)" in heard["ana"]
    assert "1 person" in heard["#general"]
    assert "ben" not in heard["#general"]


def test_the_card_stays_alive_where_it_stands(posted: World):
    posted.presses("ben", "Interested")
    assert [parcel.edits for parcel in posted.parcels if parcel.channel][-1]


def test_interest_counts_once(posted: World):
    posted.presses("ben", "Interested")
    assert isinstance(posted.presses("ben", "Interested"), No)
    assert posted.count(Interest) == 1


def test_nobody_is_interested_in_their_own(posted: World):
    assert isinstance(posted.presses("ana", "Interested"), No)
    assert posted.count(Interest) == 0


def test_names_are_exchanged_when_both_want(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.presses("ana", "Meet them")
    together = posted.told("ana, ben")
    assert "@ana" in together
    assert "@ben" in together
    posted.presses("ana", "Meet them")
    assert posted.outbox() == []


def test_only_the_poster_answers_those_interested(posted: World):
    posted.presses("ben", "Interested")
    for who in ("ben", "carol", "admin"):
        assert isinstance(posted.says(who, "opportunity meet o1 1"), No)
        assert isinstance(posted.says(who, "opportunity decline o1 1"), No)


@pytest.mark.parametrize("rank", ["0", "2", "999999999999"])
def test_an_interest_that_is_not_there_is_refused(posted: World, rank: str):
    posted.presses("ben", "Interested")
    assert isinstance(posted.says("ana", f"opportunity meet o1 {rank}"), No)


def test_a_decline_of_the_poster_is_silent(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.presses("ana", "Not this time")
    assert posted.outbox() == []
    assert "already" in posted.reads(posted.presses("ben", "Interested"))


def test_someone_who_left_is_not_met(posted: World):
    posted.presses("ben", "Interested")
    posted.leaves("ben")
    posted.outbox()
    assert isinstance(posted.presses("ana", "Meet them"), No)
    assert posted.outbox() == []


def test_not_for_me_is_told_to_nobody_and_asks_why(posted: World):
    said = posted.reads(posted.presses("ben", "Not for me"))
    assert "No time" in said
    posted.presses("ben", "No time")
    assert posted.outbox() == []
    with posted.db() as db:
        row = db.exec(select(Interest)).one()
    assert (row.state, row.why) == ("passed", "busy")


def test_a_change_of_mind_takes_the_interest_back(posted: World):
    posted.presses("ben", "Interested")
    posted.says("ben", "opportunity pass o1")
    assert "interested so far" not in posted.hears("carol", "opportunity show o1")
    assert isinstance(posted.presses("ana", "Meet them"), No)
    posted.says("ben", "opportunity interest o1")
    assert isinstance(posted.presses("ana", "Meet them"), Card)


def test_both_sides_of_ones_own_are_listed(posted: World):
    posted.presses("ben", "Interested")
    assert "You posted" in posted.hears("ana", "opportunity mine")
    assert "interested in" in posted.hears("ben", "opportunity mine")
    assert "Data pipeline" not in posted.hears("carol", "opportunity mine")

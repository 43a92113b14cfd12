"""Parked messages: admins see where they should have gone and why, and let them be tried again; nobody else does."""

import asyncio

import pytest
from sqlmodel import col, select

from bot import outbox
from bot.carriage import Undeliverable
from bot.text import Channel
from bot.ui import No, card
from jobs.courier import MOST_ATTEMPTS, Courier
from storage.db import transaction
from storage.machinery import Audit, Outbox
from storage.models import Member
from tests.courier.steps import Van

INVITE = "I am not in that channel. Invite me with `/invite @Manyhands`."


@pytest.fixture
def van(world):
    """The road to `Secret plans` is closed, and nobody but the admin and ana is here."""
    world.joins("admin", "ana")
    made = Van(world.speaker.platform)
    made.trouble["Secret plans"] = Undeliverable(INVITE)
    world.courier = Courier(world.engine, {made.platform: made})
    world.carrier = type("Nothing", (), {"parcels": []})()
    return made


def writes(world, *titles, to="", place=None):
    """Something is said to a channel, or to a member."""
    place = place or world.place
    with transaction(world.engine, place.community_id) as db:
        ctx = world.app._ctx(db, place, world.request("admin", "help", place=place))
        for title in titles:
            said = card("{t}", t=title)
            if to:
                outbox.dm(ctx, db.exec(select(Member).where(Member.name == to)).one(), said)
            else:
                outbox.post(ctx, Channel(place.id, "#plans"), said)
    world.delivers()


def rows(world, state, place=None):
    with world.db(place) as db:
        return list(db.exec(select(Outbox).where(Outbox.state == state).order_by(col(Outbox.id))).all())


def audited(world):
    with world.db() as db:
        return [row.line for row in db.exec(select(Audit).order_by(col(Audit.id))).all()]


def test_nothing_parked_is_said_so(world, van):
    assert "Nothing is parked" in world.hears("admin", "outbox parked")
    refused = world.says("admin", "outbox retry")
    assert isinstance(refused, No)
    assert "Nothing is parked" in world.reads(refused)


def test_what_is_parked_is_listed_with_its_place_and_reason_and_not_with_its_words(world, van):
    writes(world, "Secret plans")
    (row,) = rows(world, "parked")
    said = world.hears("admin", "outbox parked")
    assert "1 message" in said
    assert str(row.id) in said
    assert "#plans" in said
    assert "Invite me" in said
    assert "Secret plans" not in said


def test_whose_direct_message_it_was_is_not_told(world, van):
    writes(world, "Secret plans", to="ana")
    said = world.hears("admin", "outbox parked")
    assert "a direct message" in said
    assert "ana" not in said


def test_what_is_mended_arrives_when_it_is_tried_again(world, van):
    writes(world, "Secret plans")
    van.trouble.clear()
    world.says("admin", "outbox parked")
    said = world.reads(world.presses("admin", "Try all again"))
    assert "1 message" in said
    assert "Secret plans" in van.said
    assert rows(world, "parked") == []
    assert "Nothing is parked" in world.hears("admin", "outbox parked")


def test_the_notice_of_a_failure_leads_to_what_is_parked(world, van):
    writes(world, "Secret plans")
    notice = next(parcel.card for parcel in van.carried if "could not deliver" in str(parcel.card.title))
    (button,) = notice.body[-1].buttons
    assert "Invite me" in world.hears("admin", button.line, "")


def test_one_alone_is_tried_again(world, van):
    van.trouble["Other plans"] = Undeliverable(INVITE)
    writes(world, "Secret plans", "Other plans")
    first, second = rows(world, "parked")
    van.trouble.clear()
    world.says("admin", f"outbox retry {second.id}")
    assert "Other plans" in van.said
    assert "Secret plans" not in van.said
    assert [row.id for row in rows(world, "parked")] == [first.id]


def test_what_fails_once_more_is_parked_once_more(world, van):
    writes(world, "Secret plans")
    world.says("admin", "outbox retry")
    assert len(rows(world, "parked")) == 1
    assert van.tried.count("Secret plans") == 2


def test_what_went_wrong_on_our_side_is_told_without_what_the_error_says(world, van):
    van.trouble["Secret plans"] = KeyError("the words of a member")
    writes(world, "Secret plans")
    for _ in range(MOST_ATTEMPTS):
        world.passes(minutes=11)
    assert len(rows(world, "parked")) == 1
    said = world.hears("admin", "outbox parked")
    assert "went wrong on my side" in said
    assert "the words of a member" not in said + str([parcel.card for parcel in van.carried])


def test_trying_again_is_written_down(world, van):
    writes(world, "Secret plans")
    (row,) = rows(world, "parked")
    world.says("admin", f"outbox retry {row.id}")
    world.says("admin", "outbox retry")
    assert audited(world) == [f"outbox retry {row.id}", "outbox retry (1)"]


@pytest.mark.parametrize("line", ["outbox parked", "outbox retry", "outbox retry 1"])
def test_it_is_for_admins(world, van, line):
    writes(world, "Secret plans")
    refused = world.says("ana", line)
    assert isinstance(refused, No)
    assert "admins" in world.reads(refused)
    assert len(rows(world, "parked")) == 1


def test_a_number_that_is_not_parked_is_refused_beside_its_field(world, van):
    refused = world.says("admin", "outbox retry 999")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["number"]
    assert "999" in world.reads(refused)


def test_another_community_neither_sees_nor_retries_it(world, van):
    writes(world, "Secret plans")
    (row,) = rows(world, "parked")
    elsewhere = world.second
    assert "Nothing is parked" in world.hears("admin", "outbox parked", place=elsewhere)
    assert isinstance(world.says("admin", f"outbox retry {row.id}", place=elsewhere), No)
    assert len(rows(world, "parked")) == 1


def test_many_are_shown_a_page_at_a_time(world, van):
    titles = [f"Plan {number}" for number in range(12)]
    van.trouble |= dict.fromkeys(titles, Undeliverable(INVITE))
    writes(world, *titles)
    said = world.hears("admin", "outbox parked")
    assert "12 messages" in said
    assert said.count("#plans") == 10
    assert world.reads(world.presses("admin", "Next")).count("#plans") == 2


def test_the_order_of_a_channel_holds_when_all_are_tried_again(world, van):
    titles = [f"Plan {number}" for number in range(5)]
    van.trouble |= dict.fromkeys(titles, Undeliverable(INVITE))
    writes(world, *titles)
    van.trouble.clear()
    world.says("admin", "outbox retry")
    asyncio.run(world.courier.drain(world.now))
    assert [said for said in van.said if said.startswith("Plan")] == titles

"""What cannot be delivered, and couriers that stumble or die."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.carriage import Later, Undeliverable
from bot.text import plain
from jobs.courier import LEASE, MOST_ATTEMPTS, Courier
from storage.db import connect, everywhere
from storage.machinery import Outbox
from storage.trouble import Busy
from tests.courier.steps import ADMIN, NOW, drains, posts, row_of, states


def test_what_can_never_arrive_is_parked_and_the_rest_goes_on(house):
    posts(house, "lost", "next")
    house.van.trouble["lost"] = Undeliverable("I am not in #general. Invite me there.")
    drains(house)
    assert states(house) == ["parked", "sent"]
    assert row_of(house, "lost").error == "I am not in #general. Invite me there."
    assert house.van.tried.count("lost") == 1


def test_admins_are_told_once_what_could_not_be_delivered_and_why(house):
    posts(house, "lost")
    house.van.trouble["lost"] = Undeliverable("I am not in #general. Invite me there.")
    drains(house)
    drains(house, NOW + timedelta(hours=1))
    told = [parcel for parcel in house.van.carried if parcel.to]
    assert [[one.name for one in parcel.to] for parcel in told] == [[ADMIN]]
    assert "#general" in plain(told[0].card.title)
    assert "Invite me there." in house.reads(told[0].card)


def test_a_word_to_an_admin_that_cannot_arrive_makes_no_other(house):
    posts(house, "lost")
    house.van.trouble["lost"] = Undeliverable("gone")
    house.van.trouble["I could not deliver a message to #general."] = Undeliverable("direct messages are closed")
    drains(house)
    drains(house, NOW + timedelta(days=1))
    with house.db() as db:
        notices = db.exec(select(Outbox).where(Outbox.error_notice)).all()
    assert [row.state for row in notices] == ["parked"]


def test_a_stumble_is_tried_again_and_parked_after_a_while(house):
    posts(house, "x")
    house.van.trouble["x"] = RuntimeError("connection reset")
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        drains(house, now)
        now = max(now, row_of(house, "x").due)
    assert (row_of(house, "x").state, house.van.tried.count("x")) == ("parked", MOST_ATTEMPTS)
    assert "RuntimeError" in row_of(house, "x").error


def test_a_stumble_that_passes_is_delivered(house):
    posts(house, "x", "y")
    house.van.trouble["x"] = RuntimeError("connection reset")
    drains(house)
    house.van.trouble.clear()
    drains(house, NOW + timedelta(seconds=2))
    assert house.van.said == ["x", "y"]
    assert row_of(house, "x").error == ""


def test_what_was_claimed_before_a_crash_is_delivered_after_its_lease(house):
    posts(house, "x", "y")
    assert len(house.courier._claim(NOW)) == 2
    house.courier = Courier(house.engine, {"local": house.van})
    drains(house, NOW + LEASE - timedelta(seconds=1))
    assert house.van.said == []
    drains(house, NOW + LEASE)
    assert house.van.said == ["x", "y"]
    assert [parcel.attempt for parcel in house.van.carried] == [1, 1]


def test_nothing_overtakes_what_another_courier_has_on_its_way(house):
    posts(house, "x")
    house.courier._claim(NOW)
    posts(house, "y")
    drains(house, NOW + timedelta(seconds=1))
    assert house.van.said == []


def test_two_couriers_deliver_each_card_once_and_in_order(house):
    for number in range(40):
        posts(house, f"c{number}", channel=f"#c{number % 4}")
    engines = [connect(house.url) for _ in range(3)]
    couriers = [Courier(engine, {"local": house.van}) for engine in engines]

    async def race():
        await asyncio.gather(*(asyncio.to_thread(lambda one=one: asyncio.run(one.drain(NOW))) for one in couriers))

    asyncio.run(race())
    for engine in engines:
        engine.dispose()
    assert sorted(house.van.said) == sorted(f"c{number}" for number in range(40))
    for channel in range(4):
        mine = [int(said[1:]) for said in house.van.said if int(said[1:]) % 4 == channel]
        assert mine == sorted(mine)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_row_that_another_courier_is_just_taking_holds_up_its_channel_and_no_other(house):
    posts(house, "first")
    with everywhere(house.engine) as db:
        db.exec(select(Outbox).where(Outbox.state == "waiting").with_for_update()).all()
        posts(house, "second")
        posts(house, "elsewhere", channel="#other")
        assert drains(house) == 1
    assert house.van.said == ["elsewhere"]
    drains(house)
    assert house.van.said == ["elsewhere", "first", "second"]


def test_a_long_queue_that_must_wait_keeps_no_other_channel_waiting(house):
    posts(house, *(f"c{number}" for number in range(450)))
    posts(house, "elsewhere", channel="#other")
    house.van.trouble["c0"] = Later("slow down", 1000)
    drains(house, NOW)
    assert house.van.said == ["elsewhere"]


def test_what_a_courier_has_no_time_for_within_its_lease_is_left_to_the_next_round(house, monkeypatch):
    posts(house, "one", "two", "three")
    monkeypatch.setattr("jobs.courier.monotonic", lambda: len(house.van.tried) * LEASE.total_seconds() / 3)
    assert asyncio.run(house.courier.round(NOW)) == 3
    assert (house.van.said, states(house)) == (["one", "two"], ["sent", "sent", "waiting"])
    assert drains(house) == 1
    assert house.van.said == ["one", "two", "three"]


def test_a_delivery_that_would_outlast_its_lease_is_broken_off_and_tried_again(house, monkeypatch):
    posts(house, "endless", "next")
    monkeypatch.setattr("jobs.courier.LEASE", timedelta(seconds=2))
    monkeypatch.setattr("jobs.courier.NOTING", timedelta(0))
    house.van.stuck = {"endless"}
    assert drains(house) == 2
    assert (house.van.said, states(house)) == ([], ["waiting", "waiting"])
    assert row_of(house, "endless").attempts == 1, "it may have arrived, so the next try looks first"
    house.van.stuck = set()
    drains(house, NOW + timedelta(minutes=1))
    assert house.van.said == ["endless", "next"]


def test_what_was_delivered_is_noted_as_soon_as_there_is_a_database(house, monkeypatch):
    posts(house, "one")
    sent, failures = house.courier._sent, [Busy("gone"), Busy("gone")]

    def comes_back(row, carried):
        if failures:
            raise failures.pop()
        sent(row, carried)

    monkeypatch.setattr(house.courier, "_sent", comes_back)
    monkeypatch.setattr("jobs.courier.POLL_SECONDS", 0.01)
    drains(house)
    assert (house.van.said, states(house)) == (["one"], ["sent"])

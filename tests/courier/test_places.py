"""Several platforms, places and communities."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot import outbox
from bot.carriage import Later, Undeliverable
from bot.ctx import Who
from bot.text import plain
from bot.ui import card
from jobs.courier import Courier
from storage.db import transaction
from storage.machinery import Outbox
from storage.models import Account, Place
from tests.courier.steps import ADMIN, NOW, Van, drains, member, posts, row_of, states, writes

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def other_place(house, platform):
    with transaction(house.engine) as db:
        place = Place(community_id=house.place.community_id, platform=platform, key="T1")
        db.add(place)
        db.flush()
        return place


def test_a_platform_that_nobody_serves_waits_until_somebody_does(house):
    posts(house, "over there", place=other_place(house, "slack"))
    posts(house, "here")
    assert drains(house) == 1
    assert (house.van.said, states(house)) == (["here"], ["waiting", "sent"])
    slack = Van("slack")
    house.courier = Courier(house.engine, {"local": house.van, "slack": slack})
    drains(house, NOW + timedelta(days=1))
    assert slack.said == ["over there"]


def test_a_courier_that_serves_nothing_tries_nothing(house):
    posts(house, "x")
    house.courier = Courier(house.engine, {})
    assert drains(house) == 0


def test_two_platforms_with_channels_of_one_name_have_orders_of_their_own(house):
    slack = Van("slack")
    slack.trouble["theirs"] = Later("wait", 60)
    posts(house, "theirs", place=other_place(house, "slack"))
    posts(house, "ours")
    house.courier = Courier(house.engine, {"local": house.van, "slack": slack})
    drains(house)
    assert house.van.said == ["ours"]


def test_cards_of_two_communities_are_delivered_each_in_its_place(house):
    house.says("ana", "help", place=house.second)
    drains(house)
    del house.van.carried[:]
    posts(house, "mine")
    posts(house, "yours", place=house.second)
    drains(house)
    assert {(parcel.place.id, plain(parcel.card.title)) for parcel in house.van.carried} == {
        (house.place.id, "mine"),
        (house.second.id, "yours"),
    }


def test_admins_of_another_community_hear_nothing(house):
    house.says(ADMIN, "help", place=house.second)
    drains(house)
    del house.van.carried[:]
    posts(house, "lost")
    house.van.trouble["lost"] = Undeliverable("gone")
    drains(house)
    assert [parcel.place.id for parcel in house.van.carried] == [house.place.id]


def test_a_card_for_somebody_without_an_account_any_more_is_not_sent_to_nobody(house):
    writes(house, lambda ctx: outbox.dm(ctx, member(ctx, "ben"), card("psst")))
    with transaction(house.engine, house.place.community_id) as db:
        db.delete(db.exec(select(Account).where(Account.key == "ben")).one())
    drains(house)
    assert [parcel.to for parcel in house.van.carried if not parcel.channel and not parcel.to] == []


def test_a_card_that_nothing_can_be_made_of_does_not_hold_up_the_others(house):
    posts(house, "x", "y")
    with transaction(house.engine, house.place.community_id) as db:
        db.get_one(Outbox, row_of(house, "x").id).card = '{"nonsense":1}'
    drains(house)
    assert house.van.said[0] == "y"
    assert "could not deliver" in house.van.said[1]


def test_running_delivers_until_it_is_told_to_stop(house):
    house.now = LONG_AGO
    posts(house, "x")

    async def run():
        stop = asyncio.Event()
        running = asyncio.create_task(house.courier.run(stop))
        await house.van.arrived.wait()
        stop.set()
        await running

    asyncio.run(asyncio.wait_for(run(), 20))
    assert house.van.said == ["x"]


def test_somebody_new_is_reached_after_joining(house):
    house.says(Who("U77", "Zoë"), "help")
    drains(house)
    assert "Zoë" in {one.name for parcel in house.van.carried for one in parcel.to}

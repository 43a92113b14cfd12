"""The courier: in order, at least once, once where it can be, and never in silence."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import outbox
from bot.carriage import Carried, Later, Never, Parcel
from bot.ctx import Request, Who
from bot.text import Channel, plain
from bot.ui import card
from jobs.courier import LEASE, MOST_ATTEMPTS, Courier
from storage.db import connect, everywhere, transaction
from storage.machinery import Outbox, Shown
from storage.models import Account, Place
from storage.trouble import Busy
from tests.encoders import Words
from tests.world import World, who

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADMIN = "admin"


class Van:
    """A carrier whose road can be closed, by what a card says."""

    def __init__(self, platform="local"):
        self.platform = platform
        self.carried: list[Parcel] = []
        self.tried: list[str] = []
        self.trouble: dict[str, Exception] = {}
        self.arrived = asyncio.Event()
        self.stuck: set[str] = set()
        self.pages = 1
        self.stands: list[str] = []

    async def carry(self, parcel: Parcel) -> Carried:
        said = plain(parcel.card.title)
        self.tried.append(said)
        await asyncio.sleep(3600 if said in self.stuck else 0)
        if said in self.trouble:
            raise self.trouble[said]
        self.carried.append(parcel)
        self.arrived.set()
        standing = parcel.edits.split()
        standing += [f"m{parcel.id}-{page}" for page in range(len(standing), self.pages)]
        self.stands = standing[: self.pages]
        return Carried(parcel.channel or "D1", " ".join(self.stands))

    @property
    def said(self):
        return [plain(parcel.card.title) for parcel in self.carried]


@pytest.fixture
def house(database):
    made = World(database, Words())
    made.now = NOW
    for name in ("ana", "ben", ADMIN):
        made.says(name, "help")
    made.van = Van()
    made.courier = Courier(made.engine, {"local": made.van})
    yield made
    made.close()


def writes(house, act, place=None):
    """Lets a command's code write to the outbox."""
    place = place or house.place
    with transaction(house.engine, place.community_id) as db:
        ctx = house.app._ctx(db, place, Request("setup", place.id, who("ana"), "", house.now))
        act(ctx)


def posts(house, *titles, channel="#general", place=None):
    def act(ctx):
        for title in titles:
            outbox.post(ctx, Channel(ctx.place.id, channel), card("{t}", t=title))
            ctx.db.flush()

    writes(house, act, place)


def member(ctx, name):
    return ctx.db.exec(select(outbox.Member).where(outbox.Member.name == name)).one()


def drains(house, now=NOW):
    return asyncio.run(house.courier.drain(now))


def states(house):
    with house.db() as db:
        rows = db.exec(select(Outbox).order_by(col(Outbox.id))).all()
    return [row.state for row in rows if row.written_at == NOW and not row.error_notice and "Hello" not in row.card]


def row_of(house, title):
    with house.db() as db:
        return next(row for row in db.exec(select(Outbox)).all() if f'"{title}"' in row.card)


def test_cards_of_one_channel_arrive_in_the_order_they_were_written(house):
    posts(house, *(f"c{number}" for number in range(30)))
    assert drains(house) == 30
    assert house.van.said == [f"c{number}" for number in range(30)]


def test_a_card_is_delivered_once(house):
    posts(house, "one")
    drains(house)
    assert drains(house, NOW + timedelta(hours=1)) == 0
    assert (house.van.said, states(house)) == (["one"], ["sent"])


def test_more_cards_than_one_round_takes_all_arrive_in_order(house):
    posts(house, *(f"c{number}" for number in range(450)))
    drains(house)
    assert house.van.said == [f"c{number}" for number in range(450)]


def test_asking_to_wait_is_honoured_to_the_second_and_nothing_overtakes(house):
    posts(house, "first", "second")
    house.van.trouble["first"] = Later("slow down", 30)
    drains(house)
    assert house.van.tried == ["first"]
    house.van.trouble.clear()
    drains(house, NOW + timedelta(seconds=29))
    assert house.van.said == []
    drains(house, NOW + timedelta(seconds=31))
    assert house.van.said == ["first", "second"]


def test_what_is_written_while_another_waits_does_not_overtake(house):
    posts(house, "first")
    house.van.trouble["first"] = Later("slow down", 30)
    drains(house)
    posts(house, "second")
    drains(house, NOW + timedelta(seconds=5))
    assert house.van.tried == ["first"]
    house.van.trouble.clear()
    drains(house, NOW + timedelta(seconds=31))
    assert house.van.said == ["first", "second"]


def test_one_channel_that_waits_holds_up_no_other(house):
    posts(house, "stuck")
    posts(house, "free", channel="#other")
    house.van.trouble["stuck"] = Later("slow down", 30)
    drains(house)
    assert house.van.said == ["free"]


def test_waiting_without_a_time_backs_off_ever_longer_up_to_ten_minutes(house):
    posts(house, "x")
    house.van.trouble["x"] = Later("later")
    now, waits = NOW, []
    for _ in range(15):
        drains(house, now)
        due = row_of(house, "x").due
        waits.append((due - now).total_seconds())
        now = due
    took = 30  # what a slow machine may need for a round, after which the wait begins
    assert all(0.75 * 2**at <= wait <= 1.25 * 2**at + took for at, wait in enumerate(waits[:9]))
    assert all(450 <= wait <= 750 + took for wait in waits[10:])
    assert row_of(house, "x").state == "waiting"


def test_what_can_never_arrive_is_parked_and_the_rest_goes_on(house):
    posts(house, "lost", "next")
    house.van.trouble["lost"] = Never("I am not in #general. Invite me there.")
    drains(house)
    assert states(house) == ["parked", "sent"]
    assert row_of(house, "lost").error == "I am not in #general. Invite me there."
    assert house.van.tried.count("lost") == 1


def test_admins_are_told_once_what_could_not_be_delivered_and_why(house):
    posts(house, "lost")
    house.van.trouble["lost"] = Never("I am not in #general. Invite me there.")
    drains(house)
    drains(house, NOW + timedelta(hours=1))
    told = [parcel for parcel in house.van.carried if parcel.to]
    assert [[one.name for one in parcel.to] for parcel in told] == [[ADMIN]]
    assert "#general" in plain(told[0].card.title)
    assert "Invite me there." in house.reads(told[0].card)


def test_a_word_to_an_admin_that_cannot_arrive_makes_no_other(house):
    posts(house, "lost")
    house.van.trouble["lost"] = Never("gone")
    house.van.trouble["I could not deliver a message to #general."] = Never("direct messages are closed")
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


def living(house, title, key="k1", channel="#general"):
    writes(house, lambda ctx: outbox.show(ctx, Channel(ctx.place.id, channel), card("{t}", t=title, key=key)))


def test_a_living_card_is_posted_once_and_then_edited(house):
    living(house, "one")
    drains(house)
    living(house, "two")
    drains(house)
    assert [(parcel.channel, bool(parcel.edits)) for parcel in house.van.carried] == [
        ("#general", False),
        ("#general", True),
    ]
    assert house.van.carried[1].edits == f"m{house.van.carried[0].id}-0"


def test_a_living_card_in_several_messages_is_edited_in_all_of_them(house):
    house.van.pages = 3
    living(house, "one")
    drains(house)
    first = house.van.stands
    house.van.pages = 2
    living(house, "two")
    drains(house)
    living(house, "three")
    drains(house)
    assert [parcel.edits.split() for parcel in house.van.carried] == [[], first, first[:2]]
    assert [house.app.card_at(house.place.id, "#general", one) for one in first] == ["k1", "k1", ""]


def test_a_living_card_that_is_changed_before_it_was_posted_ends_as_one_message(house):
    living(house, "one")
    living(house, "two")
    drains(house)
    assert [bool(parcel.edits) for parcel in house.van.carried] == [False, True]
    with house.db() as db:
        assert len(db.exec(select(Shown)).all()) == 1


def test_a_living_card_is_edited_wherever_it_stands(house):
    for channel in ("#general", "#other"):
        writes(house, lambda ctx, c=channel: outbox.post_living(ctx, Channel(ctx.place.id, c), card("x", key="k1")))
    drains(house)
    living(house, "two", channel="#third")
    drains(house)
    again = house.van.carried[2:]
    assert sorted((parcel.channel, bool(parcel.edits)) for parcel in again) == [("#general", True), ("#other", True)]


def test_cards_with_different_keys_stand_side_by_side(house):
    living(house, "one", "k1")
    living(house, "two", "k2")
    drains(house)
    assert [parcel.edits for parcel in house.van.carried] == ["", ""]


def test_a_card_without_a_key_edits_nothing(house):
    posts(house, "one", "two")
    drains(house)
    assert [parcel.edits for parcel in house.van.carried] == ["", ""]


def test_a_member_is_told_under_the_account_of_that_place(house):
    writes(house, lambda ctx: outbox.dm(ctx, member(ctx, "ben"), card("psst")))
    drains(house)
    [parcel] = house.van.carried
    assert [(one.name, one.key) for one in parcel.to] == [("ben", "ben")]
    assert parcel.channel == ""


def test_several_members_are_brought_into_one_room(house):
    writes(house, lambda ctx: outbox.room(ctx, [member(ctx, "ana"), member(ctx, "ben")], card("meet")))
    drains(house)
    assert [sorted(one.name for one in parcel.to) for parcel in house.van.carried] == [["ana", "ben"]]


def test_mentions_carry_the_accounts_of_that_place(house):
    def act(ctx):
        ben = member(ctx, "ben")
        outbox.post(ctx, ctx.here or Channel(ctx.place.id, "#general"), card("{who}", who=ben))
        act.id = ben.id

    writes(house, act)
    drains(house)
    assert dict(house.van.carried[0].accounts) == {act.id: "ben"}


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
    house.van.trouble["lost"] = Never("gone")
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

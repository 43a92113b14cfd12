"""A database that stops and comes back, and a platform that cannot be reached: what was promised is kept."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import outbox
from bot.carriage import Carried
from bot.ctx import Request
from bot.text import Channel, plain
from bot.ui import No, card
from jobs.courier import Courier
from storage.db import transaction
from storage.machinery import Outbox
from storage.models import Kudos
from tests.databases import postgres, start_server
from tests.encoders import Words
from tests.world import World, who

GIVERS, EACH = 4, 15
AT_MOST = 120


@pytest.fixture(scope="module")
def machine():
    """A PostgreSQL that may be stopped, because nobody else uses it."""
    return start_server()


@pytest.fixture
def world(machine):
    with postgres(address=machine.get_uri()) as url:
        made = World(url, Words())
        made.joins("ben", *(f"giver{number}" for number in range(GIVERS)))
        made.says("admin", "settings kudos channel:#thanks allowance:50")
        yield made
        made.close()


class Road:
    """A platform that counts what arrives and can be cut off."""

    platform = "local"

    def __init__(self):
        self.arrived, self.tries, self.is_cut = [], [], False

    async def carry(self, parcel):
        self.tries.append(parcel.id)
        if self.is_cut:
            raise ConnectionError("no route to host")
        self.arrived.append(parcel)
        return Carried(parcel.channel or "D1", parcel.edits or f"m{parcel.id}")


@pytest.mark.soak
def test_requests_during_an_outage_are_refused_or_wait_and_then_go_on(world, machine):
    """Each giver says a line until it is not refused, as a person would; the database stops twice meanwhile."""
    refusals, odd = [], []

    def gives(giver):
        for number in range(EACH):
            request = world.request(f"giver{giver}", f"kudos give @ben for work {giver}-{number}")
            while isinstance(reply := world.app.handle(request).reply, No):
                (refusals if "very busy" in world.reads(reply) else odd).append(world.reads(reply))
                time.sleep(0.05)

    givers = [threading.Thread(target=gives, args=(giver,)) for giver in range(GIVERS)]
    for one in givers:
        one.start()
    for done in (10, 30):
        wait_for(lambda done=done: world.count(Kudos) >= done)
        machine.stop()
        time.sleep(1.5)
        with machine._lock:
            machine.ensure_postgres_running()
    for one in givers:
        one.join(AT_MOST)
    assert not any(one.is_alive() for one in givers)
    assert odd == []
    assert refusals
    with world.db() as db:
        reasons = db.exec(select(Kudos.reason)).all()
        numbers = db.exec(select(Kudos.number)).all()
    assert sorted(reasons) == sorted(f"for work {giver}-{number}" for giver in range(GIVERS) for number in range(EACH))
    assert sorted(numbers) == list(range(1, GIVERS * EACH + 1))


def wait_for(is_so):
    end = time.monotonic() + AT_MOST
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.mark.soak
def test_the_courier_outlives_an_outage_and_delivers_each_card_once(world, machine, monkeypatch):
    """What was taken and not yet tried when the database went is tried again when its lease is over, here sooner."""
    monkeypatch.setattr("jobs.courier.POLL_SECONDS", 0.05)
    monkeypatch.setattr("jobs.courier.LEASE", timedelta(seconds=40))
    for number in range(30):
        world.app.handle(world.request(f"giver{number % GIVERS}", f"kudos give @ben for work number {number}"))
    road = Road()
    asyncio.run(through_an_outage(Courier(world.engine, {"local": road}), road, machine))
    arrived = [one.id for one in road.arrived]
    assert arrived == sorted(set(arrived))
    with world.db() as db:
        assert set(db.exec(select(Outbox.state)).all()) == {"sent"}


async def through_an_outage(courier, road, machine):
    stop = asyncio.Event()
    running = asyncio.create_task(courier.run(stop))
    await comes(lambda: len(road.arrived) >= 3)
    await asyncio.to_thread(machine.stop)
    await asyncio.sleep(1)
    await asyncio.to_thread(machine.ensure_postgres_running)
    await comes(lambda: len({one.id for one in road.arrived if one.channel == "#thanks"}) == 30)
    await asyncio.sleep(0.5)
    stop.set()
    await asyncio.wait_for(running, AT_MOST)


async def comes(is_so):
    end = time.monotonic() + AT_MOST
    while not is_so():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.01)


@pytest.fixture
def cut(database):
    """A house on a road that is cut."""
    made = World(database, Words())
    made.joins("ana")
    made.road = Road()
    made.road.is_cut = True
    made.courier = Courier(made.engine, {"local": made.road})
    yield made
    made.close()


def posts(world, number):
    with transaction(world.engine, world.place.community_id) as db:
        request = Request("setup", world.place.id, who("ana"), "", world.now)
        ctx = world.app._ctx(db, world.place, request)
        outbox.post(ctx, Channel(ctx.place.id, f"#c{number % 3}"), card("{n}", n=number))


@pytest.mark.sampled(2)
def test_after_minutes_without_a_network_the_outbox_drains_in_order(cut):
    begin, gaps = cut.now, []
    for number in range(60):
        posts(cut, number)
    last: dict[int, float] = {}
    for second in range(240):
        moment = begin + timedelta(seconds=second)
        before = len(cut.road.tries)
        asyncio.run(cut.courier.drain(moment))
        for row in cut.road.tries[before:]:
            if row in last:
                gaps.append(second - last[row])
            last[row] = second
    assert set(last) == set(sorted(last)[:3]), "one try a channel, nobody overtakes"
    assert max(gaps) >= 30
    assert len(cut.road.tries) <= 3 * 10
    cut.road.is_cut = False
    asyncio.run(cut.courier.drain(begin + timedelta(minutes=20)))
    said = [int(plain(one.card.title)) for one in cut.road.arrived]
    assert sorted(said) == list(range(60))
    for channel in range(3):
        mine = [one for one in said if one % 3 == channel]
        assert mine == sorted(mine)


def test_tries_of_many_channels_spread_out(cut):
    """Jitter: what failed together does not come back together."""
    for number in range(3):
        posts(cut, number)
    asyncio.run(cut.courier.drain(cut.now))
    with cut.db() as db:
        waits = set(db.exec(select(Outbox.due).where(Outbox.attempts == 1)).all())
    assert len(waits) == 3

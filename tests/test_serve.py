"""What happens by itself while a process serves: the clock, the courier, the model's work ahead."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import embedding, timers
from bot.carriage import Carried
from bot.ctx import Request
from jobs import serve
from jobs.dispatch import Couriers
from jobs.environment import Environment
from jobs.house import House
from jobs.serve import Jobs
from storage.db import everywhere, reading, transaction
from storage.machinery import Outbox, Timer, Vector
from tests.encoders import Down, Words
from tests.world import who

AT_MOST = 30
DOWN = "I am matching by words alone"


class Van:
    """A carrier that remembers where it went."""

    platform = "local"

    def __init__(self):
        self.parcels = []

    async def carry(self, parcel):
        self.parcels.append(parcel)
        return Carried(parcel.channel or "D1", f"m{parcel.id}")

    def brought(self, words):
        return [one for one in self.parcels if words in str(one.card)]


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house that ticks quickly and has a model that counts words."""
    monkeypatch.setattr(serve, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(serve, "EMBED_SECONDS", 0.05)
    monkeypatch.setattr(embedding, "_warm", {})
    with House(Environment(_env_file=None, database_url=f"sqlite:///{tmp_path}/house.db")) as made:
        made.place = made.local_place()
        made.van = Van()
        has_model(made, Words())
        says(made, "admin", "help")
        yield made


def has_model(house, encoder):
    encoder.close = lambda: None
    house.encoder.close()
    house.encoder = house.app.encoder = encoder


def says(house, name, line):
    request = Request(f"{name}: {line}", house.place.id, who(name), line, datetime.now(UTC), {}, "#general")
    return house.app.handle(request).reply


def serves(house, until, processes=1):
    """Runs jobs and couriers as serving processes do, until something has happened or half a minute is over."""
    asyncio.run(_serves(house, [Jobs(house) for _ in range(processes)], until))


async def _serves(house, working, until):
    stop = asyncio.Event()
    for one in working:
        one.start()
    couriers = [asyncio.create_task(Couriers(house.engine, [house.van]).run(stop)) for _ in working]
    happened = await asyncio.to_thread(_comes, until)
    for one in working:
        await one.stop()
    stop.set()
    await asyncio.wait(couriers, timeout=AT_MOST)
    assert happened, "it never came"


def _comes(until):
    end = time.monotonic() + AT_MOST
    while not (happened := until()) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(happened)


def timer(house, key, line, due):
    with transaction(house.engine, house.place.community_id) as db:
        ctx = house.app._ctx(db, house.place, Request("setup", house.place.id, who("admin"), "", datetime.now(UTC)))
        timers.later(ctx, key, line, due)


def due_timers(house):
    with everywhere(house.engine) as db:
        return db.exec(select(Timer).where(Timer.due <= datetime.now(UTC))).all()


def vectors(house):
    with reading(house.engine) as db:
        return db.exec(select(Vector)).all()


def test_what_waits_is_delivered_by_itself(house):
    says(house, "admin", "settings skills channel:#skills")
    says(house, "ana", "skill claim Python expert")
    serves(house, lambda: house.van.brought("claims"))
    assert [one.channel for one in house.van.brought("claims")] == ["#skills"]


def test_what_falls_due_is_said_by_itself(house):
    says(house, "ana", "skill claim Python expert")
    says(house, "ben", "intro ask someone for the snakes who:@ana")
    timer(house, "intro-1", "intro lapse i1", datetime.now(UTC) + timedelta(seconds=0.3))
    serves(house, lambda: house.van.brought("No answer yet"))
    assert due_timers(house) == []
    assert [[to.name for to in one.to] for one in house.van.brought("No answer yet")] == [["ben"]]


def test_skills_are_encoded_before_anybody_asks(house):
    says(house, "ana", "skill claim Python expert")
    serves(house, lambda: vectors(house))
    assert {one.model for one in vectors(house)} == {Words.model}


def test_a_model_that_is_down_is_told_to_admins_once(house):
    has_model(house, Down())
    says(house, "ana", "skill claim Python expert")
    serves(house, lambda: house.van.brought(DOWN))
    before = len(house.van.parcels)
    says(house, "ana", "kudos give @admin for the cake and the candles")
    serves(house, lambda: len(house.van.parcels) > before)
    told = house.van.brought(DOWN)
    assert [[to.name for to in one.to] for one in told] == [["admin"]]
    assert "the model could not be loaded" in str(told[0].card)


def test_while_the_model_is_down_everything_else_goes_on(house):
    has_model(house, Down())
    says(house, "admin", "settings skills channel:#skills")
    says(house, "ana", "skill claim Python expert")
    serves(house, lambda: house.van.brought("claims") and house.van.brought(DOWN))
    assert house.van.brought("claims")[0].channel == "#skills"


def test_a_model_that_recovers_catches_up(house):
    has_model(house, Down())
    says(house, "ana", "skill claim Python expert")
    serves(house, lambda: house.van.brought(DOWN))
    has_model(house, Words())
    serves(house, lambda: vectors(house))
    assert vectors(house)


def test_two_processes_say_and_deliver_everything_once(house):
    says(house, "ana", "skill claim Python expert")
    says(house, "ben", "intro ask someone for the snakes who:@ana")
    timer(house, "intro-1", "intro lapse i1", datetime.now(UTC) + timedelta(seconds=0.3))

    serves(house, lambda: house.van.brought("No answer yet"), processes=2)
    assert len(house.van.brought("No answer yet")) == 1
    carried = [one.id for one in house.van.parcels]
    assert len(carried) == len(set(carried))
    with everywhere(house.engine) as db:
        assert {row.state for row in db.exec(select(Outbox).order_by(col(Outbox.id))).all()} == {"sent"}

"""`kill -9` at random moments: every promised message comes, none twice, and nothing is half written."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import groupby
from random import Random

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bot import features
from bot.app import App
from bot.ctx import Request
from bot.tips import AT_ONCE
from jobs.clock import LEASE as TIMER_LEASE
from jobs.clock import Clock
from jobs.courier import LEASE, Courier
from storage.db import connect, transaction
from storage.machinery import Outbox, Seen, Timer
from storage.models import Account, Claim, Digest, Entry, Kudos, Member, Need, Opportunity, Skill, Thanked, Tip
from tests.encoders import Words
from tests.faults.killing import Ledger, lives
from tests.world import World, who

TRAFFIC_KILLS, SOME_KILLS, DIGEST_KILLS = 100, 10, 20
CROWD = 500
TURNS = -(-CROWD // AT_ONCE)  # a digest writes to so many at a time
GIVERS = 10


@pytest.fixture
def world(database):
    made = World(database, Words())
    yield made
    made.close()


def whole(world):
    """The database's own opinion of itself."""
    if world.engine.dialect.name == "sqlite":
        with world.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def process(world, now):
    """What a process of its own has: an engine, an app."""
    engine = connect(world.url)
    return App(engine, world.catalogue, Words(), features.welcome), now


def newest(world):
    """The last row of the outbox so far."""
    with world.db() as db:
        return db.exec(select(func.max(Outbox.id))).one() or 0


def in_order(ledger, world, since):
    """Everything came, and in each place in the order in which it was written."""
    for _to, those in groupby(sorted(ledger.messages(), key=lambda one: one["to"]), key=lambda one: one["to"]):
        numbers = [one["nonce"] for one in those]
        assert numbers == sorted(numbers)
    with world.db() as db:
        rows = db.exec(select(Outbox.id, Outbox.state).where(Outbox.id > since)).all()
    assert {state for _id, state in rows} == {"sent"}
    assert {one["nonce"] for one in ledger.messages()} == {row_id for row_id, _state in rows}


@pytest.mark.sampled(2)
def test_command_traffic_survives_being_killed(world, tmp_path, pytestconfig):
    """The platform repeats what was not acknowledged; a process acknowledges after it has answered."""
    wanted = TRAFFIC_KILLS if pytestconfig.getoption("whole") else SOME_KILLS
    ledger, acks, rng = Ledger(tmp_path / "platform"), Ledger(tmp_path / "acks"), Random(5)
    world.joins("ben", *(f"p{number}" for number in range(GIVERS)))
    world.says("admin", "settings kudos channel:#thanks allowance:50")
    since = newest(world)
    world.close()
    kills, asked, moment = 0, [], world.now

    def works():
        app, now = process(world, moment)
        courier = Courier(app.engine, {"local": ledger})
        done = {one["id"] for one in acks.lines()}
        for request in asked:
            if request.id not in done:
                app.handle(request)
                acks.write(id=request.id)
                asyncio.run(courier.drain(now))
        asyncio.run(courier.drain(now))

    while kills < wanted:
        moment += LEASE + timedelta(seconds=1)
        number = len(asked)
        asked += [given(world, number + at) for at in range(4)]
        kills += not lives(works, rng, 0.12)
    moment += LEASE + timedelta(seconds=1)
    assert lives(works, rng, 60_000)
    world._open()
    whole(world)
    with world.db() as db:
        assert Counter(db.exec(select(Kudos.reason)).all()) == Counter(reason(at) for at in range(len(asked)))
        assert sorted(db.exec(select(Kudos.number)).all()) == list(range(1, len(asked) + 1))
    assert world.count(Thanked) == world.count(Entry, Entry.kind == "kudos") == len(asked)
    assert world.count(Seen, col(Seen.key).startswith("kill-")) == len(asked)
    in_order(ledger, world, since)
    said = [one["to"] for one in ledger.messages()]
    assert said.count("#thanks") == len(asked)
    assert len(ledger.lines()) - len(ledger.messages()) <= kills, "only what was on its way may come again"


def reason(number):
    return f"for piece of work {number}"


def given(world, number):
    """Thanks from somebody who still may."""
    line = f"kudos give @ben {reason(number)}"
    at = world.now + timedelta(days=number // (GIVERS * 50))
    return Request(f"kill-{number}", world.place.id, who(f"p{number % GIVERS}"), line, at, {}, "#general")


@pytest.mark.soak
def test_a_digest_to_five_hundred_survives_being_killed(world, tmp_path):
    ledger, rng = Ledger(tmp_path / "platform"), Random(7)
    fill(world)
    since = newest(world)
    with world.db() as db:
        moment = db.exec(select(Timer.due).where(Timer.key == "digest")).one()
    world.close()
    kills = 0

    def works():
        app, now = process(world, moment)
        Clock(app).tick(now)
        asyncio.run(Courier(app.engine, {"local": ledger}).drain(now))

    while kills < DIGEST_KILLS:
        moment += max(LEASE, TIMER_LEASE) + timedelta(seconds=1)
        if lives(works, rng, 0.3 + 0.2 * kills):
            break
        kills += 1
    for _turn in range(TURNS):
        moment += max(LEASE, TIMER_LEASE) + timedelta(seconds=1)
        assert lives(works, rng, 60_000)
    world._open()
    whole(world)
    in_order(ledger, world, since)
    assert kills >= 5
    assert world.count(Digest) == 1
    told = [one["to"] for one in ledger.messages() if one["to"] != "#digest"]
    assert len(told) == len(set(told)) == CROWD == world.count(Tip)
    assert sum(one["to"] == "#digest" for one in ledger.messages()) == 1
    assert len(ledger.lines()) - len(ledger.messages()) <= kills * 16


def fill(world):
    """Five hundred members, five to a skill, and work for each skill."""
    world.joins("admin", "ana")
    world.says("admin", "settings digest channel:#digest")
    letters = "bcdfghklmnprstvz"
    pieces = [[letters[(at * step + step) % 16] + "aeiou"[at // step % 5] for step in (1, 3, 7)] for at in range(100)]
    with transaction(world.engine, world.place.community_id) as db:
        poster = db.exec(select(Member).where(Member.name == "ana")).one()
        for number, craft in enumerate("".join(one) for one in pieces):
            employ(world, db, poster, number, craft)
    world.delivers()


def employ(world, db, poster, number, craft):
    """Five who master a craft, and somebody who looks for it."""
    skill = Skill(name=craft, normal=craft)
    words = {"title": f"{craft} wanted", "description": f"A season of {craft} to do"}
    work = Opportunity(number=number + 1, poster_id=poster.id, posted_at=world.now, **words)
    experts = [Member(number=1000 + number * 5 + at, name=f"{craft}{at}", joined_at=world.now) for at in range(5)]
    db.add_all([skill, work, *experts])
    db.flush()
    db.add(Need(opportunity_id=work.id, skill_id=skill.id))
    for one in experts:
        db.add(Account(member_id=one.id, place_id=world.place.id, key=one.name))
        db.add(Claim(member_id=one.id, skill_id=skill.id, level="expert", claimed_at=world.now))

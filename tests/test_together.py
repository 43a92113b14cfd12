"""Several processes on one database: what is decided by one is known to the other, and nothing happens twice."""

import threading
from contextlib import contextmanager

import psycopg
import pytest
from sqlmodel import col, select

from bot import features
from bot.app import App
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.ui import Card, No, Reply, card
from storage import wall
from storage.db import connect, everywhere, reading, transaction
from storage.machinery import Counter, Seen
from storage.models import Kudos, Member, Skill
from storage.trouble import Busy, Clash, Unwritable
from storage.wall import LOCK
from tests.databases import superuser
from tests.encoders import Words
from tests.world import World

POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)


@command("seat take", "Take the last seat")
def take(ctx: Ctx) -> Reply:
    """Looks, and then writes."""
    if ctx.db.exec(select(Counter).where(Counter.name == "seat")).first():
        raise Refusal("The last seat is taken.")
    ctx.db.add(Counter(name="seat", value=ctx.me.id))
    return card("It is yours.")


@command("slow nod", "Nod")
def nod(ctx: Ctx) -> Reply:
    """Changes one row, and then the one of whoever else is here."""
    for name in ("ana", "ben"):
        member = ctx.db.exec(select(Member).where(Member.name == name)).one()
        ctx.db.refresh(member, with_for_update=True)
        member.about += "!"
        ctx.db.add(member)
        ctx.db.flush()
    return card("Done.")


def seats() -> Catalogue:
    made = features.catalogue()
    made.add([take, nod])
    return made


@pytest.fixture
def world(database):
    made = World(database, Words(), catalogue=seats())
    made.joins("ana", "ben", "cleo", "dana")
    yield made
    made.close()


def at_once(world, requests):
    """Hands each request to a process of its own, all at the same moment; returns their replies in order."""
    replies: list[Reply] = [None] * len(requests)
    ready = threading.Barrier(len(requests))

    def answer(at):
        app = App(connect(world.url), world.catalogue, world.encoder, features.welcome)
        ready.wait()
        replies[at] = app.handle(requests[at]).reply
        app.engine.dispose()

    threads = [threading.Thread(target=answer, args=(at,)) for at in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def test_the_last_seat_is_taken_by_one(world):
    replies = at_once(world, [world.request(name, "seat take") for name in ("ana", "ben", "cleo", "dana")])
    assert sum(isinstance(reply, Card) for reply in replies) == 1
    assert world.count(Counter, Counter.name == "seat") == 1
    refused = [world.reads(reply) for reply in replies if isinstance(reply, No)]
    assert all("The last seat is taken." in one for one in refused)


def test_a_request_that_two_processes_get_has_one_effect_and_one_answer(world):
    request = world.request("ana", "kudos give @ben for the long night", request_id="twice")
    replies = at_once(world, [request] * 4)
    assert world.count(Kudos) == 1
    assert world.count(Seen, Seen.key == "twice") == 1
    assert len({world.reads(reply) for reply in replies}) == 1


def test_short_numbers_are_given_once(world):
    names = ("ana", "ben", "cleo", "dana")
    asked = [world.request(names[at % 4], f"kudos give @{names[(at + 1) % 4]} for work number {at}") for at in range(8)]
    at_once(world, asked)
    with world.db() as db:
        numbers = db.exec(select(Kudos.number).order_by(col(Kudos.number))).all()
    assert numbers == list(range(1, 9))


def test_people_who_arrive_at_the_same_moment_become_a_member_each(world):
    at_once(world, [world.request(name, "help") for name in ("eve", "eve", "finn", "finn")])
    with world.db() as db:
        names = db.exec(select(Member.name).where(col(Member.name).in_(("eve", "finn")))).all()
    assert sorted(names) == ["eve", "finn"]


def test_a_skill_that_two_coin_at_the_same_moment_is_one(world):
    request = [world.request(name, "skill claim Zymurgy expert") for name in ("ana", "ben", "cleo")]
    replies = [world.reads(reply) for reply in at_once(world, request)]
    assert world.count(Skill, Skill.normal == "zymurgy") == 1, replies
    assert [one for one in replies if "my side" in one] == []


@contextmanager
def held(world, statement, *values):
    """Another connection that holds a lock until the end."""
    with psycopg.connect(superuser(world.url)) as other:
        other.execute("SET deadlock_timeout = '60s'")
        other.execute(statement, values)
        yield other


@POSTGRES
def test_who_waits_too_long_for_their_turn_is_told_to_try_again(world, monkeypatch):
    monkeypatch.setattr(wall, "PATIENCE_SECONDS", 0.2)
    with held(world, "SELECT pg_advisory_xact_lock(%s, %s)", LOCK, world.place.community_id):
        reply = world.app.handle(world.request("ana", "kudos give @ben for the patience", request_id="again")).reply
        assert isinstance(reply, No)
        assert "very busy" in world.reads(reply)
        assert reply.again is not None
    assert isinstance(world.says("ana", "kudos give @ben for the patience", request_id="again"), Card)
    assert world.count(Kudos) == 1


@POSTGRES
def test_another_community_does_not_wait(world):
    world.says("ana", "help", place=world.second)
    with held(world, "SELECT pg_advisory_xact_lock(%s, %s)", LOCK, world.place.community_id):
        assert isinstance(world.app.handle(world.request("ana", "seat take", place=world.second)).reply, Card)


@POSTGRES
def test_when_every_connection_is_in_use_one_is_told_so_and_nothing_hangs(world):
    engine = connect(world.url, pool=1, patience=0.2)
    app = App(engine, world.catalogue, world.encoder, features.welcome)
    with reading(engine, world.place.community_id) as db:
        db.exec(select(Member)).all()
        assert "very busy" in world.reads(app.handle(world.request("ana", "seat take")).reply)
        assert app.suggest(world.request("ana", "kudos give"), "to", "b") == []
    assert isinstance(app.handle(world.request("ana", "seat take")).reply, Card)
    engine.dispose()


@POSTGRES
def test_one_that_stood_in_anothers_way_begins_again(world):
    """A lock on ben, taken by somebody who then wants ana, whom the command has locked: it gives way and repeats."""
    with held(world, "SELECT 1 FROM member WHERE name = 'ben' FOR UPDATE") as other:
        replies = []
        command = threading.Thread(target=lambda: replies.append(world.says("ana", "slow nod")))
        command.start()
        wait_for_a_lock(world)
        other.execute("UPDATE member SET about = 'first' WHERE name = 'ana'")
        other.commit()
        command.join()
    assert [type(one) for one in replies] == [Card]
    with world.db() as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).one() == "first!"


def wait_for_a_lock(world):
    """Until the command waits for a row."""
    with psycopg.connect(superuser(world.url), autocommit=True) as watcher:
        query = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        for _ in range(10_000):
            if watcher.execute(query).fetchone():
                return
    raise AssertionError("nobody ever waited")


@POSTGRES
def test_what_gave_way_and_what_waited_are_told_apart(world):
    with pytest.raises(Clash), everywhere(world.engine) as db:
        db.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
    with pytest.raises(Unwritable), everywhere(world.engine) as db:
        db.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$")
    with pytest.raises(Busy), everywhere(world.engine) as db:
        db.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    with transaction(world.engine, world.place.community_id) as db:
        assert db.exec(select(Member)).all()

"""What takes long is computed in another process, and nobody who is served waits for it."""

import asyncio
import os
import time

import numpy as np
import pytest
from sqlmodel import select

from benchmarks import worlds
from bot import voices
from bot.ctx import Request
from jobs.apart import Stopped, apart
from jobs.clock import SYSTEM
from storage.models import Entry, Member, Standing
from storage.records import Snapshot
from tests.world import World


def refuses(words):
    raise ValueError(words)


def dies():
    os._exit(3)


def test_the_work_is_done_in_another_process():
    assert apart(os.getpid) != os.getpid()


def test_it_gives_what_it_would_give_here():
    ledger = worlds.planted(1, 60).ledger
    assert apart(voices.standings, ledger, 90.0, None) == voices.standings(ledger, 90.0)


def test_its_errors_are_ours():
    with pytest.raises(ValueError, match="so it is"):
        apart(refuses, "so it is")


def test_a_process_that_ends_is_told_of():
    with pytest.raises(Stopped, match="dies"):
        apart(dies)


def test_who_takes_too_long_is_stopped():
    with pytest.raises(TimeoutError):
        apart(time.sleep, 60, seconds=0.2)


async def test_the_loop_goes_on_while_everyones_standing_is_computed():
    """The loop turns many times during one computation: it is not held."""
    ledger = worlds.planted(0, 1500).ledger
    turns = 0
    work = asyncio.ensure_future(asyncio.to_thread(apart, voices.standings, ledger, 90.0, None))
    while not work.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 20
    assert len(await work) >= 1500 * 0.9


def test_only_large_communities_pay_for_a_process(world: World, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def noted(work, *args):
        asked.append(work)
        return apart(work, *args)

    world.app.apart = noted
    world.joins("admin", "ana", "ben")
    world.says("admin", "kudos give @ben the docs were splendid")
    world.passes(seconds=1)
    assert asked == []
    monkeypatch.setattr("bot.reputation.SMALL_COMMUNITY", 1)
    world.says("admin", "kudos give @ana the docs were splendid")
    world.passes(minutes=11)
    assert len(asked) == 1


def test_one_member_alone_is_what_they_are_among_all():
    ledger = worlds.planted(2, 60).ledger
    whole = voices.standings(ledger, 90.0)
    for member in (0, 7, 59):
        alone, among = voices.standings(ledger, 90.0, member), [row for row in whole if row[0] == member]
        assert [row[:2] for row in alone] == [row[:2] for row in among]
        assert [row[2:] for row in alone] == [pytest.approx(row[2:], rel=1e-12) for row in among]
    assert voices.standings(ledger, 90.0, -1) == []
    assert np.isfinite([value for _member, _skill, value, _heard in whole]).all()


@pytest.fixture
def huge(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """As in a community in which receivers wait as well."""
    monkeypatch.setattr("bot.reputation.SMALL_COMMUNITY", 1)
    monkeypatch.setattr("bot.reputation.LARGE_COMMUNITY", 2)
    world.joins("admin", "ana", "ben")
    return world


def test_what_others_wrote_meanwhile_is_not_written_twice(huge: World):
    def interrupted(work, *args):
        found = work(*args)
        line = f"reputation recompute {receiver(huge)}"
        huge.app.handle(Request("between", huge.place.id, SYSTEM, line, huge.now, timer=True))
        return found

    huge.says("admin", "kudos give @ben the docs were splendid")
    huge.app.apart = interrupted
    huge.passes(minutes=11)
    assert huge.count(Standing, Standing.member_id == receiver(huge)) == 1
    assert huge.count(Snapshot, Snapshot.member_id == receiver(huge)) == 1


def test_thanks_given_while_everybody_is_reckoned_are_reckoned_next(huge: World):
    def interrupted(work, *args):
        found = work(*args)
        if not huge.count(Entry, Entry.source == "k2"):
            huge.says("admin", "kudos give @ben the docs were splendid")
        return found

    huge.says("admin", "kudos give @ana the docs were splendid")
    huge.app.apart = interrupted
    huge.passes(minutes=11)
    assert huge.count(Entry, Entry.source == "k2") == 1
    huge.passes(minutes=11)
    assert huge.count(Standing, Standing.member_id == receiver(huge)) == 1


def test_standing_is_explained_from_another_process_as_from_this_one(world: World, monkeypatch: pytest.MonkeyPatch):
    world.joins("admin", "ana", "ben", "cleo")
    for line in ("kudos give @ben the docs were splendid", "kudos give @cleo the garden was lovely"):
        world.says("admin", line)
    world.says("ben", "kudos give @cleo the garden was lovely")
    asked = (("ben", "reputation show"), ("admin", "reputation circles"), ("admin", "reputation preview vet:@ben"))
    here = [world.hears(*one) for one in asked]
    monkeypatch.setattr("bot.reputation.LARGE_COMMUNITY", 2)
    processes: list[int] = []

    def elsewhere(work, *args):
        processes.append(os.getpid())
        return apart(work, *args)

    world.app.apart = elsewhere
    assert [world.hears(*one) for one in asked] == here
    assert len(processes) == len(asked)
    assert "admin adds" in here[0]


def receiver(world: World) -> int:
    """Ben's id."""
    with world.db() as db:
        return db.exec(select(Member.id).where(Member.name == "ben")).one()

"""The channel that a place has for everybody: there goes what nobody has chosen a channel for, until somebody does."""

import pytest
from sqlmodel import select

from bot.timers import stands
from storage.machinery import Timer
from storage.models import Digest
from tests.world import World

WORK = 'opportunity post title:"Fix the roof" description:"It leaks since the storm of October"'


@pytest.fixture
def home(world: World) -> World:
    """A community whose place has `#general` for everybody."""
    world.app.at_home(world.place.id, world.speaker.channel("#general", world.place.id))
    world.joins("admin", "ana", "ben")
    world.passes(minutes=1)
    return world


def where(world: World, words: str) -> list[str]:
    """The addresses that something was delivered to."""
    return [to for to, said in world.outbox() if words in said]


def test_work_that_is_posted_privately_stands_in_the_channel_for_everybody(home: World):
    home.says("ana", WORK, where="")
    assert where(home, "Fix the roof") == ["#general"]


def test_thanks_that_are_given_privately_stand_there_too(home: World):
    home.says("ana", "kudos give @ben for the patient review", where="")
    assert where(home, "patient review") == ["#general"]


def test_thanks_stay_in_the_channel_they_were_given_in(home: World):
    home.says("ana", "kudos give @ben for the patient review", where="#random")
    assert where(home, "patient review") == ["#random"]


def test_skills_have_no_channel_until_one_is_set(home: World):
    home.says("ben", "skill claim Kubernetes expert")
    assert where(home, "Kubernetes") == []


def test_there_is_a_weekly_digest_from_the_start(home: World):
    home.says("ana", WORK, where="")
    home.outbox()
    home.passes(days=7)
    assert where(home, "The week of") == ["#general"]


def test_a_community_that_begins_on_a_monday_is_given_time(home: World):
    with home.db() as db:
        due = db.exec(select(Timer.due).where(Timer.key == "digest")).one()
    assert (due - home.now).days >= 3
    home.says("admin", "settings community zone:Asia/Tokyo")
    with home.db() as db:
        due = db.exec(select(Timer.due).where(Timer.key == "digest")).one()
    assert (due - home.now).days >= 3
    home.says("admin", "settings digest channel:#work day:tuesday")
    with home.db() as db:
        due = db.exec(select(Timer.due).where(Timer.key == "digest")).one()
    assert (due - home.now).days == 0


def test_what_admins_choose_goes_before(home: World):
    home.says("admin", "settings opportunities channel:#work")
    home.says("ana", WORK, where="")
    assert where(home, "Fix the roof") == ["#work"]


def test_nowhere_is_an_answer_too(home: World):
    home.says("admin", 'settings digest channel:""')
    home.says("ana", WORK, where="")
    home.outbox()
    home.passes(days=15)
    assert where(home, "The week of") == []
    assert home.count(Digest) == 0


def test_settings_show_the_channel_for_everybody_until_then(home: World):
    assert "#general" in home.hears("admin", "settings", where="")


def test_where_there_is_none_the_admins_are_asked_once(world: World):
    world.joins("admin", "ana")
    world.passes(minutes=1)
    world.says("ana", WORK, where="")
    assert where(world, "no channel shows it") == ["admin"]
    world.says("ana", WORK.replace("roof", "fence").replace("leaks", "rots"), where="")
    assert where(world, "no channel shows it") == []
    world.passes(days=22)
    assert where(world, "no channel for the weekly digest") == ["admin"]


def test_who_has_chosen_is_not_asked(world: World):
    world.joins("admin", "ana")
    world.says("admin", "settings opportunities channel:#work")
    world.says("admin", 'settings opportunities channel:""')
    world.says("ana", WORK, where="")
    assert where(world, "no channel") == []


@pytest.mark.local("it is about the clock alone")
def test_a_digest_that_is_overdue_stays_so_when_another_process_begins(home: World):
    home.says("ana", WORK, where="")
    home.outbox()
    home.now = home.now.replace(day=home.now.day + 9)
    home.restarts()
    home.passes(minutes=1)
    assert where(home, "The week of") == ["#general"]


@pytest.mark.local("it is about the clock alone")
def test_timers_are_said_by_the_bot_itself_where_nobody_has_spoken(world: World):
    world.app.at_home(world.place.id, "#general")
    world.passes(minutes=1)
    world.passes(days=8)
    with world.db() as db:
        ctx = world.app._ctx(db, world.place, world.request("ana", "help"))
        assert stands(ctx, "digest")
        assert db.exec(select(Timer.error).where(Timer.key == "digest")).one() == ""

"""What is suggested while people type: for every argument that can be guessed, and looking changes nothing."""

import pytest
from sqlmodel import select

from bot import features
from bot.arguments import call_of, read
from bot.command import Command, Param
from bot.ctx import Who
from bot.kinds import Option
from bot.ui import No
from storage.db import transaction
from storage.models import Member
from tests.world import World

CATALOGUE = features.catalogue()
UNGUESSED = {"text", "number", "decimal", "url", "file"}
ARGUMENTS = [(one, param) for one in CATALOGUE.commands.values() for param in one.params if not one.timer]
BY_KIND = {param.kind.name: (one, param) for one, param in ARGUMENTS if not one.admin}


@pytest.fixture
def full(world: World) -> World:
    """Something of every kind that has a short id, two people of one name, and one with a long one."""
    world.joins("admin", "ana", "ben", "carol ann")
    world.says("ben", "skill claim Kubernetes expert")
    world.says("ana", "kudos give @ben for the docs")
    world.says("ana", 'opportunity post title:"Fix the roof" description:"It leaks since the storm of October"')
    world.says("ana", "intro ask who:@ben somebody who knows Kubernetes")
    world.says("ana", 'opportunity draft title:"Paint the fence" description:"Green, if it can be had"')
    world.says(Who("ben2", "Ben"), "help")
    return world


def offered(world: World, line: str, name: str, typed: str = "", who: str = "ana") -> list[Option]:
    return world.app.suggest(world.request(who, line), name, typed)


@pytest.mark.parametrize(("one", "param"), ARGUMENTS, ids=lambda one: one.name.replace(" ", "-"))
def test_every_argument_that_can_be_guessed_is_suggested(one: Command, param: Param):
    assert param.choices or param.suggest or param.kind.name in UNGUESSED, f"{one.name}: {param.kind.name}"


@pytest.mark.parametrize("kind", ["member", "skill", "opportunity", "intro", "draft", "kudos", "date", "zone", "yes"])
def test_a_label_that_comes_back_is_understood_as_its_value(full: World, kind: str):
    one, param = BY_KIND[kind]
    found = offered(full, one.name, param.name)
    assert found
    for option in found:
        assert meaning(full, one, param, option.label) == meaning(full, one, param, option.value), option


def meaning(world: World, one: Command, param: Param, said: str) -> object:
    with transaction(world.engine, world.place.community_id) as db:
        ctx = world.app._ctx(db, world.place, world.request("ana", one.name))
        value = read(ctx, call_of(Command(one.name, "", one.run, (param,)), "", {param.name: said}))[param.name]
        value = value[0] if isinstance(value, list) else value
        return getattr(value, "id", value)


def test_people_of_one_name_are_told_apart(full: World):
    found = offered(full, "skill of", "member", "ben")
    assert len({one.label for one in found}) == len({one.value for one in found}) == 2
    assert all("(@m" in one.label for one in found)


def test_a_day_is_shown_as_it_is_understood(full: World):
    assert offered(full, "opportunity post", "until", "1 may") == [Option("1 May 2027", "2027-05-01")]
    assert offered(full, "opportunity post", "until", "31 June") == []


def test_what_is_new_is_offered_as_it_was_typed(full: World):
    assert offered(full, "skill claim", "skill", "Tulip growing")[0] == Option("Tulip growing", "Tulip growing")
    assert "kuber" not in [one.value for one in offered(full, "skill vouch", "skill", "kuber")]
    assert [one.value for one in offered(full, "skill claim", "skill", "kubernetes")].count("kubernetes") == 0
    assert "" not in [one.value for one in offered(full, "skill claim", "skill", "\u200b ")]


def test_what_somebody_claims_is_offered_where_it_is_about_them(full: World):
    full.says("dora", "skill claim Kubernetes expert")
    full.says("ana", "skill claim Carpentry")
    full.says("ana", "skill claim Writing")
    assert [one.value for one in offered(full, "skill drop", "skill")] == ["Carpentry", "Writing"]
    assert [one.value for one in offered(full, "skill drop", "skill", "wri")] == ["Writing"]
    assert [one.value for one in offered(full, "skill vouch @dora", "skill")] == ["Kubernetes"]
    given = full.app.suggest(full.request("ana", "skill unvouch", "#general", member="@dora"), "skill", "")
    assert [one.value for one in given] == ["Kubernetes"]
    assert "Python" in [one.value for one in offered(full, "skill vouch @ben", "skill", "pyth")]
    assert offered(full, "skill vouch @nobody", "skill", "pyth")


def test_a_misspelt_skill_is_found(full: World):
    assert "Python" in [one.value for one in offered(full, "skill vouch @ben", "skill", "pyhton")]
    assert offered(full, "skill claim", "skill", "pyhton")[:2] == [
        Option("pyhton", "pyhton"),
        Option("Python", "Python"),
    ]
    assert offered(full, "skill vouch @ben", "skill", "xqzw") == []


def test_one_sees_ones_own_and_no_others(full: World):
    assert [one.value for one in offered(full, "intro withdraw", "intro")] == ["i1"]
    assert offered(full, "intro withdraw", "intro", who="carol ann") == []
    assert offered(full, "opportunity publish", "draft", who="ben") == []
    assert offered(full, "kudos undo", "kudos", who="carol ann") == []
    assert [one.value for one in offered(full, "kudos revoke", "kudos", who="admin")] == ["k1"]
    assert offered(full, "kudos revoke", "kudos", who="ana") == []


def test_who_only_looks_does_not_join(full: World):
    assert offered(full, "kudos give", "to", "an", who="stranger")
    assert full.count(Member, Member.name == "stranger") == 0


def test_an_id_with_words_behind_it_is_that_id(full: World):
    assert "Fix the roof" in full.hears("ben", 'opportunity show "o1 Fix the roof"')
    assert isinstance(full.says("ben", "opportunity show o1x"), No)
    with full.db() as db:
        ben = db.exec(select(Member).where(Member.name == "carol ann")).one()
    assert "carol ann" in full.hears("ana", f'skill of "carol ann (@m{ben.number})"')

"""`@ana ++ why` in the flow of a conversation."""

import pytest
from sqlmodel import select

from bot.listening import Listening
from bot.ui import No
from storage.models import Kudos, Member, Thanked
from tests.cheers.steps import cheers, pluses, settled, standing
from tests.world import World

pytestmark = pytest.mark.local("adapters make these lines of what they overhear; each platform's own tests do that")


def test_plus_plus_is_off_until_an_admin_wants_it(world: World):
    assert pluses(world, "ana", "@ben ++ for the calm night") is None
    settled(world, "plus:yes")
    assert "@ben has it" in world.reads(pluses(world, "ana", "@ben ++ for the calm night"))
    assert pluses(world, "ana", "@ben ++ for the calm night") is None
    assert standing(world) == 1


def test_what_follows_plus_plus_is_the_reason_for_all_who_stand_before_it(world: World):
    settled(world, "plus:yes")
    pluses(world, "ana", "hey <@ben>, <@carol> and @dave ++ for the night with <@admin>")
    assert world.count(Thanked) == 3
    assert "for the night with @admin" in world.hears("carol", "kudos mine")


def test_plus_plus_without_a_reason_is_asked_for_one(world: World):
    settled(world, "plus:yes")
    said = pluses(world, "ana", "@ben ++")
    assert isinstance(said, No)
    assert "at least 3" in world.reads(said)


def test_several_lines_are_all_or_nothing(world: World):
    settled(world, "plus:yes allowance:2")
    text = "@ben ++ for the calm night\n@carol ++ for the new docs\n@dave ++ for the tests"
    assert isinstance(pluses(world, "ana", text), No)
    assert standing(world) == 0
    pluses(world, "ana", text.rpartition("\n")[0], "#general/18")
    assert standing(world) == 2


def test_plus_plus_for_oneself_is_refused(world: World):
    settled(world, "plus:yes")
    assert "someone else" in world.reads(pluses(world, "ana", "@ana ++ for the calm night"))


def test_who_only_writes_in_a_channel_is_not_greeted(world: World):
    settled(world, "plus:yes")
    world.outbox()
    assert pluses(world, "nora", "we write C++ here") is None
    assert cheers(world, "nora", emoji=":tada:") is None
    assert world.outbox() == []


def test_adapters_learn_what_to_listen_for(world: World):
    heard = world.app.listening(world.place.id)
    assert isinstance(heard, Listening)
    assert {"raised_hands", ":raised_hands:", "🙌"} <= heard.emoji
    assert heard.hears("🙌🏿")
    assert not heard.hears(":tada:")
    assert not heard.plus
    settled(world, "plus:yes emoji::taco:")
    heard = world.app.listening(world.place.id)
    assert heard.plus
    assert heard.hears("🌮")
    assert not heard.hears("🙌")
    assert heard.reads("@ana ++ tacos", "#general") == "kudos plus"
    assert not heard.reads("C++", "#general")


def test_the_database_itself_allows_one_thanks_per_giver_and_message(world: World):
    cheers(world, "ana")
    with world.db() as db:
        kept = db.exec(select(Kudos)).one()
        again = Kudos(**kept.model_dump(exclude={"id", "number"}), number=99)
        assert db.exec(select(Member).where(Member.id == again.giver_id)).one()
        db.add(again)
        with pytest.raises(Exception, match=r"UNIQUE|uq_kudos"):
            db.flush()

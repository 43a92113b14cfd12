"""A reaction on a thank-you thanks the thanked."""

import pytest

from bot.ui import Card, No
from storage.models import Thanked
from tests.kudos.steps import RAISED, ledger, spend, standing_kudos
from tests.world import World


def test_a_reaction_on_a_thank_you_thanks_the_thanked(world: World):
    world.says("ana", "kudos give @ben the new docs")
    said = world.hears("carol", f"kudos react k1 {RAISED}")
    assert "ben" in said
    assert "ana" not in said
    assert "new docs" in world.hears("ben", "kudos mine")
    assert world.count(Thanked) == 2


@pytest.mark.parametrize("emoji", [":tada:", ":raised_hand:", ""])
def test_another_emoji_thanks_nobody(world: World, emoji: str):
    world.says("ana", "kudos give @ben the new docs")
    world.says("carol", f"kudos react k1 {emoji}")
    assert standing_kudos(world) == 1


def test_a_skin_tone_makes_no_difference(world: World):
    world.says("ana", "kudos give @ben the new docs")
    assert isinstance(world.says("carol", "kudos react k1 :raised_hands::skin-tone-4:"), Card)


def test_reactions_of_the_giver_and_of_the_thanked_do_not_count(world: World):
    world.says("ana", "kudos give @ben the new docs")
    assert world.says("ana", f"kudos react k1 {RAISED}") is None
    assert world.says("ben", f"kudos react k1 {RAISED}") is None
    assert standing_kudos(world) == 1


def test_a_thanked_person_who_reacts_thanks_the_others(world: World):
    world.says("ana", "kudos give @ben @carol the new docs")
    said = world.hears("ben", f"kudos react k1 {RAISED}")
    assert "carol" in said
    assert "@ben" not in said


def test_a_reaction_counts_once_and_is_taken_back_once(world: World):
    world.says("ana", "kudos give @ben the new docs")
    for _time in range(2):
        world.says("carol", f"kudos react k1 {RAISED}")
    assert standing_kudos(world) == 2
    for _time in range(2):
        world.says("carol", f"kudos unreact k1 {RAISED}")
    assert standing_kudos(world) == 1
    assert ledger(world) == 1.0


def test_a_reaction_removed_after_midnight_is_still_taken_back(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.says("carol", f"kudos react k1 {RAISED}")
    world.passes(days=1)
    world.says("carol", f"kudos unreact k1 {RAISED}")
    assert standing_kudos(world) == 1


def test_a_reaction_obeys_the_allowance(world: World):
    world.says("ana", "kudos give @gus the new docs")
    spend(world, "carol", "ben", "dave", "eve", "finn", "ana")
    assert isinstance(world.says("carol", f"kudos react k1 {RAISED}"), No)
    assert standing_kudos(world) == 6


def test_a_reaction_obeys_the_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    world.says("ana", "kudos give @ben the new docs")
    spend(world, "carol", "ben")
    world.says("carol", f"kudos react k1 {RAISED}")
    assert standing_kudos(world) == 2


def test_a_reaction_on_what_was_taken_back_thanks_nobody(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.says("ana", "kudos undo")
    assert world.says("carol", f"kudos react k1 {RAISED}") is None
    assert standing_kudos(world) == 0

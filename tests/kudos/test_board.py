"""Reading the thanks of somebody, and the board."""

from collections.abc import Callable

import pytest

from tests.kudos.steps import spend
from tests.world import World


@pytest.fixture
def board(world: World) -> Callable[[str], str]:
    """A board over a few thanks: ben and carol are thanked twice, dave once."""
    world.says("admin", "settings kudos board:yes", where="")
    spend(world, "ana", "ben", "carol", "dave")
    spend(world, "eve", "ben", "carol")
    return lambda line: world.hears("ana", line)


def test_the_thanks_of_somebody_are_read_newest_first(world: World):
    spend(world, "ana", "ben")
    world.passes(hours=1)
    world.says("carol", "kudos give @ben for the second thing")
    said = world.hears("dave", "kudos of @ben")
    assert said.index("second thing") < said.index("patient help")
    assert "No kudos" in world.hears("dave", "kudos of @carol")


def test_many_thanks_are_turned_in_pages(world: World):
    world.says("admin", "settings kudos allowance:50", where="")
    for number in range(12):
        world.says("ana", f"kudos give @ben for favour number {number:02}")
        world.passes(minutes=1)
    first = world.hears("ben", "kudos mine")
    assert "number 11" in first
    assert "number 01" not in first
    second = world.reads(world.presses("ben", "Next"))
    assert "number 01" in second
    assert "Previous" in second


def test_there_is_no_board_unless_the_admins_want_one(world: World):
    assert "settings kudos board:yes" in world.hears("ana", "kudos board")


def test_the_board_shows_who_thanked_as_well_as_who_was_thanked(board: Callable[[str], str]):
    said = board("kudos board")
    assert "1. @ana: 3 times" in said
    assert "1. @ben: 2 times" in said


def test_equal_counts_share_a_place(board: Callable[[str], str]):
    said = board("kudos board received")
    assert "1. @ben" in said
    assert "1. @carol" in said
    assert "3. @dave" in said
    assert "@ana" not in said


def test_the_board_hides_who_left_and_who_does_not_want_to_be_on_it(world: World, board: Callable[[str], str]):
    world.leaves("ben")
    world.says("carol", "profile edit boards:no")
    said = board("kudos board ever received")
    assert "ben" not in said
    assert "carol" not in said
    assert "1. @dave" in said


def test_the_board_forgets_what_is_older_than_its_period(world: World, board: Callable[[str], str]):
    world.passes(days=8)
    assert "@ben" not in board("kudos board week")
    assert "@ben" in board("kudos board month")


def test_the_board_of_a_skill_counts_that_skill_alone(world: World, board: Callable[[str], str]):
    world.says("dave", "skill claim Python expert")
    world.says("ana", "kudos give @dave the release scripts skill:Python")
    said = board("kudos board skill:Python")
    assert "@dave: 1 time" in said
    assert "@ben" not in said


def test_the_board_counts_the_values_that_thanks_name(world: World, board: Callable[[str], str]):
    assert "What for" not in board("kudos board")
    world.says("admin", 'settings kudos values:"craft, open hearts"', where="")
    world.says("dave", "kudos give @ben,@carol the joints fit, that is Craft")
    world.says("carol", "kudos give @dave an open ear, open hearts and craft")
    world.says("eve", "kudos give @dave old craftsmanship")
    said = board("kudos board")
    assert "craft: 2 times" in said
    assert "open hearts: 1 time" in said
    world.says("dave", "kudos undo")
    assert "craft: 1 time" in board("kudos board")

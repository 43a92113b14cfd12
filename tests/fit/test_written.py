"""What is written of somebody's work helps to order those whom their claims let through, and says why."""

import pytest

from jobs.backlog import embed_backlog
from tests.fit.steps import names, posts
from tests.world import World

NEED = "skill find somebody for Docker who makes slow container builds small and quick"
THANKS = "you made our slow container builds small and quick"


def reads_ahead(world: World) -> None:
    """What the encoder does between two questions."""
    embed_backlog(world.engine, world.encoder)


@pytest.fixture(autouse=True)
def two(people: None, world: World) -> None:
    """Carol claims what Ben claims."""
    world.says("carol", "skill claim Docker expert")


def test_thanks_bring_somebody_forward_and_are_quoted(world: World):
    world.says("dave", f"kudos give @carol {THANKS}")
    world.outbox()
    reads_ahead(world)
    said = world.hears("ana", NEED)
    assert names(said) == ["carol", "ben"]
    assert said.count(f"thanked for “{THANKS}”") == 1


def test_thanks_alone_open_no_gate(world: World):
    world.says("carol", f"kudos give @dave {THANKS}")
    reads_ahead(world)
    assert names(world.hears("ana", NEED)) == ["ben", "carol"]


def test_work_that_somebody_took_speaks_for_them(world: World):
    posts(world, "Small images", THANKS, "Docker")
    world.says("carol", "opportunity interest o1")
    world.says("ana", "opportunity close o1 filled @carol")
    reads_ahead(world)
    said = world.hears("dave", NEED)
    assert names(said) == ["carol", "ben"]
    assert "took “Small images. you made our slow container builds small and quick”" in said


@pytest.mark.parametrize(
    "unsaid",
    [
        ("dave", "kudos undo"),
        ("carol", "kudos hide k1"),
        ("carol", "profile edit boards:no"),
        ("dave", "profile edit boards:no"),
        ("admin", "settings kudos replies:private"),
        ("admin", "kudos revoke k1 a mistake of ours"),
    ],
)
def test_what_is_not_for_everybody_is_neither_counted_nor_quoted(world: World, unsaid: tuple[str, str]):
    world.says("dave", f"kudos give @carol {THANKS}")
    reads_ahead(world)
    world.hears(*unsaid)
    said = world.hears("ana", NEED)
    assert names(said) == ["ben", "carol"]
    assert "thanked for" not in said


def test_what_has_no_vector_yet_makes_nobody_wait(world: World):
    world.says("dave", f"kudos give @carol {THANKS}")
    said = world.hears("ana", NEED)
    assert names(said) == ["ben", "carol"]
    assert "thanked for" not in said


def test_the_work_that_is_for_me_says_what_speaks_for_me(world: World):
    world.says("dave", f"kudos give @carol {THANKS}")
    posts(world, "Docker", "Somebody makes slow container builds small and quick for us", "Docker")
    reads_ahead(world)
    assert f"thanked for “{THANKS}”" in world.hears("carol", "opportunity for-me")
    assert "thanked for" not in world.hears("ben", "opportunity for-me")

"""The community in which these scenarios play."""

import pytest

from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin and four members."""
    world.joins("admin", "ana", "ben", "carol", "dora")


@pytest.fixture
def both(world: World) -> None:
    """Glass art and Glassmaking: each claimed, one by both; vouched for on both sides, needed, thanked."""
    for line in ('skill claim "Glass art" expert https://example.org/glass', "skill claim Glassmaking"):
        world.says("ana", line)
    world.says("carol", 'skill claim "Glass art" proficient')
    world.says("dora", "skill claim Glassmaking learning")
    for who, line in (
        ("ben", '@ana "Glass art" note:"a window of three metres"'),
        ("ben", "@ana Glassmaking"),
        ("carol", '@ana "Glass art"'),
        ("dora", "@ana Glassmaking"),
        ("admin", '@carol "Glass art"'),
    ):
        world.says(who, f"skill vouch {line}")
    world.says("admin", 'kudos give @ana for the window skill:"Glass art"')
    post = 'opportunity post "A window" "A window for the hall" needs:'
    world.says("ben", f'{post}"Glass art expert must, Glassmaking nice to have"')
    world.passes(minutes=11)
    world.outbox()

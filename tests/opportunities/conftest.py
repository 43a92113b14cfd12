"""The community in which these scenarios play."""

import pytest

from bot.ui import Card
from tests.opportunities.steps import POST
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """A poster, some who could do it, an admin."""
    world.joins("admin", "ana", "ben", "carol", "dave")


@pytest.fixture
def posted(world: World) -> World:
    """Ana has posted o1."""
    assert isinstance(world.says("ana", POST), Card)
    world.outbox()
    return world

"""The community in which these scenarios play."""

import pytest

from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", "ana", "ben", "carol", "dave")

"""The community in which these scenarios play."""

import pytest

from tests.encoders import Words
from tests.script.steps import START, Sitting
from tests.world import World


@pytest.fixture
def sitting(tmp_path):
    world = World(tmp_path / "script.db", Words(), "Europe/Berlin")
    made = Sitting(world)
    made.plays(START)
    yield made
    world.close()

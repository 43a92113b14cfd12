"""The community in which these scenarios play."""

import pytest

from tests.clock.steps import BERLIN, MONDAY, bells
from tests.encoders import Words
from tests.world import World


@pytest.fixture
def house(database):
    made = World(database, Words(), BERLIN, bells())
    made.now = MONDAY
    yield made
    made.close()

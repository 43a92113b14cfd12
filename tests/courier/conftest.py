"""The community in which these scenarios play."""

import pytest

from jobs.courier import Courier
from tests.courier.steps import ADMIN, NOW, Van
from tests.encoders import Words
from tests.world import World


@pytest.fixture
def house(database):
    made = World(database, Words())
    made.now = NOW
    for name in ("ana", "ben", ADMIN):
        made.says(name, "help")
    made.van = Van()
    made.courier = Courier(made.engine, {"local": made.van})
    yield made
    made.close()

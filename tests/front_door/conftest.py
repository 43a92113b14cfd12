"""The community in which these scenarios play."""

import pytest

from tests.front_door.steps import Machine


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    yield made
    made.close()

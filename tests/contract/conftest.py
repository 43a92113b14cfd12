"""The community in which these scenarios play."""

from itertools import count

import pytest

from tests.contract.steps import deals
from tests.encoders import Words
from tests.world import World


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A community in which every short id exists: o1, k1, i1, @ben, Python."""
    made = World(tmp_path_factory.mktemp("contract") / "contract.db", Words())
    made.ids = count()
    for name in ("admin", "ana", "ben"):
        made.says(name, "help")
    deals(made)
    made.says("admin", "opportunity draft", title="A second thing", description="Work that is not ready to be seen")
    yield made
    made.close()

"""The community in which these scenarios play."""

import pytest

from bot import features
from bot.command import command
from bot.ctx import Refusal
from jobs.metrics import Meter
from tests.encoders import Words
from tests.watch.steps import NOW
from tests.world import World


@command("break it", "Break something for a test")
def breaks(ctx):
    raise ValueError("broken")


@command("refuse it", "Refuse something for a test")
def refuses(ctx):
    raise Refusal("Not today.")


@pytest.fixture
def world(tmp_path):
    catalogue = features.catalogue()
    catalogue.add([breaks, refuses])
    made = World(tmp_path / "watch.db", Words(), catalogue=catalogue)
    made.now = NOW
    yield made
    made.close()


@pytest.fixture
def meter(world):
    world.app.watch = Meter()
    return world.app.watch

"""The community in which every scenario plays."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from jobs import logs
from storage import db, postgresql
from tests import prepared
from tests.databases import postgres
from tests.encoders import Words
from tests.logged import Loud, env
from tests.sample import left_to_soak
from tests.slack.nouns import PROXIES
from tests.speakers import Speaker
from tests.speakers.discord import InDiscord
from tests.speakers.local import Direct
from tests.speakers.recorder import InRecorder
from tests.speakers.slack import InSlack
from tests.world import World

settings.register_profile("same every time", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=500, deadline=None)
SPEAKERS = {"local": Direct, "recorder": InRecorder, "slack": InSlack, "discord": InDiscord}
ON_BOTH_DATABASES = (None, "local", "recorder")

for module in (db, postgresql):
    module.create_engine = prepared.compiles_once(module.create_engine)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same every time"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --whole` is what `make soak` runs."""
    parser.addoption("--whole", action="store_true", help="play every test, not the part that `make test` plays")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Platforms and databases do not know each other: each scenario is said on every platform, and on PostgreSQL.

    A scenario that tells why a platform cannot say it is left out there.
    """
    beside = [one for one in items if _said(one) not in ON_BOTH_DATABASES and _stored(one) == "postgres"]
    _leave_out(config, items, [*beside, *(one for one in items if _said(one) not in (None, "local") and _unsaid(one))])
    if not config.getoption("whole"):
        _leave_out(config, items, left_to_soak(items))


def _leave_out(config: pytest.Config, items: list[pytest.Item], some: list[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=some)
    gone = set(some)
    items[:] = [one for one in items if one not in gone]


def _unsaid(item: pytest.Item) -> bool:
    """Whether a scenario cannot be said where it is to be said: on no platform, or not on this one."""
    only = item.get_closest_marker("local")
    return only is not None and (len(only.args) == 1 or _said(item) in only.args[1:])


def _said(item: Any) -> str | None:
    return item.callspec.params.get("spoken_in") if hasattr(item, "callspec") else None


def _stored(item: Any) -> str | None:
    return item.callspec.params.get("database") if hasattr(item, "callspec") else None


@pytest.fixture(params=SPEAKERS)
def spoken_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """Every scenario is said directly, and again on each platform, unless it says why one cannot say it."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    return SPEAKERS[request.param]()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with all tables: a file, and again on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'world.db'}"
        return
    with postgres() as url:
        yield url


@pytest.fixture
def world(database: str, spoken_in: Speaker) -> Iterator[World]:
    """A new community on a real database."""
    made = World(database, Words(), speaker=spoken_in)
    yield made
    made.close()


@pytest.fixture
def log() -> Iterator[Loud]:
    """All that is logged from here on, DEBUG included."""
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = Loud()
    logs.configure("DEBUG", stream, env().secrets)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)
    logging.captureWarnings(False)

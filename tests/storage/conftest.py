"""The community in which these scenarios play."""

from contextlib import nullcontext

import pytest

from bot.people import found_community
from storage.db import connect, transaction
from storage.models import Member
from storage.upgrade import (
    migrate,
    upgrade,
)
from tests.databases import postgres
from tests.storage.steps import NOW


@pytest.fixture
def engine(database):
    engine = connect(database)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/file.db")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def two(engine):
    """Two communities, A and B, each with the bot and a member of the same name and number."""
    with transaction(engine) as db:
        for name in ("A", "B"):
            found_community(db, name, NOW, "UTC")
            db.add(Member(number=1, name="ana", about=f"secret of {name}", joined_at=NOW))
            db.flush()
            db.info["community_id"] = None
    return engine


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request, tmp_path):
    """A database without any tables."""
    with nullcontext(f"sqlite:///{tmp_path}/bare.db") if request.param == "sqlite" else postgres(empty=True) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture
def migrated(bare):
    with bare.begin() as connection:
        migrate(connection)
    return bare

"""No room and no right to write: people are told, nothing is half done, and it goes on when there is room."""

import psycopg
import pytest
from sqlalchemy import event, make_url
from sqlmodel import select

from bot import features
from bot.app import App
from bot.ui import No
from storage.db import connect, reading, transaction
from storage.models import Kudos
from storage.trouble import Busy, Unwritable
from tests.databases import superuser

GIVE = "kudos give @ben for the long night"


def on(world, engine):
    return App(engine, world.catalogue, world.encoder, features.welcome)


@pytest.fixture
def narrow(tmp_path, world):
    """The same file, which may hardly grow any more."""
    engine = connect(world.url)

    @event.listens_for(engine, "connect")
    def _limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    yield engine
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_leaves_the_database_whole(world, narrow):
    world.joins("ana", "ben")
    app, replies = on(world, narrow), []
    for number in range(200):
        replies.append(app.handle(world.request("ana", f"profile edit about:{'x' * 500}{number}")).reply)
        if isinstance(replies[-1], No):
            break
    assert "cannot write anything down" in world.reads(replies[-1])
    with narrow.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
    assert "ben" in world.hears("ana", "profile show @ben")
    assert not isinstance(world.says("ana", GIVE), No)


@pytest.fixture
def read_only(world):
    """The same database, of which nothing may be changed."""
    url = f"sqlite:///file:{make_url(world.url).database}?mode=ro&uri=true" if "sqlite" in world.url else world.url
    if "sqlite" not in world.url:
        name = make_url(world.url).database
        with psycopg.connect(superuser(world.url), autocommit=True) as db:
            db.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    engine = connect(url)
    yield engine
    engine.dispose()


def test_a_read_only_database_is_told_and_can_still_be_read(world, read_only):
    world.joins("ana", "ben")
    app = on(world, read_only)
    reply = app.handle(world.request("ana", GIVE)).reply
    assert isinstance(reply, No)
    assert "cannot write anything down" in world.reads(reply)
    assert reply.again
    assert app.suggest(world.request("ana", "kudos give"), "to", "b")[0].label == "ben"
    with pytest.raises(Unwritable), transaction(read_only, world.place.community_id) as db:
        db.add(Kudos(number=1, giver_id=1, reason="x", given_at=world.now))
    with reading(read_only, world.place.community_id) as db:
        assert db.exec(select(Kudos)).all() == []


def test_a_database_that_is_not_there_is_told(tmp_path, world):
    world.joins("ana")
    gone = f"sqlite:///{tmp_path}/no folder/x.db" if "sqlite" in world.url else world.url.replace("test_", "missing_")
    engine = connect(gone)
    assert isinstance(on(world, engine).handle(world.request("ana", GIVE)).reply, No)
    with pytest.raises((Busy, Unwritable)), reading(engine) as db:
        db.connection()
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_another_process_holds_is_waited_for_and_then_told(world, monkeypatch):
    world.joins("ana", "ben")
    monkeypatch.setattr("storage.db.BUSY_SECONDS", 0.2)
    engine = connect(world.url)
    with transaction(world.engine, world.place.community_id) as db:
        db.connection()
        request = world.request("ana", GIVE)
        monkeypatch.setattr("storage.db._write_lock", lambda _engine: _open_door())
        assert "very busy" in world.reads(on(world, engine).handle(request).reply)
    monkeypatch.undo()
    assert not isinstance(on(world, engine).handle(request).reply, No)
    engine.dispose()


class _open_door:
    """As in another process, where the lock of this one is not seen."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

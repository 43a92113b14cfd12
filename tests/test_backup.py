"""A copy while the bot runs: whole, of one moment, and never half of one."""

import os
import sqlite3
import subprocess
import threading
from contextlib import closing

import pytest
from sqlmodel import select

from storage.backup import UsePgDump, back_up
from storage.db import connect, everywhere, transaction
from storage.machinery import Counter, metadata
from storage.models import Member
from storage.trouble import Unwritable
from tests.databases import ROLE, postgres, program
from tests.encoders import Words
from tests.world import World


@pytest.fixture
def file(tmp_path):
    made = World(tmp_path / "world.db", Words())
    made.joins("ana", "ben")
    yield made
    made.close()


@pytest.fixture
def on_postgres():
    with postgres() as url:
        made = World(url, Words())
        made.joins("ana", "ben")
        made.says("ana", "skill claim Python expert")
        made.says("ana", "kudos give @ben for the dump")
        yield made
        made.close()


def rows_of(url):
    engine = connect(url)
    with everywhere(engine) as db:
        tables = metadata().sorted_tables
        found = {one.name: sorted(map(repr, db.connection().execute(one.select()).all())) for one in tables}
    engine.dispose()
    return found


def test_the_copy_is_a_database_with_everything_in_it(file, tmp_path):
    size = back_up(file.engine, tmp_path / "copy.db")
    assert size == (tmp_path / "copy.db").stat().st_size
    assert rows_of(f"sqlite:///{tmp_path}/copy.db") == rows_of(file.url)
    other = World(tmp_path / "copy.db", Words())
    other.requests = file.requests
    assert "ben" in other.hears("ana", "profile show @ben")
    other.close()


def test_who_writes_meanwhile_neither_waits_nor_is_half_in_the_copy(file, tmp_path):
    stop, written = threading.Event(), []

    def write():
        while not stop.is_set():
            with transaction(file.engine, file.place.community_id) as db:
                db.add_all([Counter(name=f"{side} {len(written)}") for side in ("left", "right")])
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    for number in range(10):
        before = len(written)
        while len(written) == before:
            stop.wait(0.001)
        back_up(file.engine, tmp_path / f"copy{number}.db")
        with closing(sqlite3.connect(tmp_path / f"copy{number}.db")) as db:
            names = [name for (name,) in db.execute("SELECT name FROM counter WHERE name LIKE '% %'")]
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert sorted(one[5:] for one in names if one[0] == "l") == sorted(one[6:] for one in names if one[0] == "r")
        assert len(names) >= 2 * before
    stop.set()
    writer.join()
    assert not list(tmp_path.glob("*.part*"))


def test_a_copy_that_cannot_be_made_leaves_the_last_one(file, tmp_path):
    (tmp_path / "copy.db").write_text("the last one")
    with pytest.raises(Unwritable):
        back_up(file.engine, tmp_path / "no such folder" / "copy.db")
    (tmp_path / "copy.db.part").mkdir()
    with pytest.raises(OSError, match="directory"):
        back_up(file.engine, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "the last one"


def test_on_postgresql_the_command_to_use_is_told_and_works(on_postgres, tmp_path):
    with pytest.raises(UsePgDump) as told:
        back_up(on_postgres.engine, tmp_path / "all copies" / "copy.dump")
    (tmp_path / "all copies").mkdir()
    command = str(told.value).split("\n\n")[1]
    assert ROLE + ":" not in command
    env = {**os.environ, "PGPASSWORD": ROLE, "PATH": f"{program('pg_dump').parent}:{os.environ['PATH']}"}
    subprocess.run(command, shell=True, env=env, check=True)
    with postgres(empty=True) as url:
        plain = url.replace("postgresql+psycopg", "postgresql")
        restore = ["pg_restore", "--no-owner", "--no-comments", "-d", plain, str(tmp_path / "all copies" / "copy.dump")]
        subprocess.run(restore, env=env, check=True)
        assert rows_of(url) == rows_of(on_postgres.url)
        engine = connect(url)
        with transaction(engine, on_postgres.place.community_id) as db:
            assert len(db.exec(select(Member)).all()) == 3
        with transaction(engine, 999) as db:
            assert db.connection().exec_driver_sql("SELECT count(*) FROM member").scalar() == 0
        engine.dispose()

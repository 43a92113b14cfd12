"""What PostgreSQL adds, above all the second wall: SQL that asks for no community sees nothing of any."""

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from storage import wall
from storage.db import connect, everywhere, owned_tables, reading, transaction
from storage.machinery import Counter, metadata
from storage.models import Member
from storage.upgrade import NoVectors, upgrade
from tests.databases import postgres, server, superuser
from tests.encoders import Words
from tests.world import World

COUNT = "SELECT count(*) FROM member"


@pytest.fixture
def world():
    """Two communities, with people in both."""
    with postgres() as url:
        made = World(url, Words())
        made.joins("ana", "ben")
        made.says("cleo", "help", place=made.second)
        yield made
        made.close()


def raw(world, community, statement):
    """What plain SQL answers to the bot's own role."""
    with world.engine.connect() as connection:
        if community is not None:
            wall.enter(connection, community)
        return connection.exec_driver_sql(statement).scalars().all()


def test_sql_that_says_no_community_sees_nothing(world):
    assert raw(world, None, COUNT) == [0]


def test_sql_sees_one_community(world):
    here, there = world.place.community_id, world.second.community_id
    assert raw(world, here, "SELECT name FROM member ORDER BY number") == ["Manyhands", "ana", "ben"]
    assert raw(world, there, "SELECT name FROM member ORDER BY number") == ["Manyhands", "cleo"]
    assert raw(world, here, f"SELECT name FROM member WHERE community_id = {there}") == []
    assert raw(world, 999, COUNT) == [0]


def test_the_clock_and_the_courier_see_everything(world):
    assert raw(world, wall.EVERYWHERE, COUNT) == [5]


@pytest.mark.parametrize("table", [str(model.__tablename__) for model in owned_tables()])
def test_every_owned_table_is_behind_the_wall(world, table):
    with world.engine.connect() as connection:
        flags = connection.exec_driver_sql(
            f"SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = '\"{table}\"'::regclass"
        ).one()
        policies = connection.exec_driver_sql(f"SELECT policyname FROM pg_policies WHERE tablename = '{table}'")
        assert (tuple(flags), policies.scalars().all()) == ((True, True), [wall.POLICY])


def test_what_one_session_saw_the_next_on_its_connection_does_not(world):
    with world.db() as db:
        db.exec(select(Member)).all()
    assert raw(world, None, COUNT) == [0]


def test_sql_cannot_write_into_another_community(world):
    here, there = world.place.community_id, world.second.community_id
    with world.engine.begin() as connection:
        wall.enter(connection, here)
        assert connection.exec_driver_sql(f"DELETE FROM member WHERE community_id = {there}").rowcount == 0
        assert connection.exec_driver_sql("UPDATE member SET about = 'x' WHERE name = 'cleo'").rowcount == 0
    for statement in (
        f"INSERT INTO counter (community_id, name, value) VALUES ({there}, 'n', 1)",
        f"UPDATE member SET community_id = {there} WHERE name = 'ana'",
    ):
        with world.engine.connect() as connection:
            wall.enter(connection, here)
            with pytest.raises(ProgrammingError, match="row-level security"):
                connection.exec_driver_sql(statement)


def test_a_session_that_turns_to_another_community_sees_that_one(world):
    with reading(world.engine) as db:
        for place, names in ((world.place, {"ana", "ben"}), (world.second, {"cleo"})):
            db.info["community_id"] = place.community_id
            assert {one for one in db.exec(select(Member.name)).all() if one != "Manyhands"} == names


def test_a_savepoint_that_is_undone_takes_its_turn_back(world):
    with transaction(world.engine, world.place.community_id) as db:
        savepoint = db.begin_nested()
        db.info["community_id"] = world.second.community_id
        assert "cleo" in db.exec(select(Member.name)).all()
        savepoint.rollback()
        db.info["community_id"] = world.place.community_id
        assert "ana" in db.exec(select(Member.name)).all()
        db.add(Counter(name="here"))


def test_a_superuser_walks_through_and_that_can_be_told(world):
    with world.engine.connect() as connection:
        assert not wall.is_open_to(connection)
    engine = connect(superuser(world.url))
    with engine.connect() as connection:
        assert wall.is_open_to(connection)
    engine.dispose()


def test_building_the_wall_again_changes_nothing(world):
    upgrade(world.engine)
    assert raw(world, None, COUNT) == [0]
    with everywhere(world.engine) as db:
        assert len(db.exec(select(Member)).all()) == 5


def test_what_refers_to_a_row_goes_with_it_behind_the_wall(world):
    with transaction(world.engine, world.place.community_id) as db:
        db.delete(db.exec(select(Member).where(Member.name == "ana")).one())
    assert raw(world, wall.EVERYWHERE, "SELECT key FROM account ORDER BY key") == ["ben", "cleo"]


def test_names_are_kept_in_the_order_of_code_points_whatever_the_collation_of_the_database(world):
    query = (
        "SELECT collation_name FROM information_schema.columns WHERE table_name = 'member' AND column_name = 'folded'"
    )
    assert raw(world, None, query) == ["C"]


def test_no_name_is_longer_than_postgresql_keeps():
    names = [str(table.name) for table in metadata().sorted_tables]
    for table in metadata().sorted_tables:
        names += [str(one.name) for one in (*table.constraints, *table.indexes, *table.columns)]
    assert [name for name in names if len(name.encode()) > 63] == []


def test_a_database_without_pgvector_is_refused_with_what_to_do():
    with psycopg.connect(server(), autocommit=True) as db:
        db.execute("CREATE DATABASE plain OWNER manyhands TEMPLATE template0")
    with postgres() as url:
        engine = connect(make_url(url).set(database="plain").render_as_string(hide_password=False))
        with pytest.raises(NoVectors, match="CREATE EXTENSION vector"):
            upgrade(engine)
        engine.dispose()
    with psycopg.connect(server(), autocommit=True) as db:
        db.execute("DROP DATABASE plain")

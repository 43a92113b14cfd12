"""The migrations make the tables of the models, whatever stood there before."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, delete, inspect, update
from sqlmodel import col, select

from storage import upgrade as upgrading
from storage import wall
from storage.db import Writes, connect, everywhere, looking, owned_tables, reading
from storage.machinery import Counter, metadata
from storage.models import Entry, Member
from storage.upgrade import (
    HEAD,
    Pending,
    config_for,
    is_current,
    migrate,
    require_current,
    upgrade,
    version_of,
)
from tests.databases import postgres
from tests.storage.steps import NOW


def schema_of(engine):
    found = inspect(engine)
    return {
        table: {
            "columns": {(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(table) if table},
            "indexes": {(one["name"], tuple(one["column_names"]), one["unique"]) for one in found.get_indexes(table)},
            "keys": {(one["name"], tuple(one["column_names"])) for one in found.get_unique_constraints(table)},
            "primary": tuple(found.get_pk_constraint(table)["constrained_columns"]),
            "foreign": {
                (tuple(one["constrained_columns"]), one["referred_table"], str(one["options"]))
                for one in found.get_foreign_keys(table)
            },
        }
        for table in found.get_table_names()
    }


def _walled(connection):
    """The second wall stands around every table that this version has."""
    there = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        names = there & {str(model.__tablename__) for model in owned_tables()}
        wall.build(connection, [metadata().tables[name] for name in sorted(names)])


def filled(table):
    """Something for each column that must not be empty."""
    known = {"id": 1, "community_id": 1, "zone": "UTC"}
    made = {"INTEGER": 0, "BOOLEAN": False, "FLOAT": 1.0, "DOUBLE PRECISION": 1.0}
    needed = [one for one in table.columns if not one.nullable]
    return {
        one.name: known.get(one.name, NOW if "TIME" in str(one.type) else made.get(str(one.type), "x"))
        for one in needed
    }


@pytest.fixture
def made(migrated, tmp_path):
    """Another database of the same kind, made from the models."""
    is_file = migrated.dialect.name == "sqlite"
    with nullcontext(f"sqlite:///{tmp_path}/made.db") if is_file else postgres() as url:
        engine = connect(url)
        upgrade(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def grown(bare):
    """A database of the first version in which a word stood, was hidden, and stands again."""
    with bare.begin() as connection:
        migrate(connection, "0001")
        tables = MetaData()
        tables.reflect(connection, only=["community", "member", "entry"])
        connection.execute(tables.tables["community"].insert(), {"id": 1, **filled(tables.tables["community"])})
        for number in (1, 2):
            member = filled(tables.tables["member"])
            connection.execute(tables.tables["member"].insert(), {**member, "id": number, "number": number})
        for number, reverses in ((1, None), (2, 1), (3, None), (4, 3), (5, None)):
            word = {"id": number, "kind": "kudos", "source": "k1", "giver_id": 1, "receiver_id": 2}
            row = {**filled(tables.tables["entry"]), **word, "skill_id": None, "reverses_id": reverses}
            connection.execute(tables.tables["entry"].insert(), row)
        _walled(connection)
    return bare


def test_the_migrations_make_the_tables_of_the_models(migrated):
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []


def test_an_empty_database_is_made_equal_to_a_migrated_one(made, migrated):
    upgrade(migrated)
    at_once, grown = schema_of(made), schema_of(migrated)
    assert set(at_once) == set(grown)
    for table, columns in at_once.items():
        assert grown[table] == columns, table


def test_upgrading_twice_changes_nothing(engine, two):
    before = schema_of(engine)
    upgrade(engine)
    assert schema_of(engine) == before
    with reading(engine, 1) as db:
        assert db.exec(select(Member.name).where(Member.number == 1)).one() == "ana"


def test_upgrading_a_migrated_database_changes_nothing(migrated):
    before = schema_of(migrated)
    upgrade(migrated)
    assert schema_of(migrated) == before
    assert is_current(migrated)


def test_words_of_an_earlier_version_are_told_apart_by_their_turn(grown):
    upgrade(grown)
    with everywhere(grown) as db:
        assert db.exec(select(Entry.id, Entry.turn).order_by(col(Entry.id))).all() == [
            (1, 0),
            (2, 0),
            (3, 1),
            (4, 1),
            (5, 2),
        ]
    require_current(grown)


def test_the_newest_migration_is_the_head_that_is_required(engine):
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(config_for(connection)).get_heads() == [HEAD]
        assert version_of(connection) == HEAD


def test_an_empty_database_is_pending_until_it_is_upgraded(bare):
    with pytest.raises(Pending, match="db upgrade"):
        require_current(bare)
    upgrade(bare)
    require_current(bare)


def test_the_next_revision_follows_the_last_one():
    numbers = [int(file.name[:4]) for file in (Path(upgrading.FOLDER) / "versions").glob("[0-9]*.py")]
    assert upgrading._next_revision() == f"{max(numbers) + 1:04d}"
    assert f"{max(numbers):04d}" == HEAD


@pytest.mark.parametrize(
    "change",
    [
        lambda db: db.add(Counter(name="kudos")),
        lambda db: db.exec(update(Member).values(about="overwritten")),
        lambda db: db.exec(delete(Member)),
        lambda db: setattr(db.exec(select(Member)).first(), "about", "overwritten"),
        lambda db: db.delete(db.exec(select(Member)).first()),
        lambda db: (db.add(Counter(name="kudos")), db.flush()),
    ],
    ids=["new", "update", "delete", "changed", "deleted", "flushed"],
)
def test_who_only_looks_changes_nothing_and_is_told(two, change):
    with pytest.raises(Writes), looking(two, 1) as db:
        change(db)
    with reading(two, 1) as db:
        assert db.exec(select(Member.about).order_by(Member.number)).all() == ["", "secret of A"]
        assert db.exec(select(Counter)).all() == []


def test_who_only_looks_sees_one_community(two):
    with looking(two, 1) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).one() == "secret of A"


def test_communities_share_what_was_compiled_and_see_only_their_own(two):
    made_once = select(Member.about).where(Member.name == "ana")
    for community_id, about in ((1, "secret of A"), (2, "secret of B"), (1, "secret of A")):
        with reading(two, community_id) as db:
            assert db.exec(made_once).one() == about

"""The database: transactions, one community at a time, UTC times, migrations."""

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, delete, func, inspect, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select

from bot.people import found_community
from storage import upgrade as upgrading
from storage import wall
from storage.db import Unscoped, Writes, connect, everywhere, looking, owned_tables, reading, transaction
from storage.machinery import Setting, metadata
from storage.models import Account, Community, Counter, Entry, Member, Place, Skill
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

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


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


def ana_of(engine, community_id):
    with reading(engine, community_id) as db:
        return db.exec(select(Member).where(Member.name == "ana")).one().id


def pragma(db, name):
    return db.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


def test_what_a_transaction_writes_is_kept(engine):
    with transaction(engine) as db:
        db.add(Community(name="Kept", created_at=NOW))
    with reading(engine) as db:
        assert db.exec(select(Community.name)).all() == ["Kept"]


def broken(engine):
    with transaction(engine) as db:
        db.add(Community(name="Gone", created_at=NOW))
        db.flush()
        raise RuntimeError("in the middle")


def test_what_a_broken_transaction_wrote_is_gone(engine):
    with pytest.raises(RuntimeError, match="in the middle"):
        broken(engine)
    with reading(engine) as db:
        assert db.exec(select(Community)).all() == []


def test_a_broken_transaction_does_not_block_the_next(engine):
    with pytest.raises(RuntimeError):
        broken(engine)
    with transaction(engine) as db:
        db.add(Community(name="Next", created_at=NOW))


def test_nothing_written_while_reading_is_kept(engine):
    with reading(engine) as db:
        db.add(Community(name="Gone", created_at=NOW))
        db.flush()
    with reading(engine) as db:
        assert db.exec(select(Community)).all() == []


def test_foreign_keys_are_on(engine):
    with pytest.raises(IntegrityError), transaction(engine) as db:
        db.add(Place(community_id=999, platform="local", key="x"))


def test_the_file_keeps_references_writes_ahead_and_waits_when_busy(file):
    with reading(file) as db:
        assert pragma(db, "foreign_keys") == 1
        assert pragma(db, "journal_mode") == "wal"
        assert pragma(db, "busy_timeout") == 30_000


def test_what_belongs_to_a_deleted_row_goes_with_it(two):
    with transaction(two, 1) as db:
        place = Place(community_id=1, platform="local", key="p")
        db.add(place)
        db.flush()
        db.add(Account(member_id=ana_of(two, 1), place_id=place.id, key="U1"))
    with transaction(two, 1) as db:
        db.delete(db.get_one(Member, ana_of(two, 1)))
    with reading(two, 1) as db:
        assert db.exec(select(Account)).all() == []


def count_up(engine, failures):
    try:
        for _ in range(25):
            with transaction(engine, 1) as db:
                row = db.exec(select(Counter).where(Counter.name == "n")).one()
                row.value += 1
                db.add(row)
    except Exception as error:
        failures.append(error)


def counted(two, engines):
    with transaction(two, 1) as db:
        db.add(Counter(name="n"))
    failures = []
    threads = [threading.Thread(target=count_up, args=(engine, failures)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(two, 1) as db:
        return db.exec(select(Counter.value).where(Counter.name == "n")).one(), failures


def test_two_writers_of_one_process_wait_for_each_other_and_lose_nothing(two):
    assert counted(two, [two, two, two]) == (75, [])


def test_two_writers_with_connections_of_their_own_wait_and_lose_nothing(two, database):
    other = connect(f"{database}?timeout=30" if database.startswith("sqlite") else database)
    assert counted(two, [two, other]) == (50, [])
    other.dispose()


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_there(two):
    with transaction(two, 1) as db:
        db.add(Counter(name="half"))
        db.flush()
        with reading(two, 1) as other:
            assert other.exec(select(Counter)).all() == []


def test_a_time_without_a_zone_is_refused(engine):
    with pytest.raises(StatementError, match="no time zone"), transaction(engine) as db:
        db.add(Community(name="x", created_at=NOW.replace(tzinfo=None)))


def test_a_time_comes_back_in_utc_whatever_its_zone_was(engine):
    at = datetime(2026, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with transaction(engine) as db:
        db.add(Community(name="x", created_at=at))
    with reading(engine) as db:
        found = db.exec(select(Community.created_at)).one()
    assert (found, found.tzinfo) == (at, UTC)


def test_times_compare_across_zones_in_the_database(engine):
    with transaction(engine) as db:
        db.add(Community(name="x", created_at=NOW))
    later = (NOW + timedelta(hours=1)).astimezone(timezone(-timedelta(hours=8)))
    with reading(engine) as db:
        assert db.exec(select(Community.name).where(Community.created_at < later)).all() == ["x"]
        assert db.exec(select(Community.name).where(Community.created_at > later)).all() == []


def test_a_select_sees_one_community(two):
    with reading(two, 1) as db:
        assert [one.about for one in db.exec(select(Member).where(Member.name == "ana")).all()] == ["secret of A"]


def test_a_select_of_columns_sees_one_community(two):
    with reading(two, 2) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).all() == ["secret of B"]


def test_an_aggregate_counts_one_community(two):
    with reading(two, 1) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 2


def test_a_count_of_a_whole_table_counts_one_community(two):
    with reading(two, 1) as db:
        assert db.exec(select(func.count()).select_from(Member)).one() == 2


def test_a_join_and_an_alias_see_one_community(two):
    other = aliased(Member)
    with reading(two, 1) as db:
        pairs = db.exec(select(Member.about, other.about).join(other, other.name == Member.name)).all()
    assert "secret of B" not in {about for pair in pairs for about in pair}


def test_a_join_from_an_unscoped_table_sees_one_community(two):
    with reading(two, 1) as db:
        query = select(Community.name, Member.about).join(Member, col(Member.community_id) == Community.id)
        assert {name for name, _about in db.exec(query).all()} == {"A"}


def test_an_outer_join_sees_one_community(two):
    with reading(two, 1) as db:
        query = select(Community.name, Member.about).join(
            Member, col(Member.community_id) == Community.id, isouter=True
        )
        assert "secret of B" not in {about for _name, about in db.exec(query).all()}


def test_a_subquery_sees_one_community(two):
    inner = select(Member.id).where(Member.about == "secret of B")
    with reading(two, 1) as db:
        assert db.exec(select(Community.name).where(col(Community.id).in_(inner))).all() == []
        assert db.exec(select(Member).where(col(Member.id).in_(inner))).all() == []


def test_exists_sees_one_community(two):
    found = exists(select(Member.id).where(Member.about == "secret of B"))
    with reading(two, 1) as db:
        assert db.exec(select(Community.name).where(found)).all() == []


def test_a_union_sees_one_community(two):
    both = select(Member.about).union_all(select(Member.about))
    with reading(two, 1) as db:
        assert "secret of B" not in {row[0] for row in db.execute(both).all()}


def test_a_row_of_another_community_is_not_found_by_id(two):
    theirs = ana_of(two, 2)
    with reading(two, 1) as db:
        assert db.get(Member, theirs) is None


def test_an_update_reaches_one_community(two):
    with transaction(two, 1) as db:
        db.exec(update(Member).values(about="overwritten"))
    with reading(two, 2) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).one() == "secret of B"


def test_a_delete_reaches_one_community(two):
    with transaction(two, 1) as db:
        db.exec(delete(Member))
    with reading(two, 2) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 2
    with reading(two, 1) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 0


@pytest.mark.parametrize("model", owned_tables(), ids=lambda model: model.__name__)
def test_no_owned_table_is_touched_without_a_community(engine, model):
    with reading(engine) as db, pytest.raises(Unscoped, match=model.__name__):
        db.exec(select(model)).all()


def test_a_delete_without_a_community_is_refused(two):
    with pytest.raises(Unscoped), transaction(two) as db:
        db.exec(delete(Member))


def test_everything_that_has_a_community_is_owned():
    named = {table.name for table in metadata().sorted_tables if "community_id" in table.columns}
    assert named - {model.__tablename__ for model in owned_tables()} == {"place"}


def test_everything_else_that_is_not_owned_is_known():
    owned = {model.__tablename__ for model in owned_tables()}
    assert set(metadata().tables) - owned == {
        "community",
        "embedding",
        "installation",
        "language_model",
        "oauthstate",
        "place",
        "registered",
    }


def test_new_rows_are_stamped_with_the_community_of_the_session(two):
    with transaction(two, 2) as db:
        db.add(Skill(name="Go", normal="go"))
    with everywhere(two) as db:
        assert db.exec(select(Skill.community_id)).all() == [2]


def test_a_row_cannot_be_written_into_another_community(two):
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.add(Skill(name="Go", normal="go", community_id=2))


def test_a_row_cannot_be_moved_to_another_community(two):
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.get_one(Member, ana_of(two, 1)).community_id = 2


def test_a_row_of_another_community_cannot_be_changed_or_deleted(two):
    with everywhere(two) as db:
        theirs = db.get_one(Member, ana_of(two, 2))
        db.expunge(theirs)
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.delete(db.merge(theirs, load=False))


def test_a_row_without_any_community_is_refused(engine):
    with pytest.raises(Unscoped), transaction(engine) as db:
        db.add(Setting(feature="x", name="y", value="1"))


def test_the_clock_and_the_courier_see_everything(two):
    with everywhere(two) as db:
        assert {one.about for one in db.exec(select(Member)).all()} >= {"secret of A", "secret of B"}


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


@pytest.fixture
def made(migrated, tmp_path):
    """Another database of the same kind, made from the models."""
    is_file = migrated.dialect.name == "sqlite"
    with nullcontext(f"sqlite:///{tmp_path}/made.db") if is_file else postgres() as url:
        engine = connect(url)
        upgrade(engine)
        yield engine
        engine.dispose()


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

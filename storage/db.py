"""Connections and transactions: one community sees only its own rows, on SQLite and PostgreSQL alike."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, UniqueConstraint, create_engine, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, SessionTransaction
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Session

from storage import durable, vectors, wall
from storage.columns import Owned
from storage.scope import OneCommunity
from storage.trouble import told_apart
from storage.wall import EVERYWHERE

BUSY_SECONDS = 30
POOL, MORE = 10, 10
_write_locks: dict[str, threading.RLock] = {}


class Unscoped(RuntimeError):
    """A community's rows were touched without saying which community."""


class Writes(Exception):
    """What should only read would have written."""


class Commits(RuntimeError):
    """A part of a transaction would have been kept, whatever became of the rest."""


def connect(url: str, pool: int = POOL, patience: float = wall.PATIENCE_SECONDS) -> Engine:
    """An engine for `sqlite:///file.db` or `postgresql://...`; `patience` is how long one waits for a connection, s."""
    if not url.startswith("sqlite"):
        from storage import postgresql  # its driver takes a twentieth of a second, and SQLite does without

        return postgresql.connect(url, pool, MORE if pool == POOL else 0, patience)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Commits do not wait for the disk by themselves: `durable.keep` does, for all at once."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")


def tune(engine: Engine) -> None:
    """Keeps queries quick: the database is told how its rows are spread, PostgreSQL indexes the points it has.

    PostgreSQL looks by itself, but only a minute after many rows came, and what it plans before that may never end.
    """
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            vectors.index(connection)
            connection.exec_driver_sql("ANALYZE")
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit=20000")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()


def _write_lock(engine: Engine) -> threading.RLock:
    return _write_locks.setdefault(str(engine.url), threading.RLock())


@contextmanager
def transaction(engine: Engine, community_id: int | None = None) -> Generator[Session]:
    """A writing transaction, seeing one community, alone: SQLite has one writer, PostgreSQL one for each community."""
    is_sqlite = engine.dialect.name == "sqlite"
    turn = _write_lock(engine) if is_sqlite else nullcontext()
    with told_apart(), turn, _session(engine, community_id) as session:
        session.info["alone"] = community_id != EVERYWHERE
        yield session
        session.info["ends"] = True
        session.commit()
    if is_sqlite:
        durable.keep(engine)


@contextmanager
def undoing(session: Session) -> Generator[None]:
    """What is done within is undone by an exception; what was written before, such as a new face, stays.

    Where nothing was written before, the transaction as a whole is undone, and another one begins with what comes next.
    """
    if session.info.get("wrote") or session.new or any(session.is_modified(row) for row in session.dirty):
        with session.begin_nested():
            yield
        return
    try:
        yield
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading(engine: Engine, community_id: int | None = None) -> Generator[Session]:
    """A snapshot to read from; writers do not wait for it, and nothing is kept."""
    with told_apart(), _session(snapshots(engine), community_id) as session:
        session.autoflush = False
        yield session


def snapshots(engine: Engine) -> Engine:
    """The same engine, each of whose transactions sees one moment and holds nobody up."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def looking(engine: Engine, community_id: int) -> Generator[Session]:
    """A snapshot for what should only read; raises `Writes` where it would write after all, and writes nothing."""
    with reading(engine, community_id) as db:
        db.info["only_looks"] = True
        yield db
        if db.new or db.deleted or any(db.is_modified(row) for row in db.dirty):
            raise Writes


@contextmanager
def everywhere(engine: Engine) -> Generator[Session]:
    """A writing transaction over every community, for the clock and the courier; banned in `bot` by lint."""
    with transaction(engine, EVERYWHERE) as session:
        yield session


def _session(engine: Engine, community_id: int | None) -> Session:
    session = Session(engine, expire_on_commit=False)
    session.info["community_id"] = community_id
    return session


def owned_tables() -> list[type[Owned]]:
    """Every model whose rows belong to one community."""
    return [model for model in Owned.__subclasses__() if hasattr(model, "__table__")]


@dataclass(frozen=True, slots=True)
class Referring:
    """A column that refers to another table; `alone` are the columns with which it may occur once."""

    model: type[Owned]
    column: str
    alone: tuple[tuple[str, ...], ...]


def referring(table: str) -> list[Referring]:
    """Every column of a community's rows that refers to a table."""
    found: list[Referring] = []
    for model in owned_tables():
        made: Any = inspect(model).local_table
        names = [one.name for one in made.columns if any(key.column.table.name == table for key in one.foreign_keys)]
        found += [Referring(model, name, _alone(made, name)) for name in names]
    return found


def _alone(table: Any, column: str) -> tuple[tuple[str, ...], ...]:
    unique = [one.columns.keys() for one in table.constraints if isinstance(one, UniqueConstraint)]
    unique += [one.columns.keys() for one in table.indexes if one.unique]
    return tuple(tuple(name for name in names if name != column) for names in unique if column in names)


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """On PostgreSQL a transaction says which community it sees, and takes its turn, before it reads anything."""
    if connection.dialect.name != "postgresql" or transaction.nested:
        return
    community_id = session.info["entered"] = session.info.get("community_id")
    if session.info.get("alone"):
        wall.enter_alone(connection, community_id)
    else:
        wall.enter(connection, community_id)


def _keep_in_step(session: PlainSession) -> None:
    """A session that turned to another community in its midst says so to the database, too."""
    info, community_id = session.info, session.info.get("community_id")
    if info.get("entered", community_id) == community_id:
        return
    connection = session.connection()
    if info["entered"] != community_id:
        info["entered"] = community_id
        wall.enter(connection, community_id)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: SessionTransaction) -> None:
    """What a savepoint said goes with it."""
    if "entered" in session.info:
        session.info["entered"] = object()


@event.listens_for(Session, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    """Adds the community's criterion to every ORM statement."""
    info = state.session.info
    if not state.is_select:
        if info.get("only_looks"):
            raise Writes
        info["wrote"] = True
    _keep_in_step(state.session)
    if state.is_column_load or state.is_relationship_load:
        return
    community_id = info.get("community_id")
    if community_id == EVERYWHERE:
        return
    if community_id is None:
        _refuse_owned(state)
    else:
        state.statement = _criterion(community_id).on(state.statement)


def _refuse_owned(state: ORMExecuteState) -> None:
    touched = {mapper.class_.__name__ for mapper in state.all_mappers if issubclass(mapper.class_, Owned)}
    if touched:
        raise Unscoped(f"{sorted(touched)} without a community")


_criteria: dict[int, OneCommunity] = {}


def _criterion(community_id: int) -> OneCommunity:
    return _criteria.get(community_id) or _criteria.setdefault(community_id, OneCommunity(community_id))


@event.listens_for(Session, "before_commit")
def _only_at_the_end(session: Session) -> None:
    """All or nothing: what is said within a transaction cannot keep a part of it."""
    if not session.info.get("ends") and not session.in_nested_transaction():
        raise Commits


@event.listens_for(Session, "before_flush")
def _stamp(session: Session, _context: object, _instances: object) -> None:
    """Every new row belongs to the session's community, and no row may leave it."""
    if session.info.get("only_looks"):
        raise Writes
    _keep_in_step(session)
    session.info["wrote"] = True
    community_id = session.info.get("community_id")
    for row in session.new:
        if isinstance(row, Owned) and row.community_id is None and community_id != EVERYWHERE:
            row.community_id = community_id
    if community_id == EVERYWHERE:
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, Owned) and (row.community_id is None or row.community_id != community_id):
            raise Unscoped(f"{type(row).__name__} of community {row.community_id} in a session of {community_id}")

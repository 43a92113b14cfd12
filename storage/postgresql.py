"""PostgreSQL's connections: who waits how long for one, whether it still lives, and what a result is asked for."""

import re
from collections.abc import Sequence
from functools import cached_property, partial
from time import monotonic
from typing import Any

from psycopg import Column, Cursor
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

FRESH_SECONDS = 1.0


def connect(url: str, pool: int, more: int, patience: float) -> Engine:
    """An engine of `pool` connections and `more` in need; a peer that falls silent is noticed within a minute, and
    nobody waits longer than `patience`, s, to connect."""
    quick = {"connect_timeout": 5, "keepalives_idle": 20, "keepalives_interval": 5, "tcp_user_timeout": 30_000}
    spelled = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
    engine = create_engine(
        spelled,
        connect_args={**quick, "application_name": "manyhands", "cursor_factory": Terse},
        pool_size=pool,
        max_overflow=more,
        pool_timeout=patience,
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ask_whether_it_lives, engine.dialect))
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = monotonic()


def _ask_whether_it_lives(dialect: Any, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """One that was idle is tried before it is trusted: a restarted database must not cost an answer."""
    if monotonic() - record.info.get("used", monotonic()) <= FRESH_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        raise InvalidatePoolError from error


class Terse(Cursor[Any]):
    """Describes the columns of a result only to who reads the description.

    SQLAlchemy asks every result for one, to see whether there are rows, and reads it the first time that a statement is
    run; psycopg works it out whenever it is asked: a hundred columns for each request.
    """

    @property
    def description(self) -> Any:
        """The columns, as DBAPI has them, or none where the result has no rows."""
        result = self.pgresult
        return Described(self) if result and result.nfields else super().description

    def columns(self) -> list[Column]:
        """The columns of the result that stands now."""
        return super().description or []


class Described(Sequence[Column]):
    """The columns of a cursor's result, worked out when they are looked at."""

    def __init__(self, cursor: Terse) -> None:
        self._cursor = cursor

    @cached_property
    def _columns(self) -> list[Column]:
        return self._cursor.columns()

    def __getitem__(self, index: Any) -> Any:
        return self._columns[index]

    def __len__(self) -> int:
        return len(self._columns)

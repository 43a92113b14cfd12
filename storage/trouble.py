"""What can go wrong with a database that nobody here caused, told apart by what to do about it."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import exc

CLASHES = {"40001", "40P01"}
UNWRITABLE = {"25006", "53100", "58030"}


class Trouble(RuntimeError):
    """The database did not do what was asked; nothing was changed."""


class Busy(Trouble):
    """There is no connection, or too much is going on: the same may work in a moment."""


class Clash(Trouble):
    """Two transactions stood in each other's way and this one gave way: it may be repeated at once."""


class Unwritable(Trouble):
    """Nothing can be written down: the disk is full or the database is read-only."""


@contextmanager
def told_apart() -> Generator[None]:
    """Raises `Busy`, `Clash` or `Unwritable` for what is one of these; everything else goes through."""
    try:
        yield
    except exc.TimeoutError as error:
        raise Busy("every connection is in use") from error
    except (exc.DBAPIError, sqlite3.Error) as error:
        if kind := _kind_of(error):
            raise kind(str(getattr(error, "orig", error)).strip()[:300]) from error
        raise


def _kind_of(error: exc.DBAPIError | sqlite3.Error) -> type[Trouble] | None:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    return _of_postgresql(error)


def _of_sqlite(error: sqlite3.Error) -> type[Trouble] | None:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy
    if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return Unwritable
    return None


def _of_postgresql(error: exc.DBAPIError) -> type[Trouble] | None:
    """By SQLSTATE; an operational error without one is a connection that broke or never stood."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in CLASHES:
        return Clash
    if state in UNWRITABLE:
        return Unwritable
    is_broken = error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)
    return Busy if is_broken else None

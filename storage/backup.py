"""A copy of the database while it is in use: SQLite makes one by itself, PostgreSQL has `pg_dump`."""

import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from storage.trouble import told_apart
from storage.wall import EVERYWHERE, SETTING


class UsePgDump(RuntimeError):
    """PostgreSQL makes its own copies; the message is the command to use."""


def back_up(engine: Engine, path: Path) -> int:
    """Copies an SQLite database as of one moment, all or nothing, and returns the size in bytes; writers go on.

    Raises `UsePgDump` for PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        raise UsePgDump(f"PostgreSQL makes its own copies, also while the bot runs:\n\n{dump_command(engine, path)}\n")
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with told_apart():
        _copy(engine, part)
    os.replace(part, path)
    return path.stat().st_size


def _copy(engine: Engine, part: Path) -> None:
    with engine.connect() as connection, closing(sqlite3.connect(part)) as target:
        source: Any = connection.connection.driver_connection
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def dump_command(engine: Engine, path: Path) -> str:
    """The shell command; the password is asked for, or taken from PGPASSWORD or ~/.pgpass.

    The tables are behind a wall that holds for their owner too, so the dump says that it may see everything.
    """
    url = engine.url._replace(drivername="postgresql", password=None).render_as_string()
    setting = f"PGOPTIONS='-c {SETTING}={EVERYWHERE}'"
    return f"{setting} pg_dump --enable-row-security --format=custom --file={shlex.quote(str(path))} {shlex.quote(url)}"

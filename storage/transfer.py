"""A community, or all that are stored, as a zip of CSV files: to keep, to look at, or to move to another database."""

import base64
import csv
import io
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.types import TypeDecorator

from storage import wall
from storage.db import snapshots, tune
from storage.machinery import metadata
from storage.trouble import told_apart
from storage.upgrade import HEAD

LEFT_OUT = {"embedding", "installation", "oauthstate", "registered"}
VERSION = "version.txt"
NOTHING = "\\N"
BATCH = 500
LONGEST_CELL = 2**31 - 1


class Unfit(ValueError):
    """What was asked for does not go with this file and this database; nothing was changed."""


class NotEmpty(Unfit):
    """There is a community in this database already; import goes into an empty one."""


class OtherVersion(Unfit):
    """The file was written by another version of the tables."""


class NoExport(Unfit):
    """The file is none that `export_to` wrote, or not the whole of it."""


class NoSuchCommunity(Unfit):
    """No community here is called so, or several are; the message names those that there are."""


class NotTheSame(Unfit):
    """A row does not stand in the database as it stands in the file."""


def export_to(engine: Engine, path: Path, name: str = "") -> int:
    """Writes every row but the embeddings, which are computed again: of all communities, or of the one of that name or
    number. Returns how many rows; raises `NoSuchCommunity`."""
    rows = 0
    with _snapshot(engine) as connection:
        only = _called(connection, name) if name else None
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(VERSION, HEAD)
            for table in _tables():
                text, count = _written(connection, table, only)
                archive.writestr(f"{table.name}.csv", text)
                rows += count
    return rows


def _called(connection: Connection, name: str) -> int:
    table = metadata().tables["community"]
    known = connection.execute(select(table.c.id, table.c.name).order_by(table.c.id)).all()
    found = [one for one in known if name in (one.name, str(one.id))]
    if len(found) == 1:
        return found[0].id
    here = ", ".join(f"{one.name} ({one.id})" for one in known) or "none yet"
    raise NoSuchCommunity(f"say which community, by its name or number; there are: {here}")


def import_from(engine: Engine, path: Path) -> int:
    """Reads what `export_to` wrote, all or nothing, looks at every row again, and returns how many there are.

    Raises `NotEmpty`, `OtherVersion`, `NoExport` or `NotTheSame`.
    """
    rows = 0
    with _opened(path) as archive, told_apart(), engine.begin() as connection:
        _see_everything(connection)
        if archive.read(VERSION).decode() != HEAD:
            raise OtherVersion(f"the file is of version {archive.read(VERSION).decode()}, the tables are of {HEAD}")
        if missing := {f"{table.name}.csv" for table in _tables()} - set(archive.namelist()):
            raise NoExport(f"{path} is not whole: it has no {min(missing)}")
        if connection.execute(select(metadata().tables["community"].c.id).limit(1)).first():
            raise NotEmpty("there is a community in this database already; import goes into an empty one")
        for table in _tables():
            rows += _read(connection, table, archive)
            _check(connection, table, archive)
            _count_on(connection, table)
    tune(engine)
    return rows


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise NoExport(f"{path} is not a whole file that `manyhands community export` wrote") from None
    if VERSION in archive.namelist():
        return archive
    archive.close()
    raise NoExport(f"{path} is not a file that `manyhands community export` wrote: it has no {VERSION}")


@contextmanager
def _snapshot(engine: Engine) -> Generator[Connection]:
    """One moment of the whole database; writers do not wait for it."""
    with told_apart(), snapshots(engine).connect() as connection:
        _see_everything(connection)
        yield connection


def _see_everything(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        wall.enter(connection, wall.EVERYWHERE)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL gives the next row a number after those that were read."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    highest = connection.execute(select(func.max(table.c.id))).scalar()
    if highest is not None:
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))


def _tables() -> list[Table]:
    return [table for table in metadata().sorted_tables if table.name not in LEFT_OUT]


def _written(connection: Connection, table: Table, only: int | None) -> tuple[str, int]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns.keys())
    query = select(table).order_by(*table.primary_key.columns)
    mine = table.columns.get("id" if table.name == "community" else "community_id")
    rows = connection.execute(query if only is None or mine is None else query.where(mine == only)).all()
    writer.writerows([_said(value) for value in row] for row in rows)
    return out.getvalue(), len(rows)


def _said(value: Any) -> str:
    match value:
        case None:
            return NOTHING
        case bytes():
            return base64.b64encode(value).decode()
        case datetime() | date():
            return value.isoformat()
        case str():
            return f"\\{value}" if value.startswith("\\") else value
        case _:
            return str(value)


def _read(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    rows, count = _rows_of(table, archive), 0
    ahead: list[dict[str, Any]] = []
    while some := list(islice(rows, BATCH)):
        ahead += [referred for row in some for referred in _ahead(table, row)]
        connection.execute(insert(table), some)
        count += len(some)
    for one in ahead:
        connection.execute(update(table).where(table.c.id == one.pop("id")).values(one))
    return count


def _ahead(table: Table, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What refers to a later row of its own table is left open until that one stands."""
    for key in table.foreign_keys:
        name = key.parent.name
        if key.column.table is table and row[name] is not None and row[name] > row["id"]:
            yield {"id": row["id"], name: row[name]}
            row[name] = None


def _check(connection: Connection, table: Table, archive: zipfile.ZipFile) -> None:
    """Every row that was read stands there now, each cell as it was, and no other."""
    keys = table.primary_key.columns.keys()
    kept = {tuple(row[key] for key in keys): row for row in connection.execute(select(table)).mappings()}
    for row in _rows_of(table, archive):
        key = tuple(row[name] for name in keys)
        if kept.pop(key, None) != row:
            raise NotTheSame(f"{table.name} {key}: the row does not stand in the database as in the file")
    if kept:
        raise NotTheSame(f"{table.name} {min(kept)}: the row is not in the file")


def _rows_of(table: Table, archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(LONGEST_CELL)
    with archive.open(f"{table.name}.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
            yield {name: _meant(table.columns[name], text) for name, text in row.items()}


def _meant(column: Column[Any], text: str) -> Any:
    """A cell as its column's type."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if text == NOTHING:
        return None
    match kind:
        case Boolean():
            return text == "True"
        case Integer():
            return int(text)
        case Float():
            return float(text)
        case DateTime():
            return datetime.fromisoformat(text)
        case Date():
            return date.fromisoformat(text)
        case LargeBinary():
            return base64.b64decode(text)
        case _:
            return text.removeprefix("\\")

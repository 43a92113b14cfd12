"""Everything that is stored, as a zip of CSV files: to keep, to look at, or to move to another database."""

import base64
import csv
import io
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
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


class NotEmpty(ValueError):
    """There is a community in this database already; import goes into an empty one."""


class OtherVersion(ValueError):
    """The file was written by another version of the tables."""


class NoExport(ValueError):
    """The file is none that `export_to` wrote, or not the whole of it."""


def export_to(engine: Engine, path: Path) -> int:
    """Writes every row but the embeddings, which are computed again; returns how many rows."""
    rows = 0
    with _snapshot(engine) as connection, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(VERSION, HEAD)
        for table in _tables():
            text, count = _written(connection, table)
            archive.writestr(f"{table.name}.csv", text)
            rows += count
    return rows


def import_from(engine: Engine, path: Path) -> int:
    """Reads what `export_to` wrote, all or nothing, and returns how many rows.

    Raises `NotEmpty`, `OtherVersion` or `NoExport`.
    """
    rows = 0
    with _opened(path) as archive, told_apart(), engine.begin() as connection:
        _see_everything(connection)
        if archive.read(VERSION).decode() != HEAD:
            raise OtherVersion(f"the file is of version {archive.read(VERSION).decode()}, the tables are of {HEAD}")
        if connection.execute(select(metadata().tables["community"].c.id).limit(1)).first():
            raise NotEmpty("there is a community in this database already; import goes into an empty one")
        for table in _tables():
            with archive.open(f"{table.name}.csv") as file:
                rows += _read(connection, table, io.TextIOWrapper(file, encoding="utf-8", newline=""))
            _count_on(connection, table)
    tune(engine)
    return rows


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise NoExport(f"{path} is not a whole file that `manyhands export` wrote") from None
    if VERSION in archive.namelist():
        return archive
    archive.close()
    raise NoExport(f"{path} is not a file that `manyhands export` wrote: it has no {VERSION}")


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


def _written(connection: Connection, table: Table) -> tuple[str, int]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns.keys())
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
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


def _read(connection: Connection, table: Table, file: io.TextIOWrapper) -> int:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(file)
    count = 0
    for some in _batches(reader):
        rows = [{name: _meant(table.columns[name], text) for name, text in row.items()} for row in some]
        connection.execute(insert(table), rows)
        count += len(rows)
    return count


def _batches(rows: Iterable[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    batch: list[dict[str, str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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

"""Rows of many tables, written in bulk into either database."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

import psycopg
from sqlmodel import SQLModel

Values = dict[str, Any]


class Writing:
    """Rows by column into either database, as fast as it takes them."""

    def __init__(self, url: str, superuser: str, community: int) -> None:
        self.community = community
        self.lite = sqlite3.connect(url.removeprefix("sqlite:///")) if not superuser else None
        self.big = psycopg.connect(superuser) if superuser else None

    def __enter__(self) -> "Writing":
        """References are right by construction and need no look-up."""
        if self.lite:
            for pragma in ("synchronous=OFF", "cache_size=-400000"):
                self.lite.execute(f"PRAGMA {pragma}")
        if self.big:
            self.big.execute("SET session_replication_role = replica")
        return self

    def __call__(self, model: type[SQLModel], rows: int, values: Values) -> None:
        """Writes the rows of one table; what is not said has its default."""
        table = str(model.__tablename__)
        columns = {**_defaults(model), "community_id": self.community, **values}
        data = zip(*(_each(one, rows, bool(self.lite)) for one in columns.values()), strict=False)
        quoted = ", ".join(f'"{name}"' for name in columns)
        if self.lite:
            marks = ", ".join("?" * len(columns))
            self.lite.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', data)
        if self.big:
            with self.big.cursor() as cursor, cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as copy:
                for row in data:
                    copy.write_row(row)
            if "id" in columns:
                sequence = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
                self.big.execute(sequence)

    def __exit__(self, *_error: object) -> None:
        """All is kept."""
        for one in (self.lite, self.big):
            if one:
                one.commit()
                one.close()


def _defaults(model: type[SQLModel]) -> Values:
    """What a new row has by itself."""
    known = model.model_fields
    blank = {name: info.get_default() for name, info in known.items() if not info.is_required()}
    return {name: value for name, value in blank.items() if name not in ("id", "community_id")}


def _each(value: Any, rows: int, is_lite: bool) -> Iterable[Any]:
    """One value a row."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return (_stored(one) for one in value) if is_lite else value
    return repeat(_stored(value) if is_lite else value, rows)


def _stored(value: Any) -> Any:
    """SQLite keeps moments as SQLAlchemy writes them."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value

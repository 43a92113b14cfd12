"""Many rows as arrays: numbers go from the database to numpy without a Python object each for long."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, ColumnElement, Integer, Table, any_, bindparam, cast, func, insert, select, update
from sqlmodel import Session

from storage.columns import Owned

ROWS, AT_ONCE = 5000, 500


def integers(db: Session, query: Any, columns: int) -> NDArray[np.int64]:
    """The rows of a query of whole numbers, (n, columns), fetched a few thousand at a time."""
    return _rows(db, query, columns, np.int64)


def numbers(db: Session, query: Any, columns: int) -> NDArray[np.float64]:
    """The same of any numbers."""
    return _rows(db, query, columns, np.float64)


def _rows(db: Session, query: Any, columns: int, kind: type[Any]) -> NDArray[Any]:
    parts = db.exec(query).partitions(ROWS)
    flat = (np.fromiter(part if columns == 1 else chain.from_iterable(part), kind) for part in parts)
    found = [one.reshape(-1, columns) for one in flat]
    return np.concatenate(found) if found else np.zeros((0, columns), kind)


def named(db: Session, number: Any, name: Any) -> tuple[NDArray[np.int64], list[str]]:
    """All of a table's numbers, in order, (n,), and their names: thousands of them as one row of JSON."""
    is_postgres = db.get_bind().dialect.name == "postgresql"
    gather = func.json_agg if is_postgres else func.json_group_array
    query: Any = select(gather(number), gather(name))
    row = db.exec(query).one()
    found = row if is_postgres else [json.loads(one) for one in row]
    numbers = np.array(found[0] or (), np.int64)
    order = np.argsort(numbers)
    return numbers[order], [found[1][at] for at in order.tolist()]


def add(db: Session, model: type[Owned], rows: Iterable[dict[str, Any]]) -> None:
    """Many new rows of this community, some hundred at a time, so that others get a turn in between."""
    for some in _parts(rows):
        db.connection().execute(insert(model), [{"community_id": db.info["community_id"], **row} for row in some])


def change(db: Session, model: type[Owned], rows: Iterable[dict[str, Any]]) -> None:
    """Many rows written over, each by its `id`; none where it is gone."""
    table: Table = model.__table__  # pyright: ignore[reportAttributeAccessIssue]
    for some in _parts({"which": row.pop("id"), **row} for row in rows):
        known = (table.c.id == bindparam("which")) & (table.c.community_id == db.info["community_id"])
        db.connection().execute(update(table).where(known), some)


def _parts(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def among(db: Session, column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column of whole numbers holds one of these: one parameter, however many they are."""
    wanted = list(ids)
    if db.get_bind().dialect.name == "postgresql":
        return column == any_(cast(wanted, ARRAY(Integer)))
    return column.in_(select(func.json_each(json.dumps(wanted)).table_valued("value").c.value))

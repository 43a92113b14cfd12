"""What a change of many rows changed, kept as JSON, so that it can be changed back exactly."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from storage.db import owned_tables

Cell = str | int | float | None


@dataclass(slots=True)
class Journal:
    """Rows are named by their table and id; a moment stands as ISO 8601.

    `moved`: ids of rows by `table.column`, whose value was the one id and became the other; `set`: (table, id, column,
    before, after); `gone`: whole rows that were deleted; `new`: (table, id) of rows that were added.
    """

    moved: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    set: list[tuple[str, int, str, Cell, Cell]] = field(default_factory=list[tuple[str, int, str, Cell, Cell]])
    gone: list[tuple[str, dict[str, Cell]]] = field(default_factory=list[tuple[str, dict[str, Cell]]])
    new: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    pairs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def moves(self, row: Any, column: str, to: int) -> None:
        """This row refers to another one from now on."""
        self.moved.setdefault(f"{_table(row)}.{column}", []).append(row.id)
        setattr(row, column, to)

    def sets(self, row: Any, column: str, value: Any) -> None:
        """This column of a row has another value from now on."""
        before = getattr(row, column)
        if before != value:
            self.set.append((_table(row), row.id, column, _cell(before), _cell(value)))
            setattr(row, column, value)

    def deletes(self, db: Session, row: Any) -> None:
        """This row is gone from now on."""
        self.gone.append((_table(row), {name: _cell(value) for name, value in row.model_dump().items()}))
        db.delete(row)

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps([self.moved, self.set, self.gone, self.new, self.pairs], separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Journal":
        """What was stored."""
        moved, changed, gone, new, pairs = json.loads(text)
        return cls(moved, changed, gone, new, pairs)

    def move_back(self, db: Session, before: int, after: int) -> None:
        """Rows that still refer to the other one refer to the one again; what was added since stays where it is."""
        for where, ids in self.moved.items():
            table, column = where.split(".")
            model: Any = _models()[table]
            for row in _rows(db, model, ids):
                if getattr(row, column) == after:
                    setattr(row, column, before)
        db.flush()

    def set_back(self, db: Session) -> None:
        """Columns that nobody changed since have their old value again."""
        for table, row_id, column, before, after in reversed(self.set):
            model = _models()[table]
            row = db.get(model, row_id)
            if row is not None and _cell(getattr(row, column)) == after:
                setattr(row, column, _value(model, column, before))
        db.flush()

    def bring_back(self, db: Session) -> None:
        """Rows that were deleted are there again, if what they refer to still is; rows that were added are not.

        SQLite may have given a row's number to another one meanwhile: then it has a new one.
        """
        for table, row_id in self.new:
            if row := db.get(_models()[table], row_id):
                db.delete(row)
        db.flush()
        for table, cells in self.gone:
            model = _models()[table]
            made = model(**{name: _value(model, name, cell) for name, cell in cells.items()})
            made.id = None if db.get(model, made.id) else made.id
            if _stands(db, made):
                db.add(made)
        db.flush()


def _models() -> dict[str, Any]:
    return {str(model.__tablename__): model for model in owned_tables()}


def _rows(db: Session, model: Any, ids: list[int]) -> list[Any]:
    """A few at a time: one statement takes only so many values."""
    found: list[Any] = []
    for at in range(0, len(ids), 500):
        found += db.exec(select(model).where(col(model.id).in_(ids[at : at + 500]))).all()
    return found


def _stands(db: Session, row: Any) -> bool:
    """Whether everything that a row refers to is there."""
    keys = ((column.name, key.column.table.name) for column in row.__table__.columns for key in column.foreign_keys)
    wanted = ((getattr(row, name), table) for name, table in keys if table in _models())
    return all(value is None or db.get(_models()[table], value) for value, table in wanted)


def _table(row: Any) -> str:
    return str(row.__tablename__)


def _cell(value: Any) -> Cell:
    return value.isoformat() if isinstance(value, date) else value


def _value(model: Any, column: str, cell: Cell) -> Any:
    return TypeAdapter(model.model_fields[column].annotation).validate_python(cell)

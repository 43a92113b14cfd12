"""Many rows as arrays: numbers go from the database to numpy without a Python object each for long."""

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

ROWS = 5000


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

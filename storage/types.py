"""Column types that hold on every database: times are UTC, names sort alike, a vector is a vector."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import DateTime, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SORTED = String().with_variant(String(collation="C"), "postgresql")
"""Text that is put in order: by code point, as SQLite does, whatever the collation of a PostgreSQL database."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; a naive one is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times, stores UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Point(TypeDecorator[NDArray[np.float32]]):
    """One vector (d,), float32: a `vector` on PostgreSQL, its bytes on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """pgvector's type where there is one."""
        return dialect.type_descriptor(VECTOR() if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: NDArray[np.float32] | None, dialect: Dialect) -> Any:
        """As the column keeps it."""
        if value is None or dialect.name == "postgresql":
            return value
        return np.ascontiguousarray(value, dtype=np.float32).tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> NDArray[np.float32] | None:
        """As numbers."""
        if value is None:
            return None
        return np.frombuffer(value, np.float32) if isinstance(value, bytes) else np.asarray(value, np.float32)

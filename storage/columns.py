"""What tables are made of: keys, moments, references, and the community to which a row belongs."""

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def own_id() -> Any:
    """The primary key."""
    return Field(default=None, primary_key=True)


def at(default: Any = ..., index: bool = False) -> Any:
    """A moment, UTC."""
    return Field(default=default, sa_type=UtcDateTime, index=index)


def to(target: str, default: Any = ..., index: bool = True) -> Any:
    """A reference; what refers to a row goes with it."""
    return Field(default=default, foreign_key=target, index=index, ondelete="CASCADE")


def once(name: str, where: str, *columns: str) -> Index:
    """Among the rows for which `where` holds, the database itself allows each combination once."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


def some(name: str, where: str, *columns: str) -> Index:
    """An index over only those rows for which `where` holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Owned(SQLModel):
    """What belongs to one community: `storage.db` adds the criterion to every statement and stamps every row."""

    community_id: int = Field(default=None, foreign_key="community.id", index=True, ondelete="CASCADE")

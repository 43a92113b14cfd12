"""How a community's names of skills came to be: merges that can be undone, and lists that were imported."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from storage.columns import Owned, at, once, own_id, to


class Merge(Owned, table=True):
    """One skill is part of another until that is undone; `journal` (JSON) is what that changed, to change it back."""

    __table_args__ = (once("uq_merge_once", "undone_at IS NULL", "gone_id"),)
    id: int = own_id()
    gone_id: int = to("skill.id")
    kept_id: int = to("skill.id")
    journal: str
    merged_at: datetime = at()
    undone_at: datetime | None = at(None)


class Import(Owned, table=True):
    """A list of skills that an admin brought; `waiting` is what is still to be written (JSON, compressed)."""

    __table_args__ = (UniqueConstraint("community_id", "number"),)
    id: int = own_id()
    number: int
    name: str
    total: int
    done: int = 0
    waiting: bytes = Field(default=b"", sa_type=LargeBinary)
    begun_at: datetime = at()
    finished_at: datetime | None = at(None)


class Term(Owned, table=True):
    """A skill of an imported list, known here like those built in; other names and their normal forms, one a line."""

    __table_args__ = (UniqueConstraint("community_id", "normal"),)
    id: int = own_id()
    import_id: int = to("import.id")
    name: str
    normal: str
    aliases: str = ""
    forms: str = ""

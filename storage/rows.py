"""Rows that are written often and not looked at again in their transaction: past the session's bookkeeping."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from storage.columns import Owned
from storage.db import Writes
from storage.machinery import Seen
from storage.models import Place

_inserts: dict[type[Owned], Any] = {}


def put(db: Session, model: type[Owned], **values: Any) -> None:
    """Inserts a row of the session's community at once; what it refers to stands already."""
    if db.info.get("only_looks"):
        raise Writes
    db.info["wrote"] = True
    if model not in _inserts:
        table: Any = model
        _inserts[model] = insert(table.__table__).inline()
    db.connection().execute(_inserts[model], {"community_id": db.info["community_id"], **values})


def leave_receipt(db: Session, place: Place, key: str, reply: str, at: datetime) -> None:
    """A request has its answer, in the same transaction as all that it did."""
    put(db, Seen, place_id=place.id, key=key, reply=reply, seen_at=at)

"""Receipts of answered requests: nearly every request leaves one, so it goes past the session's bookkeeping."""

from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from storage.machinery import Seen
from storage.models import Place

_LEAVE = insert(Seen.__table__)  # pyright: ignore[reportAttributeAccessIssue]


def leave_receipt(db: Session, place: Place, key: str, reply: str, at: datetime) -> None:
    """A request has its answer, in the same transaction as all that it did."""
    about = {"community_id": place.community_id, "place_id": place.id}
    db.connection().execute(_LEAVE, {**about, "key": key, "reply": reply, "seen_at": at})

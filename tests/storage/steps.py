"""What the scenarios of this folder have in common."""

from datetime import UTC, datetime

from sqlmodel import select

from storage.db import reading
from storage.models import Member

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ana_of(engine, community_id):
    with reading(engine, community_id) as db:
        return db.exec(select(Member).where(Member.name == "ana")).one().id

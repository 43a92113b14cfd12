"""What standing leaves behind: its history, what admins corrected, what was asked again, the keys that sign it."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Session, col, select

from storage.columns import Owned, at, own_id, to
from storage.models import Community


class Snapshot(Owned, table=True):
    """What a standing was on a day on which it had changed, so that change over time can be shown."""

    __table_args__ = (UniqueConstraint("member_id", "skill_id", "day"),)
    id: int = own_id()
    member_id: int = to("member.id", index=False)
    skill_id: int | None = to("skill.id", None)
    day: date
    value: float
    voices: int = 0


class Correction(Owned, table=True):
    """What an admin adds to or takes from a standing, with the reason; never mixed with what was earned."""

    id: int = own_id()
    member_id: int = to("member.id")
    admin_id: int = to("member.id", index=False)
    amount: float
    reason: str
    corrected_at: datetime = at()


class Reconfirmation(Owned, table=True):
    """A member asks somebody who spoke for them before whether that still holds."""

    __table_args__ = (UniqueConstraint("community_id", "number"),)
    id: int = own_id()
    number: int
    asker_id: int = to("member.id")
    voice_id: int = to("member.id")
    skill_id: int | None = to("skill.id", None)
    state: str = "asked"
    asked_at: datetime = at()


class SigningKey(Owned, table=True):
    """A key that signs what members take with them; the private half is encrypted, old ones verify what they signed."""

    __table_args__ = (UniqueConstraint("public"),)
    id: int = own_id()
    public: str
    sealed: str
    made_at: datetime = at()
    retired_at: datetime | None = at(None)


def public_keys(db: Session) -> list[tuple[str, str, datetime | None]]:
    """Every community's name, public key, and until when it was used; the newest first."""
    query = select(Community.name, SigningKey.public, SigningKey.retired_at)
    query = query.join(Community, col(Community.id) == SigningKey.community_id)
    return list(db.exec(query.order_by(col(SigningKey.id).desc())).all())

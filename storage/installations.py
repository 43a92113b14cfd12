"""Where the bot is installed, and with which token: looked up before it is known which community speaks."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import at, own_id, to
from storage.models import Place

STATE_MINUTES = 10


class Installation(SQLModel, table=True):
    """The bot in one workspace or one organisation.

    An organisation's has no `team_key`; a workspace that its organisation's installation serves has no `bot_token`.
    """

    __table_args__ = (UniqueConstraint("platform", "team_key", "enterprise_key"),)
    id: int = own_id()
    platform: str
    team_key: str = Field(default="", index=True)
    enterprise_key: str = Field(default="", index=True)
    place_id: int = to("place.id")
    bot_token: str
    bot_user_key: str = ""
    scopes: str = ""
    installed_by: str = ""
    installed_at: datetime = at()
    revoked_at: datetime | None = at(None)


class OauthState(SQLModel, table=True):
    """A way to the platform's consent page and back: used once, soon, and by the browser that began it."""

    state: str = Field(primary_key=True)
    browser: str
    made_at: datetime = at(index=True)
    used_at: datetime | None = at(None)


def of_team(db: Session, platform: str, team: str) -> Installation | None:
    """The row of one workspace, also when it was revoked."""
    query = select(Installation).where(Installation.platform == platform, Installation.team_key == team)
    return db.exec(query.order_by(col(Installation.id).desc())).first() if team else None


def of_organisation(db: Session, platform: str, enterprise: str) -> Installation | None:
    """The row of a whole organisation, also when it was revoked."""
    query = select(Installation).where(
        Installation.platform == platform, Installation.team_key == "", Installation.enterprise_key == enterprise
    )
    return db.exec(query).first() if enterprise else None


def serving(db: Session, platform: str, team: str, enterprise: str) -> Installation | None:
    """The installation whose token serves a workspace: its own, else its organisation's."""
    own = of_team(db, platform, team)
    if own and own.bot_token and own.revoked_at is None:
        return own
    whole = of_organisation(db, platform, enterprise or (own.enterprise_key if own else ""))
    return whole if whole and whole.revoked_at is None else None


def adopt(db: Session, whole: Installation, team: str) -> None:
    """A workspace of an organisation joins the organisation's community, so that it founds none and joins no other."""
    if of_team(db, whole.platform, team):
        return
    known = db.exec(select(Place).where(Place.platform == whole.platform, Place.key == team)).first()
    home = db.get_one(Place, whole.place_id)
    place = known or Place(community_id=home.community_id, platform=whole.platform, key=team, name=home.name)
    db.add(place)
    db.flush()
    kept = whole.model_dump(exclude={"id", "team_key", "place_id", "bot_token"})
    db.add(Installation(**kept, team_key=team, place_id=place.id, bot_token=""))


def remember(db: Session, state: str, browser: str, now: datetime) -> None:
    """Begins an installation; those that nobody finished are forgotten."""
    stale: Any = delete(OauthState).where(col(OauthState.made_at) < now - timedelta(days=1))
    db.exec(stale)
    db.add(OauthState(state=state, browser=browser, made_at=now))


def spend(db: Session, state: str, browser: str, now: datetime) -> bool:
    """Whether this browser may finish with that state now; it may not do so again."""
    fresh: Any = (
        update(OauthState)
        .where(col(OauthState.state) == state, col(OauthState.browser) == browser)
        .where(col(OauthState.used_at).is_(None), col(OauthState.made_at) > now - timedelta(minutes=STATE_MINUTES))
        .values(used_at=now)
    )
    return db.exec(fresh).rowcount == 1

"""The community's time: the real one until a script sets it; then it stands still, also for the next process."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session, select

from storage.db import reading, transaction
from storage.machinery import Setting
from storage.models import Community, Place

_FEATURE, _NAME = "local", "now"


class Backwards(ValueError):
    """The clock never goes backwards."""


class Moments:
    """One process's sense of time. `reached` is the latest moment at which anything may have happened."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self.engine, self.place = engine, place
        self.stands: datetime | None = None
        with reading(engine, place.community_id) as db:
            row = _row(db, place)
            self.reached = datetime.fromisoformat(row.value) if row else datetime.min.replace(tzinfo=UTC)

    @property
    def now(self) -> datetime:
        """The time of the community, UTC."""
        return self.stands or max(datetime.now(UTC), self.reached)

    def happens(self) -> datetime:
        """The moment of something that happens now: nothing can happen before it any more."""
        self.reached = max(self.reached, self.now)
        return self.now

    def set(self, at: datetime) -> None:
        """The clock stands at a moment (of the community's zone, unless it names one); raises `Backwards`."""
        at = (at if at.tzinfo else at.replace(tzinfo=self.zone())).astimezone(UTC)
        if at < self.reached:
            raise Backwards(
                f"the clock never goes backwards: it is {self.reached.astimezone(self.zone()):%Y-%m-%dT%H:%M}"
            )
        self.stands = self.reached = at
        with transaction(self.engine, self.place.community_id) as db:
            row = _row(db, self.place) or Setting(place_key=self.place.id, feature=_FEATURE, name=_NAME, value="")
            row.value = at.isoformat()
            db.add(row)

    def zone(self) -> ZoneInfo:
        """The community's own."""
        with reading(self.engine, self.place.community_id) as db:
            return ZoneInfo(db.get_one(Community, self.place.community_id).zone)


def _row(db: Session, place: Place) -> Setting | None:
    wanted = (Setting.place_key == place.id, Setting.feature == _FEATURE, Setting.name == _NAME)
    return db.exec(select(Setting).where(*wanted)).first()

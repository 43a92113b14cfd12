"""The community's time: the real one until a script sets it; then it stands still, also for the next process."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func
from sqlmodel import Session, select

from storage.db import reading, transaction
from storage.machinery import Seen, Setting
from storage.models import Community, Place

_FEATURE, _NAME = "local", "now"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Backwards(ValueError):
    """The clock never goes backwards."""


class Moments:
    """One process's sense of time: `stood` is where another one left the clock.

    `reached` is the latest moment at which anything happened, also in processes before.
    """

    def __init__(self, engine: Engine, place: Place) -> None:
        self.engine, self.place = engine, place
        self.stands: datetime | None = None
        with reading(engine, place.community_id) as db:
            row, seen = _row(db, place), db.exec(select(func.max(Seen.seen_at)).where(Seen.place_id == place.id)).one()
            self.stood = datetime.fromisoformat(row.value) if row else BEGINNING
            self.reached = max(self.stood, seen or BEGINNING)

    @property
    def now(self) -> datetime:
        """The time of the community, UTC."""
        return self.stands or max(datetime.now(UTC), self.stood)

    def happens(self) -> datetime:
        """The moment of something that happens now: nothing can happen before it any more."""
        self.reached = max(self.reached, self.now)
        return self.now

    def set(self, at: datetime) -> None:
        """The clock stands at a moment (of the community's zone, unless it names one); raises `Backwards`."""
        zone = self.zone()
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        if at < self.reached:
            raise Backwards(f"the clock never goes backwards: it is {self.reached.astimezone(zone):%Y-%m-%dT%H:%M}")
        at = self.stands = self.reached = at.astimezone(UTC)
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

"""The tables that keep the bot itself going: settings, timers, the outbox, receipts, vectors."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, MetaData, UniqueConstraint, and_, bindparam
from sqlmodel import Field, SQLModel, col

from storage.columns import Owned, at, own_id, some, to
from storage.dealings import Draft
from storage.glossary import Merge
from storage.installations import Installation
from storage.records import Snapshot
from storage.types import Point


class Counter(Owned, table=True):
    """The next short id of a kind: `o12`, `k7`."""

    __table_args__ = (UniqueConstraint("community_id", "name"),)
    id: int = own_id()
    name: str
    value: int = 0


class Setting(Owned, table=True):
    """One answer of an admin; channels are chosen per place, the rest holds everywhere."""

    __table_args__ = (UniqueConstraint("community_id", "place_key", "feature", "name"),)
    id: int = own_id()
    place_key: int = 0
    feature: str
    name: str
    value: str


class Audit(Owned, table=True):
    """What an admin changed, when."""

    id: int = own_id()
    member_id: int = to("member.id")
    line: str
    done_at: datetime = at(index=True)


class Timer(Owned, table=True):
    """A command line for later, once or every week at a local hour; a clock that says it holds it under a lease."""

    __table_args__ = (UniqueConstraint("community_id", "key"), Index(None, "due"), {"sqlite_autoincrement": True})
    id: int = own_id()
    key: str
    line: str
    member_id: int = to("member.id")
    due: datetime = at()
    weekday: str = ""
    hour: int = 0
    zone: str = "UTC"
    attempts: int = 0
    error: str = ""
    leased_until: datetime | None = at(None)


PENDING = some("ix_outbox_pending", "state IN ('waiting', 'sending')", "id")
LIVING = some("ix_outbox_living", "key != ''", "key")


class Outbox(Owned, table=True):
    """A card on its way to a channel, a member or a room of several members; in a channel, maybe for one to see alone.

    `receipt` is what the platform calls it once it stands: the channel and its messages.
    """

    __table_args__ = (Index(None, "state", "due"), LIVING, PENDING)
    id: int = own_id()
    place_id: int = to("place.id", index=False)
    channel: str = ""
    thread: str = ""
    members: str = ""
    receipt: str = ""
    card: str
    key: str = ""
    state: str = "waiting"
    attempts: int = 0
    error: str = ""
    error_notice: bool = False
    due: datetime = at()
    written_at: datetime = at()


def pending() -> Any:
    """What is still on its way, in the very words of the index that holds only these: history costs nothing."""
    return col(Outbox.state).in_(bindparam(None, ("waiting", "sending"), expanding=True, literal_execute=True))


def living(key: str) -> Any:
    """Cards of that key, which is not empty, in the words of their index."""
    return and_(col(Outbox.key) != bindparam(None, "", literal_execute=True), col(Outbox.key) == key)


class Shown(Owned, table=True):
    """Where a living card stands, so that it can be edited."""

    __table_args__ = (UniqueConstraint("place_id", "channel", "message"), Index(None, "key"))
    id: int = own_id()
    key: str
    place_id: int = to("place.id", index=False)
    channel: str
    message: str


class Seen(Owned, table=True):
    """A request that was answered: a redelivery has no second effect and gets the same reply."""

    __table_args__ = (UniqueConstraint("place_id", "key"),)
    id: int = own_id()
    place_id: int = to("place.id", index=False)
    key: str
    reply: str
    seen_at: datetime = at(index=True)


class Reference(Owned, table=True):
    """A line that is too long for a button; the button carries the key, and works as long as this row stands."""

    __table_args__ = (UniqueConstraint("community_id", "key"),)
    id: int = own_id()
    key: str
    line: str
    used_at: datetime = at(index=True)


class Registered(SQLModel, table=True):
    """The commands that a platform was last told of, so that it is told again only when they changed."""

    application: str = Field(primary_key=True)
    digest: str
    told_at: datetime = at()


class LinkCode(Owned, table=True):
    """A member shows on another platform that an account there is theirs too: soon, and once."""

    __table_args__ = (UniqueConstraint("community_id", "digest"),)
    id: int = own_id()
    member_id: int = to("member.id")
    digest: str
    made_at: datetime = at(index=True)
    used_at: datetime | None = at(None)


class Vector(SQLModel, table=True):
    """The embedding of a text, by model and content, so that nothing is encoded twice.

    One row is a `point`, which can be searched; any other number of rows is `data`. The table is not called `vector`,
    because that is the name of a type on PostgreSQL.
    """

    __tablename__ = "embedding"  # pyright: ignore[reportAssignmentType]
    model: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    rows: int
    data: bytes = Field(default=b"", sa_type=LargeBinary)
    point: Any = Field(default=None, sa_type=Point, nullable=True)


class LanguageModel(SQLModel, table=True):
    """What is known of an embedding model: since when it serves, and the scale of its cosines (JSON) when measured."""

    __tablename__ = "language_model"  # pyright: ignore[reportAssignmentType]
    name: str = Field(primary_key=True)
    scale: str = ""
    cases: int = 0
    calibrated_at: datetime | None = at(None)
    serves_since: datetime | None = at(None)


def metadata() -> MetaData:
    """All tables: those here and in the rooms of `storage` to which these refer."""
    assert Draft.metadata is Installation.metadata
    assert Merge.metadata is Installation.metadata
    assert Snapshot.metadata is Installation.metadata
    return Installation.metadata

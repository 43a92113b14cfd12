"""What the scenarios of this folder have in common."""

import asyncio
from datetime import UTC, datetime

from sqlmodel import col, select

from bot import outbox
from bot.carriage import Carried, Gone, Parcel
from bot.ctx import Request
from bot.text import Channel, plain
from bot.ui import card
from storage.db import transaction
from storage.machinery import Outbox
from tests.world import who

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


ADMIN = "admin"


class Van:
    """A carrier whose road can be closed, by what a card says."""

    def __init__(self, platform="local"):
        self.platform = platform
        self.carried: list[Parcel] = []
        self.tried: list[str] = []
        self.trouble: dict[str, Exception] = {}
        self.arrived = asyncio.Event()
        self.stuck: set[str] = set()
        self.pages = 1
        self.stands: list[str] = []

    async def carry(self, parcel: Parcel) -> Carried:
        said = plain(parcel.card.title)
        self.tried.append(said)
        await asyncio.sleep(3600 if said in self.stuck else 0)
        if said in self.trouble and not (isinstance(self.trouble[said], Gone) and not parcel.edits):
            raise self.trouble[said]
        self.carried.append(parcel)
        self.arrived.set()
        standing = parcel.edits.split()
        standing += [f"m{parcel.id}-{page}" for page in range(len(standing), self.pages)]
        self.stands = standing[: self.pages]
        return Carried(parcel.channel or "D1", " ".join(self.stands))

    @property
    def said(self):
        return [plain(parcel.card.title) for parcel in self.carried]


def writes(house, act, place=None):
    """Lets a command's code write to the outbox."""
    place = place or house.place
    with transaction(house.engine, place.community_id) as db:
        ctx = house.app._ctx(db, place, Request("setup", place.id, who("ana"), "", house.now))
        act(ctx)


def posts(house, *titles, channel="#general", place=None):
    def act(ctx):
        for title in titles:
            outbox.post(ctx, Channel(ctx.place.id, channel), card("{t}", t=title))
            ctx.db.flush()

    writes(house, act, place)


def member(ctx, name):
    return ctx.db.exec(select(outbox.Member).where(outbox.Member.name == name)).one()


def drains(house, now=NOW):
    return asyncio.run(house.courier.drain(now))


def states(house):
    with house.db() as db:
        rows = db.exec(select(Outbox).order_by(col(Outbox.id))).all()
    return [row.state for row in rows if row.written_at == NOW and not row.error_notice and "Hello" not in row.card]


def row_of(house, title):
    with house.db() as db:
        return next(row for row in db.exec(select(Outbox)).all() if f'"{title}"' in row.card)

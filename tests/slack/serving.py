"""One process of ours before the loopback Slack, by HTTP and by socket, and what people read there."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from adapters.slack.app import Keys, Slack
from adapters.slack.serve import over_http, over_socket
from bot import features, outbox
from bot.app import App
from bot.ctx import Request, Who
from bot.text import Channel
from bot.ui import card
from jobs.clock import Clock
from jobs.courier import Courier
from storage.db import connect, everywhere, transaction
from storage.machinery import Outbox
from tests.encoders import Words
from tests.ports import free_port
from tests.prepared import has_tables

WAYS = ("http", "socket")


class Served:
    """One process serving the workspace, its clock and courier moved on by hand."""

    def __init__(self, slack, database):
        self.slack = slack
        engine = connect(f"sqlite:///{database}")
        has_tables(engine)
        self.app = App(engine, features.catalogue(), Words(), features.welcome)
        self.bot = Slack(self.app, Keys(self._token, slack.signing_secret, slack.api_url))
        self.courier = Courier(engine, {"slack": self.bot.carrier})
        self.stop = asyncio.Event()

    async def _token(self, _team, _enterprise):
        return self.slack.bot_token

    async def start(self, way):
        self.slack.mode = way
        if way == "socket":
            self.running = asyncio.create_task(over_socket(self.bot, self.slack.app_token, self.stop))
            await self.slack.connected()
            return
        port = free_port()
        self.slack.app_url = f"http://127.0.0.1:{port}/slack/events"
        self.running = asyncio.create_task(over_http(self.bot, "127.0.0.1", port, self.stop))
        await opened(port)

    async def settle(self):
        """All answers are out, and what they caused is delivered."""
        await self.bot.settle(10)
        now = datetime.now(UTC)
        await asyncio.to_thread(Clock(self.app).tick, now)
        await self.courier.drain(now)

    def writes(self, act):
        """Lets a command's code write to the outbox."""
        now = datetime.now(UTC)
        place = self.app.place("slack", "T1", "Collective", now)
        with transaction(self.app.engine, place.community_id) as db:
            act(self.app._ctx(db, place, Request("setup", place.id, Who("U1", "ana", admin=True), "", now)))

    def posts(self, channel, *titles):
        """Cards for a channel, by a command."""

        def act(ctx):
            for title in titles:
                outbox.post(ctx, Channel(ctx.place.id, channel), card("{t}", t=title))
                ctx.db.flush()

        self.writes(act)

    async def drain(self, after=0):
        """The courier's round, so many seconds from now."""
        return await self.courier.drain(datetime.now(UTC) + timedelta(seconds=after))

    def rows(self):
        """The outbox, words to new members aside."""
        with everywhere(self.app.engine) as db:
            found = db.exec(select(Outbox).order_by(col(Outbox.id))).all()
        return [row for row in found if "Hello" not in row.card]

    async def leave(self):
        self.stop.set()
        await self.running
        await self.bot.close()


async def opened(port, seconds=60.0):
    for _ in range(int(seconds / 0.02)):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise AssertionError("the port never opened")


def words(posts):
    """All that posts say, formatting left out."""
    return "\n".join(text for post in posts for text in texts(post)).replace("*", "").replace("\u2060", "")


def shown(posts):
    """What stands in the blocks of posts, each thing once."""
    return words([post.get("blocks", []) for post in posts])


def texts(value):
    if isinstance(value, dict):
        found = [value["text"]] if isinstance(value.get("text"), str) else []
        return [*found, *(text for inner in value.values() for text in texts(inner))]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []


async def says(served, user, line):
    name, _, rest = line.partition(" ")
    ack = await served.slack.command(user, f"/{name}", served.slack.typed(rest))
    await served.settle()
    return ack

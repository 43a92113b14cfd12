"""One process that serves the loopback Discord, its clock and courier moved on by hand."""

import asyncio
from datetime import UTC, datetime

from adapters.discord.app import Discord, Keys
from adapters.discord.serve import over_gateway
from bot import features
from bot.app import App
from jobs.clock import Clock
from jobs.courier import Courier
from storage.db import connect
from tests.discord.nouns import said
from tests.discord.state import Memory
from tests.encoders import Words
from tests.prepared import has_tables


class Served:
    """The real client, the real core, a real database file."""

    def __init__(self, discord: Memory, database, **keys) -> None:
        self.discord = discord
        self.engine = connect(f"sqlite:///{database}")
        has_tables(self.engine)
        self.app = App(self.engine, features.catalogue(), Words(), features.welcome)
        self.bot = Discord(self.app, Keys(discord.token, discord.api_url, **keys))
        self.courier = Courier(self.engine, {"discord": self.bot.carrier})
        self.stop = asyncio.Event()

    async def start(self) -> None:
        """Until it hears."""
        self.running = asyncio.create_task(over_gateway(self.bot, self.stop))
        waiting = asyncio.create_task(self.discord.connected())
        await asyncio.wait({self.running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            self.running.result()
        await waiting
        await self.discord.until(lambda: self.bot.gateway and self.bot.gateway.is_ready())
        await self.settle()

    async def settle(self) -> None:
        """All answers are out, and what they caused is delivered."""
        await self.discord.until(self._has_heard)
        await asyncio.sleep(0.01)
        await self.bot.settle(20)
        now = datetime.now(UTC)
        await asyncio.to_thread(Clock(self.app).tick, now)
        await self.courier.drain(now)

    def _has_heard(self) -> bool:
        """Whether everything that was sent over the gateway has come."""
        links = [info._parent.ws for info in self.bot.gateway.shards.values()]
        heard = {link.session_id: link.sequence for link in links if link}
        return all(heard.get(one.id) == one.sequence for one in self.discord.sessions.values() if one.line)

    async def leave(self) -> None:
        """As on SIGTERM."""
        self.stop.set()
        await self.running
        await self.bot.close()
        self.engine.dispose()


def words(posts):
    """All that posts say, what hides markup left out."""
    return "\n".join(said(post) for post in posts).replace("\u200b", "").replace("\u2060", "").replace("**", "")


async def does(served, user, line, given=None, /, **options):
    """A slash command and all that follows."""
    met = await served.discord.types(user, line, given, **options)
    await served.settle()
    return met

"""The loopback Discord beside the bot in one process: what happens goes straight into the real client's parsing."""

import asyncio
import json
from typing import Any

from discord.user import ClientUser

from adapters.discord.app import Discord as Bot
from adapters.discord.gateway import Gateway, Shards
from adapters.discord.serve import Granted, intents
from tests.discord.lines import Session
from tests.discord.nouns import Body
from tests.discord.server import Discord

EVENT = "discord.py: "


class Ear:
    """The end of a gateway that needs no port: events reach the client in the form in which they would arrive."""

    def __init__(self, client: Gateway) -> None:
        self.client = client

    def put(self, payload: Body) -> None:
        """discord.py reads it, and calls who listens."""
        said = json.loads(json.dumps(payload))
        self.client._connection.parsers[said["t"]](said["d"])  # pyright: ignore[reportPrivateUsage]


class Wireless(Discord):
    """A Discord whose gateway needs no port; its HTTP API has one."""

    async def connects(self, bot: Bot) -> None:
        """A process listens, as if its gateway had just said that it is ready."""
        client = Gateway(bot, intents(Granted(members=True)), Shards(1))
        await client._async_setup_hook()  # pyright: ignore[reportPrivateUsage]
        state: Any = client._connection  # pyright: ignore[reportPrivateUsage]
        state.user = ClientUser(state=state, data=self._ready(self._session(client))["user"])
        bot.gateway = client

    def _session(self, client: Gateway) -> Session:
        self.sessions.clear()
        made = Session("wireless", (0, 1), client.intents.value, None)
        made.line = Ear(client)  # pyright: ignore[reportAttributeAccessIssue]
        self.sessions[made.id] = made
        return made


async def settled(bot: Bot, seconds: float) -> None:
    """discord.py has told all that it heard, and all that it led to is done."""
    while heard := [task for task in asyncio.all_tasks() if task.get_name().startswith(EVENT)]:
        await asyncio.wait(heard, timeout=seconds)
    await bot.settle(seconds)

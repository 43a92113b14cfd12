"""A discord.py client that does nothing but answer, to hold the loopback Discord against."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.http import Route

from tests.discord.nouns import Body
from tests.discord.server import Discord

HELLO = {"name": "hello", "type": 1, "description": "Says hello"}
THANK = {
    "name": "kudos",
    "type": 1,
    "description": "Thanks",
    "options": [
        {
            "name": "give",
            "type": 1,
            "description": "Thank somebody",
            "options": [
                {"name": "to", "type": 6, "description": "Whom", "required": True},
                {"name": "skill", "type": 3, "description": "For what", "autocomplete": True},
                {"name": "weight", "type": 4, "description": "How much", "min_value": 1, "max_value": 3},
            ],
        }
    ],
}
MENUS = [{"name": "Give kudos", "type": 2}, {"name": "Thank for this", "type": 3}]
COMMANDS = [HELLO, THANK, *MENUS]


def row(*labels: str) -> Body:
    """A row of buttons."""
    buttons = [{"type": 2, "style": 2, "label": label, "custom_id": f"!{label.lower()}"} for label in labels]
    return {"type": 1, "components": buttons}


def form(**fields: Body) -> Body:
    """A form."""
    labels = [
        {"type": 18, "label": name.title(), "component": {"custom_id": name, **one}} for name, one in fields.items()
    ]
    return {"custom_id": "#form", "title": "Thanks", "components": labels}


class Bare(discord.AutoShardedClient):
    """Answers each interaction as a test says, and keeps what it hears."""

    def __init__(self, **more: Any) -> None:
        super().__init__(intents=more.pop("intents", discord.Intents.all()), guild_ready_timeout=0.2, **more)
        self.heard: list[tuple[str, Any]] = []
        self.answer: Body = {"type": 4, "data": {"content": "ok", "allowed_mentions": {"parse": []}}}
        self.errors: list[discord.HTTPException] = []
        self.late = 0.0

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No five seconds between shards: the loopback lets many in at once."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody uses the bot."""
        self.heard.append(("interaction", interaction))
        await asyncio.sleep(self.late)
        try:
            await self.call("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", json=self.answer)
        except discord.HTTPException as error:
            self.errors.append(error)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody writes."""
        self.heard.append(("message", message))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody reacts."""
        self.heard.append(("reaction", event))

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        """Somebody leaves."""
        self.heard.append(("left", event))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server invites the bot."""
        self.heard.append(("guild", guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server throws the bot out."""
        self.heard.append(("no guild", guild))

    async def on_resumed(self) -> None:
        """A connection goes on where it broke."""
        self.heard.append(("resumed", None))

    def of(self, kind: str) -> list[Any]:
        """What was heard of a kind."""
        return [one for name, one in self.heard if name == kind]

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """One request, as discord.py makes it."""
        return await self.http.request(Route(method, path), **body)

    async def post(self, channel: str, **body: Any) -> Body:
        """A message."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        return await self.http.request(route, json={"allowed_mentions": {"parse": []}, **body})


@asynccontextmanager
async def running(server: Discord, **more: Any) -> AsyncGenerator[Bare]:
    """The bare client, connected, with its commands told."""
    client = Bare(**more)
    server.commands[""] = []
    task = asyncio.create_task(client.start(server.token))
    try:
        await _ready(client, task)
        await client.call("PUT", f"/applications/{client.application_id}/commands", json=COMMANDS)
        yield client
    finally:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)


async def _ready(client: Bare, task: asyncio.Task[None]) -> None:
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait({ready, task}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        assert client.is_ready(), "the client is not ready"
    finally:
        ready.cancel()

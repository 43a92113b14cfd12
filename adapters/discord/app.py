"""Discord, wired: discord.py hears, the core answers."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog
from discord.http import HTTPClient, Route

from adapters.discord import decode
from adapters.discord.answer import Desk, Now, this_moment
from adapters.discord.carrier import DiscordCarrier
from adapters.discord.channels import labelled
from adapters.discord.clickable import Commands
from adapters.discord.decode import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMISSION, Incoming, Payload
from adapters.discord.directory import Directory
from adapters.discord.gateway import Gateway, Shards
from adapters.discord.homes import Homes
from adapters.discord.letters import Letters
from adapters.discord.modals import answers
from adapters.discord.rest import Rest, told_of_limits
from adapters.discord.signs import SELF, Signs
from bot.app import App
from bot.ctx import Request, Who
from bot.kinds import clean
from bot.listening import may_mean
from bot.places import places_on
from storage.models import Place

REMEDY = "switch on Message Content Intent for the bot in the developer portal, then restart; see docs/discord.md"
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody is to be warned that it cannot speak
log = structlog.get_logger("manyhands.discord")


@dataclass(frozen=True, slots=True)
class Keys:
    """How Discord is reached; `servers` are those that share the operator's community."""

    token: str
    api_url: str = ""
    gateway_url: str = ""
    servers: frozenset[str] = frozenset()
    shards: Shards | None = field(default=None)


class Discord:
    """One process's Discord side, for any number of servers."""

    platform = "discord"

    def __init__(self, app: App, keys: Keys, now: Now = this_moment) -> None:
        if keys.api_url:
            Route.BASE = keys.api_url.rstrip("/")
        self.app = app
        self.keys = keys
        self.now = now
        self.rest = Rest(self.http)
        self.directory = Directory(self.rest, self._permissions)
        self.homes = Homes(app, self.directory, self, keys.servers)
        self.commands = Commands(self.rest, self._application)
        letters = Letters(app, self.commands)
        self.desk = Desk(app, self.rest, self.homes, self.directory, self, letters, now)
        self.signs = Signs(app, self.rest, self.desk)
        self.carrier = DiscordCarrier(app, self.rest, letters)
        self.gateway: Gateway | None = None
        self.running: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()
        self._unheard: set[int] = set()
        self._login = asyncio.Lock()
        self._client: discord.Client | None = None

    async def client(self) -> discord.Client:
        """The client behind every HTTP call; logged in once, whatever becomes of the gateway."""
        if self._client is None:
            async with self._login:
                if self._client is None:
                    self._client = await self._logged_in()
        return self._client

    async def _logged_in(self) -> discord.Client:
        traced = told_of_limits(lambda: self.app.watch.limited(self.platform))
        made = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=60, http_trace=traced)
        try:
            await made.login(self.keys.token)
        except BaseException:
            await made.close()
            raise
        return made

    def connected(self) -> None:
        """The gateway is open."""
        self.ready.set()

    async def _application(self) -> str:
        return str((await self.client()).application_id)

    async def http(self) -> HTTPClient:
        """For calls."""
        return (await self.client()).http

    async def close(self) -> None:
        """Nothing stays open."""
        if self._client:
            await self._client.close()
            self._client = None

    def all(self) -> list[str]:
        """The servers that the bot is in, as far as this process hears of them."""
        return [str(one.id) for one in self.gateway.guilds] if self.gateway else []

    def name(self, server: str) -> str:
        """What a server is called."""
        known = self.gateway.get_guild(int(server)) if self.gateway else None
        return known.name if known else ""

    def _permissions(self, server: str, user: str, roles: Any) -> int | None:
        return self.gateway.permissions(server, user, list(roles)) if self.gateway else None

    def role_name(self, server: str, role: str) -> str:
        """What a role is called."""
        return self.gateway.role_name(server, role) if self.gateway else ""

    def labelled(self, server: str, said: Incoming) -> Incoming:
        """What was said, with the names of the channels in it."""
        wanted = said.is_written and self.app.names_a_channel(said.line)
        return labelled(said, self.gateway, server, wanted) if self.gateway else said

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on beside the gateway; what fails is logged, never lost in silence."""
        task = asyncio.create_task(self._guarded(work))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("discord answer failed")

    async def settle(self, seconds: float) -> None:
        """Waits for answers that are on their way."""
        while self.running:
            _done, waiting = await asyncio.wait(set(self.running), timeout=seconds)
            if waiting:
                return

    def interaction(self, body: Payload) -> None:
        """Whatever Discord calls an interaction."""
        if body["type"] == COMMAND:
            self._later(self.desk.interact(decode.command(self.app.catalogue, body)))
        elif body["type"] == AUTOCOMPLETE:
            said, name, typed = decode.suggestion(self.app.catalogue, body)
            self._later(self.desk.suggest(said, name, clean(typed)))
        elif body["type"] == COMPONENT:
            self._later(self.desk.interact(decode.press(body)))
        elif body["type"] == SUBMISSION:
            self._later(self.desk.interact(decode.submission(body, answers(body["data"]))))

    def message(self, body: Payload) -> None:
        """A direct message or a mention is a line."""
        if said := decode.message(body, self._me()):
            self._later(self.desk.converse(said))
        elif may_mean(body["content"]) and (overheard := decode.overheard(body)):
            self._later(self.signs.overheard(body, overheard))

    def deleted(self, body: Payload) -> None:
        """What a message gave goes with it."""
        if body["guild_id"]:
            self._later(self.signs.deleted(body))

    def reaction(self, body: Payload) -> None:
        """A reaction may thank."""
        if body["guild_id"] and str(body["user_id"]) != self._me():
            self._later(self.signs.reacted(body))

    def cleared(self, body: Payload) -> None:
        """What the reactions gave goes with them."""
        if body["guild_id"]:
            self._later(self.signs.cleared(body))

    def left(self, guild: str, user: str) -> None:
        """Somebody is not in a server any more."""
        self._later(self._gone(guild, user))

    async def _gone(self, guild: str, user: str) -> None:
        self.directory.forget(guild, user)
        place = await self.homes.of_server(guild)
        await asyncio.to_thread(self.app.gone, place.id, user, self.now())

    def parted(self, guild: str) -> None:
        """Nobody there is forgotten: whoever invites the bot again finds everything as it was."""
        log.info("a server has removed the bot", server=guild)

    def server(self, guild: str) -> None:
        """A server that the bot is in."""
        self._later(self._arrived(guild))

    async def _arrived(self, guild: str) -> None:
        place = await self.homes.of_server(guild)
        if home := self.gateway.home(guild) if self.gateway else "":
            await asyncio.to_thread(self.app.at_home, place.id, home)

    def founded(self, place: Place) -> None:
        """The owner of a new server is welcomed."""
        self._later(self._welcomed(place))

    async def _welcomed(self, place: Place) -> None:
        known = self.gateway.get_guild(int(place.key)) if self.gateway else None
        owner = str(known.owner_id or "") if known else ""
        if who := await self.directory.who(place.key, owner) if owner else None:
            host = Who(who.key, who.name, admin=True)
            said = Request(f"arrived-{place.key}", place.id, host, "arrived", self.now())
            await asyncio.to_thread(self.app.handle, said)

    def wants_content(self) -> bool:
        """Whether some community listens to what people write."""
        return any(self.app.listening(place.id).to_words for place in places_on(self.app.engine, "discord"))

    def say_content_is_missing(self) -> None:
        """Admins hear that I cannot read what people write, when that is so and whenever they switch it on again."""
        now = self.now()
        listening = {one.id for one in places_on(self.app.engine, "discord") if self.app.listening(one.id).to_words}
        for place in listening - self._unheard:
            log.warning(
                "a community wants me to listen, but Discord does not let me read messages", place=place, remedy=REMEDY
            )
            event = f"unheard-{place}-{now:%Y%m%d}"
            self.app.handle(Request(event, place, SELF, "message unheard", now, timer=True))
        self._unheard = listening

    def _me(self) -> str:
        return str(self._client.user.id) if self._client and self._client.user else ""

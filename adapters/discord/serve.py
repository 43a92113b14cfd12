"""Runs Discord: logs in, tells it the commands when they changed, and listens until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy import Engine

from adapters.discord.app import REMEDY, Discord
from adapters.discord.commands import digest, menus_left_out, payloads
from adapters.discord.errors import NETWORK
from adapters.discord.gateway import Gateway, Shards
from adapters.discord.intents import REFUSED
from storage.db import transaction
from storage.machinery import Registered

Answer = TypeVar("Answer")
PASSING = (discord.HTTPException, discord.RateLimited, *NETWORK)
LEAVE_SECONDS, LOOK_SECONDS, RETRY_SECONDS = 4.0, 30.0, 5.0
log = structlog.get_logger("manyhands.discord")


class Refused(ValueError):
    """Discord does not accept the token; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The privileged intents that are switched on in Discord's developer portal."""

    members: bool = False
    content: bool = False


def granted(client: discord.Client) -> Granted:
    """As Discord tells of the application."""
    flags = client.application_flags
    return Granted(
        flags.gateway_guild_members or flags.gateway_guild_members_limited,
        flags.gateway_message_content or flags.gateway_message_content_limited,
    )


def intents(given: Granted) -> discord.Intents:
    """The least that is needed: servers, mentions, deletions, reactions and direct messages."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.guild_reactions = wanted.dm_messages = True
    wanted.members = given.members
    wanted.message_content = given.content
    return wanted


async def over_gateway(served: Discord, stop: asyncio.Event) -> None:
    """Serves until told to stop; raises `Refused` for a wrong token."""
    try:
        client = await _logged_in(served, stop)
        if client is None:
            return
        await tell_commands(served, client)
        await _listen(served, client, stop)
    finally:
        await served.settle(LEAVE_SECONDS)


async def _logged_in(served: Discord, stop: asyncio.Event) -> discord.Client | None:
    try:
        return await _patiently(served.client, stop)
    except discord.LoginFailure as error:
        raise Refused(REFUSED) from error


async def _patiently(call: Callable[[], Awaitable[Answer]], stop: asyncio.Event) -> Answer | None:
    """A Discord that cannot be reached just now is tried again; none when told to stop meanwhile."""
    while not stop.is_set():
        try:
            return await call()
        except PASSING as error:
            await _wait_after(error, stop)
    return None


async def _wait_after(error: Exception, stop: asyncio.Event) -> None:
    log.warning("discord cannot be reached", why=str(error) or type(error).__name__)
    await _pause(stop, RETRY_SECONDS)


async def tell_commands(served: Discord, client: discord.Client) -> None:
    """Discord keeps commands, and counts how often they are set: only what changed is told."""
    made, application = payloads(served.app.catalogue), str(client.application_id)
    known = await asyncio.to_thread(_registered, served.app.engine, application)
    if known == digest(made) and await served.commands.ask():
        return
    try:
        served.commands.learn(await served.rest.tell_commands(application, made))
    except PASSING as error:
        log.error(
            "discord does not take the commands; those of before go on, the next start tries again", why=str(error)
        )
        return
    await asyncio.to_thread(_register, served.app.engine, application, digest(made))
    log.info("commands told", count=len(made))
    if left_out := menus_left_out(served.app.catalogue):
        log.warning("Discord has no room for these menus; their commands can be typed", menus=left_out)


def _registered(engine: Engine, application: str) -> str:
    with transaction(engine) as db:
        row = db.get(Registered, application)
        return row.digest if row else ""


def _register(engine: Engine, application: str, told: str) -> None:
    with transaction(engine) as db:
        db.merge(Registered(application=application, digest=told, told_at=datetime.now(UTC)))


async def _listen(served: Discord, client: discord.Client, stop: asyncio.Event) -> None:
    """One gateway after another, when what may be heard changes; each resumes and reconnects by itself."""
    shards = await _patiently(partial(_shards, served), stop)
    given = granted(client)
    while shards and not stop.is_set():
        wanted = await _wanted(served, given)
        served.gateway = Gateway(served, intents(wanted), shards)
        try:
            await _connected(served, served.gateway, given, wanted, stop)
        except discord.PrivilegedIntentsRequired:
            given = Granted()
            log.warning("discord refuses privileged intents; going on without", remedy=REMEDY)
        except PASSING as error:
            await _wait_after(error, stop)


async def _wanted(served: Discord, given: Granted) -> Granted:
    """Message content only where an admin switched `++` on and Discord grants it; otherwise the admins are told."""
    wanted = await asyncio.to_thread(served.wants_content)
    if not given.content:
        await asyncio.to_thread(served.say_content_is_missing)
    return Granted(given.members, wanted and given.content)


async def _connected(served: Discord, gateway: Gateway, given: Granted, wanted: Granted, stop: asyncio.Event) -> None:
    """Until told to stop, or until other intents are wanted."""
    running = asyncio.create_task(gateway.start(served.keys.token))
    try:
        while not stop.is_set() and not running.done():
            await _pause(stop, LOOK_SECONDS, running)
            if await _wanted(served, given) != wanted:
                log.info("other intents are wanted; connecting again")
                return
        if running.done():
            running.result()
    finally:
        await served.settle(LEAVE_SECONDS)
        await gateway.close()
        await asyncio.gather(running, return_exceptions=True)


async def _shards(served: Discord) -> Shards:
    """How many there are, and where the gateway is; asked of Discord unless it is set."""
    found: dict[str, Any] = await served.rest.call(Route("GET", "/gateway/bot"))
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(served.keys.gateway_url or found["url"])
    return served.keys.shards or Shards(int(found["shards"]))


async def _pause(stop: asyncio.Event, seconds: float, *others: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, *others}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()

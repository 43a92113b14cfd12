"""Signs without a command: reactions, `++` and work in a conversation, messages that go; what the core listens for."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord import decode, menus
from adapters.discord.answer import Desk
from adapters.discord.decode import Incoming, Payload
from adapters.discord.rest import Rest
from bot.app import App
from bot.ctx import Given, Request, Who
from bot.listening import THANKS
from storage.models import Place

SELF = Who("manyhands", "Manyhands", bot=True)
READ_AT = "https://discord.com/channels"
REPLY = 19


class Signs:
    """What people say without speaking to the bot."""

    def __init__(self, app: App, rest: Rest, desk: Desk) -> None:
        self._app = app
        self._rest = rest
        self._desk = desk

    async def reacted(self, body: Payload) -> None:
        """On a thank-you it thanks too; elsewhere it thanks the author, where the community wants that."""
        place = await self._desk.homes.of_server(str(body["guild_id"]))
        channel, message = str(body["channel_id"]), str(body["message_id"])
        key = await asyncio.to_thread(self._app.card_at, place.id, channel, message)
        if key.startswith("k"):
            verb = "react" if body["added"] else "unreact"
            await self._sign(body, place, f"kudos {verb} {key}", {"emoji": body["emoji"]})
        elif not key and (await asyncio.to_thread(self._app.listening, place.id)).hears(body["emoji"]):
            await (self._cheered(body, place) if body["added"] else self._uncheered(body, place))

    async def _cheered(self, body: Payload, place: Place) -> None:
        found = await self._message(body)
        author = found.get("author") or {"id": body["author_id"]}
        if not author["id"] or found.get("webhook_id"):
            return
        key = str(author["id"])
        who = await self._desk.directory.who(place.key, key) or decode.who_of(author)
        given = {**_where(body), "author": f"<@{key}>", "words": str(found.get("content") or ""), "link": _link(body)}
        await self._sign(body, place, "kudos cheer", {**given, "emoji": body["emoji"]}, {key: who})

    async def _uncheered(self, body: Payload, place: Place) -> None:
        await self._sign(body, place, "kudos uncheer", {**_where(body), "emoji": body["emoji"]})

    async def _message(self, body: Payload) -> Mapping[str, Any]:
        """The message, which may be out of sight; its words come only where Discord grants them."""
        try:
            return await self._rest.message(str(body["channel_id"]), str(body["message_id"]))
        except discord.HTTPException:
            return {}

    async def _sign(
        self,
        body: Payload,
        place: Place,
        line: str,
        given: Mapping[str, Given],
        people: Mapping[str, Who] | None = None,
    ) -> None:
        """Somebody's own sign; a repeated one is told apart by the core, for it comes without an id."""
        who = await self._desk.directory.who(place.key, str(body["user_id"]))
        if who is None or who.bot:
            return
        event = f"sign-{body['message_id']}-{who.key}-{time.time_ns()}"
        said = decode.sign(event, who, place.key, str(body["channel_id"]), line, given, people or {})
        await self._desk.notice(said, place)

    async def overheard(self, body: Payload, said: Incoming) -> None:
        """Somebody wrote `@ana ++ why` in a conversation, or told of work in the channel for it."""
        place = await self._desk.homes.of_server(said.guild)
        listening = await asyncio.to_thread(self._app.listening, place.id)
        line = listening.reads(said.line, said.channel, is_reply=body.get("type", 0) == REPLY)
        if not line:
            return
        given: dict[str, Given] = {"text": said.line, "message": f"{said.channel}/{said.id}"}
        given |= {"link": _link(body)} if line == THANKS else {"text": menus.read_out(body)}
        event = f"{line.rpartition(' ')[2]}-{said.id}"
        await self._desk.notice(decode.sign(event, said.who, said.guild, said.channel, line, given, said.people), place)

    async def deleted(self, body: Payload) -> None:
        """What a message gave goes with it."""
        place = await self._desk.homes.of_server(str(body["guild_id"]))
        await self._happens(f"gone-{body['message_id']}", place, "message gone", _where(body))

    async def cleared(self, body: Payload) -> None:
        """What a message's reactions gave goes with them; they may come again, and be cleared again."""
        place = await self._desk.homes.of_server(str(body["guild_id"]))
        key = await asyncio.to_thread(self._app.card_at, place.id, str(body["channel_id"]), str(body["message_id"]))
        if key and not key.startswith("k"):
            return
        about: dict[str, Given] = {"kudos": key} if key else _where(body)
        event = f"cleared-{body['message_id']}-{time.time_ns()}"
        await self._happens(event, place, "kudos cleared", {**about, "emoji": body["emoji"]})

    async def _happens(self, event: str, place: Place, line: str, given: Mapping[str, Given]) -> None:
        """Said by Discord alone, as a timer says what it does."""
        said = Request(event, place.id, SELF, line, self._desk.now(), given, timer=True)
        await asyncio.to_thread(self._app.handle, said)


def _where(body: Payload) -> dict[str, Given]:
    return {"message": f"{body['channel_id']}/{body['message_id']}"}


def _link(body: Payload) -> str:
    return f"{READ_AT}/{body['guild_id']}/{body['channel_id']}/{body.get('message_id') or body['id']}"

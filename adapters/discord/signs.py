"""Signs without a command: reactions, `++` in a conversation, messages that go; only what the core listens for."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord import decode
from adapters.discord.answer import Desk
from adapters.discord.decode import Incoming, Payload
from adapters.discord.rest import Rest
from bot.app import App
from bot.ctx import Given, Request, Who
from storage.models import Place

SELF = Who("manyhands", "Manyhands", bot=True)
READ_AT = "https://discord.com/channels"


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

    async def plussed(self, body: Payload, said: Incoming) -> None:
        """Somebody wrote `@ana ++ why` in a conversation."""
        place = await self._desk.homes.of_server(said.guild)
        if (await asyncio.to_thread(self._app.listening, place.id)).plus:
            given = {"text": said.line, "message": f"{said.channel}/{said.id}", "link": _link(body)}
            meant = decode.sign(f"plus-{said.id}", said.who, said.guild, said.channel, "kudos plus", given, said.people)
            await self._desk.notice(meant, place)

    async def deleted(self, body: Payload) -> None:
        """What a message gave goes with it."""
        place = await self._desk.homes.of_server(str(body["guild_id"]))
        await self._happens(f"gone-{body['message_id']}", place, "kudos gone", _where(body))

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

"""What people say and do to each other, as far as the community wants it heard: thanks by reaction and `++`, work."""

import asyncio
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import decode
from adapters.slack.answer import Desk
from adapters.slack.directory import Home
from adapters.slack.errors import code_of
from adapters.slack.incoming import Payload
from adapters.slack.web import got
from adapters.slack.words import but_people, users_in, words
from bot.listening import THANKS, may_mean

SPOKEN = {None, "thread_broadcast", "file_share", "me_message"}
MOST_NAMES = 20
log = structlog.get_logger("manyhands.slack")


class Ear:
    """Asks the core first what it listens for, and fetches a message only then."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._turns: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    async def reacted(self, body: Payload) -> None:
        """A reaction put on or taken off; those of one person under one message in the order in which they came."""
        event, item = body["event"], body["event"]["item"]
        turn = self._turns.setdefault(
            (decode.team_of(body), event["user"], item["channel"], item["ts"]), asyncio.Lock()
        )
        async with turn:
            await self._reacted(body)

    async def _reacted(self, body: Payload) -> None:
        event, item = body["event"], body["event"]["item"]
        place = await self.desk.place(decode.team_of(body), decode.organisation_of(body))
        key = await asyncio.to_thread(self.desk.app.card_at, place.id, item["channel"], item["ts"])
        if key:
            if key.startswith("k"):
                await self.desk.serve(decode.reaction(body, key))
            return
        listening = await asyncio.to_thread(self.desk.app.listening, place.id)
        if not listening.hears(f":{event['reaction']}:"):
            return
        if event["type"] == "reaction_removed":
            await self.desk.serve(decode.uncheer(body))
        else:
            await self._cheered(body)

    async def _cheered(self, body: Payload) -> None:
        event, item = body["event"], body["event"]["item"]
        client = await self.desk.client(decode.team_of(body), decode.organisation_of(body))
        message = await _message(client, item["channel"], item["ts"]) if client else None
        if client is None or message is None or not message.get("user") or message.get("subtype") not in SPOKEN:
            return
        if _is_off_again(message, event["reaction"], event["user"]):
            return
        names = await self._names(client, decode.home_of(body), str(message.get("text", "")))
        link = await _link(client, item["channel"], item["ts"])
        await self.desk.serve(decode.cheer(body, message, words(str(message.get("text", "")), names), link))

    async def _names(self, client: AsyncWebClient, home: Home, text: str) -> dict[str, str]:
        found = await self.desk.directory.whos(client, home, users_in(text)[:MOST_NAMES])
        return {key: who.name for key, who in found.items()}

    async def overheard(self, body: Payload, bot_user: str) -> None:
        """A message with `++` in it or about work, where that is heard; one that mentions the bot is a line instead."""
        event = body["event"]
        is_said = event.get("subtype") in SPOKEN and event.get("user") and not event.get("bot_id")
        if not is_said or not may_mean(event.get("text", "")) or f"<@{bot_user}" in event["text"]:
            return
        place = await self.desk.place(decode.team_of(body), decode.organisation_of(body))
        listening = await asyncio.to_thread(self.desk.app.listening, place.id)
        is_reply = event.get("thread_ts", event["ts"]) != event["ts"]
        line = listening.reads(but_people(event["text"]), event["channel"], is_reply)
        client = await self.desk.client(decode.team_of(body), decode.organisation_of(body)) if line else None
        if line == THANKS:
            link = await _link(client, event["channel"], event["ts"]) if client else ""
            await self.desk.serve(decode.plus(body, link))
        elif line and client:
            names = await self._names(client, decode.home_of(body), event["text"])
            await self.desk.serve(decode.overheard(body, names))

    async def deleted(self, body: Payload) -> None:
        """What rested on the message is taken back."""
        await self.desk.serve(decode.gone(body))


async def _message(client: AsyncWebClient, channel: str, ts: str) -> Mapping[str, Any] | None:
    """The message of that name, in the channel itself or in a thread; none that the bot may not see."""
    try:
        found = await client.conversations_history(channel=channel, latest=ts, inclusive=True, limit=1)
        for message in got(found, "messages"):
            if message["ts"] == ts:
                return message
        replies = await client.conversations_replies(channel=channel, ts=ts, latest=ts, inclusive=True)
        return next((one for one in got(replies, "messages") if one["ts"] == ts), None)
    except SlackApiError as error:
        log.info("a message cannot be seen", why=code_of(error))
        return None


async def _link(client: AsyncWebClient, channel: str, ts: str) -> str:
    try:
        return got(await client.chat_getPermalink(channel=channel, message_ts=ts), "permalink")
    except SlackApiError as error:
        log.info("a message has no address", why=code_of(error))
        return ""


def _is_off_again(message: Mapping[str, Any], emoji: str, user: str) -> bool:
    """Whether the reaction was removed meanwhile; of many, Slack names only some."""
    for one in message.get("reactions", []):
        if one["name"].partition("::")[0] == emoji.partition("::")[0]:
            return user not in one["users"] and len(one["users"]) >= one["count"]
    return "reactions" in message

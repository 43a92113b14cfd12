"""How an answer reaches the one who asked, and nobody else: in channels for their eyes only, in their direct messages
as any message there, and in the place of the private card that was pressed where a page was turned."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.errors import code_of
from adapters.slack.incoming import Incoming
from adapters.slack.render import Message
from adapters.slack.rooms import Rooms
from adapters.slack.web import upload
from bot.ui import File, Image

Body = Mapping[str, Any]
Client = Callable[[Incoming], Awaitable[AsyncWebClient]]
log = structlog.get_logger("manyhands.slack")


class Whispers:
    """The private side of what is said; `client` gives the Web API client of where it was asked."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms

    async def say(self, said: Incoming, sent: Sequence[Message], turns: bool) -> None:
        """One message after the other; the first in the place of what was pressed, where it `turns` that."""
        first, *rest = sent
        if not (turns and said.instead and await self._by_url(said, {**_body(first), "replace_original": True})):
            await self._say(said, first)
        for message in rest:
            await self._say(said, message)

    async def show(self, said: Incoming, kept: list[Image | File]) -> None:
        """Pictures and files come by direct message, wherever it was asked."""
        await upload(await self._client(said), await self._room(said), kept)

    async def _say(self, said: Incoming, message: Message) -> None:
        body = _body(message)
        if said.thread:
            body["thread_ts"] = said.thread
        if said.is_direct and said.channel in ("", await self._room(said)):
            await self._write(said, body)
        elif not (await self._by_url(said, _private(body)) or await self._seen_there(said, body)):
            await self._write(replace(said, channel=""), body)

    async def _by_url(self, said: Incoming, body: Body) -> bool:
        """Whether the response URL took it; it works five times within half an hour."""
        if not said.response_url:
            return False
        client = await self._client(said)
        sent = await AsyncWebhookClient(said.response_url, session=client.session).send_dict(dict(body))
        return sent.status_code == 200

    async def _room(self, said: Incoming) -> str:
        """Their direct messages with the bot; an event in a direct message can come from no other."""
        if said.is_event and said.is_direct and said.channel:
            self._rooms.learn(said.team, [said.user], said.channel)
        return await self._rooms.of(await self._client(said), said.team, [said.user])

    async def _seen_there(self, said: Incoming, body: Body) -> bool:
        """Whether a message that only the one who asked can see is in the channel."""
        if said.is_direct:
            return False
        client = await self._client(said)
        try:
            await client.chat_postEphemeral(channel=said.channel, user=said.user, **body)
        except SlackApiError as error:
            log.info("whispering by direct message", why=code_of(error))
            return False
        return True

    async def _write(self, said: Incoming, body: Body) -> None:
        """A direct message: in the thread, when it was asked in one there."""
        client, room = await self._client(said), await self._room(said)
        body = body if said.channel == room else {**body, "thread_ts": None}
        await client.chat_postMessage(channel=room, unfurl_links=False, unfurl_media=False, **body)


def _body(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}


def _private(body: Body) -> Body:
    return {**body, "response_type": "ephemeral", "replace_original": False}

"""Takes cards to Slack: into channels, direct messages and group conversations, once where that can be known."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import NOT_INSTALLED, code_of, raised
from adapters.slack.mrkdwn import QUIET
from adapters.slack.render import Message, messages, uploads
from adapters.slack.rooms import Rooms
from adapters.slack.web import got, upload
from bot.carriage import Carried, Gone, Later, Parcel, Undeliverable
from bot.ui import Card
from storage.models import Place

EVENT, NO_MESSAGE = "manyhands_card", "message_not_found"
LOOKED_BACK = 100
NOT_THERE = ("user_not_in_channel", "not_in_channel", "channel_not_found")
Fit = Callable[[Place, Card], Awaitable[Card]]
Clients = Callable[[str], Awaitable[AsyncWebClient | None]]


class SlackCarrier:
    """The delivering side; `clients` gives the Web API client of a team, `fit` makes a card's lines fit its buttons."""

    platform = "slack"

    def __init__(self, clients: Clients, fit: Fit, rooms: Rooms) -> None:
        self.clients = clients
        self.fit = fit
        self.rooms = rooms

    async def carry(self, parcel: Parcel) -> Carried:
        """Posts or edits; raises `Later`, `Gone` or `Undeliverable`."""
        client = await self.clients(parcel.place.key)
        if client is None:
            raise Undeliverable(NOT_INSTALLED, everywhere=True)
        try:
            return await self._carry(client, parcel)
        except SlackApiError as error:
            if code_of(error) == NO_MESSAGE:
                raise Gone from error
            raise raised(error) from error
        except (ClientError, TimeoutError) as error:
            raise Later("Slack does not answer.") from error

    async def _carry(self, client: AsyncWebClient, parcel: Parcel) -> Carried:
        card = await self.fit(parcel.place, parcel.card)
        if parcel.is_whisper:
            return await self._whisper(client, parcel, messages(card, parcel.accounts))
        channel = parcel.channel or await self._room(client, parcel)
        said = messages(card, _faces(parcel))
        standing = parcel.edits.split()
        arrived = await self._arrived(client, channel, parcel) if parcel.attempt else {}
        for part, message in enumerate(said):
            if part < len(standing):
                await client.chat_update(channel=channel, ts=standing[part], **_body(message))
            else:
                standing.append(arrived.get(part) or await self._post(client, channel, message, parcel, part))
        if not parcel.edits and not arrived:
            await upload(client, channel, uploads(parcel.card), parcel.thread or standing[0])
        for ts in standing[len(said) :]:
            await self._remove(client, channel, ts)
        return Carried(parcel.channel, " ".join(standing[: len(said)]))

    async def _whisper(self, client: AsyncWebClient, parcel: Parcel, said: list[Message]) -> Carried:
        """In the channel, for one person's eyes; to who is not in it, by direct message."""
        (one,) = parcel.to
        for part, message in enumerate(said):
            try:
                await client.chat_postEphemeral(channel=parcel.channel, user=one.key, **_body(message))
            except SlackApiError as error:
                if code_of(error) not in NOT_THERE:
                    raise
                await self._post(client, await self._room(client, parcel), message, parcel, part)
        if kept := uploads(parcel.card):
            await upload(client, await self._room(client, parcel), kept)
        return Carried(parcel.channel, "")

    async def _room(self, client: AsyncWebClient, parcel: Parcel) -> str:
        return await self.rooms.of(client, parcel.place.key, (one.key for one in parcel.to))

    async def _post(self, client: AsyncWebClient, channel: str, message: Message, parcel: Parcel, part: int) -> str:
        """One message of a card, marked so that it is known again."""
        posted = await client.chat_postMessage(
            channel=channel,
            metadata={"event_type": EVENT, "event_payload": {"row": parcel.id, "part": part}},
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": parcel.thread} if parcel.thread else {}),
            **_body(message),
        )
        return got(posted, "ts")

    async def _remove(self, client: AsyncWebClient, channel: str, ts: str) -> None:
        """What a card that became shorter no longer needs; somebody else may have been first."""
        try:
            await client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if code_of(error) != NO_MESSAGE:
                raise

    async def _arrived(self, client: AsyncWebClient, channel: str, parcel: Parcel) -> dict[int, str]:
        """The messages of an earlier attempt that arrived although its answer did not, by their part of the card."""
        look: dict[str, Any] = {"channel": channel, "limit": LOOKED_BACK, "include_all_metadata": True}
        if parcel.thread:
            found = await client.conversations_replies(ts=parcel.thread, **look)
        else:
            found = await client.conversations_history(**look)
        arrived: dict[int, str] = {}
        for message in got(found, "messages"):
            known = message.get("metadata") or {}
            payload = known.get("event_payload", {})
            if known.get("event_type") == EVENT and payload.get("row") == parcel.id:
                arrived[payload.get("part", 0)] = message["ts"]
        return arrived


def _faces(parcel: Parcel) -> dict[int, str]:
    """A mention in a channel notifies: there only those are mentioned whom the card notifies, others are named."""
    if not parcel.channel:
        return dict(parcel.accounts)
    return {member: key if member in parcel.card.ping else QUIET for member, key in parcel.accounts.items()}


def _body(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}

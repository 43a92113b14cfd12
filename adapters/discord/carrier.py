"""Takes cards to Discord: into channels, threads, forums and direct messages, once where Discord lets that be known."""

import asyncio
from dataclasses import replace

import discord

from adapters.discord import limits
from adapters.discord.errors import ARCHIVED, HAS_THREAD, LEFT, NETWORK, NO_MESSAGE, NOT_TEXT, OUT_OF_SIGHT, raised
from adapters.discord.letters import Letters
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from bot.app import App
from bot.carriage import Carried, Gone, Later, Parcel, Undeliverable
from bot.places import channel_of
from bot.text import join, plain, text_of

MOST_REMEMBERED = 1000


class DiscordCarrier:
    """The delivering side."""

    platform = "discord"

    def __init__(self, app: App, rest: Rest, letters: Letters) -> None:
        self._app = app
        self._rest = rest
        self._letters = letters
        self._opened: dict[int, str] = {}

    async def carry(self, parcel: Parcel) -> Carried:
        """Posts or edits; raises `Later`, `Gone` or `Undeliverable`."""
        try:
            return await self._carry(parcel)
        except (discord.HTTPException, discord.RateLimited, discord.LoginFailure, *NETWORK) as error:
            if await self._has_left(parcel, error):
                raise Undeliverable(LEFT, everywhere=True) from error
            raise raised(error) from error

    async def _has_left(self, parcel: Parcel, error: Exception) -> bool:
        """Whether a channel is out of sight because all of its server is."""
        if not (parcel.channel and isinstance(error, discord.HTTPException) and error.code in OUT_OF_SIGHT):
            return False
        try:
            await self._rest.guild(parcel.place.key)
        except (discord.Forbidden, discord.NotFound):
            return True
        except (discord.HTTPException, discord.RateLimited, *NETWORK):
            return False
        return False

    async def _carry(self, parcel: Parcel) -> Carried:
        await self._letters.commands.ask()
        is_private = not parcel.channel or parcel.is_whisper
        said = _pinging(await self._letters.messages(parcel.place, parcel.card, is_private, parcel.accounts), parcel)
        if is_private:
            return await self._to_people(parcel, said)
        if parcel.edits:
            return Carried(parcel.channel, await self._edit(parcel, said))
        channel = await self._under(parcel) if parcel.thread else parcel.channel
        try:
            return Carried(channel, await self._post(channel, said, str(parcel.id)))
        except discord.HTTPException as error:
            if error.code != NOT_TEXT:
                raise
        return await self._to_forum(parcel, said)

    async def _under(self, parcel: Parcel) -> str:
        """The thread under a message, opened when there is none; where none can be, the channel itself."""
        try:
            return await self._rest.open_under(parcel.channel, parcel.thread, _title(plain(parcel.card.title)))
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            return parcel.thread if error.code == HAS_THREAD else parcel.channel

    async def _post(self, channel: str, said: list[Message], nonce: str) -> str:
        """The ids of the messages."""
        sent = [
            await self._rest.post(channel, one.body(), f"{nonce}-{number}", one.images)
            for number, one in enumerate(said)
        ]
        return " ".join(sent)

    async def _edit(self, parcel: Parcel, said: list[Message]) -> str:
        """Each message of a card says what it says now; a longer one goes on below, a shorter one leaves nothing."""
        standing = parcel.edits.split()
        for message, one in zip(standing, said, strict=False):
            await self._change(parcel.channel, message, one)
        for message in standing[len(said) :]:
            await self._remove(parcel.channel, message)
        more = said[len(standing) :]
        added = [await self._post(parcel.channel, more, f"{parcel.id}-more")] if more else []
        return " ".join([*standing[: len(said)], *added])

    async def _remove(self, channel: str, message: str) -> None:
        """Somebody else may have been first."""
        try:
            await self._rest.delete(channel, message)
        except discord.NotFound:
            return

    async def _change(self, channel: str, message: str, said: Message) -> None:
        """A card stays alive in a thread that fell asleep."""
        for again in (False, True):
            try:
                await self._rest.edit(channel, message, said.body(), said.images)
                return
            except discord.HTTPException as error:
                if error.code == NO_MESSAGE:
                    raise Gone from error
                if error.code != ARCHIVED or again:
                    raise
            await self._rest.reopen(channel)

    async def _to_forum(self, parcel: Parcel, said: list[Message]) -> Carried:
        """A forum takes posts, each of them a thread."""
        first, *others = said
        thread = self._opened.get(parcel.id) or await self._rest.open_post(
            parcel.channel, _title(plain(parcel.card.title)), first.body(), first.images
        )
        self._remember(parcel, thread)
        more = [await self._post(thread, others, f"{parcel.id}-more")] if others else []
        return Carried(thread, " ".join([thread, *more]))

    async def _to_people(self, parcel: Parcel, said: list[Message]) -> Carried:
        """A direct message; several people meet in a private thread, else each gets their own."""
        if len(parcel.to) > 1 and (thread := await self._meeting(parcel)):
            here = await self._letters.messages(parcel.place, parcel.card, False, parcel.accounts)
            return Carried("", await self._post(thread, here, str(parcel.id)))
        first, refused = "", ""
        for one in parcel.to:
            try:
                channel = await self._rest.direct(one.key)
                first = await self._post(channel, said, f"{parcel.id}.{one.member}") or first
            except discord.Forbidden as error:
                why = raised(error)
                if isinstance(why, Later) or len(parcel.to) == 1:
                    raise
                refused = f"{one.name}: {why}"
        if refused:
            raise Undeliverable(refused)
        return Carried("", first)

    async def _meeting(self, parcel: Parcel) -> str:
        """A private thread under the channel for intros; empty when there is none, or it cannot be opened."""
        if parcel.id in self._opened:
            return self._opened[parcel.id]
        channel = await asyncio.to_thread(channel_of, self._app.engine, parcel.place, "intros")
        if not channel:
            return ""
        names = plain(join([text_of(one.name) for one in parcel.to]))
        try:
            thread = await self._rest.open_private(channel, _title(names), [one.key for one in parcel.to])
        except (discord.Forbidden, discord.NotFound):
            return ""
        self._remember(parcel, thread)
        return thread

    def _remember(self, parcel: Parcel, thread: str) -> None:
        """A second attempt goes on where the first one came to."""
        if len(self._opened) >= MOST_REMEMBERED:
            self._opened.clear()
        self._opened[parcel.id] = thread


def _pinging(said: list[Message], parcel: Parcel) -> list[Message]:
    """Only those whom the card notifies; in a direct message everybody who is named has the message anyway."""
    pinged = {parcel.accounts.get(member) for member in parcel.card.ping}
    return [replace(one, mentions=tuple(key for key in one.mentions if key in pinged)) for one in said]


def _title(words: str) -> str:
    """The name of a thread."""
    whole = " ".join(words.split()) or "Manyhands"
    return whole if len(whole) <= limits.THREAD else f"{whole[: limits.THREAD - 1]}…"

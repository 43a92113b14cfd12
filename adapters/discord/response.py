"""The response to one interaction: first an answer within three seconds, then as many as it takes, for a quarter of an
hour; each for the one who asked alone, as Discord counts what they pressed among it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord.decode import COMPONENT, SUBMISSION, Incoming
from adapters.discord.errors import TOO_LATE
from adapters.discord.render import Message
from adapters.discord.rest import CHOICES, EPHEMERAL, LATER, LATER_UPDATE, MESSAGE, MODAL, UPDATE, Body, Rest


class Response:
    """One interaction's. What Discord does not wait for any longer, or cannot take just now, is `False`, and has to be
    said in another way."""

    def __init__(self, rest: Rest, said: Incoming) -> None:
        self._rest = rest
        self._said = said
        self._given = 0
        self._turn = asyncio.Lock()

    @property
    def opens_forms(self) -> bool:
        """A form must be the first answer, and answers no form."""
        return not self._given and self._said.kind != SUBMISSION

    async def put_off(self) -> None:
        """Discord shows that an answer comes."""
        async with self._turn:
            if self._given:
                return
            if self._said.instead:
                await self._first(LATER_UPDATE)
            else:
                await self._first(LATER, {"flags": EPHEMERAL})

    async def say(self, sent: Sequence[Message], turns: bool) -> bool:
        """One message after the other; the first in the place of what was pressed, where it `turns` that."""
        async with self._turn:
            try:
                await self._say(sent[0], turns and self._said.instead)
                for one in sent[1:]:
                    await self._further(one)
            except discord.HTTPException as error:
                if not _is_lost(error):
                    raise
                return False
            return True

    async def open(self, form: Body) -> bool:
        """A form."""
        async with self._turn:
            return await self._first(MODAL, form)

    async def leave(self) -> bool:
        """Nothing is said, and what was pressed stays as it is; not where people would wait for an answer for ever."""
        async with self._turn:
            if not self._given and self._said.kind == COMPONENT:
                await self._first(LATER_UPDATE)
            return self._given == LATER_UPDATE

    async def choose(self, choices: Sequence[Mapping[str, str]]) -> None:
        """What may be meant by what is typed."""
        await self._first(CHOICES, {"choices": list(choices)})

    async def _say(self, message: Message, instead: bool) -> None:
        if not self._given:
            kind = UPDATE if instead else MESSAGE
            await self._respond(kind, message.body(ephemeral=not instead), message.images)
        elif self._given == LATER or (self._given == LATER_UPDATE and instead):
            said = self._said
            await self._rest.edit_response(said.application, said.token, message.body(), message.images)
            self._given = MESSAGE
        else:
            await self._further(message)

    async def _further(self, message: Message) -> None:
        said = self._said
        await self._rest.follow_up(said.application, said.token, message.body(ephemeral=True), message.images)

    async def _first(self, kind: int, data: Body | None = None) -> bool:
        """Where nothing is lost when Discord does not wait any longer."""
        try:
            await self._respond(kind, data)
        except discord.HTTPException as error:
            if not _is_lost(error):
                raise
            return False
        return True

    async def _respond(self, kind: int, data: Body | None, images: Any = ()) -> None:
        await self._rest.respond(self._said.id, self._said.token, kind, data, images)
        self._given = kind


def _is_lost(error: discord.HTTPException) -> bool:
    return error.code in TOO_LATE or error.status >= 500

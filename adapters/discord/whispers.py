"""How an answer reaches the one who asked and nobody else: in response to what they did, or else by direct message."""

from collections.abc import Mapping
from dataclasses import replace

import discord
import structlog

from adapters.discord import limits, words
from adapters.discord.decode import SUBMISSION, Incoming
from adapters.discord.errors import ANSWERED
from adapters.discord.forms import call_in, draft, openable, opened
from adapters.discord.letters import Letters
from adapters.discord.response import Response
from adapters.discord.rest import Rest
from bot.answer import Answer
from bot.apology import untold
from bot.app import App
from bot.arguments import Call
from bot.references import key_of
from bot.ui import Card, Form, No
from storage.models import Place

log = structlog.get_logger("manyhands.discord")


class Whispers:
    """The private side of what is said."""

    def __init__(self, app: App, rest: Rest, letters: Letters) -> None:
        self._app = app
        self._rest = rest
        self._letters = letters

    async def tell(self, said: Incoming, place: Place | None, answer: Answer, response: Response) -> None:
        """Shows a reply; what cannot be shown is told, too."""
        try:
            await self._tell(said, place, answer, response)
        except Exception as error:
            if is_answered(error):
                raise
            log.exception("discord answer failed")
            await self._say(said, None, untold(said.id), {}, response)

    async def _tell(self, said: Incoming, place: Place | None, answer: Answer, response: Response) -> None:
        reply = answer.reply
        if isinstance(reply, Form) and place:
            form = reply.first_step(limits.QUESTIONS)
            if response.opens_forms:
                await self._open(said, place, form, answer, response)
                return
            reply = words.asking(form, draft(self._call(said)))
        if isinstance(reply, No) and (said.kind == SUBMISSION or reply.errors):
            reply = openable(reply)
        if reply is None and await response.leave():
            return
        shown = words.DONE if reply is None or isinstance(reply, Form) else reply
        await self._say(said, place, shown, answer.faces, response)

    async def _open(self, said: Incoming, place: Place, form: Form, answer: Answer, response: Response) -> None:
        data, where = opened(self._call(said), form, answer.written)
        carried = await self._letters.custom_id(place, replace(where, turns=said.instead), said.is_direct)
        if not await response.open({**data, "custom_id": carried}):
            ask = words.asking(form, draft(self._call(said)))
            await self.write(said, place, replace(answer, reply=ask), f"{said.id}-late")

    async def _say(
        self, said: Incoming, place: Place | None, reply: Card | No, faces: Mapping[int, str], response: Response
    ) -> None:
        """Only visible to them; by direct message when Discord does not wait any longer."""
        sent = await self._letters.messages(place, reply, said.is_direct, faces)
        if not await response.say(sent, turns=isinstance(reply, Card)):
            await self.write(said, place, Answer(reply, faces), f"{said.id}-late")

    async def write(self, said: Incoming, place: Place | None, answer: Answer, nonce: str) -> None:
        """By direct message; `nonce` makes a repeated attempt the same message."""
        reply = answer.reply
        if isinstance(reply, Form):
            reply = words.asking(reply, draft(self._call(said)))
        if reply is None:
            return
        if isinstance(reply, No) and reply.errors:
            reply = openable(reply)
        channel = said.channel if said.is_direct and said.channel else await self._rest.direct(said.who.key)
        for number, one in enumerate(await self._letters.messages(place, reply, True, answer.faces)):
            await self._rest.post(channel, one.body(), f"{key_of(nonce)[:20]}-{number}", one.images)

    async def write_or_regret(self, said: Incoming, place: Place | None, answer: Answer) -> None:
        """By direct message; what cannot be shown is told there, too."""
        try:
            await self.write(said, place, answer, said.id)
        except discord.Forbidden:
            raise
        except Exception:
            log.exception("discord answer failed")
            await self.write(said, None, Answer(untold(said.id)), f"{said.id}-untold")

    async def say_closed(self, said: Incoming) -> None:
        """Somebody who mentioned the bot cannot be answered: a word in the channel says why."""
        log.info("direct messages are closed", user=said.who.key)
        (closed,) = await self._letters.messages(None, words.CLOSED, False, {})
        await self._rest.post(said.channel, closed.body(), f"{said.id}-0")

    def _call(self, said: Incoming) -> Call | None:
        return call_in(self._app.catalogue, said)


def is_answered(error: Exception) -> bool:
    """Whether Discord has an answer already: what comes twice keeps its first one."""
    return isinstance(error, discord.HTTPException) and error.code == ANSWERED

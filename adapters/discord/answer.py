"""Answers in Discord: a request goes to the core, and its reply comes back privately in the way that fits."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import discord
import structlog
from structlog.contextvars import bind_contextvars

from adapters.discord import limits, words
from adapters.discord.decode import SUBMISSION, Incoming
from adapters.discord.directory import Directory
from adapters.discord.errors import NO_DIRECT
from adapters.discord.files import fetched
from adapters.discord.forms import call_in, draft, pending, rest_of
from adapters.discord.homes import Homes
from adapters.discord.letters import Letters
from adapters.discord.pointer import Pointer
from adapters.discord.response import Response
from adapters.discord.rest import Rest
from adapters.discord.whispers import Whispers, is_answered
from bot.answer import Answer
from bot.apology import regret
from bot.app import App
from bot.arguments import Call, files_in, with_files
from bot.ctx import FORM, Attached, Given, Group, Request
from bot.heard import bound
from bot.kinds import Option
from bot.references import line_of
from bot.turns import Turns
from bot.ui import Card, Form, No
from storage.models import Place

ANSWER_SECONDS = 1.8
Now = Callable[[], datetime]
log = structlog.get_logger("manyhands.discord")


def this_moment() -> datetime:
    """When something is said, unless a test knows better."""
    return datetime.now(UTC)


class Names(Protocol):
    """What the gateway knows of roles and channels."""

    def role_name(self, server: str, role: str) -> str:
        """What a role is called; empty where that is not known."""
        ...

    def labelled(self, server: str, said: Incoming) -> Incoming:
        """What was said, with the names of the channels in it."""
        ...


class Desk:
    """Where what came in is answered."""

    def __init__(
        self,
        app: App,
        rest: Rest,
        homes: Homes,
        directory: Directory,
        names: Names,
        letters: Letters,
        now: Now = this_moment,
    ) -> None:
        self.app = app
        self.rest = rest
        self.homes = homes
        self.directory = directory
        self.names = names
        self.now = now
        self.letters = letters
        self.turns = Turns(app)
        self.whispers = Whispers(app, rest, self.letters)
        self.serving: set[str] = set()

    async def interact(self, said: Incoming) -> None:
        """A slash command, a press or a form: answered at once where that can be, else put off first."""
        if said.id in self.serving:
            return
        bind_contextvars(**bound(said.id))
        self.serving.add(said.id)
        try:
            await self._interact(said, Response(self.rest, said))
        except discord.HTTPException as error:
            if not is_answered(error):
                raise
        finally:
            self.serving.discard(said.id)

    async def _interact(self, said: Incoming, response: Response) -> None:
        """A form must be the first answer, so only what opens none is put off before it is known."""
        work = asyncio.create_task(self._worked_out(said, response))
        done, _waiting = await asyncio.wait({work}, timeout=ANSWER_SECONDS)
        if not done:
            await response.put_off()
        await self.whispers.tell(*await work, response)

    async def _worked_out(self, said: Incoming, response: Response) -> tuple[Incoming, Place | None, Answer]:
        """What was meant, where, and what the answer is; what breaks on the way to the core is told like what breaks
        in it."""
        place: Place | None = None
        try:
            places = await self.homes.of_person(said)
            if len(places) != 1:
                return said, None, Answer(await self._which(said, places))
            place = places[0]
            found = await self.found(said, place)
            if found is None:
                return said, place, Answer(words.FORGOTTEN)
            said = found
            return said, place, await self._answered(said, place, response)
        except Exception as error:
            if is_answered(error):
                raise
            return said, place, self._regret(said, error)

    async def _answered(self, said: Incoming, place: Place, response: Response) -> Answer:
        if said.said.sign and said.kind != SUBMISSION:
            return await self._form(said, place)
        if said.said.sign:
            return Answer(pending(self._call(said)))
        if self._is_slow(said):
            await response.put_off()
        return await self.answer(said, place)

    def _regret(self, said: Incoming, error: Exception) -> Answer:
        log.exception("discord request failed")
        asked = Request(said.id, 0, said.who, said.line, self.now(), said.given)
        return Answer(regret(self.app.catalogue, asked, error))

    def _is_slow(self, said: Incoming) -> bool:
        found = self._call(said)
        return bool(found and found.command.think and not found.asks)

    def _call(self, said: Incoming) -> Call | None:
        return call_in(self.app.catalogue, said)

    async def found(self, said: Incoming, place: Place) -> Incoming | None:
        """What a button with a key means; none when that is forgotten."""
        if not said.said.stored:
            return said
        line = await asyncio.to_thread(line_of, self.app.engine, place, said.line)
        return None if line is None else said.saying(replace(said.said, line=line, stored=False))

    async def answer(self, said: Incoming, place: Place, once: bool = False) -> Answer:
        """The core's answer; everybody named is known to it."""
        return await self.turns.handle(replace(await self._request(said, place), once=once))

    async def _request(self, said: Incoming, place: Place) -> Request:
        server = place.key
        said = self.names.labelled(server, said)
        self.directory.learn(server, said.people.values())
        who = said.who
        if said.guild and said.kind:
            self.directory.learn(server, [who])
        else:
            who = await self.directory.who(server, who.key, rights=True) or who
        people = {**said.people, **await self.directory.whos(server, said.mentioned()), who.key: who}
        groups = {role: group for role in said.roles() if (group := await self._group(server, role))}
        now, where = self.now(), said.place_channel
        given, files = await self._files(said)
        return Request(said.id, place.id, who, said.line, now, given, where, people=people, groups=groups, files=files)

    async def _files(self, said: Incoming) -> tuple[Mapping[str, Given], dict[str, Attached]]:
        """What was given, and the files that its command asks for; others that came along stay where they are."""
        given = with_files(self.app.catalogue, said.line, said.given, said.files) if said.files else said.given
        wanted = files_in(self.app.catalogue, said.line, given) if said.files else []
        return given, {key: await fetched(self.rest, said.files[key]) for key in wanted if key in said.files}

    async def _group(self, server: str, role: str) -> Group | None:
        name = self.names.role_name(server, role)
        return await self.directory.group(server, role, f"@{name.removeprefix('@')}") if name else None

    async def suggest(self, said: Incoming, name: str, typed: str) -> None:
        """What could be meant by what is typed so far; what comes later than Discord waits helps nobody."""
        bind_contextvars(**bound(said.id))
        try:
            found = await asyncio.wait_for(self._suggested(said, name, typed), ANSWER_SECONDS)
        except TimeoutError:
            found = []
        kept = {one.value: one for one in reversed(found) if 0 < len(one.value) <= limits.CHOICE}
        choices = [
            {"name": one.label[: limits.CHOICE] or one.value, "value": one.value} for one in reversed(kept.values())
        ]
        await Response(self.rest, said).choose(choices[: limits.OPTIONS])

    async def _suggested(self, said: Incoming, name: str, typed: str) -> list[Option]:
        places = await self.homes.of_person(said)
        if not places:
            return []
        request = Request(said.id, places[0].id, said.who, said.line, self.now(), said.given)
        return await asyncio.to_thread(self.app.suggest, request, name, typed)

    async def _which(self, said: Incoming, places: list[Place]) -> Card | No:
        """Somebody in several communities is asked; somebody in none is told how to begin."""
        if not places:
            return words.STRANGER
        call = self._call(said)
        line = draft(call) if call and said.given else said.line
        pointers = [
            (await self.homes.name(one), await self.letters.carried(one, Pointer(line, said.said.sign, one.id)))
            for one in places
        ]
        return words.which(pointers)

    async def _form(self, said: Incoming, place: Place) -> Answer:
        """The form of a line, filled in; with `+` only what was not asked for yet."""
        request = await self._request(said, place)
        answer = await self.turns.handle(replace(request, line=f"{FORM} {said.line}"))
        if not isinstance(answer.reply, Form):
            return answer
        form = rest_of(answer.reply, self._call(said)) if said.said.sign == "+" else answer.reply
        return replace(answer, reply=form) if form.fields else await self.answer(said, place)

    async def converse(self, said: Incoming) -> None:
        """A direct message or a mention: a line, answered by direct message."""
        bind_contextvars(**bound(said.id))
        if said.id in self.serving:
            return
        self.serving.add(said.id)
        try:
            place, answer = await self._spoken(said)
            if not answer.again:
                await self.whispers.write_or_regret(said, place, answer)
        except discord.Forbidden as error:
            if error.code != NO_DIRECT or said.is_direct:
                raise
            await self.whispers.say_closed(said)
        finally:
            self.serving.discard(said.id)

    async def _spoken(self, said: Incoming) -> tuple[Place | None, Answer]:
        place: Place | None = None
        try:
            places = await self.homes.of_person(said)
            if len(places) != 1:
                return None, Answer(await self._which(said, places))
            place = places[0]
            return place, await self.answer(said, place, once=True)
        except Exception as error:
            return place, self._regret(said, error)

    async def notice(self, said: Incoming, place: Place) -> None:
        """A sign without words, such as a reaction; an answer comes by direct message, where those are open."""
        bind_contextvars(**bound(said.id))
        try:
            answer = await self.answer(said, place)
            if not answer.again:
                await self.whispers.write(said, place, answer, said.id)
        except discord.Forbidden as error:
            log.info("no answer", why=error.code)

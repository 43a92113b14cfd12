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
from adapters.discord.decode import COMPONENT, SUBMISSION, Incoming
from adapters.discord.directory import Directory
from adapters.discord.errors import ANSWERED, NO_DIRECT, TOO_LATE
from adapters.discord.files import fetched
from adapters.discord.forms import call_in, draft, openable, opened, pending, rest_of
from adapters.discord.homes import Homes
from adapters.discord.letters import Letters
from adapters.discord.pointer import Pointer
from adapters.discord.rest import CHOICES, EPHEMERAL, LATER, LATER_UPDATE, MESSAGE, MODAL, Body, Rest
from bot.answer import Answer
from bot.app import App
from bot.arguments import Call, files_in, with_files
from bot.ctx import FORM, Attached, Given, Group, Request
from bot.heard import bound
from bot.references import key_of, line_of
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
        now: Now = this_moment,
    ) -> None:
        self.app = app
        self.rest = rest
        self.homes = homes
        self.directory = directory
        self.names = names
        self.now = now
        self.letters = Letters(app)
        self.serving: set[str] = set()

    async def interact(self, said: Incoming) -> None:
        """A slash command, a press or a form: answered at once where that can be, else put off first."""
        if said.id in self.serving:
            return
        bind_contextvars(**bound(said.id))
        self.serving.add(said.id)
        try:
            await self._interact(said)
        except discord.HTTPException as error:
            if error.code != ANSWERED:
                raise
        finally:
            self.serving.discard(said.id)

    async def _interact(self, said: Incoming) -> None:
        places = await self.homes.of_person(said)
        if len(places) != 1:
            await self._tell(said, None, Answer(await self._which(said, places)))
            return
        place = places[0]
        found = await self.found(said, place)
        if found is None:
            await self._tell(said, place, Answer(words.FORGOTTEN))
        elif found.said.sign and found.kind != SUBMISSION:
            await self._tell(found, place, await self._form(found, place))
        elif found.said.sign:
            await self._tell(found, place, Answer(pending(self._call(found))))
        else:
            await self._run(found, place)

    async def _run(self, said: Incoming, place: Place) -> None:
        """A form must be the first answer, so only what opens none is put off before it is known."""
        work = asyncio.create_task(self.answer(said, place))
        put_off = self._is_slow(said)
        if not put_off:
            done, _waiting = await asyncio.wait({work}, timeout=ANSWER_SECONDS)
            put_off = not done
        if put_off:
            await self._respond_or_miss(said, LATER, {"flags": EPHEMERAL})
        await self._tell(said, place, await work, put_off)

    def _is_slow(self, said: Incoming) -> bool:
        found = self._call(said)
        return bool(found and found.command.think and not found.asks)

    def _call(self, said: Incoming) -> Call | None:
        return call_in(self.app.catalogue, said)

    async def _respond_or_miss(self, said: Incoming, kind: int, data: Body | None = None) -> None:
        """Where nothing is lost when Discord does not wait any longer."""
        try:
            await self.rest.respond(said.id, said.token, kind, data)
        except discord.HTTPException as error:
            if error.code not in TOO_LATE:
                raise

    async def found(self, said: Incoming, place: Place) -> Incoming | None:
        """What a button with a key means; none when that is forgotten."""
        if not said.said.stored:
            return said
        line = await asyncio.to_thread(line_of, self.app.engine, place, said.line)
        return None if line is None else said.saying(Pointer(line, said.said.sign, said.said.place))

    async def answer(self, said: Incoming, place: Place, once: bool = False) -> Answer:
        """The core's answer; everybody named is known to it."""
        return await asyncio.to_thread(self.app.handle, replace(await self._request(said, place), once=once))

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
        """What could be meant by what is typed so far."""
        bind_contextvars(**bound(said.id))
        places = await self.homes.of_person(said)
        request = Request(said.id, places[0].id, said.who, said.line, self.now(), said.given) if places else None
        found = await asyncio.to_thread(self.app.suggest, request, name, typed) if request else []
        kept = {one.value: one for one in reversed(found) if 0 < len(one.value) <= limits.CHOICE}
        choices = [
            {"name": one.label[: limits.CHOICE] or one.value, "value": one.value} for one in reversed(kept.values())
        ]
        await self._respond_or_miss(said, CHOICES, {"choices": choices[: limits.OPTIONS]})

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
        answer = await asyncio.to_thread(self.app.handle, replace(request, line=f"{FORM} {said.line}"))
        if not isinstance(answer.reply, Form):
            return answer
        form = rest_of(answer.reply, self._call(said)) if said.said.sign == "+" else answer.reply
        return replace(answer, reply=form) if form.fields else await self.answer(said, place)

    async def _tell(self, said: Incoming, place: Place | None, answer: Answer, put_off: bool = False) -> None:
        """Shows a reply to the one who asked, and to nobody else."""
        reply = answer.reply
        if isinstance(reply, Form) and place:
            reply = reply.first_step(limits.QUESTIONS)
            if not put_off and said.kind != SUBMISSION:
                await self._open(said, place, reply, answer)
                return
            reply = words.asking(reply, draft(self._call(said)))
        if isinstance(reply, No) and (said.kind == SUBMISSION or reply.errors):
            reply = openable(reply)
        if reply is None and not put_off and said.kind == COMPONENT:
            await self._respond_or_miss(said, LATER_UPDATE)
            return
        shown = words.DONE if reply is None or isinstance(reply, Form) else reply
        await self._whisper(said, place, shown, answer.faces, put_off)

    async def _open(self, said: Incoming, place: Place, form: Form, answer: Answer) -> None:
        data, where = opened(self._call(said), form, answer.written)
        custom_id = await self.letters.custom_id(place, where, said.is_direct)
        try:
            await self.rest.respond(said.id, said.token, MODAL, {**data, "custom_id": custom_id})
        except discord.HTTPException as error:
            if error.code not in TOO_LATE:
                raise
            ask = words.asking(form, draft(self._call(said)))
            await self.write(said, place, replace(answer, reply=ask), f"{said.id}-late")

    async def _whisper(
        self, said: Incoming, place: Place | None, reply: Card | No, faces: Mapping[int, str], put_off: bool
    ) -> None:
        """Only visible to them; by direct message when Discord does not wait any longer."""
        messages = await self.letters.messages(place, reply, said.is_direct, faces)
        try:
            first, *others = messages
            body = first.body(ephemeral=True)
            if put_off:
                await self.rest.edit_response(said.application, said.token, body, first.images)
            else:
                await self.rest.respond(said.id, said.token, MESSAGE, body, first.images)
            for one in others:
                await self.rest.follow_up(said.application, said.token, one.body(ephemeral=True), one.images)
        except discord.HTTPException as error:
            if error.code not in TOO_LATE:
                raise
            await self.write(said, place, Answer(reply, faces), f"{said.id}-late")

    async def converse(self, said: Incoming) -> None:
        """A direct message or a mention: a line, answered by direct message."""
        bind_contextvars(**bound(said.id))
        places = await self.homes.of_person(said)
        if len(places) != 1:
            await self.write(said, None, Answer(await self._which(said, places)), said.id)
            return
        place = places[0]
        if said.id in self.serving:
            return
        self.serving.add(said.id)
        try:
            answer = await self.answer(said, place, once=True)
            if not answer.again:
                await self.write(said, place, answer, said.id)
        except discord.Forbidden as error:
            if error.code != NO_DIRECT or said.is_direct:
                raise
            await self._say_closed(said)
        finally:
            self.serving.discard(said.id)

    async def notice(self, said: Incoming, place: Place) -> None:
        """A sign without words, such as a reaction; an answer comes by direct message, where those are open."""
        bind_contextvars(**bound(said.id))
        try:
            answer = await self.answer(said, place)
            if not answer.again:
                await self.write(said, place, answer, said.id)
        except discord.Forbidden as error:
            log.info("no answer", why=error.code)

    async def write(self, said: Incoming, place: Place | None, answer: Answer, nonce: str) -> None:
        """By direct message; `nonce` makes a repeated attempt the same message."""
        reply = answer.reply
        if isinstance(reply, Form):
            reply = words.asking(reply, draft(self._call(said)))
        if reply is None:
            return
        if isinstance(reply, No) and reply.errors:
            reply = openable(reply)
        channel = said.channel if said.is_direct and said.channel else await self.rest.direct(said.who.key)
        for number, one in enumerate(await self.letters.messages(place, reply, True, answer.faces)):
            await self.rest.post(channel, one.body(), f"{key_of(nonce)[:20]}-{number}", one.images)

    async def _say_closed(self, said: Incoming) -> None:
        """Somebody who mentioned the bot cannot be answered: a word in the channel says why."""
        log.info("direct messages are closed", user=said.who.key)
        (closed,) = await self.letters.messages(None, words.CLOSED, False, {})
        await self.rest.post(said.channel, closed.body(), f"{said.id}-0")

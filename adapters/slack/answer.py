"""Answers in Slack: a request goes to the core, and its reply comes back privately in the way that fits."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from structlog.contextvars import bind_contextvars

from adapters.slack.again import asking, late
from adapters.slack.channels import Channels
from adapters.slack.directory import Directory, Home
from adapters.slack.errors import code_of
from adapters.slack.files import fetched
from adapters.slack.incoming import Incoming
from adapters.slack.lately import Lately
from adapters.slack.letters import FORGOTTEN, Letters
from adapters.slack.render import messages, uploads
from adapters.slack.rooms import Rooms
from adapters.slack.views import home, modal
from adapters.slack.whispers import Whispers
from bot.answer import Answer
from bot.apology import regret, untold
from bot.app import App
from bot.arguments import files_in, with_files
from bot.ctx import Group, Request, Who
from bot.heard import bound
from bot.kinds import Option
from bot.text import plain
from bot.turns import Turns
from bot.ui import Card, Form, No, note
from storage.models import Place

log = structlog.get_logger("manyhands.slack")
SPENT = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged")
HOME = "profile show"
ELSEWHERE = note("It is in your direct messages with me.")
Client = Callable[[str, str], Awaitable[AsyncWebClient | None]]
Now = Callable[[], datetime]


def this_moment() -> datetime:
    """UTC, by the machine's clock."""
    return datetime.now(UTC)


class Desk:
    """Where what came in is answered."""

    def __init__(self, app: App, client: Client, rooms: Rooms, now: Now = this_moment) -> None:
        self.app = app
        self.client = client
        self.now = now
        self.channels = Channels()
        self.directory = Directory()
        self.places: dict[str, Place] = {}
        self.lately = Lately()
        self.letters = Letters(app, now)
        self.rooms = rooms
        self.whispers = Whispers(self._client, rooms)
        self.begins: Callable[[str, Place], None] = lambda _team, _place: None
        self.turns = Turns(app)

    async def serve(self, said: Incoming) -> None:
        """The whole way: request, reply, answer; what Slack delivers again was answered already."""
        if not self.lately.is_new(said.id):
            return
        bind_contextvars(**bound(said.id))
        try:
            answer = await self.answer_or_regret(said)
            if not (said.is_event and answer.again):
                await self.tell(said, answer)
        except BaseException:
            self.lately.forget(said.id)
            raise

    async def answer_or_regret(self, said: Incoming) -> Answer:
        """What breaks on the way to the core changes nothing, and is told like what breaks in it."""
        try:
            return await self.answer(said, once=said.is_event)
        except Exception as error:
            log.exception("slack request failed")
            asked = Request(said.id, 0, Who(said.user), said.line, self.now(), said.given)
            return Answer(regret(self.app.catalogue, asked, error))

    async def answer(self, said: Incoming, once: bool = False) -> Answer:
        """The core's answer, where everybody named is known to it."""
        client, place = await self._client(said), await self.place(said.team, said.enterprise)
        line = await self.letters.meant(place, said)
        if line is None:
            return Answer(FORGOTTEN)
        if self.app.names_a_channel(line):
            line = await self.channels.keyed(client, said.team, line)
        said = replace(said, line=line, stored=False)
        whos = await self.directory.whos(client, said.home, said.people(), self.app.is_for_admins(line))
        groups = await self._groups(client, said)
        request = await self._request(said, whos.get(said.user, Who(said.user)), whos, groups)
        if said.files:
            request = await self._with_files(client, said, request)
        answer = await self.turns.handle(replace(request, once=once))
        if answer.again and said.given and isinstance(answer.reply, No):
            # A refusal had no effect, and what stood in the way may be gone: the form is judged anew.
            return await self.turns.handle(replace(request, id=f"{said.id}-{said.trigger}"))
        return answer

    async def _with_files(self, client: AsyncWebClient, said: Incoming, request: Request) -> Request:
        """The same, with the files that its command asks for; others that came along stay where they are."""
        given = with_files(self.app.catalogue, said.line, said.given, said.files)
        wanted = [one for one in files_in(self.app.catalogue, said.line, given) if one in said.files]
        files = {key: await fetched(client, said.files[key]) for key in wanted}
        return replace(request, given=given, files=files)

    async def _groups(self, client: AsyncWebClient, said: Incoming) -> dict[str, Group]:
        """The user groups that it names, with everybody in them."""
        found = {key: await self.directory.group(client, said.home, key, name) for key, name in said.groups().items()}
        return {key: group for key, group in found.items() if group}

    async def suggest(self, said: Incoming, name: str, typed: str) -> list[Option]:
        """What may be meant by what is typed so far into that field; nobody is asked about who types."""
        line = await self.letters.meant(await self.place(said.team, said.enterprise), said)
        who = self.directory.known(said.team, said.user)
        request = await self._request(replace(said, line=line or ""), who, {})
        return await asyncio.to_thread(self.app.suggest, request, name, typed)

    async def _request(
        self, said: Incoming, who: Who, people: dict[str, Who], groups: dict[str, Group] | None = None
    ) -> Request:
        place = await self.place(said.team, said.enterprise)
        now, where, itself = self.now(), said.place_channel, said.by_itself
        return Request(
            said.id,
            place.id,
            who,
            said.line,
            now,
            said.given,
            where,
            people=people,
            timer=itself,
            groups=groups or {},
            thread=said.thread,
        )

    async def place(self, team: str, enterprise: str = "") -> Place:
        """The workspace. Asking for its token first makes it part of its organisation's community, if it has one;
        one with a plain token joins the community that this process serves."""
        if team not in self.places:
            if await self.client(team, enterprise) is None:
                raise LookupError(f"no installation in {team or enterprise}")
            self.places[team] = await asyncio.to_thread(self.app.place, "slack", team, "Slack", self.now())
            self.begins(team, self.places[team])
        return self.places[team]

    async def _client(self, said: Incoming) -> AsyncWebClient:
        client = await self.client(said.team, said.enterprise)
        if client is None:
            raise LookupError(f"no installation in {said.team}")
        return client

    async def tell(self, said: Incoming, answer: Answer) -> None:
        """Shows a reply to the one who asked, and to nobody else; what cannot be shown is told, too."""
        bind_contextvars(**bound(said.id))
        try:
            await self._tell(said, answer)
        except Exception:
            log.exception("slack answer failed")
            await self.whispers.say(replace(said, instead=""), messages(untold(said.id), {}), turns=False)

    async def _tell(self, said: Incoming, answer: Answer) -> None:
        reply = answer.reply
        if reply is None:
            return
        if isinstance(reply, Form):
            await self._open(said, reply, answer)
            return
        if isinstance(reply, Card) and said.instead == "home":
            await self.publish_home(replace(said, id=f"{said.id}-home", line=HOME, given={}, files={}))
            return
        if isinstance(reply, No) and not said.response_url:
            reply = late(reply)
        if isinstance(reply, Card) and uploads(reply) and not said.is_direct:
            reply = replace(reply, body=(*reply.body, ELSEWHERE))
        reply = await self.letters.fit(await self.place(said.team, said.enterprise), reply)
        await self.whispers.say(said, messages(reply, answer.faces), turns=isinstance(reply, Card))
        if kept := uploads(reply):
            await self.whispers.show(said, kept)

    async def _open(self, said: Incoming, form: Form, answer: Answer) -> None:
        """A modal while the trigger is fresh; else a button that brings a fresh one."""
        client = await self._client(said)
        if said.trigger:
            try:
                await client.views_open(trigger_id=said.trigger, view=await self.view(said, form, answer))
                return
            except SlackApiError as error:
                if code_of(error) not in SPENT:
                    raise
        await self._tell(said, replace(answer, reply=asking(form)))

    async def view(self, said: Incoming, form: Form, answer: Answer) -> dict[str, Any]:
        """The form as a modal that remembers where it was opened."""
        place = await self.place(said.team, said.enterprise)
        return modal(form, await self.letters.metadata(place, form.line, said), answer.written)

    async def publish_home(self, said: Incoming) -> None:
        """The home tab, as it is now."""
        answer = await self.answer(said)
        if isinstance(answer.reply, Card):
            client, place = await self._client(said), await self.place(said.team, said.enterprise)
            shown = await self.letters.fit(place, answer.reply)
            await client.views_publish(user_id=said.user, view=home(shown, answer.faces))

    async def user_changed(self, team: str, enterprise: str, user: dict[str, Any]) -> None:
        """What Slack tells of somebody."""
        self.directory.learn(Home(team, enterprise), user)
        if user.get("deleted"):
            self.rooms.forget(team, user["id"])
            place = await self.place(team, enterprise)
            await asyncio.to_thread(self.app.gone, place.id, user["id"], self.now())

    def words(self, no: No) -> str:
        """A refusal as plain words, as a form shows it beside a field."""
        return plain(no.text)[:2000]

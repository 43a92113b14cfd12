"""Slack, wired: slack-bolt hears, the core answers; the ack leaves first wherever it is not the answer itself."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import decode
from adapters.slack.answer import Desk, Now, this_moment
from adapters.slack.carrier import SlackCarrier
from adapters.slack.clients import Clients
from adapters.slack.errors import NOT_INSTALLED
from adapters.slack.heard import Ear
from adapters.slack.home import found_home
from adapters.slack.incoming import Incoming, Payload
from adapters.slack.rooms import Rooms
from adapters.slack.views import answers, errors, options
from bot.answer import Answer
from bot.app import App
from bot.ui import Form, No
from storage.models import Place

ANSWER_SECONDS = 2.0
log = structlog.get_logger("manyhands.slack")
Token = Callable[[str, str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Keys:
    """How Slack is reached, and how it proves that it is Slack."""

    token: Token
    signing_secret: str = ""
    api_url: str = "https://slack.com/api/"


class Slack:
    """One process's Slack side, for any number of workspaces."""

    platform = "slack"

    def __init__(self, app: App, keys: Keys, now: Now = this_moment) -> None:
        self.app = app
        self.keys = keys
        self.clients = Clients(keys.api_url, self._limited)
        self.rooms = Rooms()
        self.desk = Desk(app, self.client, self.rooms, now)
        self.desk.begins = lambda team, place: self._later(self._at_home(team, place))
        self.ear = Ear(self.desk)
        self.carrier = SlackCarrier(self.once, self.desk.letters.fit, self.rooms)
        self.running: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()
        self.bolt = self._bolt()

    async def client(self, team: str, enterprise: str = "") -> AsyncWebClient | None:
        """The Web API client of a workspace, while Manyhands is installed there."""
        token = await self.keys.token(team, enterprise)
        return self.clients.of(token) if token else None

    async def once(self, team: str) -> AsyncWebClient | None:
        """A client for couriers, who wait and try again themselves, after a look at what arrived."""
        token = await self.keys.token(team, "")
        return self.clients.of(token, patience=0) if token else None

    async def close(self) -> None:
        """Lets go of the connections to Slack."""
        await self.clients.close()

    async def _authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """The token of that workspace; nothing is asked of Slack, because the ack waits for this."""
        token = await self.keys.token(team_id or "", enterprise_id or "")
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token) if token else None

    def _limited(self) -> None:
        self.app.watch.limited(self.platform)

    def _bolt(self) -> AsyncApp:
        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            return await self._authorize(enterprise_id, team_id)

        bolt = AsyncApp(
            signing_secret=self.keys.signing_secret or "unused in Socket Mode",
            authorize=authorize,  # pyright: ignore[reportArgumentType] - bolt takes none, and says what is set below
            client=AsyncWebClient(base_url=self.keys.api_url),
            process_before_response=True,
            user_facing_authorize_error_message=NOT_INSTALLED,
            request_verification_enabled=bool(self.keys.signing_secret),
        )
        anything = re.compile(".*")
        bolt.command(anything)(self._command)
        bolt.action(anything)(self._action)
        bolt.view(anything)(self._submission)
        bolt.options(anything)(self._options)
        bolt.shortcut(anything)(self._shortcut)
        bolt.event("message")(self._message)
        bolt.event("app_mention")(self._message)
        bolt.event("app_home_opened")(self._home)
        bolt.event("reaction_added")(self._reaction)
        bolt.event("reaction_removed")(self._reaction)
        bolt.event("user_change")(self._user)
        bolt.event("team_join")(self._user)
        bolt.event("member_joined_channel")(self._joined)
        return bolt

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on after the ack; what fails is logged, never lost in silence."""
        task = asyncio.create_task(self._guarded(work))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("slack answer failed")

    async def settle(self, seconds: float) -> None:
        """Waits for answers that are on their way."""
        if self.running:
            await asyncio.wait(set(self.running), timeout=seconds)

    async def _command(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        self._later(self.desk.serve(decode.command(body)))

    async def _action(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        if body["actions"][0].get("value"):
            self._later(self.desk.serve(decode.action(body)))

    async def _shortcut(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        found = self.app.catalogue.commands.get(str(body["callback_id"]).replace("-", " "))
        if found:
            self._later(self.desk.serve(decode.shortcut(body, found)))

    async def _submission(self, ack: AsyncAck, body: Payload) -> None:
        """The ack is the answer: refusals stand beside their field; what takes too long comes by message."""
        said = decode.submission(body, answers(dict(body["view"])))
        work = asyncio.create_task(self.desk.answer_or_regret(said))
        done, _waiting = await asyncio.wait({work}, timeout=ANSWER_SECONDS)
        if not done:
            await ack()
            self._later(self._report(said, work))
            return
        await self._acked(ack, body, said, work.result())

    async def _acked(self, ack: AsyncAck, body: Payload, said: Incoming, answer: Answer) -> None:
        reply = answer.reply
        if isinstance(reply, No) and reply.again:
            first = next(block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input")
            beside = errors(reply) or {first: self.desk.words(reply)}
            await ack(response_action="errors", errors=beside)
        elif isinstance(reply, Form):
            await ack(response_action="update", view=await self.desk.view(said, reply, answer))
        else:
            await ack()
            self._later(self.desk.tell(said, answer))

    async def _report(self, said: Incoming, work: asyncio.Task[Answer]) -> None:
        """A refusal stays where it is found again, with all that was typed."""
        answer = await work
        await self.desk.tell(
            replace(said, channel="", response_url="") if isinstance(answer.reply, No) else said, answer
        )

    async def _options(self, ack: AsyncAck, body: Payload) -> None:
        """Within two seconds; what comes later helps nobody."""
        try:
            found = await asyncio.wait_for(self.desk.suggest(*decode.suggestion(body)), ANSWER_SECONDS)
        except TimeoutError:
            found = []
        await ack(**options(found))

    async def _message(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        event = body["event"]
        if event["type"] == "message" and event.get("channel_type") != "im":
            work = (
                self.ear.deleted(body) if decode.is_deletion(event) else self.ear.overheard(body, decode.bot_of(body))
            )
            self._later(work)
            return
        said = decode.message(body)
        if said:
            self._later(self.desk.serve(said))

    async def _home(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        if body["event"].get("tab", "home") == "home":
            self._later(self.desk.publish_home(decode.home(body)))

    async def _reaction(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        event = body["event"]
        if event["item"].get("type") == "message" and event["user"] != decode.bot_of(body):
            self._later(self.ear.reacted(body))

    async def _at_home(self, team: str, place: Place) -> None:
        if client := await self.client(team):
            await found_home(self.app, client, place)

    async def _joined(self, ack: AsyncAck, body: Payload) -> None:
        """The bot was invited to a channel: it may be the one for everybody."""
        await ack()
        if body["event"]["user"] == decode.bot_of(body):
            team, enterprise = decode.team_of(body), decode.organisation_of(body)
            self._later(self._at_home(team, await self.desk.place(team, enterprise)))

    async def _user(self, ack: AsyncAck, body: Payload) -> None:
        """Names, zones and rights change; a deleted user has left."""
        await ack()
        self._later(self.desk.user_changed(decode.team_of(body), decode.organisation_of(body), body["event"]["user"]))

"""Speaks in Slack: lines become slash commands, direct messages and reactions, forms views, buttons block actions."""

import asyncio
import copy
import re
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from adapters.slack.app import Keys, Slack
from adapters.slack.incoming import remembered
from adapters.slack.manifest import manifest
from bot.arguments import call_of
from bot.carriage import Carrier
from bot.ctx import Attached, Given, Refusal, Request, Who
from bot.ui import Button, Form, Reply
from storage.models import Place
from tests.slack import filling, payloads, talk
from tests.slack.acks import Ack, Sent
from tests.slack.checks import elements_of
from tests.slack.filling import Unfit
from tests.slack.nouns import Body, Post, Upload
from tests.speakers import Now, Witness
from tests.speakers.loopback import Loopback
from tests.speakers.screen import LATER, Screen
from tests.speakers.shown import asked
from tests.speakers.typist import Typist, keyed
from tests.speakers.van import Van

SETTLE_SECONDS = 60.0
_REACTION = re.compile(r"kudos (?P<un>un)?react (?P<key>k\d+) :(?P<emoji>\S+):")


class InSlack:
    """Two workspaces on the loopback, and the bot as it serves them."""

    platform = "slack"
    keys = ("T1", "T2")
    room = 100

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.slack = Loopback()
        self.runner.run(self.slack.__aenter__())
        self.slack.team("T2", "Elsewhere")
        self.typist = Typist(self.slack)
        self.screen = Screen(self.slack, self.typist)
        self.bots: list[Slack] = []
        self.teams: dict[int, str] = {}
        self.people: dict[tuple[str, str], str] = {}
        self.told: dict[str, tuple[Ack, Reply]] = {}

    def opens(self, app: Witness, now: Now) -> Carrier:
        """Another process."""
        self.app = app
        self.bot = Slack(app, Keys(self._token, self.slack.signing_secret, self.slack.api_url), now)
        self.bots.append(self.bot)
        self.slack.bolt = self.bot.bolt
        declared = manifest(app.catalogue, "socket")["features"]["slash_commands"]
        self.commands = {one["command"].removeprefix("/") for one in declared}
        return Van(self.bot.carrier, self.screen)

    async def _token(self, team: str, _enterprise: str) -> str:
        return self.slack.teams[team].token

    def serves(self, place: Place) -> None:
        """A workspace."""
        self.teams[place.id] = place.key

    def account(self, who: Who, place: int) -> Who:
        """Somebody joins the workspace, or Slack tells what changed about them."""
        team = self.teams[place]
        key = self.people.setdefault((team, who.key), self._key(who))
        user = self.slack.users.get(key)
        state = {"admin": who.admin, "bot": who.bot, "restricted": who.guest, "deleted": who.gone}
        made = self.slack.user(key, who.name, tz=who.zone, team=team, **state)
        if user and user != made:
            self.run(self._tells({"type": "user_change", "user": made.described()}, team))
        return replace(who, key=key, admin=bool(who.admin))

    def _key(self, who: Who) -> str:
        letters = re.sub(r"[^A-Z0-9]", "", who.key.upper())
        is_slacks = re.fullmatch(r"[UW]\d[A-Z0-9]*", who.key)
        return who.key if is_slacks else f"U{len(self.people)}{letters}"

    def channel(self, name: str, place: int) -> str:
        """A channel's key; a direct message has none that the core knows."""
        return name if not name or name in self.slack.channels else self.typist.channel(name, self.teams[place]).id

    def named(self, text: str) -> str:
        """Names in the place of Slack's keys."""
        return self.typist.named(text)

    def says(self, request: Request) -> Reply:
        """By the gesture that fits."""
        for key, group in request.groups.items():
            self.slack.group(key, [self.account(who, request.place).key for who in group.members])
        if request.id in self.told:
            return self._again(request)
        if request.files:
            return self._with_files(request)
        if request.given:
            return self._by_form(request)
        line = request.line.strip().removeprefix("/")
        post = self._reacted_to(request, line)
        if post or request.who.bot:
            return self._answered(request, self._reacts(request, line, post) if post else self._talks(request))
        return self._answered(request, self._writes(request) if not request.channel else self._commands(request, line))

    def _again(self, request: Request) -> Reply:
        """Slack delivers once more; who has the answer gets no second one."""
        ack, reply = self.told[request.id]
        return self._answered(request, self.slack.again(ack)) or reply

    def _by_form(self, request: Request) -> Reply:
        """A form opens on the line and is filled in; what it cannot hold is typed."""
        typed = replace(request, given={}, line=" ".join((request.line, *keyed(request.given))))
        if not self._opens(request):
            return self.says(typed)
        opened = self.says(replace(request, given={}))
        if not isinstance(opened, Form):
            return opened
        del self.told[request.id]
        try:
            return self.fills(request, request.given)
        except Unfit:
            self.run(self.slack.leaves(request.who.key))
            return self.says(typed)

    def _with_files(self, request: Request) -> Reply:
        """The form asks for them; Slack knows them by keys of its own."""
        keys = [self._uploaded(one) for one in request.files.values()]
        if not request.channel:
            return self._answered(request, self._sends(request, keys))
        opened = self.says(replace(request, files={}))
        assert isinstance(opened, Form), opened
        del self.told[request.id]
        name = next(field.name for field in opened.fields if field.kind == "file")
        return self.fills(replace(request, files={}), {name: tuple(keys)})

    def _uploaded(self, file: Attached) -> str:
        key = f"F{self.slack.number()}"
        self.slack.uploads[key] = Upload(key, file.name, len(file.data), content=file.data)
        return key

    async def _sends(self, request: Request, keys: list[str]) -> Ack:
        """A direct message with files."""
        room, files = self.slack.dm(request.who.key), [filling.described(self.slack, key) for key in keys]
        said = {"type": "message", "subtype": "file_share", "channel_type": "im", "channel": room, "files": files}
        where = self.teams[request.place]
        return await self._tells({**said, "user": request.who.key, "text": request.line}, where)

    def _opens(self, request: Request) -> bool:
        """Whether the line alone opens its form."""
        try:
            command, rest = self.app.catalogue.find(request.line)
        except Refusal:
            return False
        said = call_of(command, rest, {}).raw
        required = {param.name for param in command.params if param.required}
        return bool(required - set(said)) or (command.known is not None and not set(said) - required)

    async def _commands(self, request: Request, line: str) -> Ack:
        """A slash command of the line's group where there is one."""
        first, _, rest = line.partition(" ")
        name, text = (first, rest) if first in self.commands - {"manyhands"} else ("manyhands", line)
        said = self.typist.typed(text, self.teams[request.place], labelled=True)
        return await self.slack.command(request.who.key, f"/{name}", said, request.channel)

    async def _writes(self, request: Request) -> Ack | None:
        """A direct message."""
        return await self.slack.says(request.who.key, self.typist.typed(request.line, self.teams[request.place], False))

    async def _talks(self, request: Request) -> Ack:
        """An app's own message, by which nobody says anything to us."""
        room = self.slack.dm(request.who.key)
        said = {"type": "message", "channel_type": "im", "channel": room, "text": request.line}
        return await self._tells({**said, "user": request.who.key, "bot_id": "B9"}, self.teams[request.place])

    async def _tells(self, happened: Body, team: str) -> Ack:
        ack = await self.slack.event(happened, team)
        await self.bot.settle(SETTLE_SECONDS)
        return ack

    def _reacted_to(self, request: Request, line: str) -> Post | None:
        """The message that carries the key to which somebody reacts."""
        found = _REACTION.fullmatch(line)
        for post in self.slack.posts if found else ():
            at = self.app.card_at(request.place, post.channel, post.body["ts"])
            if found and at == found["key"]:
                return post
        return None

    async def _reacts(self, request: Request, line: str, post: Post) -> Ack:
        found = _REACTION.fullmatch(line)
        assert found
        if not found["un"]:
            talk.reacted(post.body, found["emoji"], request.who.key)
        item = {"type": "message", "channel": post.channel, "ts": post.body["ts"]}
        kind = "reaction_removed" if found["un"] else "reaction_added"
        happened = {"type": kind, "user": request.who.key, "reaction": found["emoji"], "item": item}
        return await self._tells({**happened, "item_user": post.body["user"]}, self.teams[request.place])

    def presses(self, request: Request, button: Button) -> Reply:
        """The newest button of that line that stands before their eyes."""
        for post in self.slack.timeline(request.who.key):
            for block in post.body.get("blocks", []):
                for element in elements_of(block):
                    if self.named(element.get("value", "")) == button.line:
                        return self._answered(request, self._pressed(request, post, block, element))
        raise AssertionError(f"{request.who.name} sees no button {button.label!r} for {button.line!r} in Slack")

    async def _pressed(self, request: Request, post: Post, block: Body, element: Body) -> Ack:
        user = self.slack.users[request.who.key]
        where = payloads.in_message(self.slack, user, post)
        said = payloads.pressed(self.slack, user, where, block, element, {})
        return await self.slack.deliver(Sent("interactive", said))

    def fills(self, request: Request, answers: Mapping[str, Given]) -> Reply:
        """The modal that is open, or that the button in its place opens."""
        if self.slack.modals(request.who.key) is None:
            self.run(self._reopens(request))
        view = self.slack.modals(request.who.key)
        opened = remembered(view or {})["channel"]
        said = replace(request, given=answers, channel=opened if opened.startswith("C") else "")
        return self._answered(said, self.slack.submit(request.who.key, answers))

    async def _reopens(self, request: Request) -> None:
        label = next(one for one in self.screen.labels(self.slack.timeline(request.who.key)) if one in LATER)
        await self.slack.press(request.who.key, label)
        await self.bot.settle(SETTLE_SECONDS)

    def _answered(self, request: Request, gesture: Coroutine[Any, Any, Any]) -> Reply:
        """The reply of the core to one gesture; it was asked what was meant, and Slack shows what it said."""
        asked, posts = len(self.app.__dict__.setdefault("heard", [])), len(self.slack.posts)
        ack = self.run(self._done(gesture))
        heard = self.app.heard[asked:]
        assert len(heard) <= 1, f"{request.line!r} was asked {len(heard)} times"
        if not heard:
            assert len(self.slack.posts) - posts <= 1, "nothing was asked, but something was answered"
            return None
        self._meant(request, heard[0][0])
        self.screen.answered(request, heard[0][1], self.slack.posts[posts:], self._people_in(request, heard[0][1]))
        self.told[request.id] = (ack, heard[0][1])
        return heard[0][1]

    def _people_in(self, request: Request, reply: Reply) -> Mapping[str, str]:
        """The users behind the members whom a form knows."""
        values = asked(reply) if isinstance(reply, Form) else ()
        return self.app.keys(request.place, [one for one in values if one.startswith("@m")])

    async def _done(self, gesture: Coroutine[Any, Any, Ack]) -> Ack:
        ack = await gesture
        await self.bot.settle(SETTLE_SECONDS)
        return ack

    def _meant(self, request: Request, heard: Request) -> None:
        """The core was asked what was said, by whom, where and when it was said."""
        where = heard.channel if not heard.channel.startswith("G") else ""
        assert (where, heard.place, heard.at) == (request.channel, request.place, request.at)
        assert replace(heard.who, zone="") == replace(request.who, zone="")
        assert self._spoken(heard.line) == self._spoken(request.line), (heard.line, request.line)
        for name, value in request.given.items():
            assert self._values(heard.given[name]) == self._values(value), name

    def _spoken(self, line: str) -> str:
        said = re.sub(r"^(?:/?manyhands\b)?\s*/?", "", " ".join(line.split()))
        return self.named(said) or "help"

    def _values(self, value: Given) -> list[str]:
        return [self.named(one).casefold() for one in ([value] if isinstance(value, str) else value) if one]

    def leaves(self, who: Who, place: int) -> None:
        """Their account is switched off."""
        user = self.slack.users[who.key]
        user.deleted = True
        self.run(self._tells({"type": "user_change", "user": user.described()}, self.teams[place]))

    def keeps(self) -> Any:
        """Users, conversations and what stands in them."""
        here = self.slack
        return copy.deepcopy((here.number(), self.people, here.users, here.channels, here.posts))

    def resumes(self, kept: Any) -> None:
        """The same workspace again."""
        here = self.slack
        number, self.people, here.users, here.channels, here.posts = copy.deepcopy(kept)
        here.starts_at(number + 1)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """On the loop of the loopback."""
        return self.runner.run(work)

    def close(self) -> None:
        """Hangs up; nothing may have offended Slack."""
        for bot in self.bots:
            self.runner.run(bot.close())
        self.runner.run(self.slack.__aexit__(None, None, None))
        self.runner.close()
        assert self.slack.problems == []

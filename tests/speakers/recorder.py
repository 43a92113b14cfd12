"""Speaks on the platform that only records: whoever and wherever is a number there, and marks are marks."""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from bot.carriage import Carrier
from bot.ctx import Given, Group, Request, Who
from bot.ui import Button, Card, No, Reply
from storage.models import Place
from tests.recorder import Event, Message, Recorder, several
from tests.speakers import Now, Witness
from tests.speakers.shown import missing, texts_of
from tests.speakers.van import Van

_CHANNEL = re.compile(r"(?<![\w#/&<])#(?P<name>[A-Za-z][\w-]*)")
_KEY = re.compile(r"<[@#](?P<marked>[PC]9\d{6})>|(?P<bare>C9\d{6})")


class InRecorder:
    """Two places on it."""

    platform = "recorder"
    keys = ("here", "there")
    room = 100

    def __init__(self) -> None:
        self.users: dict[str, Who] = {}
        self.people: dict[tuple[int, str], str] = {}
        self.channels: dict[tuple[int, str], str] = {}

    def opens(self, app: Witness, now: Now) -> Carrier:
        """Another process."""
        before = self.adapter.messages if hasattr(self, "adapter") else {}
        self.app, self.adapter = app, Recorder(app, now, self.users)
        self.adapter.messages = before
        return Van(self.adapter, Screen(self))

    def serves(self, place: Place) -> None:
        """Every place is served."""

    def account(self, who: Who, place: int) -> Who:
        """A number, for ever; what the platform knows of them may change."""
        key = self.people.setdefault((place, who.key), f"P9{len(self.people):06}")
        self.users[key] = replace(who, key=key)
        return self.users[key]

    def channel(self, name: str, place: int) -> str:
        """A number, for ever; a direct message has none."""
        if not name or name in self.channels.values():
            return name
        return self.channels.setdefault((place, name.removeprefix("#")), f"C9{len(self.channels):06}")

    def named(self, text: str) -> str:
        """A text in which numbers are names again."""
        names = {key: f"#{name}" for (_place, name), key in self.channels.items()}
        names |= {key: f"@{who.name or f'member {key}'}" for key, who in self.users.items()}
        return _KEY.sub(lambda found: names.get(found["marked"] or found["bare"], found[0]), text)

    def typed(self, text: str, place: int) -> str:
        """What the platform's client makes of what somebody types: people and channels that it knows are marked."""
        mine = {who: key for (where, who), key in self.people.items() if where == place}
        marked = re.sub(r"<@!?(\w+)(?:\|[^<>]*)?>", lambda found: self._marked(found, mine), text)
        names = [self.users[key].name for key in mine.values()]
        known = {self.users[key].name: key for key in mine.values() if names.count(self.users[key].name) == 1}
        any_of = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True) if name)
        if any_of:
            marked = re.sub(rf"(?<![\w@])@({any_of})(?!\w)", lambda found: f"<@{known[found[1]]}>", marked)
        return _CHANNEL.sub(lambda found: f"<#{self.channel(found['name'], place)}>", marked)

    def _marked(self, found: re.Match[str], mine: Mapping[str, str]) -> str:
        return f"<@{mine[found[1]]}>" if found[1] in mine else found[0]

    def says(self, request: Request) -> Reply:
        """A message, or a command with its answers."""
        said = request.line, *(one for value in request.given.values() for one in several(value))
        given = {name: self._given(value, request.place) for name, value in request.given.items()}
        groups = {key: self._group(group, request.place) for key, group in request.groups.items()}
        where = request.id, request.place, request.who.key, self.typed(request.line, request.place), request.channel
        event = Event(*where, given, request.files, groups, request.once)
        assert all(self.named(self.typed(one, request.place)) == self.named(one) for one in said if "<@" not in one)
        return self._answered(event)

    def _given(self, value: Given, place: int) -> Given:
        typed = [self.typed(one, place) for one in several(value)]
        return typed[0] if isinstance(value, str) else typed

    def _group(self, group: Group, place: int) -> Group:
        return Group(group.name, tuple(self.account(who, place) for who in group.members))

    def _answered(self, event: Event) -> Reply:
        """The reply of the core; whoever asked sees all of it, and nobody else does."""
        before = len(self.adapter.messages)
        answer = self.adapter.hears(event)
        if answer.again and event.message:
            assert len(self.adapter.messages) == before, "it was answered a second time"
            return None
        if isinstance(answer.reply, Card | No):
            shown = self.adapter.messages[event.id]
            assert shown.to == {event.user}, "others see the answer"
            self.says_all(answer.reply, shown)
        return answer.reply

    def says_all(self, said: Card | No, shown: Message) -> None:
        """A message has all the words and buttons of what was said."""
        gone = missing(map(self.named, texts_of(said)), self._read(shown))
        assert not gone, f"{gone} is not shown"

    def _read(self, shown: Message) -> str:
        return self.named(" ".join((shown.words, *(label for label, _carried in shown.buttons))))

    def presses(self, request: Request, button: Button) -> Reply:
        """The newest button of that line that stands before their eyes."""
        for shown in reversed(self.adapter.messages.values()):
            if shown.place == request.place and (shown.to is None or request.who.key in shown.to):
                for _label, carried in shown.buttons:
                    line = self.adapter.meant(request.place, carried)
                    if self.named(line) == button.line:
                        return self._answered(Event(request.id, request.place, request.who.key, line, shown.channel))
        raise AssertionError(f"{request.who.name} sees no button {button.label!r} for {button.line!r}")

    def fills(self, request: Request, answers: Mapping[str, Given]) -> Reply:
        """The form that is open."""
        form = self.adapter.forms[request.place, request.who.key]
        known = {field.name: field.value for field in form.first_step(self.room).fields}
        given = {name: self._given(value, request.place) for name, value in {**known, **answers}.items()}
        return self._answered(Event(request.id, request.place, request.who.key, form.line, request.channel, given))

    def leaves(self, who: Who, place: int) -> None:
        """They are gone from now on."""
        self.app.gone(place, who.key, self.adapter.now())

    def keeps(self) -> Any:
        """Who is known, and what stands there."""
        return dict(self.users), dict(self.people), dict(self.channels), dict(self.adapter.messages)

    def resumes(self, kept: Any) -> None:
        """The same platform again."""
        users, people, channels, messages = kept
        self.users.update(users)
        self.people, self.channels, self.adapter.messages = dict(people), dict(channels), dict(messages)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Nothing outlives it."""
        return asyncio.run(work)

    def close(self) -> None:
        """Holds nothing."""


class Screen:
    """Where people read what was posted."""

    def __init__(self, speaker: InRecorder) -> None:
        self.speaker = speaker

    def since(self, message: str) -> list[Message]:
        """The message of that name."""
        return [self.speaker.adapter.messages[message]]

    def says(self, said: Card, posts: list[Message]) -> None:
        """It says all of a card."""
        self.speaker.says_all(said, posts[0])

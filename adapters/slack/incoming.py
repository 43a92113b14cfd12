"""One thing that somebody did in Slack, and the ways to answer it; what a form remembers of both."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from adapters.slack.directory import Home
from adapters.slack.files import Shared
from bot.ctx import Given
from bot.references import SIGN

DIRECT = "D"
Payload = Mapping[str, Any]
Instead = Literal["", "message", "home"]
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^(\w+)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What was done, where and by whom.

    `line` may be the key of one that is `stored`. `instead` says what of theirs a card may take the place of.
    """

    id: str
    team: str
    user: str
    line: str
    channel: str = ""
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])
    response_url: str = ""
    trigger: str = ""
    thread: str = ""
    enterprise: str = ""
    by_itself: bool = False
    files: Mapping[str, Shared] = field(default_factory=dict[str, Shared])
    stored: bool = False
    instead: Instead = ""

    @property
    def home(self) -> Home:
        """Where the app is that heard it."""
        return Home(self.team, self.enterprise)

    @property
    def is_direct(self) -> bool:
        """Whether it was said in a direct message, the home tab or nowhere in particular."""
        return not self.channel or self.channel.startswith(DIRECT)

    @property
    def is_event(self) -> bool:
        """Whether it is an event, which Slack delivers again and gives no private way to answer."""
        return not (self.response_url or self.trigger)

    @property
    def place_channel(self) -> str:
        """The channel as the core knows it: none in a direct message."""
        return "" if self.is_direct else self.channel

    def people(self) -> set[str]:
        """The users whom it names, and the one who did it."""
        named = {found[1] for text in self._said() for found in _USER.finditer(text)}
        return named if self.by_itself else {self.user, *named}

    def groups(self) -> dict[str, str]:
        """The user groups that it names: what they are called, by id."""
        return {found[1]: found[2] or "" for text in self._said() for found in _GROUP.finditer(text)}

    def _said(self) -> list[str]:
        return [self.line, *(text for value in self.given.values() for text in _texts(value))]


def _texts(value: Given) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def metadata(line: str, said: Incoming) -> str:
    """What a view must remember: which line it answers, where it was opened, and how that is answered there."""
    known = {
        "line": line,
        "channel": said.channel,
        "thread": said.thread,
        "url": said.response_url,
        "instead": said.instead,
    }
    return json.dumps({name: value for name, value in known.items() if value}, ensure_ascii=False)


def remembered(view: Payload) -> dict[str, Any]:
    """What `metadata` wrote, as fields of `Incoming`; a view that remembers nothing is none that we opened."""
    known: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    line = known.get("line", "help")
    return {
        "line": line,
        "stored": line.startswith(SIGN),
        "channel": known.get("channel", ""),
        "thread": known.get("thread", ""),
        "response_url": known.get("url", ""),
        "instead": cast("Instead", known.get("instead", "")),
    }

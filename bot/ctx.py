"""What comes in, and all that a command may touch while it answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.encoder import Encoder
from bot.text import Channel, Text, md
from bot.ui import Button, Form
from storage.machinery import Vector
from storage.models import Community, Member, Place
from storage.secrets import Safe, no_safe

Given = str | Sequence[str]
Apart = Callable[..., Any]
FORM = "?"


def here(work: Callable[..., Any], *args: Any) -> Any:
    """Does at once what another process could do."""
    return work(*args)


class Refusal(Exception):
    """An expected no, worded for the person who asked; `field` is the argument it stands beside.

    `others` are those of further arguments of the same line: nobody is sent back twice. `even_so` is written down
    although all else that the command did is undone.
    """

    def __init__(self, template: str, /, field: str = "", buttons: Sequence[Button] = (), **values: object) -> None:
        self.text: Text = md(template, **values)
        self.field = field
        self.buttons = tuple(buttons)
        self.others: tuple[Refusal, ...] = ()
        self.even_so: Callable[[Ctx], None] = _nothing
        super().__init__(template)


def _nothing(_ctx: "Ctx") -> None:
    """As a rule a no leaves nothing behind."""


class Asked(Exception):
    """The answer is a form: something that the command needs is still missing."""

    def __init__(self, form: Form) -> None:
        self.form = form
        super().__init__(form.title)


@dataclass(frozen=True, slots=True)
class Who:
    """An account as its platform describes it; `admin` is the platform's own word, none where it does not say."""

    key: str
    name: str = ""
    bot: bool = False
    guest: bool = False
    admin: bool | None = None
    zone: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A user group or role of the platform, and who is in it."""

    name: str
    members: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that somebody brought, as their platform hands it over; or why it could not be had, in words for them."""

    name: str
    data: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Someone, somewhere, says a line. `given` are a form's answers or typed options, by argument name.

    `people` and `groups` are those whom the line names, by the platform's own keys. A `timer` is what happens by
    itself: the clock, or the platform's word that a message is gone; then nobody in particular speaks. What a platform
    may deliver again, with an answer that stays where others or they themselves read it, is to be answered `once`.
    `files` are those that the line names, by the platform's own keys; nothing else is ever opened.
    """

    id: str
    place: int
    who: Who
    line: str
    at: datetime
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])
    channel: str = ""
    people: Mapping[str, Who] = field(default_factory=dict[str, Who])
    timer: bool = False
    groups: Mapping[str, Group] = field(default_factory=dict[str, Group])
    once: bool = False
    files: Mapping[str, Attached] = field(default_factory=dict[str, Attached])
    thread: str = ""

    @property
    def asks_form(self) -> bool:
        """`? kudos give @m12` asks for the form, although nothing may be missing."""
        return self.line.lstrip().startswith(FORM)

    @property
    def said(self) -> str:
        """The line of the command itself."""
        line = self.line.replace("\u00a0", " ")
        return line.lstrip().removeprefix(FORM) if self.asks_form else line


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Text without NUL and halves of characters, which no database keeps."""
    return _UNSTORABLE.sub("", text)


def readable(request: Request) -> Request:
    """The same request, with nothing in it that no database keeps."""
    given = {name: _storable(value) for name, value in request.given.items()}
    people = {storable(key): _known(who) for key, who in request.people.items()}
    return replace(
        request,
        id=storable(request.id),
        who=_known(request.who),
        line=storable(request.line),
        given=given,
        channel=storable(request.channel),
        thread=storable(request.thread),
        people=people,
    )


def _storable(value: Given) -> Given:
    return storable(value) if isinstance(value, str) else [storable(one) for one in value]


def _known(who: Who) -> Who:
    return replace(who, key=storable(who.key), name=storable(who.name), zone=storable(who.zone))


@dataclass(slots=True)
class Ctx:
    """One request's world: one community, one member, one moment."""

    db: Session
    request: Request
    community: Community
    place: Place
    me: Member
    encoder: Encoder
    fresh: list[Vector] = field(default_factory=list[Vector])
    apart: Apart = here
    safe: Callable[[], Safe] = no_safe
    rng: Random = field(init=False)

    def __post_init__(self) -> None:
        """Chance is the request's own: a redelivery has the same."""
        self.rng = Random(self.request.id)

    @property
    def now(self) -> datetime:
        """The moment of the request, UTC."""
        return self.request.at

    @property
    def here(self) -> Channel | None:
        """The channel where this was said; none in a DM."""
        return Channel(self.place.id, self.request.channel) if self.request.channel else None

    @property
    def zone(self) -> ZoneInfo:
        """The member's zone, else the community's."""
        return ZoneInfo(self.me.zone or self.community.zone)

"""A third platform, as small as one can be: it only records. How little there is of it is how thin an adapter is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from bot.answer import Answer, form_of
from bot.app import App
from bot.arguments import with_files
from bot.carriage import Carried, Parcel
from bot.ctx import Attached, Given, Group, Request, Who
from bot.references import fitted, meant
from bot.text import Bold, Channel, Code, Link, Mention, Moment, Part, Plain, Text
from bot.ui import (
    Actions,
    Card,
    Facts,
    File,
    Form,
    Heading,
    Image,
    Items,
    Line,
    No,
    Node,
    Note,
    Quote,
    headline,
)
from storage.models import Place
from tests.speakers.shown import buttons_in

LONGEST_LINE = 100
NOBODY: frozenset[str] = frozenset()
MARK = re.compile(r"<@(P\d+)>")


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody does: they write a line or send a form; a `message` is delivered at least once."""

    id: str
    place: int
    user: str
    line: str
    channel: str = ""
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])
    files: Mapping[str, Attached] = field(default_factory=dict[str, Attached])
    groups: Mapping[str, Group] = field(default_factory=dict[str, Group])
    message: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a channel or with some people; `buttons` are their labels and what they carry."""

    place: int
    channel: str
    to: frozenset[str] | None
    words: str
    buttons: tuple[tuple[str, str], ...] = ()
    pings: frozenset[str] = frozenset()


class Recorder:
    """The whole adapter: what comes in is decoded and handed over, what goes out is written down."""

    platform = "recorder"

    def __init__(self, app: App, now: Callable[[], datetime], users: dict[str, Who]) -> None:
        self.app = app
        self.now = now
        self.users = users
        self.messages: dict[str, Message] = {}
        self.forms: dict[tuple[int, str], Form] = {}

    def hears(self, event: Event) -> Answer:
        """One request; the answer is for the one who asked, and said once."""
        answer = self.app.handle(self.decoded(event))
        reply = answer.reply
        if answer.again and event.message:
            return answer
        if form := form_of(reply):
            self.forms[event.place, event.user] = form
        if isinstance(reply, Card | No):
            place = self.app.place_of(event.place)
            self._stands(event.id, place, event.channel, frozenset({event.user}), reply, answer.faces)
        return answer

    def decoded(self, event: Event) -> Request:
        """The request, with everybody whom it names vouched for."""
        texts = [event.line, *(one for value in event.given.values() for one in several(value))]
        named = {key: self.users[key] for text in texts for key in MARK.findall(text) if key in self.users}
        return Request(
            event.id,
            event.place,
            self.users[event.user],
            event.line,
            self.now(),
            with_files(self.app.catalogue, event.line, event.given, event.files),
            event.channel,
            people=named,
            groups=event.groups,
            once=event.message,
            files=event.files,
        )

    def meant(self, place: int, carried: str) -> str:
        """The line of a button, also of one that carries only a key to it."""
        return meant(self.app.engine, self.app.place_of(place), carried) or "help"

    async def carry(self, parcel: Parcel) -> Carried:
        """Posts, or writes anew what stands."""
        to = frozenset(one.key for one in parcel.to) if parcel.to or not parcel.channel else None
        message = parcel.edits or f"M{parcel.id}"
        self._stands(message, parcel.place, parcel.channel, to, parcel.card, parcel.accounts)
        return Carried(parcel.channel, message)

    def _stands(
        self,
        key: str,
        place: Place,
        channel: str,
        to: frozenset[str] | None,
        said: Card | No,
        faces: Mapping[int, str],
    ) -> None:
        fit = fitted(self.app.engine, place, said, LONGEST_LINE, self.now())
        pings = frozenset(faces[one] for one in said.ping if one in faces) if isinstance(said, Card) else NOBODY
        buttons = tuple((one.label, one.line) for one in buttons_in(fit))
        self.messages[key] = Message(place.id, channel, to, written(said, faces), buttons, pings)


def written(said: Card | No, faces: Mapping[int, str]) -> str:
    """All that is said, in the platform's own words."""
    if isinstance(said, No):
        return _text(said.text, faces)
    return "\n".join([_text(headline(said), faces), *(_node(node, faces) for node in said.body)])


def _node(node: Node, faces: Mapping[int, str]) -> str:
    match node:
        case Line(text) | Heading(text) | Note(text):
            return _text(text, faces)
        case Quote(text):
            return text
        case Facts(pairs):
            return "\n".join(f"{label} {_text(text, faces)}" for label, text in pairs)
        case Items(items):
            return "\n".join(_text(item, faces) for item in items)
        case Image(name, about) | File(name, about):
            return f"{name} {about}"
        case Actions():
            return ""
        case _:
            assert_never(node)


def _text(text: Text, faces: Mapping[int, str]) -> str:
    return "".join(_part(part, faces) for part in text)


def _part(part: Part, faces: Mapping[int, str]) -> str:
    match part:
        case Plain(words) | Bold(words) | Code(words):
            return words
        case Link(url, label):
            return f"{label} {url}"
        case Mention(member, name):
            return f"<@{faces[member]}>" if member in faces else f"@{name}"
        case Moment(at):
            return f"{at.astimezone(UTC):%a %d %b %Y %H:%M} UTC"
        case Channel(_, key):
            return f"<#{key}>"
        case _:
            assert_never(part)


def several(value: Given) -> list[str]:
    """One answer or many, as many."""
    return [value] if isinstance(value, str) else list(value)

"""What the bot can say: semantic values that every platform draws in its own way, and that survive as JSON."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, TypeAdapter

from bot.text import Plain, Text, md, plain


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph."""

    text: Text
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside a card."""

    text: Text
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Quote:
    """A member's own words."""

    text: str
    kind: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class Note:
    """A quiet remark under the rest."""

    text: Text
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Facts:
    """Short labelled values."""

    pairs: tuple[tuple[str, Text], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of things of one sort."""

    items: tuple[Text, ...]
    kind: Literal["items"] = "items"


@dataclass(frozen=True, slots=True)
class Button:
    """A press is a command line. One that `turns` is like a page's: the card that answers it takes the place of the
    private card that it stands on, and any other answer is a message of its own."""

    label: str
    line: str
    style: Literal["default", "primary", "danger"] = "default"
    turns: bool = False


@dataclass(frozen=True, slots=True)
class Actions:
    """Buttons in a row."""

    buttons: tuple[Button, ...]
    kind: Literal["actions"] = "actions"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture (PNG) with the words for those who cannot see it."""

    name: str
    alt: str
    png: bytes
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep, and in words what it is."""

    name: str
    about: str
    data: bytes
    kind: Literal["file"] = "file"


Node: TypeAlias = Annotated[
    Line | Heading | Quote | Note | Facts | Items | Actions | Image | File, Discriminator("kind")
]


@dataclass(frozen=True, slots=True)
class Card:
    """What one message says. `key` names the thing it is about (`k7`), so that people can point at it.

    Whoever is named on it is shown, and only who is in `ping` (members, by id) is notified of it.
    """

    title: Text
    body: tuple[Node, ...] = ()
    key: str = ""
    ping: tuple[int, ...] = ()
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form; `kind` is that of the argument (`member`, `skill`, `date` ...), `error` why its value
    was refused."""

    name: str
    label: str
    kind: str
    value: str | tuple[str, ...] = ""
    required: bool = False
    many: bool = False
    long: bool = False
    suggests: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    longest: int | None = None
    later: bool = False
    error: Text = ()

    @property
    def values(self) -> tuple[str, ...]:
        """What is known, each by itself."""
        return tuple(one for one in ((self.value,) if isinstance(self.value, str) else self.value) if one)


@dataclass(frozen=True, slots=True)
class Form:
    """Asks for what is missing, with what is known filled in; it is submitted as `line` and the fields' values.

    Where a platform has no room for all of it, what can be asked `later` is left to a second step, and the first one
    is submitted as `draft`.
    """

    title: str
    line: str
    fields: tuple[Field, ...]
    submit: str = "Send"
    kind: Literal["form"] = "form"
    draft: str = ""

    def missing(self) -> tuple[Field, ...]:
        """The fields that must still be filled, or filled anew."""
        return tuple(one for one in self.fields if one.error or (one.required and not one.value))

    def waiting(self) -> str:
        """What is said of it where it can only open from a button."""
        return "A few things are still missing." if self.missing() else "What I know already stands in it."

    def first_step(self, room: int) -> "Form":
        """Where it has two steps and more fields than there is room for, the first."""
        if not self.draft or len(self.fields) <= room:
            return self
        return replace(self, line=self.draft, submit="Next", fields=tuple(one for one in self.fields if not one.later))


@dataclass(frozen=True, slots=True)
class No:
    """A kind refusal: why, what to press instead, and the form as it was filled in, each error beside its field."""

    text: Text
    again: Form | None = None
    buttons: tuple[Button, ...] = ()
    kind: Literal["no"] = "no"

    @property
    def errors(self) -> dict[str, Text]:
        """What is wrong, by the field that it stands beside."""
        return {one.name: one.error for one in self.again.fields if one.error} if self.again else {}


Said: TypeAlias = Annotated[Card | Form | No, Discriminator("kind")]
Reply: TypeAlias = Card | Form | No | None

_replies: TypeAdapter[Any] = TypeAdapter(Said | None, config={"ser_json_bytes": "base64", "val_json_bytes": "base64"})


def to_json(reply: Reply) -> str:
    """A reply as it is stored."""
    return _replies.dump_json(reply).decode()


def from_json(stored: str) -> Reply:
    """The reply that was stored."""
    return _replies.validate_json(stored)


def card(title: str, /, *body: Node | None, key: str = "", **values: object) -> Card:
    """A card whose title is a template; nobody is notified by it, unless it says so itself."""
    return Card(md(title, **values), tuple(node for node in body if node is not None), key)


def headline(card: Card) -> Text:
    """The title, with the id by which people can point at the card, where it does not stand there already."""
    is_named = not card.key or f"({card.key})" in plain(card.title)
    return card.title if is_named else (*card.title, Plain(f" ({card.key})"))


def line(template: str, /, **values: object) -> Line:
    """A paragraph from a template."""
    return Line(md(template, **values))


def note(template: str, /, **values: object) -> Note:
    """A remark from a template."""
    return Note(md(template, **values))


def actions(*buttons: Button | None) -> Actions | None:
    """Buttons in a row, or nothing when there are none."""
    kept = tuple(button for button in buttons if button)
    return Actions(kept) if kept else None


def filled(form: Form, values: dict[str, str | tuple[str, ...]]) -> Form:
    """The form with these answers in it."""
    return replace(form, fields=tuple(replace(b, value=values.get(b.name, b.value)) for b in form.fields))


def plain_of(reply: Reply) -> str:
    """The first words of a reply, as for a log."""
    match reply:
        case None:
            return ""
        case Card(title):
            return plain(title)
        case No(text):
            return plain(text)
        case Form(title):
            return title


def mentions(reply: Reply) -> frozenset[int]:
    """The members whom a reply names."""
    found = re.finditer(r'"member":(\d+)', to_json(reply)) if reply is not None else ()
    return frozenset(int(one[1]) for one in found)

"""What the bot can say: semantic values that every platform draws in its own way, and that survive as JSON."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

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
    """A press is a command line."""

    label: str
    line: str
    style: Literal["default", "primary", "danger"] = "default"


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
    Line | Heading | Quote | Note | Facts | Items | Actions | Image | File, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class Card:
    """What one message says. `key` names the thing it is about (`k7`), so that people can point at it."""

    title: Text
    body: tuple[Node, ...] = ()
    key: str = ""
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class Blank:
    """One question of a form; `about` is the name of the argument's kind (`member`, `skill`, `date` ...)."""

    name: str
    label: str
    about: str
    value: str | tuple[str, ...] = ""
    required: bool = False
    many: bool = False
    long: bool = False
    suggests: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    longest: int | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Asks for what is missing, with what is known filled in; it is submitted as `line` and the blanks' values.

    Where a platform has no room for all of it, what can be asked `later` is left to a second step, and the first one
    is submitted as `draft`.
    """

    title: str
    line: str
    blanks: tuple[Blank, ...]
    submit: str = "Send"
    kind: Literal["form"] = "form"
    draft: str = ""

    def missing(self) -> tuple[Blank, ...]:
        """The blanks that must still be filled."""
        return tuple(blank for blank in self.blanks if blank.required and not blank.value)

    def first_step(self, room: int) -> "Form":
        """Where it has two steps and more blanks than there is room for, the first."""
        if not self.draft or len(self.blanks) <= room:
            return self
        return replace(self, line=self.draft, submit="Next", blanks=tuple(one for one in self.blanks if not one.later))


@dataclass(frozen=True, slots=True)
class No:
    """A kind refusal: why, beside which field, what to press instead, and the form as it was filled in."""

    text: Text
    about: str = ""
    again: Form | None = None
    buttons: tuple[Button, ...] = ()
    kind: Literal["no"] = "no"


Said: TypeAlias = Annotated[Card | Form | No, Field(discriminator="kind")]
Reply: TypeAlias = Card | Form | No | None

_replies: TypeAdapter[Any] = TypeAdapter(Said | None, config={"ser_json_bytes": "base64", "val_json_bytes": "base64"})


def to_json(reply: Reply) -> str:
    """A reply as it is stored."""
    return _replies.dump_json(reply).decode()


def from_json(stored: str) -> Reply:
    """The reply that was stored."""
    return _replies.validate_json(stored)


def card(title: str, /, *body: Node | None, key: str = "", **values: object) -> Card:
    """A card whose title is a template."""
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
    return replace(form, blanks=tuple(replace(b, value=values.get(b.name, b.value)) for b in form.blanks))


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

"""Cards as lines of plain text: total, and no user text can pass for a line of ours."""

import re
from collections.abc import Callable
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.text import Bold, Channel, Code, Link, Mention, Moment, Part, Plain, Text, plain
from bot.ui import (
    Actions,
    Button,
    Card,
    Facts,
    Field,
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

Keep = Callable[[Image | File], str]
_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def safe(text: str) -> str:
    """Text without escape sequences, control and direction-override characters; line breaks stay."""
    return _CONTROL.sub("", _ESCAPE.sub("", text.replace("\r\n", "\n").replace("\t", " ")))


def words(text: Text, zone: ZoneInfo) -> str:
    """A text as it is read in the terminal."""
    return "".join(_part(part, zone) for part in text)


def _part(part: Part, zone: ZoneInfo) -> str:
    match part:
        case Plain(text) | Bold(text):
            return text
        case Code(text):
            return f"`{text}`"
        case Link(url, label):
            return f"{label} <{url}>" if label else f"<{url}>"
        case Mention(_, name):
            return name
        case Moment(at):
            return f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}"
        case Channel(_, key):
            return key
        case _:
            assert_never(part)


def card_lines(card: Card, zone: ZoneInfo, keep: Keep) -> list[str]:
    """A card, buttons numbered through."""
    lines = [_title(card, zone)]
    number = 1
    for node in card.body:
        lines += _node(node, zone, keep, number)
        number += len(node.buttons) if isinstance(node, Actions) else 0
    return [piece for line in lines for piece in _broken(line)]


def _title(card: Card, zone: ZoneInfo) -> str:
    return words(headline(card), zone)


def _node(node: Node, zone: ZoneInfo, keep: Keep, number: int) -> list[str]:
    match node:
        case Line(text) | Heading(text):
            return [f"  {words(text, zone)}"]
        case Quote(text):
            return [f"  > {line}" for line in text.split("\n")]
        case Note(text):
            return [f"  ({words(text, zone)})"]
        case Facts(pairs):
            return [f"  {label}: {words(text, zone)}" for label, text in pairs]
        case Items(items):
            return [f"  - {words(item, zone)}" for item in items]
        case Actions(buttons):
            return ["  " + " ".join(f"[{number + at}: {button.label}]" for at, button in enumerate(buttons))]
        case Image() | File():
            return [_kept(node, keep)]
        case _:
            assert_never(node)


def _kept(node: Image | File, keep: Keep) -> str:
    return f"  (picture: {keep(node)})" if isinstance(node, Image) else f"  {node.about} (file: {keep(node)})"


def no_lines(no: No, zone: ZoneInfo) -> list[str]:
    """A refusal and what to press instead."""
    lines = [words(no.text, zone)]
    if no.buttons:
        lines.append("  " + " ".join(f"[{at}: {button.label}]" for at, button in enumerate(no.buttons, 1)))
    return [piece for line in lines for piece in _broken(line)]


def form_lines(form: Form) -> list[str]:
    """A form's title and fields, required ones first, and how to fill in what is still missing."""
    fields = sorted(form.fields, key=lambda field: not field.required)
    lines = [f"{form.title}:", *(f"  {_field(field)}{_error(field)}" for field in fields)]
    example = " ".join(f"{field.name}:..." for field in (form.missing() or fields)[:2])
    return [piece for line in [*lines, f"  (fill {example})"] for piece in _broken(line)]


def _field(field: Field) -> str:
    said = field.value if isinstance(field.value, str) else " ".join(field.value)
    choices = f" [{', '.join(field.choices)}]" if field.choices else ""
    hint = f" ({field.hint})" if field.hint else ""
    now = f" = {said}" if said else "" if field.required else " (optional)"
    return f"{field.name}: {field.label}{choices}{hint}{now}"


def _error(field: Field) -> str:
    return f" - {plain(field.error)}" if field.error else ""


def _broken(line: str) -> list[str]:
    """Line breaks inside user text are indented, so that each printed line keeps its prefix."""
    first, *rest = safe(line).splitlines() or [""]
    return [first, *(f"    {one}" for one in rest)]


def buttons_of(said: Card | Form | No) -> tuple[Button, ...]:
    """What can be pressed, in the order of the numbers."""
    match said:
        case Card():
            return tuple(button for node in said.body if isinstance(node, Actions) for button in node.buttons)
        case No():
            return said.buttons
        case Form():
            return ()
        case _:
            assert_never(said)

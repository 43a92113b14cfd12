"""Whether what people see says all that was answered, whatever the platform's way of writing it."""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from bot.text import Link, Part, Text, plain
from bot.ui import Actions, Button, Card, Facts, File, Form, Heading, Image, Items, Line, No, Node, Note, Quote

LABEL = 70
_BETWEEN = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """The letters and digits of a text alone: all that formatting, escaping and line breaks leave as it is."""
    return _BETWEEN.sub("", text)


def missing(wanted: Iterable[str], shown: str) -> list[str]:
    """Which of these texts are not in what people see."""
    seen = letters(shown)
    return [one for one in wanted if letters(one) not in seen]


def asked(form: Form) -> Iterator[str]:
    """The questions of a form, and the answers that are known."""
    for field in form.fields:
        yield from (one[:LABEL] for one in (field.label, field.hint, *_values(field.value)))


def buttons_in(said: Card | No) -> Iterator[Button]:
    """Everything that can be pressed."""
    if isinstance(said, No):
        yield from said.buttons
        return
    for node in said.body:
        if isinstance(node, Actions):
            yield from node.buttons


def _values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def texts_of(said: Card | No) -> Iterator[str]:
    """Everything that an answer says, labels of buttons included."""
    match said:
        case No(text):
            yield from _pieces(text)
        case Card(title, body, key):
            yield from (key, *_pieces(title))
            for node in body:
                yield from _node(node)
    yield from (button.label[:LABEL] for button in buttons_in(said))


def _node(node: Node) -> Iterable[str]:
    match node:
        case Line(text) | Heading(text) | Note(text):
            return _pieces(text)
        case Quote(text):
            return text.split("\n")
        case Facts(pairs):
            return [one for label, text in pairs for one in (label, *_pieces(text))]
        case Items(items):
            return [one for item in items for one in _pieces(item)]
        case Image(name, about) | File(name, about):
            return [name, about]
        case Actions():
            return []
        case _:
            assert_never(node)


def _pieces(text: Text) -> list[str]:
    """The words of a text; a link stands for itself, because its address may come before its label or after."""
    pieces: list[str] = [""]
    for part in text:
        if isinstance(part, Link):
            pieces += [part.url, part.label, ""]
        else:
            pieces[-1] += _words(part)
    return pieces


def _words(part: Part) -> str:
    return plain((part,))

"""What can be typed next: commands, then each argument as the core suggests it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from sqlalchemy.exc import OperationalError

from adapters.local.draw import safe
from adapters.local.session import Session
from bot.command import Command, Param
from bot.ctx import Request
from bot.kinds import Option
from bot.line import quote, tokens
from bot.ui import Field

SPOKEN = re.compile(r"\s*(?P<who>[^\s:@#]+)(?:@(?:dm|#[\w\-]+))?:(?:\s+|$)")
OWN = {"as ": "speak as somebody else", "in ": "go to a channel or dm", "press ": "press a button", "quit": "leave"}


@dataclass(slots=True)
class Seat:
    """Who speaks, where; one request at a time, also when a suggestion is wanted meanwhile."""

    session: Session
    who: str
    where: str = "#general"
    lock: Lock = field(default_factory=Lock)

    def suggest(self, who: str, line: str, name: str, typed: str) -> list[Option]:
        """What could be meant in one argument of the line's command; nothing while the database is busy."""
        with self.lock, suppress(OperationalError):
            request = Request(
                "suggest", self.session.place.id, self.session.names.who(who), line, self.session.moment, {}, self.where
            )
            return self.session.app.suggest(request, name, typed)
        return []

    def names(self, typed: str) -> list[str]:
        """Members who can be spoken for: their names, without spaces."""
        commands = self.session.app.catalogue.visible()
        asking = next(((one, param) for one in commands for param in one.params if param.kind.name == "member"), None)
        found = self.suggest(self.who, asking[0].name, asking[1].name, typed) if asking else []
        return [one.label for one in found if " " not in one.label]

    def places(self) -> list[str]:
        """Channels in which something was shown."""
        return list(dict.fromkeys(["dm", "#general", *(one.where for one in self.session.visible if one.where)]))


class Lines(Completer):
    """Completes a line at the prompt."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Commands and the terminal's own words, then arguments."""
        text = document.text_before_cursor.lstrip(" /")
        spoken = SPOKEN.match(text)
        if spoken:
            text = text[spoken.end() :]
        else:
            yield from self._own(text)
        yield from self._commands(text)
        yield from self._arguments(spoken["who"] if spoken else self.seat.who, text)

    def _own(self, text: str) -> Iterator[Completion]:
        word, space, typed = text.partition(" ")
        if not space:
            yield from (_completion(own, word, about=about) for own, about in OWN.items() if own.startswith(word))
        elif word == "as":
            yield from (_completion(name, typed) for name in self.seat.names(typed))
        elif word == "in":
            yield from (_completion(place, typed) for place in self.seat.places() if place.startswith(typed))

    def _commands(self, text: str) -> Iterator[Completion]:
        for one in self.seat.session.app.catalogue.visible():
            if one.name.startswith(text.casefold()) and one.name != text:
                yield _completion(one.name + (" " if one.params else ""), text, about=one.about)

    def _arguments(self, who: str, text: str) -> Iterator[Completion]:
        folded = text.casefold()
        commands = [c for c in self.seat.session.app.catalogue.visible() if folded.startswith(f"{c.name} ")]
        if not commands:
            return
        command = max(commands, key=lambda one: len(one.name))
        rest = text[len(command.name) + 1 :]
        word = rest[_last(rest) :]
        key, colon, value = word.partition(":")
        if colon and (param := _param(command, key)):
            yield from self._values(who, command, param, value)
            return
        param, start = _open(command, rest)
        if param:
            yield from self._values(who, command, param, rest[start:])
        if word or not param:
            yield from _options(command, rest, word)

    def _values(self, who: str, command: Command, param: Param, typed: str) -> Iterator[Completion]:
        for option in self.seat.suggest(who, command.name, param.name, typed.strip('"')):
            yield _completion(quote(option.value), typed, option.label, param.ask.label)


class Answers(Completer):
    """Completes one field of a form."""

    def __init__(self, seat: Seat, who: str, line: str, field: Field) -> None:
        self.seat, self.who, self.line, self.field = seat, who, line, field

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Choices, else what the core suggests; of several people the last one."""
        text = document.text_before_cursor
        typed = text[_last(text) :] if self.field.many else text
        choices = self.field.choices or (("yes", "no") if self.field.kind == "yes" else ())
        yield from (_completion(one, typed) for one in choices if typed.casefold() in one)
        if self.field.suggests and not choices:
            for option in self.seat.suggest(self.who, self.line, self.field.name, typed):
                yield _completion(option.value, typed, option.label)


def _completion(value: str, typed: str, label: str = "", about: str = "") -> Completion:
    shown = safe(label or value).replace("\n", " ")
    return Completion(safe(value), -len(typed), display=shown, display_meta=about)


def _last(text: str) -> int:
    """Where the word in progress begins; an open quote belongs to it."""
    end = text.rfind('"') if text.count('"') % 2 else len(text)
    return text.rfind(" ", 0, end) + 1


def _param(command: Command, name: str) -> Param | None:
    return next((param for param in command.params if param.name == name.casefold()), None)


def _open(command: Command, rest: str) -> tuple[Param | None, int]:
    """The argument that the word in progress belongs to, and where that argument begins."""
    last = _last(rest)
    said = tokens(rest[:last], [param.name for param in command.params])
    keyed = {token.key for token in said if token.key}
    free = [token for token in said if not token.key]
    required = [param for param in command.params if param.required and param.name not in keyed]
    for param in required:
        if not free or (param.many and _goes_on(rest[last:], [token.text for token in free])):
            return param, last
        if param.kind.rest and param is required[-1]:
            return param, free[0].start
        free = [token for token in free[1:] if not (param.many and token.text.startswith("@"))]
    optional = [param for param in command.params if not param.required and param.name not in keyed]
    if rest[last:].startswith("@"):
        return next((param for param in optional if param.kind.name == "member"), None), last
    return next((param for param in optional if param.kind.rest), None), free[0].start if free else last


def _goes_on(word: str, said: list[str]) -> bool:
    """Whether a list of people has one more."""
    return word.startswith("@") and all(one.startswith("@") for one in said)


def _options(command: Command, rest: str, word: str) -> Iterator[Completion]:
    """The keys that were not used yet, and choices that may stand at the end of a line."""
    said = {token.key for token in tokens(rest, [param.name for param in command.params])}
    for param in command.params:
        if param.name in said:
            continue
        if word and not param.required:
            yield from (_completion(c, word, about=param.ask.label) for c in param.choices if c.startswith(word))
        if param.name.startswith(word):
            yield _completion(f"{param.name}:", word, about=param.ask.label)

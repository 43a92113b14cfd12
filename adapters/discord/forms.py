"""Forms in steps: a modal holds five fields, so what is left is asked for next, and nothing said is lost meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import words
from adapters.discord.decode import Incoming
from adapters.discord.modals import modal
from adapters.discord.pointer import Pointer
from bot.arguments import Call, call_of
from bot.catalogue import Catalogue
from bot.ctx import Refusal
from bot.line import Raw, line_of, quote
from bot.ui import Button, Card, Form, No


def call_in(catalogue: Catalogue, said: Incoming) -> Call | None:
    """The command that is meant, and what is said for each of its arguments; none when there is no such command."""
    try:
        command, rest = catalogue.find(said.line.replace("\u00a0", " "))
    except Refusal:
        return None
    return call_of(command, rest, said.given)


def draft(call: Call | None) -> str:
    """The line that says all this; an empty answer is said too, because it clears."""
    return written(call.command.name, call.raw) if call else "help"


def written(name: str, raw: Mapping[str, Raw]) -> str:
    """A command with what is said for its arguments, by name."""
    words_ = [name]
    for key, value in raw.items():
        words_.extend(f"{key}:{quote(one)}" for one in ((value or ("",)) if isinstance(value, tuple) else (value,)))
    return " ".join(words_)


def rest_of(form: Form, call: Call | None) -> Form:
    """What was not asked for yet."""
    said = set(call.raw) if call else set[str]()
    return replace(form, fields=tuple(field for field in form.fields if field.name not in said))


def opened(call: Call | None, form: Form, users: Mapping[str, str]) -> tuple[dict[str, Any], Pointer]:
    """The modal, and the line that it answers: what it does not show but was said, and whether more is to be asked."""
    made = modal(form, "!", users)
    left = {field.name for field in made.left}
    shown = {field.name for field in form.fields} - left
    raw = call.raw if call else {}
    kept = {name: value for name, value in raw.items() if name not in shown}
    return made.data, Pointer(written(form.line, kept), "+" if left - set(kept) else "")


def pending(call: Call | None) -> Card | No:
    """Between two steps: what can still be said, and a button that leaves it at that."""
    if call is None:
        return words.FORGOTTEN
    left = [param.ask.label for param in call.command.params if param.name not in call.raw]
    return words.pending(call.command, left, draft(call))


def openable(no: No) -> No:
    """A refusal beside a field brings the form back by a button, as it was filled in."""
    if no.again is None or not any(field.value for field in no.again.fields):
        return no
    again = Button("Open again", str(Pointer(line_of(no.again), "?")), "primary", turns=True)
    return replace(no, buttons=(*no.buttons, again))

"""Forms that come back by a button, as they were filled in: after a late refusal, or when a trigger is too old."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.slack import limits
from bot.ctx import FORM
from bot.line import line_of
from bot.ui import Actions, Button, Card, Field, Form, No, Node, Quote, actions, card, line, note


def late(no: No) -> Card | No:
    """A refusal after its form has closed brings the form back."""
    if no.again is None:
        return no
    kept, left = _parted(no.again)
    row = Actions((*no.buttons, _button("Open again", kept)))
    return Card(no.text, (*_beside(left), row)) if left else replace(no, buttons=row.buttons)


def asking(form: Form) -> Card:
    """Asks to press, because only a fresh press may open a form."""
    kept, left = _parted(form)
    ask = actions(_button("Open the form", kept))
    return card("{title}", line("A few things are still missing."), *_beside(left), ask, title=form.title)


def _button(label: str, form: Form) -> Button:
    return Button(label, f"{FORM} {line_of(form)}", "primary")


def _parted(form: Form) -> tuple[Form, list[str]]:
    """The form without the longest of what was typed, as far as a button cannot hold it; and that."""
    left: list[str] = []
    while len(line_of(form)) + len(FORM) >= limits.VALUE and (longest := _longest(form.fields)):
        left.append(longest.value if isinstance(longest.value, str) else ", ".join(longest.value))
        form = replace(form, fields=tuple(replace(one, value="") if one is longest else one for one in form.fields))
    return form, left


def _longest(fields: Sequence[Field]) -> Field | None:
    return max((one for one in fields if one.value), key=lambda one: len(one.value), default=None)


def _beside(left: Sequence[str]) -> list[Node]:
    """What the form cannot bring back stands beside it, to be copied."""
    quotes = [Quote(one) for one in left]
    return [*quotes, note("That is too long for a button to keep: copy it into the form.")] if left else []

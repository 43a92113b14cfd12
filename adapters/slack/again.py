"""Forms that come back by a button, as they were filled in: after a late refusal, or when a trigger is too old."""

from dataclasses import replace

from bot.ctx import FORM
from bot.line import line_of
from bot.ui import Button, Card, Form, No, actions, card, line


def late(no: No) -> No:
    """A refusal after its form has closed brings the form back."""
    return replace(no, buttons=(*no.buttons, _button("Open again", no.again))) if no.again else no


def asking(form: Form) -> Card:
    """Asks to press, because only a fresh press may open a form."""
    ask = actions(_button("Open the form", form))
    return card("{title}", line("{why}", why=form.waiting()), ask, title=form.title)


def _button(label: str, form: Form) -> Button:
    return Button(label, f"{FORM} {line_of(form)}", "primary")

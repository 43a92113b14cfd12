"""What only Discord makes it necessary to say."""

from collections.abc import Sequence

from adapters.discord.pointer import Pointer
from bot.command import Command
from bot.text import Text, join, md
from bot.ui import Button, Card, Form, No, actions, card, line, note

DONE = card("Done.")
FORGOTTEN = No(md("That button is too old for me, sorry. `help` shows what I can do."))
STRANGER = No(
    md(
        "I do not know you from any server yet. Say something to me in the server that we share, `/help` for example; "
        "from then on I answer here too."
    )
)
CLOSED = No(
    md(
        "I answer privately, but you do not take direct messages from this server. Allow them in its privacy settings, "
        "or use the slash commands: those answers only you see."
    )
)


def which(places: Sequence[tuple[str, Pointer]]) -> Card:
    """Somebody in several communities said something that could be meant in each."""
    buttons = [Button(name, str(where), turns=True) for name, where in places]
    return card("Which community do you mean?", line("You are in several that I serve."), actions(*buttons))


def asking(form: Form, draft: str) -> Card:
    """A form that cannot open by itself waits behind a button."""
    ask = Button("Open the form", str(Pointer(draft, "?")), "primary", turns=True)
    return card("{title}", line("{why}", why=form.waiting()), actions(ask), title=form.title)


def pending(command: Command, left: Sequence[str], draft: str) -> Card:
    """Between two steps of a form."""
    more = Button("Say more", str(Pointer(draft, "+")), turns=True) if left else None
    labels: list[Text] = [md("{label}", label=one.rstrip("?")) for one in left]
    return card(
        "{about}: nearly done",
        line("You may also say: {left}.", left=join(labels)) if left else None,
        actions(Button(command.submit, str(Pointer(draft)), "primary", turns=True), more),
        note("Nothing is sent before you press one of them."),
        about=command.about,
    )

"""What is said when nothing could be done: never silence, and never with anything lost that was typed."""

from bot.arguments import call_of
from bot.catalogue import Catalogue
from bot.ctx import Refusal, Request
from bot.heard import reference_of
from bot.text import Text, md
from bot.ui import No
from storage.trouble import Trouble, Unwritable

BUSY = md("I am very busy right now. Please try again in a moment; nothing was changed.")
FULL = md("I cannot write anything down at the moment. Nothing was changed; please tell whoever runs me.")


def regret(catalogue: Catalogue, request: Request, error: Exception) -> No:
    """Something went wrong on the way to the core."""
    return no_database(catalogue, request, error) if isinstance(error, Trouble) else our_fault(catalogue, request)


def no_database(catalogue: Catalogue, request: Request, trouble: Trouble) -> No:
    """The database does not answer, or takes nothing more."""
    return _keeping(catalogue, request, FULL if isinstance(trouble, Unwritable) else BUSY)


def our_fault(catalogue: Catalogue, request: Request) -> No:
    """Something of ours broke; the reference finds it in the operator's log."""
    said = "Something broke on my side; nothing was changed. If it happens again, tell an admin this: ref `{ref}`"
    return _keeping(catalogue, request, md(said, ref=reference_of(request.id)))


def untold(request_id: str) -> No:
    """It was worked out, and could not be shown as it is."""
    said = "I could not show you the answer; what you asked for may be done. Tell an admin this: ref `{ref}`"
    return No(md(said, ref=reference_of(request_id)))


def _keeping(catalogue: Catalogue, request: Request, text: Text) -> No:
    """A no that keeps what was typed."""
    try:
        command, rest = catalogue.find(request.said)
        return No(text, again=call_of(command, rest, request.given).again())
    except Refusal:
        return No(text)

"""How requests went: their command, their outcome and their time, and never a word of what was said."""

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from time import perf_counter
from typing import Any, Literal, Protocol, TypeVar

from structlog.contextvars import bound_contextvars

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.ctx import Refusal, Request
from bot.ui import No

Outcome = Literal["answer", "refusal", "error"]
UNKNOWN = "unknown"


class Watch(Protocol):
    """Whoever counts."""

    def heard(self, command: str, outcome: Outcome, seconds: float) -> None:
        """A request was answered in that many seconds."""
        ...

    def limited(self, platform: str) -> None:
        """A platform asked to slow down."""
        ...


class Unwatched:
    """Nobody counts."""

    def heard(self, command: str, outcome: Outcome, seconds: float) -> None:
        """Nothing is kept."""

    def limited(self, platform: str) -> None:
        """Nothing is kept."""


class Watched(Protocol):
    """What `followed` needs to know of the app."""

    catalogue: Catalogue
    watch: Watch


@dataclass(slots=True)
class _Going:
    failed: bool = False


_going: ContextVar[_Going | None] = ContextVar("going", default=None)
A = TypeVar("A", bound=Watched)
Handle = Callable[[A, Request], Answer]


def failed() -> None:
    """The request that is being answered goes wrong on our side."""
    if going := _going.get():
        going.failed = True


def followed(handle: "Handle[A]") -> "Handle[A]":
    """Every line that is logged on the way carries the request's id; at the end it is counted."""

    @wraps(handle)
    def follow(app: A, request: Request) -> Answer:
        begun, going, name = perf_counter(), _Going(), name_of(app.catalogue, request.said)
        outer = _going.set(going)
        outcome: Outcome = "error"
        try:
            with bound_contextvars(**bound(request.id), command=name):
                answer = handle(app, request)
            outcome = "error" if going.failed else "refusal" if isinstance(answer.reply, No) else "answer"
            return answer
        finally:
            _going.reset(outer)
            app.watch.heard(name, outcome, perf_counter() - begun)

    return follow


def bound(request_id: str) -> dict[str, Any]:
    """What every line of the log carries while a request is answered."""
    return {"request": request_id, "reference": reference_of(request_id)}


def name_of(catalogue: Catalogue, line: str) -> str:
    """The name of the command that a line means, which is all of the line that may be written down."""
    try:
        return catalogue.find(line.replace("\u00a0", " "))[0].name
    except Refusal:
        return UNKNOWN


def reference_of(request_id: str) -> str:
    """A short reference that finds the request in the log."""
    return hashlib.blake2b(request_id.encode(errors="replace"), digest_size=4).hexdigest()

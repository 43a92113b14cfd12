"""Ways to speak to the bot: the same scenario is said directly, and again as a platform's own payloads.

A scenario names people and channels in its own words (`ben`, `#general`). A speaker turns what they do into what its
platform would send, brings that through the platform's real adapter, and gives back the reply of the core. On the way
it asserts that the adapter asked the core for what was meant, and that what people then see says all that was answered.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.accounts import keys_in
from bot.answer import Answer
from bot.app import App
from bot.carriage import Carrier
from bot.ctx import Given, Request, Who
from bot.ui import Button, Reply
from storage.db import reading
from storage.models import Place

Now = Callable[[], datetime]


class Witness(App):
    """An app that keeps what it was asked and what it answered."""

    heard: list[tuple[Request, Reply]]

    def handle(self, request: Request) -> Answer:
        """Answers, and remembers it; a form that is asked for is no answer yet."""
        answer = super().handle(request)
        if not request.asks_form:
            reply = None if answer.again and request.once else answer.reply
            self.__dict__.setdefault("heard", []).append((request, reply))
        return answer

    def keys(self, place_id: int, people: Sequence[str]) -> dict[str, str]:
        """The account keys behind short ids of members (`@m12`), in one place."""
        with reading(self.engine, self.place_of(place_id).community_id) as db:
            return keys_in(db, place_id, people)


class Speaker(Protocol):
    """One way to speak; `keys` are the platform's names for the two places where scenarios play.

    `room` is how many fields of a form it shows at once, where it is to be asked in two steps.
    """

    platform: str
    keys: tuple[str, str]
    room: int

    def opens(self, app: Witness, now: Now) -> Carrier:
        """A process begins to serve, at the world's own time; gives what delivers there."""
        ...

    def serves(self, place: Place) -> None:
        """A place that it will be spoken to in."""
        ...

    def account(self, who: Who, place: int) -> Who:
        """Somebody as the platform knows them."""
        ...

    def channel(self, name: str, place: int) -> str:
        """A channel's key, by its name or by the key itself; empty for a direct message."""
        ...

    def named(self, text: str) -> str:
        """A text in which the platform's keys are people's own words again."""
        ...

    def says(self, request: Request) -> Reply:
        """Somebody says a line, or a line and the answers of its form."""
        ...

    def presses(self, request: Request, button: Button) -> Reply:
        """Somebody presses a button that they see."""
        ...

    def fills(self, request: Request, answers: Mapping[str, Given]) -> Reply:
        """Somebody writes these answers into the form that is open and sends it."""
        ...

    def leaves(self, who: Who, place: int) -> None:
        """The platform tells that somebody is gone."""
        ...

    def keeps(self) -> Any:
        """What stands on screens and who is known, for `resumes` of another one."""
        ...

    def resumes(self, kept: Any) -> None:
        """Goes on with what another one kept."""
        ...

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs what delivers, where its connections live."""
        ...

    def close(self) -> None:
        """Nothing stays open; whatever offended the platform is said now."""
        ...

"""Speaks to the core directly: keys are the names that people go by."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from bot.carriage import Carried, Carrier, Parcel
from bot.ctx import Given, Request, Who
from bot.ui import Button, Reply
from storage.models import Place
from tests.speakers import Now, Witness


class Hand:
    """Delivers at once."""

    platform = "local"

    async def carry(self, parcel: Parcel) -> Carried:
        """It arrives."""
        return Carried(parcel.channel, parcel.edits or f"m{parcel.id}")


class Direct:
    """No platform in between."""

    platform = "local"
    keys = ("local", "elsewhere")
    room = 100

    def opens(self, app: Witness, now: Now) -> Carrier:
        """Another process."""
        self.app = app
        self.now = now
        return Hand()

    def serves(self, place: Place) -> None:
        """Every place is served."""

    def account(self, who: Who, _place: int) -> Who:
        """As they are."""
        return who

    def channel(self, name: str, _place: int) -> str:
        """A channel is called by its name."""
        return name

    def named(self, text: str) -> str:
        """Everything is in people's words."""
        return text

    def says(self, request: Request) -> Reply:
        """Asks the core; what was said in a message is not said again."""
        answer = self.app.handle(request)
        return None if answer.again and request.once else answer.reply

    def presses(self, request: Request, _button: Button) -> Reply:
        """A press is a line."""
        return self.says(request)

    def fills(self, request: Request, _answers: Mapping[str, Given]) -> Reply:
        """A form is a line with answers."""
        return self.says(request)

    def leaves(self, who: Who, place: int) -> None:
        """They are gone from now on."""
        self.app.gone(place, who.key, self.now())

    def keeps(self) -> None:
        """Nothing but the database knows anything."""

    def resumes(self, kept: Any) -> None:
        """Nothing to know."""

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Nothing outlives it."""
        return asyncio.run(work)

    def close(self) -> None:
        """Holds nothing."""

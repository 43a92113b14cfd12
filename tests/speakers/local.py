"""Speaks in the local community: names are keys there, and what is said is read on its screen."""

import asyncio
import io
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from adapters.local.session import Session
from bot.carriage import Carried, Carrier, Parcel
from bot.ctx import Given, Request, Who
from bot.ui import Button, Card, File, Image, No, Reply
from storage.models import Place
from tests.speakers import Now, Witness
from tests.speakers.shown import missing, texts_of

UTC_ZONE = ZoneInfo("UTC")


class Sitting(Session):
    """A screen of the local community, in UTC and without pictures."""

    def keep(self, kept: Image | File) -> str:
        """Nobody opens it."""
        return kept.name

    def shows(self, said: Card | No, printed: str) -> None:
        """Fails unless all that is said was printed; a picture stands there by its name."""
        pictures = {node.alt for node in said.body if isinstance(node, Image)} if isinstance(said, Card) else set[str]()
        gone = missing((one for one in texts_of(said) if one not in pictures), printed)
        assert not gone, f"the local community does not show {gone}, only {printed}"


class Direct:
    """The local adapter; a request is handed to the core as it is, for it may say what nobody can type."""

    platform = "local"
    keys = ("local", "elsewhere")
    room = 100

    def opens(self, app: Witness, now: Now) -> Carrier:
        """Another process."""
        self.app = app
        self.now = now
        self.sittings: dict[int, Sitting] = {}
        return self

    def serves(self, place: Place) -> None:
        """Every place is served."""

    def _sitting(self, place: int) -> Sitting:
        if place not in self.sittings:
            self.sittings[place] = Sitting(self.app, self.app.place_of(place), lambda _now: None, io.StringIO())
        self.sittings[place].zone = UTC_ZONE
        return self.sittings[place]

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
        """Asks the core, and reads the answer; what was said in a message is not said again."""
        answer = self.app.handle(request)
        if answer.again and request.once:
            return None
        sitting = self._sitting(request.place)
        begun = sitting.out.tell()
        sitting.show_reply(request.who.name, answer.reply, request.channel)
        if isinstance(answer.reply, Card | No):
            sitting.shows(answer.reply, _since(sitting, begun))
        return answer.reply

    def presses(self, request: Request, _button: Button) -> Reply:
        """A press is a line."""
        return self.says(request)

    def fills(self, request: Request, _answers: Mapping[str, Given]) -> Reply:
        """A form is a line with answers."""
        return self.says(request)

    async def carry(self, parcel: Parcel) -> Carried:
        """It arrives, and is read."""
        sitting = self._sitting(parcel.place.id)
        begun = sitting.out.tell()
        carried = await sitting.carry(parcel)
        sitting.shows(parcel.card, _since(sitting, begun))
        return carried

    def leaves(self, who: Who, place: int) -> None:
        """They are gone from now on."""
        self.app.gone(place, who.key, self.now())

    def keeps(self) -> None:
        """Nothing but the database knows anything."""

    def resumes(self, kept: Any) -> None:
        """The database is another one now."""
        self.sittings.clear()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Nothing outlives it."""
        return asyncio.run(work)

    def close(self) -> None:
        """Holds nothing."""


def _since(sitting: Sitting, begun: int) -> str:
    """What was printed from there on, without the places that each line begins with."""
    sitting.out.seek(begun)
    return "\n".join(_unplaced(sitting.out.read().splitlines()))


def _unplaced(lines: Iterable[str]) -> Iterable[str]:
    return (line.partition("] ")[2] for line in lines)

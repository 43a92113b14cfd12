"""The platform's own carrier, watched: what it posts must say all that it was given."""

from collections.abc import Sequence
from typing import Any, Protocol

from bot.carriage import Carried, Carrier, Parcel
from bot.ui import Card


class Screen(Protocol):
    """Where people read what was posted."""

    def since(self, message: str) -> Sequence[Any]:
        """A message and all that came after it."""
        ...

    def says(self, said: Card, posts: Any) -> None:
        """Fails unless these messages say all of a card."""
        ...


class Van:
    """Delivers, then looks."""

    def __init__(self, carrier: Carrier, screen: Screen) -> None:
        self.carrier = carrier
        self.screen = screen
        self.platform = carrier.platform

    async def carry(self, parcel: Parcel) -> Carried:
        """By the platform's carrier."""
        carried = await self.carrier.carry(parcel)
        self.screen.says(parcel.card, self.screen.since(carried.message.split()[0]))
        return carried

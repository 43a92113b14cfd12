"""What stands on people's screens in a scenario, and how its words are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.local.render import buttons_of
from bot.carriage import Carried, Carrier, Parcel
from bot.ui import Button, Card, No


@dataclass(slots=True)
class Visible:
    """Something with buttons that stands somewhere: for everybody there, or for some."""

    said: Card | No
    to: frozenset[str] | None
    where: str
    place: int


def each_text(value: Any, said: Callable[[str], str]) -> Any:
    """JSON with each of its texts said in another way."""
    match value:
        case str():
            return said(value)
        case list():
            return [each_text(one, said) for one in value]
        case dict():
            return {name: each_text(one, said) for name, one in value.items()}
        case _:
            return value


def marked(value: Any) -> Any:
    """JSON of a reply with each mention's name behind an `@`."""
    match value:
        case {"kind": "mention", "name": str(name)}:
            return {**value, "name": f"@{name}"}
        case list():
            return [marked(one) for one in value]
        case dict():
            return {name: marked(one) for name, one in value.items()}
        case _:
            return value


def labelled(said: Card | No, label: str, about: str = "") -> Button | None:
    """The button of that label, of several the one whose line is `about` that id."""
    buttons, wanted = [one for one in buttons_of(said) if not about or about in one.line.split()], label.casefold()
    exact = (one for one in buttons if one.label.casefold() == wanted)
    return next(exact, next((one for one in buttons if one.label.casefold().startswith(wanted)), None))


def stands_for(shown: Visible, parcel: Parcel) -> bool:
    same = isinstance(shown.said, Card) and shown.said.key == parcel.card.key
    return same and (shown.where, shown.place) == (parcel.channel, parcel.place.id)


class Recorder:
    """A carrier that keeps what another one carried."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.platform = carrier.platform
        self.parcels: list[Parcel] = []

    async def carry(self, parcel: Parcel) -> Carried:
        """Delivers, then remembers."""
        carried = await self.carrier.carry(parcel)
        self.parcels.append(parcel)
        return carried


def address(parcel: Parcel) -> str:
    """Where a parcel goes, in words."""
    return parcel.channel or ", ".join(sorted(one.name for one in parcel.to))


def button_seen(visible: Sequence[Visible], name: str, place: int, label: str, on: str) -> tuple[Button, str] | None:
    """The button that this person would press, the newest first, and where it stands."""
    for shown in reversed(visible):
        mine = shown.place == place and (shown.to is None or name in shown.to)
        is_about = not on or (isinstance(shown.said, Card) and shown.said.key == on)
        if mine and (found := labelled(shown.said, label, "" if is_about else on)):
            return found, shown.where
    return None

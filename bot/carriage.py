"""What a courier hands to an adapter, and what the adapter answers: the words that jobs and adapters share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.ui import Card
from storage.models import Place


class Later(Exception):
    """The platform asks to wait; `seconds` is how long, when it says so."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Undeliverable(Exception):
    """Trying again will not help: the message names the cause and the remedy, for an admin.

    `everywhere` says that nothing reaches that place any more, so its admins must hear of it in another.
    """

    def __init__(self, reason: str, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.everywhere = everywhere


class Gone(Exception):
    """The message that was to be changed was deleted, by whoever may do that there."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member of the place to deliver to."""

    member: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One card for one channel, or for one member (a DM), or for several members (a room).

    With a channel and one member it is for that member's eyes, there; where a platform cannot do that, a DM.

    `thread` is the message in the channel under which it belongs; empty: in the channel itself.
    `edits` names the messages in which the card stands already, as `Carried` named them.
    """

    id: int
    place: Place
    card: Card
    channel: str
    to: tuple[Recipient, ...]
    accounts: Mapping[int, str]
    edits: str = ""
    attempt: int = 0
    thread: str = ""

    @property
    def is_whisper(self) -> bool:
        """Whether it is for one person's eyes in a channel."""
        return bool(self.channel and self.to)


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the card stands now; one that needs several messages names each, with spaces between."""

    channel: str
    message: str


class Carrier(Protocol):
    """An adapter's delivering side."""

    platform: str

    async def carry(self, parcel: Parcel) -> Carried:
        """Posts or edits; raises `Later`, `Gone` or `Undeliverable`."""
        ...

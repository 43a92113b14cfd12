"""What a button or a form carries: a command line or the key of a stored one, where it holds, and what a press does."""

import re
from dataclasses import dataclass
from typing import Literal

from adapters.discord.limits import units

LONGEST = 98  # of Discord's 100 characters; a second button with the same line takes two more
_WRITTEN = re.compile(r"(?:@(?P<place>\d+))?(?P<sign>[?+]?)(?P<turns>\^?)(?P<kind>[!#])(?P<text>[^\x1f]*)", re.DOTALL)

Sign = Literal["", "?", "+"]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A line to say.

    `?` opens its form instead, as filled in; `+` asks on for what it leaves out. `place` is the id of the place where
    it is said, which a direct message does not tell by itself. Where it `turns`, the card that answers takes the
    place of the one that was pressed.
    """

    line: str
    sign: Sign = ""
    place: int = 0
    stored: bool = False
    turns: bool = False

    def __str__(self) -> str:
        """As it is carried."""
        where = f"@{self.place}" if self.place else ""
        return f"{where}{self.sign}{'^' if self.turns else ''}{'#' if self.stored else '!'}{self.line}"

    @property
    def fits(self) -> bool:
        """Whether Discord carries it as it is."""
        return units(str(self)) <= LONGEST


def pointer(written: str) -> Pointer:
    """Reads what `str` wrote; anything else is a line."""
    found = _WRITTEN.fullmatch(written.partition("\x1f")[0])
    if not found:
        return Pointer(written)
    sign: Sign = "?" if found["sign"] == "?" else "+" if found["sign"] == "+" else ""
    return Pointer(found["text"], sign, int(found["place"] or 0), found["kind"] == "#", bool(found["turns"]))

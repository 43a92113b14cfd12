"""From what the core says to Discord's messages: accounts looked up, and buttons that carry their lines."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from adapters.discord.pointer import Pointer, pointer
from adapters.discord.render import Message, messages
from bot.app import App
from bot.references import keep, key_of, lines_of
from bot.ui import Card, No
from storage.models import Place


class Letters:
    """Writes what is said in a place."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def messages(
        self, place: Place | None, said: Card | No, direct: bool, faces: Mapping[int, str]
    ) -> list[Message]:
        """One or more messages; in a direct message the buttons tell the place, which that does not."""
        if place is None:
            return messages(said, {}, {line: line for line in lines_of(said)})
        return messages(said, faces, await self.ids(place, lines_of(said), direct))

    async def ids(self, place: Place, lines: Iterable[str], direct: bool) -> dict[str, str]:
        """What each button carries."""
        meant = {line: _meant(line, place, direct) for line in lines}
        await self.keep(place, meant.values())
        return {line: str(_carried(one)) for line, one in meant.items()}

    async def custom_id(self, place: Place, where: Pointer, direct: bool) -> str:
        """What a form carries."""
        return (await self.ids(place, [str(where)], direct))[str(where)]

    async def carried(self, place: Place, where: Pointer) -> Pointer:
        """A pointer that fits, its line stored where it must be."""
        await self.keep(place, [where])
        return _carried(where)

    async def keep(self, place: Place, pointers: Iterable[Pointer]) -> None:
        """Stores the lines that are too long to be carried."""
        long = [one.line for one in pointers if not one.fits and not one.stored]
        if long:
            await asyncio.to_thread(keep, self._app.engine, place, long, datetime.now(UTC))


def _meant(line: str, place: Place, direct: bool) -> Pointer:
    found = pointer(line)
    if found.place or not direct:
        return found
    return Pointer(found.line, found.sign, place.id, found.stored)


def _carried(one: Pointer) -> Pointer:
    return one if one.fits or one.stored else Pointer(key_of(one.line), one.sign, one.place, True)

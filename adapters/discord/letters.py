"""From what the core says to Discord's messages: accounts looked up, and buttons that carry their lines."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from adapters.discord.clickable import Commands, clickable
from adapters.discord.pointer import Pointer, pointer
from adapters.discord.render import Message, messages
from bot.app import App
from bot.references import buttons_of, keep, key_of
from bot.ui import Button, Card, No
from storage.models import Place


class Letters:
    """Writes what is said in a place."""

    def __init__(self, app: App, commands: Commands) -> None:
        self._app = app
        self.commands = commands

    async def messages(
        self, place: Place | None, said: Card | No, direct: bool, faces: Mapping[int, str]
    ) -> list[Message]:
        """One or more messages; in a direct message the buttons tell the place, which that does not."""
        meant = {one.line: _meant(one, place, direct) for one in buttons_of(said)}
        if place is None:
            drawn = messages(said, {}, {line: str(one) for line, one in meant.items()})
        else:
            await self.keep(place, meant.values())
            drawn = messages(said, faces, {line: str(_carried(one)) for line, one in meant.items()})
        return [clickable(one, self.commands.ids) for one in drawn]

    async def custom_id(self, place: Place, where: Pointer, direct: bool) -> str:
        """What a form carries."""
        return str(await self.carried(place, _placed(where, place, direct)))

    async def carried(self, place: Place, where: Pointer) -> Pointer:
        """A pointer that fits, its line stored where it must be."""
        await self.keep(place, [where])
        return _carried(where)

    async def keep(self, place: Place, pointers: Iterable[Pointer]) -> None:
        """Stores the lines that are too long to be carried."""
        long = [one.line for one in pointers if not one.fits and not one.stored]
        if long:
            await asyncio.to_thread(keep, self._app.engine, place, long, datetime.now(UTC))


def _meant(button: Button, place: Place | None, direct: bool) -> Pointer:
    found = pointer(button.line)
    return _placed(replace(found, turns=found.turns or button.turns), place, direct)


def _placed(where: Pointer, place: Place | None, direct: bool) -> Pointer:
    return replace(where, place=place.id) if place and direct and not where.place else where


def _carried(one: Pointer) -> Pointer:
    return one if one.fits or one.stored else replace(one, line=key_of(one.line), stored=True)

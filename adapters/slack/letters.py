"""Buttons in Slack carry their lines; a line that is longer than Slack allows is stored, and its key is carried."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from adapters.slack import limits
from adapters.slack.incoming import Incoming, metadata
from bot.app import App
from bot.references import SIGN, fitted, keep, key_of, lines_of, meant
from bot.text import md
from bot.ui import Card, No
from storage.models import Place

FORGOTTEN = No(md("That button is too old for me, sorry. `help` shows what I can do."))
T = TypeVar("T", Card, No, Card | No)


class Letters:
    """Writes what is said in a workspace, and reads what its buttons carry."""

    def __init__(self, app: App, now: Callable[[], datetime]) -> None:
        self._app = app
        self._now = now

    async def fit(self, place: Place, said: T) -> T:
        """The same, with buttons that Slack takes; in a workspace a key needs no other address."""
        if all(len(line) <= limits.VALUE for line in lines_of(said)):
            return said
        return await asyncio.to_thread(fitted, self._app.engine, place, said, limits.VALUE, self._now())

    async def meant(self, place: Place, said: Incoming) -> str | None:
        """The line of what was said; none when it was stored so long ago that it is forgotten."""
        return await asyncio.to_thread(meant, self._app.engine, place, said.line) if said.stored else said.line

    async def metadata(self, place: Place, line: str, said: Incoming) -> str:
        """What the form of a line remembers; where that is more than Slack keeps, the line is stored here."""
        whole = metadata(line, said)
        if len(whole) <= limits.METADATA:
            return whole
        await asyncio.to_thread(keep, self._app.engine, place, [line], self._now())
        return metadata(f"{SIGN}{key_of(line)}", said)

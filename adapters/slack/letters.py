"""Buttons in Slack carry their lines; a line that is longer than Slack allows is stored, and its key is carried."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from adapters.slack import limits
from bot.app import App
from bot.references import SIGN, fitted, lines_of, meant
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

    async def meant(self, place: Place, carried: str) -> str | None:
        """The line of a button; none when it was stored so long ago that it is forgotten."""
        if not carried.startswith(SIGN):
            return carried
        return await asyncio.to_thread(meant, self._app.engine, place, carried)

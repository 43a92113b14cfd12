"""Buttons in Slack carry their lines; a line that is longer than Slack allows is stored, and its key is carried."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from adapters.slack import limits
from bot.app import App
from bot.references import SIGN, keep, key_of, line_of, lines_of, with_lines
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
        long = [line for line in lines_of(said) if len(line) > limits.VALUE]
        if not long:
            return said
        await asyncio.to_thread(keep, self._app.engine, place, long, self._now())
        return with_lines(said, lambda line: f"{SIGN}{key_of(line)}" if line in long else line)

    async def meant(self, place: Place, carried: str) -> str | None:
        """The line of a button; none when it was stored so long ago that it is forgotten."""
        if not carried.startswith(SIGN):
            return carried
        return await asyncio.to_thread(line_of, self._app.engine, place, carried.removeprefix(SIGN))

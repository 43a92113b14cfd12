"""Whose turn it is: requests of one process are worked out beside its event loop, a few at a time."""

import asyncio
from typing import get_args

from bot.answer import Answer
from bot.app import App, Pace
from bot.ctx import Request

AT_ONCE = 2


class Turns:
    """Two of a pace at a time: more would only take their time from each other, and from what must be told at once;
    and what may have to wait lets by what need not."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._free: dict[Pace, asyncio.Semaphore] = {pace: asyncio.Semaphore(AT_ONCE) for pace in get_args(Pace)}

    async def handle(self, request: Request) -> Answer:
        """The core's answer, off the event loop."""
        async with self._free[self._app.pace(request)]:
            return await asyncio.to_thread(self._app.handle, request)

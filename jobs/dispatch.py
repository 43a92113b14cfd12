"""Couriers in threads of their own, one for each platform: what one waits for keeps no other waiting, and no answer.

A courier works on a loop in its thread; what it hands over is carried on the loop where the platform is connected.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy import Engine

from bot.carriage import Carried, Carrier, Parcel
from jobs.courier import Courier


class Across:
    """A carrier whose connections live on another loop."""

    def __init__(self, carrier: Carrier, home: asyncio.AbstractEventLoop) -> None:
        self.platform = carrier.platform
        self._carrier = carrier
        self._home = home

    async def carry(self, parcel: Parcel) -> Carried:
        """As the carrier does, over there; given up on here, it is given up on there too."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._carrier.carry(parcel), self._home))


class Dispatch:
    """One platform's courier, who takes its rows alone."""

    def __init__(self, engine: Engine, carrier: Carrier) -> None:
        self._engine = engine
        self._carrier = carrier
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._halt = asyncio.Event()

    def wake(self) -> None:
        """There is something to deliver; from any thread, at any time."""
        self._ring(self._bell)

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until told to stop; what is on its way then still arrives."""
        pool = ThreadPoolExecutor(1, f"courier-{self._carrier.platform}")
        here = asyncio.get_running_loop()
        work = here.run_in_executor(pool, lambda: asyncio.run(self._deliver(here)))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
        self._ring(self._halt)
        stopped.cancel()
        pool.shutdown(wait=False)
        await work

    async def _deliver(self, home: asyncio.AbstractEventLoop) -> None:
        self._loop = asyncio.get_running_loop()
        courier = Courier(self._engine, {self._carrier.platform: Across(self._carrier, home)})
        await courier.run(self._halt, self._bell)

    def _ring(self, event: asyncio.Event) -> None:
        """Before the thread has begun that is enough by itself, and after it ended nobody hears it."""
        if self._loop is None:
            event.set()
            return
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(event.set)


class Couriers:
    """Those of the platforms that a process serves: whoever is answered there wakes them."""

    def __init__(self, engine: Engine, carriers: Iterable[Carrier]) -> None:
        self._dispatches = [Dispatch(engine, one) for one in carriers]

    def wake(self) -> None:
        """There is something to deliver; from any thread, at any time."""
        for one in self._dispatches:
            one.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a courier that ends by itself has failed."""
        running = [asyncio.create_task(one.run(stop)) for one in self._dispatches]
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([stopped, *running], return_when=asyncio.FIRST_COMPLETED)
        for one in running:
            if one.done():
                one.result()
        await asyncio.gather(*running)

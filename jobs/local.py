"""The local community with its clock and courier, as a script or at a terminal."""

import asyncio
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

from adapters.local.session import Session, run_script
from jobs.courier import Courier
from jobs.house import House


def session_of(house: House, out: TextIO, kind: type[Session] = Session) -> Session:
    """A sitting whose clock and courier run after each line."""
    courier = Courier(house.engine, {}, at_once=1)

    def drain(now: datetime) -> None:
        while house.clock.tick(now) + asyncio.run(courier.drain(now)):
            continue

    session = kind(house.app, house.local_place(), drain, out)
    courier.carriers = {"local": session}
    return session


def play(house: House, lines: Iterable[str], out: TextIO, err: TextIO) -> int:
    """A script; exit status 2 when a line could not be read."""
    return run_script(scripted(house, out), lines, err)


def scripted(house: House, out: TextIO) -> Session:
    """A sitting in which nobody is greeted."""
    house.app.welcome = lambda _ctx: None
    return session_of(house, out)


def sit(house: House, name: str) -> int:
    """A conversation at the terminal."""
    from adapters.local.terminal import Sitting, Terminal  # prompt_toolkit is not for scripts

    house.encoder.start()
    return Terminal(session_of(house, sys.stdout, Sitting), name).run()

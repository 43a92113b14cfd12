"""Processes that are killed at a random moment, and a platform that outlives them."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from bot.carriage import Carried, Parcel
from bot.text import plain

KILLED = -signal.SIGKILL


class Ledger:
    """What reached a platform: a line each, written at once and for good, as a network would have carried it."""

    platform = "local"

    def __init__(self, file: Path) -> None:
        self.file = file
        self.file.touch()

    def write(self, **said: object) -> None:
        """One line, whole."""
        with self.file.open("ab", buffering=0) as out:
            out.write(json.dumps(said).encode() + b"\n")

    async def carry(self, parcel: Parcel) -> Carried:
        """A message that the platform has from now on."""
        to = parcel.channel or ",".join(sorted(one.name for one in parcel.to))
        self.write(nonce=parcel.id, to=to, said=plain(parcel.card.title))
        await asyncio.sleep(0)
        return Carried(parcel.channel or "D1", parcel.edits or f"m{parcel.id}")

    def lines(self) -> list[dict[str, str]]:
        """All that was written."""
        return [json.loads(one) for one in self.file.read_text().splitlines()]

    def messages(self) -> list[dict[str, str]]:
        """What members see: the platform shows one nonce once."""
        return list({one["nonce"]: one for one in self.lines()}.values())


def lives(work: Callable[[], None], rng: Random, longest: float) -> bool:
    """Runs `work` in a process of its own and kills it within `longest` seconds; whether it came to its end before."""
    pid = os.fork()
    if pid == 0:
        _child(work)
    killed_at = time.monotonic() + rng.uniform(0, longest)
    while time.monotonic() < killed_at:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            assert status == 0, "the process ended by itself, and not well"
            return True
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL)
    return status == 0


def _child(work: Callable[[], None]) -> None:
    """Leaves without any of the parent's last wishes."""
    try:
        work()
    except BaseException as error:
        os.write(2, repr(error).encode())
        os._exit(1)
    os._exit(0)

"""Signed slash commands over HTTP: ours and a bare bolt app that only acks, in both its forms, each in a process."""

import asyncio
import itertools
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler

from adapters.slack.serve import EVENTS, Front
from benchmarks.measure import Measurement, within
from benchmarks.slack import READ, Loopback, bare, ours, proof
from jobs.serve import settle

FORMS = ("ours", "bare by default", "bare at once")
ROUNDS, REQUESTS = 5, 160
TOGETHER = (1, 16)
ALLOWED = 1.5  # the bare app has nothing to do but to ack


@dataclass
class Taken:
    """What one app needed, over all rounds: seconds of each ack, and acks per second of each round."""

    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def quantile(self, part: float) -> float:
        """Seconds within which that part of the acks came."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(part * len(self.seconds)))]

    @property
    def rate(self) -> float:
        """Acks per second, the median of the rounds."""
        return statistics.median(self.rates)

    def __str__(self) -> str:
        return f"{self.rate:.0f}/s, p50 {self.quantile(0.5) * 1000:.1f} ms, p99 {self.quantile(0.99) * 1000:.1f} ms"


def measure() -> list[Measurement]:
    """The ratio is ours to bolt's default, at the 99th percentile; the rounds take turns."""
    return asyncio.run(_measure())


async def _measure() -> list[Measurement]:
    async with Loopback() as slack:
        with ExitStack() as stack:
            ports = {form: stack.enter_context(_served(form, slack.url)) for form in FORMS}
            await asyncio.gather(*(_ready(port) for port in ports.values()))
            return [await _compared(ports, slack.url, together) for together in TOGETHER]


@contextmanager
def _served(form: str, slack: str) -> Iterator[int]:
    """One app in a process of its own."""
    port = _free_port()
    running = subprocess.Popen([sys.executable, "-m", "benchmarks.slack_http", form, str(port), slack])
    try:
        yield port
    finally:
        running.terminate()
        running.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _ready(port: int) -> None:
    for _look in range(600):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise RuntimeError("an app did not start")


async def _compared(ports: dict[str, int], slack: str, together: int) -> Measurement:
    taken = {form: Taken() for form in FORMS}
    numbers = itertools.count(together * 10**6)
    async with aiohttp.ClientSession() as http:
        for turn in range(ROUNDS + 1):
            for form, port in ports.items():
                found = await _round(http, f"http://127.0.0.1:{port}{EVENTS}", slack, together, numbers)
                if turn:
                    taken[form].seconds += found.seconds
                    taken[form].rates += found.rates
    mine, default = (taken[form].quantile(0.99) for form in FORMS[:2])
    note = "; ".join(f"{form} {taken[form]}" for form in FORMS)
    n = ROUNDS * REQUESTS
    name = f"slack over HTTP, {together} at a time: p99 of acks, all of it answered meanwhile"
    return within(name, n, mine, default, note, allowed=ALLOWED)


async def _round(http: aiohttp.ClientSession, url: str, slack: str, together: int, numbers: Iterator[int]) -> Taken:
    """So many commands, so many of them at a time."""
    taken = Taken()
    waiting = deque(range(REQUESTS))

    async def sends() -> None:
        while waiting:
            waiting.pop()
            taken.seconds.append(await _acked(http, url, slack, next(numbers)))

    began = time.perf_counter()
    await asyncio.gather(*(sends() for _one in range(together)))
    taken.rates.append(REQUESTS / (time.perf_counter() - began))
    return taken


async def _acked(http: aiohttp.ClientSession, url: str, slack: str, number: int) -> float:
    said = {"command": "/skill", "text": READ, "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
    body = urlencode({**said, "trigger_id": f"t{number}", "response_url": f"{slack}/hook"})
    headers = {name: str(value) for name, value in proof(body).items()}
    began = time.perf_counter()
    async with http.post(url, data=body.encode(), headers=headers) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {await answer.text()}")
        await answer.read()
    return time.perf_counter() - began


def serve(form: str, port: int, slack: str) -> None:
    """Serves one of the apps until it is ended."""
    settle()
    with tempfile.TemporaryDirectory() as folder:
        app = (
            Front(ours(slack, Path(folder)))
            if form == "ours"
            else AsyncSlackRequestHandler(bare(form == "bare at once"), path=EVENTS)
        )
        uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])

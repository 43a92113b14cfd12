"""A slash command through the real gateway client, beside a bare discord.py command that answers "ok"."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.app import Discord, Keys
from adapters.discord.serve import over_gateway
from benchmarks.commands import Absent
from benchmarks.gateway import TOKEN, Loopback
from benchmarks.measure import Measurement, within
from bot import features
from bot.app import App
from bot.names import builtin
from storage.db import connect
from storage.upgrade import upgrade

ROUNDS, WARM, STARTS = 100, 5, 5
AT_ONCE, BURSTS = 60, 5
READ, WRITE, START, BURST = 2.0, 4.0, 3.0, 1.25


def measure() -> list[Measurement]:
    """Medians; the ratio is to the bare client's answer, measured in the same run."""
    return asyncio.run(_measure())


async def _measure() -> list[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        bare = await _with(_bare, lambda _turn: {})
        read = await _with(lambda loopback: _ours(loopback, Path(folder) / "read.db"), lambda _turn: {})
        write = await _with(lambda loopback: _ours(loopback, Path(folder) / "write.db"), _claim, "claim")
        burst = await _at_once(lambda loopback: _ours(loopback, Path(folder) / "burst.db"), "claim", _claim)
        crowd = await _at_once(_bare, "mine", lambda _turn: {})
        start = statistics.median([await _start(Path(folder) / f"{turn}.db") for turn in range(STARTS)])
    note = f"median of {ROUNDS}; a bare command's “ok” takes {bare * 1000:.1f} ms"
    return [
        _row("discord: first answer of a read", read, bare, READ, note),
        _row("discord: first answer of a write", write, bare, WRITE, note),
        within(
            f"discord: first answer of {AT_ONCE} writes at once",
            BURSTS,
            burst,
            write + crowd - bare,
            f"median of {BURSTS}; the limit is a write alone ({write * 1000:.1f} ms), and what the first of {AT_ONCE} "
            f"waits longer with the bare client ({(crowd - bare) * 1000:.1f} ms)",
            allowed=BURST,
        ),
        within("discord: start to first answer", STARTS, start, START, f"median of {STARTS}; a new database each"),
    ]


def _row(name: str, seconds: float, bare: float, times: float, note: str) -> Measurement:
    """A multiple of the bare answer is allowed."""
    return within(name, ROUNDS, seconds, bare, note, allowed=times)


async def _with(client: Any, options: Callable[[int], dict[str, str]], sub: str = "mine") -> float:
    """The median of first answers, seconds."""
    async with Loopback() as loopback, client(loopback):
        await asyncio.wait_for(loopback.ready.wait(), 30)
        for turn in range(WARM):
            await loopback.answer("skill", sub, **options(turn))
        times: list[float] = []
        for turn in range(ROUNDS):
            times.append(await loopback.answer("skill", sub, **options(turn + WARM)))
            await asyncio.sleep(0.01)
    return statistics.median(times)


def _claim(turn: int) -> dict[str, str]:
    names = [entry.name for entry in builtin()]
    return {"skill": names[turn % len(names)], "level": "expert"}


async def _at_once(client: Any, sub: str, options: Callable[[int], dict[str, str]]) -> float:
    """The median of the first answers to many commands that come together, seconds."""
    async with Loopback() as loopback, client(loopback):
        await asyncio.wait_for(loopback.ready.wait(), 30)
        for turn in range(WARM):
            await loopback.answer("skill", sub, **options(turn))
        first: list[float] = []
        for burst in range(BURSTS):
            turns = range(WARM + burst * AT_ONCE, WARM + (burst + 1) * AT_ONCE)
            first.append(min(await asyncio.gather(*(loopback.answer("skill", sub, **options(one)) for one in turns))))
    return statistics.median(first)


@asynccontextmanager
async def _bare(loopback: Loopback) -> AsyncIterator[None]:
    """What discord.py's own examples do."""
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = loopback.api_url, yarl.URL(loopback.gateway_url)
    client = discord.Client(intents=discord.Intents.none())
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="skill", description="Skills")

    @group.command(name="mine", description="Ok")
    async def mine(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("ok", ephemeral=True)

    del mine
    tree.add_command(group)
    running = asyncio.create_task(client.start(TOKEN))
    try:
        yield
    finally:
        await client.close()
        await running


@asynccontextmanager
async def _ours(loopback: Loopback, database: Path) -> AsyncIterator[None]:
    engine = connect(f"sqlite:///{database}")
    upgrade(engine)
    app = App(engine, features.catalogue(), Absent(), features.welcome)
    served, stop = Discord(app, Keys(TOKEN, loopback.api_url, loopback.gateway_url)), asyncio.Event()
    running = asyncio.create_task(over_gateway(served, stop))
    try:
        yield
    finally:
        stop.set()
        await running
        await served.close()


async def _start(database: Path) -> float:
    """From the process's start to its first answer."""
    async with Loopback() as loopback:
        straight = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        about = {
            "DATABASE_URL": f"sqlite:///{database}",
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": loopback.api_url,
            "DISCORD_GATEWAY_URL": loopback.gateway_url,
        }
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "manyhands",
            "run",
            "--only",
            "discord",
            env={**straight, **about},
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            await asyncio.wait_for(loopback.ready.wait(), 60)
            await loopback.answer("skill", "mine")
            return time.perf_counter() - began
        finally:
            process.terminate()
            await process.wait()

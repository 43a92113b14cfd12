"""What every test over the wire needs: a loopback Discord, discord.py pointed at it, and no proxy between them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route
from yarl import URL

from adapters.discord import gateway
from tests.discord.served import Served
from tests.discord.server import Discord
from tests.slack.server import Slack

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on the way to the loopback."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """Discord with nobody in it; at the end nothing may have offended it."""
    async with Discord() as made:
        monkeypatch.setattr(Route, "BASE", made.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(made.gateway_url))
        monkeypatch.setattr(gateway, "READY_SECONDS", 0.05)
        yield made
        await _no_heart_beats_on()
        assert made.violations == []


async def _no_heart_beats_on() -> None:
    """A client that is closed while it connects leaves its thread of heartbeats, which outlives the test's loop."""
    for one in threading.enumerate():
        if isinstance(one, KeepAliveHandler):
            one.stop()
            await asyncio.to_thread(one.join, 10)


@pytest.fixture
async def people(discord: Discord) -> Discord:
    """Discord with a server, three people and two channels."""
    discord.guild("Collective", owner="olga")
    discord.person("ana", admin=True)
    discord.person("ben")
    discord.person("cleo", dms=False)
    discord.channel("general")
    discord.channel("forum", kind=15)
    return discord


@pytest.fixture
async def served(people: Discord, tmp_path: Path) -> AsyncIterator[Served]:
    """A process that serves that server."""
    made = Served(people, tmp_path / "discord.db")
    await made.start()
    yield made
    await made.leave()


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace beside the server; at the end nothing may have offended it."""
    async with Slack() as made:
        made.user("U1", "ana", admin=True)
        made.user("U2", "ben")
        made.channel("C1", "general")
        made.mode = "socket"
        yield made
        assert made.problems == []

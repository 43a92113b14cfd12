"""A signed slash command through the real app, beside a bare bolt app that only acks, in both of bolt's forms."""

import asyncio
import hashlib
import hmac
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.app import Keys, Slack
from benchmarks.commands import Absent
from benchmarks.measure import Measurement
from bot import features
from bot.app import App
from bot.names import builtin
from storage.db import connect
from storage.upgrade import upgrade

SECRET, ROUNDS = "secret", 100
READ, WRITE = "mine", "claim {skill} expert"
LIMIT_ACK = 0.001


class Loopback:
    """As much of Slack as a command needs: who is who, and where answers arrive."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()

    async def __aenter__(self) -> "Loopback":
        site = web.Application()
        site.router.add_post("/api/{method}", self._api)
        site.router.add_post("/hook", self._hook)
        self._runner = web.AppRunner(site)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        user = {"id": "U1", "name": "ana", "tz": "UTC", "profile": {"display_name": "ana"}}
        return web.json_response({"ok": True, "user_id": "UBOT", "user": user})

    async def _hook(self, request: web.Request) -> web.Response:
        self.arrived.set()
        return web.Response(text="ok")


def measure() -> list[Measurement]:
    """Medians; the ratio of an answer is to the bare default's ack, measured in the same run."""
    return asyncio.run(_measure())


async def _measure() -> list[Measurement]:
    async with Loopback() as slack:
        with tempfile.TemporaryDirectory() as folder:
            real = ours(slack.url, Path(folder))
            numbers = itertools.count(1)
            default = await _acks(bare(False), slack, numbers)
            instant = await _acks(bare(True), slack, numbers)
            read = await _answers(real, slack, numbers, lambda _n: READ)
            names = [entry.name for entry in builtin()]
            write = await _answers(real, slack, numbers, lambda n: WRITE.format(skill=f'"{names[n % len(names)]}"'))
            await real.close()
    note = (
        f"median of {ROUNDS}; bare bolt acks after {default * 1000:.1f} ms by default, {instant * 1000:.2f} ms at once"
    )
    ack = statistics.median([*read[0], *write[0]])
    return [
        Measurement("slack: ack of a command", ROUNDS, ack, LIMIT_ACK, ack / LIMIT_ACK, note=note),
        _row("slack: whole answer of a read", statistics.median(read[1]), default, note),
        _row("slack: whole answer of a write", statistics.median(write[1]), default, note),
    ]


def _row(name: str, seconds: float, default: float, note: str) -> Measurement:
    return Measurement(name, ROUNDS, seconds, default, seconds / default, note=note)


def ours(url: str, folder: Path) -> Slack:
    """The real app over a new database, before the Slack at `url`."""
    engine = connect(f"sqlite:///{folder / 'slack.db'}")
    upgrade(engine)
    app = App(engine, features.catalogue(), Absent(), features.welcome)

    async def token(_team: str, _enterprise: str) -> str | None:
        return "xoxb-1"

    return Slack(app, Keys(token, SECRET, f"{url}/api/"))


def bare(before_response: bool) -> AsyncApp:
    """An app that only acks; bolt polls for the ack unless it is processed before the response."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_user_id="UBOT", bot_token="xoxb-1")

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=before_response)

    async def only_ack(ack: AsyncAck) -> None:
        await ack()

    bolt.command("/skill")(only_ack)
    return bolt


async def _acks(bolt: AsyncApp, slack: Loopback, numbers: Any) -> float:
    return statistics.median([await _timed(bolt, slack, READ, next(numbers)) for _ in range(ROUNDS)])


async def _answers(
    ours: Slack, slack: Loopback, numbers: Any, line: Callable[[int], str]
) -> tuple[list[float], list[float]]:
    """Seconds until the ack and until the answer stands at Slack, for each round, after one to warm up."""
    acks: list[float] = []
    whole: list[float] = []
    for turn in range(ROUNDS + 1):
        slack.arrived.clear()
        began = time.perf_counter()
        acks.append(await _timed(ours.bolt, slack, line(turn), next(numbers)))
        await slack.arrived.wait()
        whole.append(time.perf_counter() - began)
        await ours.settle(10)
    return acks[1:], whole[1:]


async def _timed(bolt: AsyncApp, slack: Loopback, text: str, number: int) -> float:
    body = {
        "command": "/skill",
        "text": text,
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": f"t{number}",
        "response_url": f"{slack.url}/hook",
    }
    request = _signed(urlencode(body))
    began = time.perf_counter()
    answer = await bolt.async_dispatch(request)
    seconds = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.body}")
    return seconds


def _signed(body: str) -> AsyncBoltRequest:
    return AsyncBoltRequest(body=body, headers=proof(body))


def proof(body: str) -> dict[str, Any]:
    """The headers by which Slack proves that it sent a form."""
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={signature}",
    }

"""The Procfile on PostgreSQL: several processes of each kind serve one workspace, and everything happens once."""

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from storage.db import connect, everywhere
from storage.machinery import Outbox, Timer
from tests.databases import postgres
from tests.ports import free_port
from tests.slack.serving import opened, words

ROOT = Path(__file__).parents[2]
SECONDS = 90.0
CROWD = 20
WORKER, CLOCK = 100, 200  # how far from the first one's port honcho begins with the next ones


class Formation:
    """What an operator runs on one machine or several; `more` is set in its environment."""

    def __init__(self, slack, url, folder, **more):
        self.slack, self.url, self.port = slack, url, free_port(WORKER, CLOCK, CLOCK + 1)
        slack.mode = "http"
        bin_folder = Path(sys.executable).parent
        straight = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        self.environment = {
            **straight,
            "PATH": f"{bin_folder}:{straight['PATH']}",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": url,
            "EMBEDDING_MODEL": str(folder / "no-model"),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "SLACK_MODE": "http",
            **more,
        }

    async def honcho(self, *arguments, verb=("start", "--no-colour")):
        command = (sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), *verb, *arguments)
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self.environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )

    async def ended(self, *arguments, **how):
        """What a formation says that ends by itself, and its status."""
        running = await self.honcho(*arguments, **how)
        out, _ = await asyncio.wait_for(running.communicate(), SECONDS)
        return running.returncode, out.decode()

    def faces(self, web):
        """Slack talks to that one of the web processes."""
        self.slack.app_url = f"http://127.0.0.1:{self.port + web}/slack/events"

    def rows(self, model):
        engine = connect(self.url)
        with everywhere(engine) as db:
            found = db.exec(select(model)).all()
        engine.dispose()
        return found


@pytest.fixture
def formation(people, tmp_path):
    with postgres(empty=True) as url:
        yield Formation(people, url, tmp_path)


@pytest.mark.soak
async def test_two_web_and_three_clock_processes_serve_one_workspace(formation, people):
    status, said = await formation.ended("clock")
    assert (status, "manyhands db upgrade" in said) == (2, True), said
    assert (await formation.ended("release"))[0] == 0
    running = await formation.honcho("-p", str(formation.port), "-c", "web=2,clock=3", "web", "clock")
    out = asyncio.create_task(running.stdout.read())
    try:
        for web in range(2):
            await comes_up(formation.port + web)
        await a_busy_hour(formation, people)
    finally:
        running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), SECONDS)
    assert '"level": "error"' not in (await out).decode()


async def comes_up(port):
    """Five processes take their time to start on a small machine."""
    for _ in range(5):
        with suppress(AssertionError):
            return await opened(port)
    raise AssertionError(f"nobody listens on port {port}")


async def a_busy_hour(formation, people):
    """What one process hears another answers for; cards come once, in the order of the outbox; timers are said once."""
    formation.faces(web=0)
    await people.command("U1", "/manyhands", people.typed("settings skills channel:#general"))
    await people.until(lambda: "Skills" in words(people.ephemerals("U1")), SECONDS)
    for number in range(CROWD):
        formation.faces(web=number % 2)
        await people.command("U1", "/skill", f"claim Kubernetes{number} expert")
    await people.until(lambda: len(claimed(people.messages("C1"))) >= CROWD, SECONDS)
    written = sorted((row for row in formation.rows(Outbox) if row.channel == "C1"), key=lambda row: row.id)
    assert claimed(people.messages("C1")) == claimed(row.card for row in written)
    assert sorted(claimed(people.messages("C1"))) == list(range(CROWD))
    for row in formation.rows(Timer):
        put_forward(formation, row)
    await people.until(lambda: not due(formation), SECONDS)
    await people.until(lambda: {row.state for row in formation.rows(Outbox)} == {"sent"}, SECONDS)


def claimed(cards):
    """The numbers of the claims that cards tell of, in their order."""
    return [int(found[1]) for found in (re.search(r"Kubernetes(\d+)", str(one)) for one in cards) if found]


def put_forward(formation, timer):
    engine = connect(formation.url)
    with everywhere(engine) as db:
        db.get_one(Timer, timer.id).due = datetime.now(UTC) - timedelta(seconds=1)
    engine.dispose()


def due(formation):
    return [one for one in formation.rows(Timer) if one.due <= datetime.now(UTC)]

"""The Procfile on PostgreSQL: Slack over HTTP, Discord over its gateway and clocks beside them are one community."""

import asyncio
import signal
import sys
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession
from sqlmodel import select

from storage.db import connect, everywhere
from storage.machinery import Outbox, Timer
from tests.databases import postgres
from tests.discord.test_process import SECONDS, shows
from tests.slack.serving import words as slack_words
from tests.slack.test_formation import CLOCK, WORKER, Formation, comes_up

DIGEST = "The week of"
START = ("-c", "web=1,worker=1,clock=2", "web", "worker", "clock")


@pytest.fixture
def formation(people, slack, tmp_path):
    with postgres(empty=True) as url:
        yield Formation(slack, url, tmp_path, DISCORD_TOKEN=people.token, DISCORD_API_URL=people.api_url)


@pytest.mark.soak
async def test_slack_discord_and_clocks_serve_one_community_from_processes_of_their_own(formation, people):
    assert await formation.ended("manyhands", "db", "upgrade", verb=("run",)) == (0, "The database is up to date.\n")
    running = await formation.honcho("-p", str(formation.port), *START)
    out = asyncio.create_task(running.stdout.read())
    try:
        await comes_up(formation.port)
        await people.until(lambda: any(one.line for one in people.sessions.values()), SECONDS)
        for away in (0, WORKER, CLOCK, CLOCK + 1):
            await tells_how_it_is(formation.port + away)
        await a_week(formation, people)
    finally:
        running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), SECONDS)
        sys.stdout.write((await out).decode())
    assert '"level": "error"' not in out.result().decode()


async def tells_how_it_is(port):
    """On the port that was given to it: that it lives, that it can do its work, and its numbers."""
    await comes_up(port)
    async with ClientSession(f"http://127.0.0.1:{port}") as session:
        for path, told in (("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "manyhands_database_up 1.0")):
            async with session.get(path) as answer:
                assert (answer.status, told in await answer.text()) == (200, True), (port, path)


async def a_week(formation, people):
    """What is said in one place is told in the other; the week is told once, though two clocks tick."""
    said = formation.slack
    formation.faces(web=0)
    await said.command("U1", "/kudos", said.typed("give @ben for the night with the cluster"))
    await said.until(lambda: "night with the cluster" in slack_words(said.messages("C1")), SECONDS)
    await people.types("ana", "/kudos give", to="ben", reason="for the morning after")
    await people.until(shows(people, "general", "the morning after"), SECONDS)
    await people.types("ana", "/settings digest", channel="general", empty=True)
    comes_due(formation)
    await people.until(shows(people, "general", "night with the cluster"), SECONDS)
    await people.until(lambda: all_is_sent(formation), SECONDS)
    assert sum(shows_in(one) for one in people.messages("general")) == 1


def shows_in(post):
    return any(DIGEST in str(one) for one in (post.get("content"), post.get("embeds")))


def comes_due(formation):
    """As when Monday has come."""
    engine = connect(formation.url)
    with everywhere(engine) as db:
        for timer in db.exec(select(Timer).where(Timer.key == "digest")).all():
            timer.due = datetime.now(UTC)
    engine.dispose()


def all_is_sent(formation):
    """Nothing waits, neither cards nor timers."""
    is_late = [one for one in formation.rows(Timer) if one.due <= datetime.now(UTC)]
    return not is_late and {row.state for row in formation.rows(Outbox)} == {"sent"}

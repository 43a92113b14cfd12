"""`manyhands run` as an operator starts it, serving a loopback workspace in both modes, clock and courier included."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from storage.db import connect, everywhere
from storage.machinery import Outbox
from tests.slack.process import SECONDS, Process
from tests.slack.serving import shown, words


@pytest.mark.sampled(2)
@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_one_process_serves_a_workspace_and_its_buttons_outlive_it(people, tmp_path, mode):
    async with Process(people, tmp_path, mode):
        await people.command("U1", "/manyhands", people.typed("settings skills channel:#general"))
        await people.until(lambda: "Skills" in words(people.ephemerals("U1")), SECONDS)
        await people.command("U1", "/skill", "claim Kubernetes expert")
        await people.until(lambda: "claims Kubernetes" in words(people.messages("C1")), SECONDS)
    async with Process(people, tmp_path, mode) as process:
        if mode == "http":
            assert await process.asks("/readyz") == (200, "ready\n")
            assert await process.asks("/healthz") == (200, "ok\n")
            assert (await process.asks("/metrics"))[0] == 404
        await people.press("U2", "Vouch")
        await people.until(lambda: "has seen you do Kubernetes" in words(people.messages(people.dm("U1"))), SECONDS)
        await people.command("U1", "/manyhands", people.typed("settings digest channel:#general"))
        await people.command("U1", "/digest", "now")
        await people.until(lambda: "The week of" in words(people.messages("C1")), SECONDS)


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_what_was_on_its_way_when_the_process_was_killed_arrives_once(people, tmp_path, mode):
    reasons = [f"the night shift number {n} of the cluster" for n in range(4)]
    async with Process(people, tmp_path, mode) as first:
        people.hold("chat.postMessage", "C1", after=1)
        for reason in reasons:
            await people.command("U1", "/kudos", people.typed(f"give @ben {reason}"))
        await people.until(lambda: len(thanks(people)) == 2, SECONDS)
        await first.kill()
    people.release()
    leases_end(first.database)
    async with Process(people, tmp_path, mode):
        await people.until(lambda: len(thanks(people)) == 4, SECONDS)
        await people.until(lambda: not waiting(first.database), SECONDS)
    assert sorted(reason for reason in reasons for one in thanks(people) if reason in shown([one])) == reasons


def thanks(people):
    return [one for one in people.messages("C1") if "thanked" in shown([one])]


def waiting(database):
    engine = connect(database)
    with everywhere(engine) as db:
        found = db.exec(select(Outbox).where(col(Outbox.state).in_(("waiting", "sending")))).all()
    engine.dispose()
    return found


def leases_end(database):
    """As when two minutes have passed."""
    engine = connect(database)
    with everywhere(engine) as db:
        for row in db.exec(select(Outbox).where(Outbox.state == "sending")).all():
            row.due = datetime.now(UTC)
    engine.dispose()


async def test_a_token_that_slack_does_not_take_stops_the_start_in_words(people, tmp_path):
    process = Process(people, tmp_path, "http", SLACK_BOT_TOKEN="xoxb-of-somebody-else")
    await process.begin()
    code, out = await process.ended()
    assert code == 2
    assert out.splitlines()[-1].startswith("manyhands: Slack does not take SLACK_BOT_TOKEN (invalid_auth).")

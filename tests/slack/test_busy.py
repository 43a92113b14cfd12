"""However busy the model or the database is: forms open, suggestions come, and acks leave."""

import sqlite3
import threading

import pytest

from adapters.slack import app as wiring
from tests.encoders import Words
from tests.slack.serving import says

LONG = 60.0
THINKERS = 8


class Thinking(Words):
    """An encoder that thinks until it is let go."""

    def __init__(self):
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def encode(self, texts, kind="document"):
        """As `Words`, when it may."""
        self.begun.release()
        self.go.wait(LONG)
        return super().encode(texts, kind)


@pytest.fixture
async def thinking(served):
    """Several people have asked what takes long, and the model is at it."""
    await says(served, "U1", "skill claim Kubernetes expert")
    await says(served, "U2", "skill mine")
    encoder = served.app.encoder = Thinking()
    for number in range(THINKERS):
        key = f"U{number + 20}"
        served.slack.user(key, f"asker{number}")
        ack = await served.slack.command(key, "/intro", f"ask somebody for audit {number} by {served.slack.mode}")
        assert ack.status == 200
    await served.slack.until(lambda: encoder.begun.acquire(blocking=False), LONG)
    served.slack.trigger_seconds = LONG
    yield served
    encoder.go.set()
    await served.settle()


@pytest.fixture
async def writing(served, tmp_path):
    """Somebody else writes to the database, and does not come to an end."""
    await says(served, "U1", "skill claim Kubernetes expert")
    await says(served, "U2", "skill mine")
    busy = sqlite3.connect(tmp_path / "slack.db", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    for number in range(THINKERS):
        await served.slack.command("U1", "/skill", f"drop Kubernetes{number}")
    served.slack.trigger_seconds = LONG
    yield served
    busy.execute("ROLLBACK")
    busy.close()
    await served.settle()


async def opens(served):
    """A form, what can be filled into it, and an answer that only reads."""
    ack = await served.slack.command("U2", "/skill", "claim")
    assert ack.status == 200
    await served.slack.until(lambda: served.slack.modals("U2"), LONG)
    suggested = await served.slack.suggest("U2", "skill", "Kub")
    assert "Kubernetes" in str(suggested.options)
    await served.slack.leaves("U2")
    before = len(served.slack.ephemerals("U2"))
    await served.slack.command("U2", "/profile", "show")
    await served.slack.until(lambda: len(served.slack.ephemerals("U2")) > before, LONG)


async def test_while_the_model_thinks_everybody_else_goes_on(thinking):
    await opens(thinking)
    assert not thinking.app.encoder.go.is_set()


async def test_while_the_database_is_written_to_who_is_known_goes_on(writing):
    await opens(writing)


async def test_what_could_be_meant_and_takes_too_long_is_left_out(served, monkeypatch):
    await says(served, "U1", "skill claim")
    go = threading.Event()
    monkeypatch.setattr(wiring, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(served.app, "suggest", lambda *_asked: go.wait(LONG) and [])
    try:
        suggested = await served.slack.suggest("U1", "skill", "Kub")
    finally:
        go.set()
    assert suggested.options == []

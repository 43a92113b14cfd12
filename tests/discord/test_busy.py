"""However busy the model or the database is: forms open, suggestions come, and who only looks is answered."""

import sqlite3

import pytest

from tests.discord.served import does
from tests.slack.test_busy import LONG, Thinking

THINKERS = 8


@pytest.fixture
async def thinking(served, request):
    """Several people have asked what takes long, and the model is at it."""
    await does(served, "ana", "/skill claim", skill="Kubernetes", level="expert")
    await does(served, "ben", "/skill mine")
    asked = request.node.name  # what a process has encoded once, it does not ask for again
    encoder = served.app.encoder = Thinking()
    for number in range(THINKERS):
        served.discord.person(f"asker{number}")
        await served.discord.types(f"asker{number}", "/intro ask", need=f"{asked} number {number}", wait=False)
    await served.discord.until(lambda: encoder.begun.acquire(blocking=False), LONG)
    yield served
    encoder.go.set()
    await served.settle()


@pytest.fixture
async def writing(served, tmp_path):
    """Somebody else writes to the database, and does not come to an end."""
    await does(served, "ana", "/skill claim", skill="Kubernetes", level="expert")
    await does(served, "ben", "/skill mine")
    busy = sqlite3.connect(tmp_path / "discord.db", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    for number in range(THINKERS):
        await served.discord.types("ana", "/skill drop", skill=f"Kubernetes{number}", wait=False)
    yield served
    busy.execute("ROLLBACK")
    busy.close()
    await served.settle()


async def goes_on(served):
    """A form, what can be chosen while typing, and an answer that only reads."""
    form = await served.discord.types("ben", "/profile edit")
    assert form.modal["title"]
    served.discord.closes("ben")
    typed = await served.discord.autocompletes("ben", "/skill claim", "skill", "Kub")
    assert "Kubernetes" in str(typed.choices)
    shown = await served.discord.types("ben", "/profile show")
    assert "Here since" in shown.content
    assert shown.kind == 4


async def test_while_the_model_thinks_everybody_else_goes_on(thinking):
    await goes_on(thinking)
    assert not thinking.app.encoder.go.is_set()


async def test_while_the_database_is_written_to_who_looks_goes_on(writing):
    await goes_on(writing)


async def test_who_must_wait_sees_that_an_answer_comes(thinking):
    waiting = [one for one in thinking.discord.interactions.values() if one.user != thinking.discord.who("ben")]
    asked = waiting[-THINKERS:]
    await thinking.discord.until(lambda: all(one.kind == 5 for one in asked), LONG)
    thinking.app.encoder.go.set()
    await thinking.settle()
    assert all("fit" in one.content or "Nobody" in one.content for one in asked), [one.content for one in asked]

"""What goes wrong between Slack and the core is told to the one who asked, with a reference, and never silence."""

import pytest

from bot.heard import reference_of
from tests.slack.serving import says, shown

pytestmark = pytest.mark.sampled(2)


def told(served):
    return shown(served.slack.ephemerals("U1")[-1:])


async def test_a_form_that_slack_does_not_open(served):
    served.slack.fail("views.open", "invalid_arguments")
    ack = await says(served, "U1", "skill claim")
    assert "could not show you the answer" in told(served)
    assert reference_of(ack.sent.payload["trigger_id"]) in told(served)


async def test_a_fault_before_the_core_is_asked(served, monkeypatch):
    async def breaks(*_asked):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(served.bot.desk.directory, "whos", breaks)
    await says(served, "U1", "skill claim Kubernetes")
    assert "nothing was changed" in told(served)


async def test_a_fault_while_it_is_drawn(served, monkeypatch):
    def breaks(*_drawn):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("adapters.slack.answer.uploads", breaks)
    await says(served, "U1", "skill mine")
    assert "could not show you the answer" in told(served)


async def test_after_it_the_next_is_answered_as_ever(served):
    served.slack.fail("views.open", "invalid_arguments")
    await says(served, "U1", "skill claim")
    await says(served, "U1", "skill claim")
    assert served.slack.modals("U1")


async def test_a_form_that_cannot_be_judged_stays_with_what_was_typed(served, monkeypatch):
    async def breaks(*_asked):
        raise RuntimeError("a fault of ours")

    await says(served, "U1", "kudos give @ben")
    monkeypatch.setattr(served.bot.desk.directory, "whos", breaks)
    ack = await served.slack.submit("U1", {"What did they do?": "for the diagrams of last night"})
    assert "nothing was changed" in next(iter(ack.errors.values()))
    assert served.slack.modals("U1")

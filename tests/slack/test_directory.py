"""Slack is asked who somebody is when that matters, and not at every word."""

import pytest

from adapters.slack import directory
from tests.slack.serving import says, shown

pytestmark = pytest.mark.sampled(2)


def asked(served, user="U1"):
    return sum(call["user"] == user for call in served.slack.called("users.info"))


async def test_who_is_known_is_not_asked_for_again(served):
    for _thrice in range(3):
        await says(served, "U1", "skill mine")
    assert asked(served) == 1


async def test_what_somebody_may_do_is_asked_again_when_an_admins_command_needs_it(served, monkeypatch):
    await says(served, "U1", "manyhands settings")
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0)
    await says(served, "U1", "skill mine")
    assert asked(served) == 1
    served.slack.users["U1"].admin = False
    await says(served, "U1", "manyhands settings")
    assert asked(served) == 2
    assert "for the admins here" in shown(served.slack.ephemerals("U1")[-1:])


async def test_an_admin_whose_right_nobody_asked_about_stays_one(served, monkeypatch):
    await says(served, "U1", "manyhands settings")
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0)
    for _twice in range(2):
        await says(served, "U1", "skill mine")
    await says(served, "U1", "manyhands settings")
    assert "Press one to change it" in shown(served.slack.ephemerals("U1")[-1:])


async def test_a_name_that_is_old_is_asked_for_again(served, monkeypatch):
    await says(served, "U1", "skill mine")
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0)
    monkeypatch.setattr(directory, "NAMED_SECONDS", 0)
    await says(served, "U1", "skill mine")
    assert asked(served) == 2

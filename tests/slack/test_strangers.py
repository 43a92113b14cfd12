"""Slack Connect: who is met in a shared channel and belongs elsewhere is a guest here, whatever they are there."""

import pytest
from sqlmodel import select

from storage.db import everywhere
from storage.models import Member, Place
from tests.slack.serving import says, shown

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
def shared(served):
    """Olga works elsewhere, is an owner there, and reads #general."""
    served.slack.team("T9", "Partners")
    served.slack.user("U9", "olga", admin=True, team="T9", stranger=True)
    return served


def kinds(served):
    with everywhere(served.app.engine) as db:
        return {one.name: one.kind for one in db.exec(select(Member)).all()}


def teams(served):
    with everywhere(served.app.engine) as db:
        return [one.key for one in db.exec(select(Place)).all()]


async def test_who_presses_a_button_there_is_a_guest_of_this_community_and_of_no_other(shared):
    await says(shared, "U1", "manyhands settings skills channel:#general")
    await says(shared, "U1", "skill claim Kubernetes expert")
    await shared.slack.press("U9", "Vouch")
    await shared.settle()
    assert "has seen you do" in shown(shared.slack.direct("U1"))
    assert kinds(shared)["olga"] == "guest"
    assert teams(shared) == ["T1"]


async def test_an_owner_of_another_workspace_is_no_admin_here(shared):
    await says(shared, "U1", "manyhands settings skills channel:#general")
    await says(shared, "U1", "skill claim Kubernetes expert")
    await shared.slack.press("U9", "Vouch")
    await shared.slack.says("U9", "<@UBOT> settings kudos allowance:50", "C1")
    await shared.settle()
    assert "for the admins here" in shown(shared.slack.ephemerals("U9"))


async def test_where_guests_take_no_part_they_are_named(shared):
    await says(shared, "U1", "manyhands settings kudos guests:no")
    await says(shared, "U1", "kudos give @olga for the joint audit")
    assert "olga is a guest" in shown(shared.slack.ephemerals("U1")[-1:])


async def test_a_message_there_is_heard_for_the_workspace_that_has_the_bot(shared):
    await shared.slack.says("U9", "<@UBOT> help", "C1")
    await shared.settle()
    assert teams(shared) == ["T1"]
    assert kinds(shared)["olga"] == "guest"

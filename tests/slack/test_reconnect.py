"""Connections end, Slack says things twice, and strangers say things again: one effect, and nothing is lost."""

import pytest

from tests.slack.serving import Served, says, shown, words


@pytest.fixture
async def plugged(people, tmp_path):
    """Our app on a socket."""
    made = Served(people, tmp_path / "slack.db")
    await made.start("socket")
    yield made
    await made.leave()


async def vouches(served):
    """A button of before is pressed."""
    await served.slack.press("U2", "Vouch")
    await served.settle()
    assert "has seen you do" in words(served.slack.direct("U1"))


async def with_a_button(served):
    await says(served, "U1", "manyhands settings skills channel:#general")
    await says(served, "U1", "skill claim Kubernetes expert")


async def test_a_broken_socket_is_opened_again_and_buttons_still_work(plugged):
    await with_a_button(plugged)
    plugged.slack.drop()
    await plugged.slack.connected(2, 60)
    await vouches(plugged)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_socket_that_must_make_way_is_replaced_at_once(plugged, reason):
    await with_a_button(plugged)
    await plugged.slack.disconnect(reason)
    await plugged.slack.connected(2, 60)
    await plugged.slack.calm()
    await vouches(plugged)


@pytest.mark.soak
async def test_socket_mode_that_was_switched_off_and_on_again_is_found_again(plugged):
    await with_a_button(plugged)
    plugged.slack.fail("apps.connections.open", "not_allowed", times=2)
    await plugged.slack.disconnect("link_disabled")
    await plugged.slack.connected(2, 60)
    assert len(plugged.slack.called("apps.connections.open")) == 4
    await vouches(plugged)


@pytest.mark.soak
async def test_what_is_told_again_on_the_next_connection_has_one_effect(plugged):
    dm = plugged.slack.dm("U1")
    ack = await plugged.slack.says("U1", "kudos give <@U2> for the night with the cluster", dm)
    plugged.slack.drop()
    await plugged.slack.connected(2, 60)
    await plugged.slack.again(ack, retry=1, reason="timeout")
    await plugged.settle()
    assert shown(plugged.slack.messages(dm)).count("has it") == 1
    await says(plugged, "U2", "kudos mine")
    assert shown(plugged.slack.ephemerals("U2")).count("for the night with the cluster") == 1


async def test_a_signed_request_that_is_sent_again_has_one_effect_and_one_answer(served):
    ack = await says(served, "U1", "kudos give @ben for the night with the cluster")
    for _again in range(2):
        await served.slack.again(ack)
        await served.settle()
    assert shown(served.slack.ephemerals("U1")).count("has it") == 1
    assert shown(served.slack.messages("C1")).count("for the night with the cluster") == 1


async def test_a_press_that_arrives_twice_counts_once(served):
    await with_a_button(served)
    ack = await served.slack.press("U2", "Vouch")
    await served.slack.again(ack)
    await served.settle()
    assert shown(served.slack.direct("U1")).count("has seen you do") == 1


async def test_a_form_that_arrives_twice_counts_once(served):
    await says(served, "U1", "kudos give @ben")
    ack = await served.slack.submit("U1", {"What did they do?": "for the diagrams of last night"})
    await served.slack.again(ack)
    await served.settle()
    assert shown(served.slack.messages("C1")).count("diagrams of last night") == 1

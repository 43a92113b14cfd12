"""Channels are meant by name where Slack does not mark them: with its escaping off, and where they were pasted."""

import pytest

from tests.slack.serving import shown, words

pytestmark = pytest.mark.sampled(2)


async def typed(served, line, user="U1"):
    """A line that Slack passes on as it was typed."""
    await served.slack.command(user, "/manyhands", line)
    await served.settle()
    return shown(served.slack.ephemerals(user)[-1:])


async def test_a_channel_that_is_typed_is_the_one_of_that_name(served):
    assert "<#C1>" in await typed(served, "settings skills channel:#General")
    await typed(served, "skill claim Kubernetes expert")
    assert "claims Kubernetes" in words(served.slack.messages("C1"))
    await typed(served, "skill drop Kubernetes")
    assert {row.channel for row in served.rows() if row.channel} == {"C1"}


async def test_one_in_which_the_bot_is_not_is_found_as_well(served):
    assert "<#C2>" in await typed(served, "settings skills channel:#quiet")


@pytest.mark.parametrize("name", ["nowhere", "past", "C1"])
async def test_a_name_that_no_channel_has_is_refused_by_name(served, name):
    assert f"no channel called {name} here" in await typed(served, f"settings skills channel:#{name}")


async def test_slack_is_asked_once_for_all_of_them(served):
    for name in ("general", "quiet", "general"):
        await typed(served, f"settings skills channel:#{name}")
    assert len(served.slack.called("conversations.list")) == 1


async def test_among_many_it_is_found(served):
    for number in range(250):
        served.slack.channel(f"C{number + 100}", f"room{number}")
    assert "<#C349>" in await typed(served, "settings skills channel:#room249")


async def test_a_number_sign_in_words_is_none_and_asks_for_nothing(served):
    await typed(served, "kudos give <@U2> for mending #12 and #general")
    assert "mending #12 and #general" in words(served.slack.messages("C1"))
    assert served.slack.called("conversations.list") == []


async def test_where_slack_does_not_tell_the_name_is_refused(served):
    served.slack.fail("conversations.list", "missing_scope")
    assert "no channel called general here" in await typed(served, "settings skills channel:#general")

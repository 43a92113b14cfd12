"""Work that people in Slack tell of in messages: from a message's menu, and in the channel for it."""

import pytest

from tests.slack.chatter import deletes, said, talks
from tests.slack.test_app import Served, says, words

WORDS = "Looking for a Kubernetes person for <@U2> &amp; friends, €700 a day: <https://x.example/jobs/7|all of it>"
READ = "Looking for a Kubernetes person for"


@pytest.fixture
async def served(people, tmp_path):
    """One process over a socket; dora is here too."""
    people.user("U4", "dora")
    made = Served(people, tmp_path / "slack.db")
    await made.start("socket")
    yield made
    await made.leave()


async def makes(served, user, message):
    await served.slack.shortcut("opportunity-make", user, message)
    await served.settle()


async def test_ones_own_message_becomes_an_opportunity_in_two_taps(served):
    await makes(served, "U1", said(served.slack, "U1", WORDS))
    draft = words(served.slack.ephemerals("U1"))
    assert READ in draft
    assert "€700 a day" in draft
    await served.slack.press("U1", "Post it")
    await served.settle()
    posted = words(served.slack.messages("C1")[1:])
    assert READ in posted
    assert "Interested" in posted


async def test_the_author_of_a_message_is_asked_by_direct_message(served):
    await makes(served, "U4", said(served.slack, "U2", WORDS))
    assert "I asked" in words(served.slack.ephemerals("U4"))
    assert "<@U4> thinks" in words(served.slack.direct("U2"))
    assert len(served.slack.messages("C1")) == 1


async def test_work_is_noticed_in_its_channel_alone_and_goes_with_its_message(served):
    await talks(served.slack, "U1", WORDS)
    await served.settle()
    assert served.slack.ephemerals("U1") == []
    await says(served, "U1", "manyhands settings opportunities channel:<#C1> overhear:yes")
    message, ack = await talks(served.slack, "U4", WORDS)
    await served.slack.again(ack)
    await served.settle()
    (offer,) = served.slack.ephemerals("U4")
    assert "That sounds like work" in words([offer])
    await served.slack.press("U4", "Post it")
    await served.settle()
    await deletes(served.slack, message)
    await served.settle()
    assert "is deleted" in words(served.slack.direct("U4"))
    assert "This is closed" in words(served.slack.messages("C1"))


async def test_a_report_reaches_the_poster_without_a_name(served):
    await says(served, "U1", 'manyhands opportunity post "Data pipeline" "Ten sensors and one dashboard"')
    await served.slack.press("U4", "Report")
    await served.settle()
    await served.slack.press("U4", "Closed already")
    await served.settle()
    told = words(served.slack.direct("U1"))
    assert "says that it is closed" in told
    assert "U4" not in told

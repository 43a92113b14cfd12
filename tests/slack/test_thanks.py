"""Thanks as people in Slack give them without a command: by reaction, by `++`, to a user group."""

import asyncio

import pytest

from tests.slack.chatter import deletes, said, talks
from tests.slack.test_app import Served, says, words

EMOJI = "raised_hands"


@pytest.fixture
async def served(people, tmp_path):
    """One process over a socket; dora and finn are here too."""
    people.user("U4", "dora")
    people.user("U5", "finn")
    made = Served(people, tmp_path / "slack.db")
    await made.start("socket")
    yield made
    await made.leave()


async def received(served, user):
    """What somebody reads under `kudos mine`, the newest answer."""
    await says(served, user, "kudos mine")
    return words(served.slack.ephemerals(user)[-1:])


async def reacts(served, user, message, emoji=EMOJI):
    ack = await served.slack.reacts(user, message, emoji)
    await served.settle()
    return ack


async def test_a_reaction_thanks_the_author_of_any_message(served):
    message = said(served.slack, "U2", "I moved <https://docs.example|the docs> for <@U4> &amp; all to <#C1|general>")
    await reacts(served, "U1", message)
    assert "You thanked <@U2>" in words(served.slack.ephemerals("U1"))
    told = words(served.slack.direct("U2"))
    assert "<@U1> thanked <@U2>" in told
    assert "I moved the docs for @dora &amp; all to #general" in told
    assert served.slack.messages("C1") == [message]


async def test_others_read_where_it_was_said_and_not_what(served):
    message = said(served.slack, "U2", "the password of the vault is swordfish")
    await reacts(served, "U1", message)
    await says(served, "U4", "kudos of @ben")
    read = words(served.slack.ephemerals("U4"))
    assert "swordfish" not in read
    assert f"/archives/C1/p{message['ts'].replace('.', '')}" in read
    assert "swordfish" in await received(served, "U2")


async def test_another_emoji_fetches_nothing(served):
    await reacts(served, "U1", said(served.slack, "U2", "the docs are done"), "tada")
    assert served.slack.called("conversations.history") == []
    assert "Nobody has thanked you" in await received(served, "U2")


async def test_a_reply_in_a_thread_is_found_and_answered_there(served):
    parent = said(served.slack, "U4", "who knows?")
    reply = said(served.slack, "U2", "I do: restart it", thread=parent["ts"])
    await says(served, "U1", "manyhands settings kudos replies:thread")
    await reacts(served, "U1", reply)
    posted = [one for one in served.slack.messages("C1") if "thanked" in words([one])]
    assert [one["thread_ts"] for one in posted] == [parent["ts"]]


async def test_one_card_stands_in_the_channel_for_kudos_however_many_thank(served):
    served.slack.channel("C4", "thanks")
    await says(served, "U1", "manyhands settings kudos channel:#thanks")
    message = said(served.slack, "U2", "the docs are done")
    for user in ("U1", "U4", "U5"):
        await reacts(served, user, message)
    (card,) = served.slack.messages("C4")
    assert "ana thanked <@U2>" in words([card])
    assert "dora and finn join in" in words([card])


async def test_what_is_taken_off_is_taken_back_at_any_time_and_once(served):
    message = said(served.slack, "U2", "the docs are done")
    ack = await reacts(served, "U1", message)
    await served.slack.again(ack)
    await served.settle()
    assert (await received(served, "U2")).count("<@U1>") == 1
    ack = await served.slack.unreacts("U1", message, EMOJI)
    await served.slack.again(ack)
    await served.settle()
    assert "Nobody has thanked you" in await received(served, "U2")


async def test_on_and_off_again_in_one_moment_leaves_nothing(served):
    message = said(served.slack, "U2", "the docs are done")
    await asyncio.gather(
        served.slack.reacts("U1", message, EMOJI),
        served.slack.unreacts("U1", message, EMOJI),
    )
    await served.settle()
    assert "Nobody has thanked you" in await received(served, "U2")


@pytest.mark.parametrize("author", ["U1", "UBOT", "U3"], ids=["oneself", "an app", "somebody who left"])
async def test_a_reaction_that_cannot_be_thanks_is_only_a_reaction(served, author):
    await reacts(served, "U1", said(served.slack, author, "the docs are done"))
    assert served.slack.ephemerals("U1") == []


async def test_beyond_the_allowance_it_is_said_privately_and_once(served):
    await says(served, "U1", "manyhands settings kudos allowance:1")
    for number in range(3):
        await reacts(served, "U4", said(served.slack, "U2", f"done: {number}"))
    refused = [one for one in served.slack.ephemerals("U4") if "for today are given" in words([one])]
    assert len(refused) == 1


async def test_a_deleted_message_takes_its_thanks_along(served):
    for with_reply in (False, True):
        message = said(served.slack, "U2", "the docs are done")
        if with_reply:
            said(served.slack, "U4", "where?", thread=message["ts"])
        await reacts(served, "U1", message)
        assert "<@U1>" in await received(served, "U2")
        await deletes(served.slack, message)
        await served.settle()
        assert "Nobody has thanked you" in await received(served, "U2")


async def test_nobody_takes_thanks_back_by_saying_that_a_message_is_gone(served):
    message = said(served.slack, "U2", "the docs are done")
    await reacts(served, "U1", message)
    await says(served, "U4", f"kudos gone C1/{message['ts']}")
    assert "<@U1>" in await received(served, "U2")


async def test_plus_plus_thanks_where_it_is_on(served):
    await talks(served.slack, "U1", "<@U2> ++ the new onboarding docs")
    await served.settle()
    assert "Nobody has thanked you" in await received(served, "U2")
    await says(served, "U1", "manyhands settings kudos plus:yes")
    message, ack = await talks(served.slack, "U1", "<@U2>, <@U4> ++ the new docs &amp; <https://x.example|diagrams>")
    await served.slack.again(ack)
    await served.settle()
    assert (await received(served, "U2")).count("<@U1>: the new docs &amp; diagrams") == 1
    posted = [one for one in served.slack.messages("C1") if "thanked" in words([one])]
    assert [one["thread_ts"] for one in posted] == [message["ts"]]
    await deletes(served.slack, message)
    await served.settle()
    assert "Nobody has thanked you" in await received(served, "U4")


async def test_what_is_no_thanks_is_not_answered(served):
    await says(served, "U1", "manyhands settings kudos plus:yes")
    before = len(served.slack.posts)
    for text in ("we use C++ here", "`<@U2> ++ for nothing really`", "i++ <@U2>", "hello", "```<@U2> ++ code```"):
        await talks(served.slack, "U4", text)
    await served.settle()
    assert len(served.slack.posts) == before + 5
    assert served.slack.called("chat.getPermalink") == []


async def test_a_user_group_is_thanked_after_a_look_at_who_that_is(served):
    served.slack.group("S1", ["U1", "U2", "U3", "U4", "UBOT"])
    await served.slack.command("U1", "/kudos", "give <!subteam^S1|@docs> the new onboarding docs")
    await served.settle()
    look = words(served.slack.ephemerals("U1"))
    assert "Thank @docs?" in look
    assert "<@U2> and <@U4>" in look
    assert "ana (that is you)" in look
    assert "cleo (has left)" in look
    assert "(an app)" in look
    assert "2 thank-yous of the 5" in look
    assert "Nobody has thanked you" in await received(served, "U2")
    await served.slack.press("U1", "Thank 2 people")
    await served.settle()
    assert "the new onboarding docs" in await received(served, "U4")


async def test_a_group_that_slack_does_not_tell_of_is_refused(served):
    await served.slack.command("U1", "/kudos", "give <!subteam^S9|@docs> the new onboarding docs")
    await served.settle()
    assert "cannot see who is in that group" in words(served.slack.ephemerals("U1"))

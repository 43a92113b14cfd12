"""Mentions, threads and menus: an answer comes where one was asked, and only to the one who asked."""

import pytest

from tests.slack.filling import fields_of
from tests.slack.serving import says, shown


@pytest.fixture
async def thread(served):
    """A conversation under a message."""
    await served.slack.says("U2", "who can help with the cluster?", "C1")
    return served.slack.messages("C1")[-1]["ts"]


def whispered(served, user):
    """What only one person sees, and under which message."""
    return [(one.get("thread_ts", ""), shown([one])) for one in served.slack.ephemerals(user)]


async def test_a_mention_is_a_line_and_its_answer_is_for_the_one_who_asked(served):
    await served.slack.says("U1", "<@UBOT> skill claim Kubernetes expert", "C1")
    await served.settle()
    ((under, words),) = whispered(served, "U1")
    assert (under, "Kubernetes, expert: it is on your profile" in words) == ("", True)
    assert served.slack.ephemerals("U2") == []


async def test_a_mention_in_a_thread_is_answered_there(served, thread):
    await served.slack.says("U1", "<@UBOT|manyhands> skill claim Kubernetes expert", "C1", thread)
    await served.settle()
    ((under, words),) = whispered(served, "U1")
    assert (under, "Kubernetes, expert: it is on your profile" in words) == (thread, True)


async def test_the_bots_name_alone_asks_for_help(served):
    await served.slack.says("U1", "hey <@UBOT>", "C1")
    await served.settle()
    await served.slack.says("U1", "<@UBOT>", "C1")
    await served.settle()
    assert "What would you like to do?" in shown(served.slack.ephemerals("U1"))


async def test_a_form_that_was_opened_in_a_thread_is_answered_there(served, thread):
    await served.slack.says("U1", "<@UBOT> skill claim", "C1", thread)
    await served.settle()
    await served.slack.press("U1", "Open the form")
    await served.settle()
    await served.slack.submit("U1", {"Which skill?": "Kubernetes"})
    await served.settle()
    under, words = whispered(served, "U1")[-1]
    assert (under, "Kubernetes, practising: it is on your profile" in words) == (thread, True)


async def test_a_button_in_a_thread_answers_there(served, thread):
    await served.slack.says("U1", "<@UBOT> help skill claim", "C1", thread)
    await served.settle()
    await served.slack.press("U1", "Open")
    await served.settle()
    assert fields_of(served.slack.modals("U1"))[0]["block_id"] == "skill"
    await served.slack.submit("U1", {"Which skill?": "Kubernetes"})
    await served.settle()
    assert whispered(served, "U1")[-1][0] == thread


async def test_a_line_in_a_thread_of_direct_messages_is_answered_in_it(served):
    dm = served.slack.dm("U1")
    await served.slack.says("U1", "help", dm)
    first = served.slack.messages(dm)[0]["ts"]
    await served.slack.says("U1", "skill claim Kubernetes expert", dm, first)
    await served.settle()
    (answer,) = [one for one in served.slack.messages(dm) if "Kubernetes, expert: it is on" in shown([one])]
    assert answer["thread_ts"] == first


async def test_the_author_of_a_message_is_who_its_menu_means(served):
    await served.slack.says("U2", "the migration is done", "C1")
    await served.slack.shortcut("kudos-give", "U1", served.slack.messages("C1")[-1])
    await served.settle()
    assert fields_of(served.slack.modals("U1"))[0]["element"]["initial_users"] == ["U2"]
    await served.slack.submit("U1", {"What did they do?": "for the migration of last night"})
    await served.settle()
    assert "ana thanked <@U2>" in shown(served.slack.messages("C1"))


async def test_a_menu_on_a_message_of_a_thread_answers_there(served, thread):
    await served.slack.says("U2", "I can", "C1", thread)
    await served.slack.shortcut("kudos-give", "U1", served.slack.messages("C1")[-1])
    await served.settle()
    await served.slack.submit("U1", {"What did they do?": "for the help with the cluster"})
    await served.settle()
    assert whispered(served, "U1")[-1][0] == thread


async def test_nothing_of_ours_unfurls(served):
    await says(served, "U1", "kudos give @ben for https://example.org/diagrams and more")
    await served.slack.says("U1", "kudos mine", served.slack.dm("U1"))
    await served.settle()
    posted = served.slack.called("chat.postMessage")
    assert len(posted) > 2
    assert {(str(one["unfurl_links"]).lower(), str(one["unfurl_media"]).lower()) for one in posted} == {("false",) * 2}

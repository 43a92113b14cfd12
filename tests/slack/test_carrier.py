"""What the courier brings to Slack: in order, once, in as many messages as it needs, and in words when it cannot."""

import pytest
from sqlmodel import select

from bot import outbox
from bot.text import Channel
from bot.ui import Button, actions, card, line
from storage.db import everywhere
from storage.models import Member
from tests.slack.serving import says, shown, words


def living(served, title, lines):
    """A card that is kept up to date, of so many long lines."""
    said = card("{t}", *(line("{n} {long}", n=str(n), long="x" * 2900) for n in range(lines)), t=title, key="k1")
    served.writes(lambda ctx: outbox.show(ctx, Channel(ctx.place.id, "C1"), said))


def member_called(served, name):
    with everywhere(served.app.engine) as db:
        return db.exec(select(Member).where(Member.name == name)).one()


def titles(served, channel="C1"):
    return [words([one]).split("\n")[0] for one in served.slack.messages(channel)]


def numbered(posts):
    """How often each long line stands there."""
    return [shown(posts).count(f"{n} x") for n in range(8)]


async def test_a_living_card_grows_and_shrinks_where_it_stands(served):
    living(served, "one", 8)
    await served.drain()
    stood = [one["ts"] for one in served.slack.messages("C1")]
    assert len(stood) == 3
    living(served, "two", 1)
    await served.drain()
    (only,) = served.slack.messages("C1")
    assert (only["ts"], "two" in words([only])) == (stood[0], True)
    living(served, "three", 5)
    await served.drain()
    living(served, "four", 5)
    await served.drain()
    posted = served.slack.messages("C1")
    assert posted[0]["ts"] == stood[0]
    assert numbered(posted) == [1] * 5 + [0] * 3
    assert "four" in words(posted)


async def test_a_reaction_on_any_message_of_a_card_is_one_on_the_card(served):
    living(served, "one", 8)
    await served.drain()
    place = await served.bot.desk.place("T1")
    assert {served.app.card_at(place.id, "C1", one["ts"]) for one in served.slack.messages("C1")} == {"k1"}


async def test_a_card_that_was_cut_short_goes_on_where_it_stopped(served):
    said = card("long", *(line("{n} {long}", n=str(n), long="x" * 2900) for n in range(8)))
    served.writes(lambda ctx: outbox.post(ctx, Channel(ctx.place.id, "C1"), said))
    served.slack.lose("chat.postMessage", after=1)
    await served.drain()
    assert len(served.slack.messages("C1")) == 2
    await served.drain(after=5)
    assert numbered(served.slack.messages("C1")) == [1] * 8


async def test_a_message_whose_receipt_was_lost_is_not_posted_again(served):
    served.posts("C1", "once", "twice")
    served.slack.lose("chat.postMessage")
    await served.drain()
    await served.drain(after=5)
    assert titles(served) == ["once", "twice"]


@pytest.mark.sampled(2)
async def test_a_channel_that_must_wait_holds_up_no_other_and_keeps_its_order(served):
    served.slack.channel("C4", "other")
    served.slack.fail("chat.postMessage", "ratelimited", channel="C1", retry_after=2)
    served.posts("C1", "first", "second")
    served.posts("C4", "free")
    await served.drain()
    assert (titles(served), titles(served, "C4")) == ([], ["free"])
    served.posts("C1", "third")
    served.posts("C4", "free too")
    await served.drain()
    assert (titles(served), titles(served, "C4")) == ([], ["free", "free too"])
    await served.slack.until(lambda: not served.slack.waiting_for("chat.postMessage", "C1"), 10)
    await served.drain(after=1)
    assert titles(served) == ["first", "second", "third"]
    assert served.slack.early == []


async def test_what_was_written_while_slack_was_out_of_reach_arrives_in_order(served):
    served.posts("C1", "one")
    served.slack.gone = True
    for hour, title in enumerate(("two", "three", "four")):
        await served.drain(after=3600 * hour)
        served.posts("C1", title)
    served.slack.gone = False
    await served.drain(after=3600 * 4)
    assert titles(served) == ["one", "two", "three", "four"]
    assert {row.state for row in served.rows()} == {"sent"}


REMEDIES = {
    "channel_not_found": "Invite me there",
    "is_archived": "Choose another",
    "not_in_channel": "/invite @Manyhands",
    "restricted_action": "Choose another",
    "msg_too_long": "longer than Slack allows",
    "missing_scope": "current manifest",
}


@pytest.mark.parametrize(("error", "remedy"), REMEDIES.items(), ids=REMEDIES)
async def test_a_channel_that_cannot_be_reached_is_told_to_the_admins_with_what_to_do(served, error, remedy):
    await says(served, "U1", "help")
    served.slack.fail("chat.postMessage", error, channel="C1")
    served.posts("C1", "lost", "next")
    await served.drain()
    told = [words([one]) for one in served.slack.direct("U1") if "could not deliver" in words([one])]
    assert len(told) == 1
    assert remedy in told[0]
    assert "<#C1>" in told[0]
    assert titles(served) == ["next"]


async def test_a_trouble_that_goes_on_is_told_once_a_day(served):
    await says(served, "U1", "help")
    served.slack.channels["C1"].archived = True
    served.posts("C1", "one", "two", "three")
    await served.drain()
    assert shown(served.slack.direct("U1")).count("could not deliver") == 1
    assert [row.state for row in served.rows() if row.channel] == ["parked"] * 3


@pytest.mark.parametrize("error", ["user_disabled", "user_not_found", "cannot_dm_bot"])
async def test_a_person_who_cannot_be_reached_is_named_to_the_admins(served, error):
    await says(served, "U1", "help")
    await says(served, "U2", "help")
    ben = member_called(served, "ben")
    served.bot.rooms.forget("T1", "U2")
    served.slack.fail("conversations.open", error)
    served.writes(lambda ctx: outbox.dm(ctx, ben, card("A tip")))
    await served.drain()
    assert "could not deliver a message to <@U2>" in words(served.slack.direct("U1"))
    assert "(" + error + ")" in words(served.slack.direct("U1"))


async def test_a_direct_message_goes_on_when_the_way_to_it_is_back(served):
    served.slack.gone = True
    await says(served, "U1", "help")
    served.slack.gone = False
    await served.drain(after=10)
    assert "Hello" in words(served.slack.direct("U1"))


async def test_what_somebody_deleted_comes_again_while_there_is_something_to_press(served):
    def shows(*nodes):
        served.writes(lambda ctx: outbox.show(ctx, Channel(ctx.place.id, "C1"), card("Work", *nodes, key="o1")))

    shows()
    await served.drain()
    served.slack.posts.clear()
    shows()
    await served.drain()
    assert served.slack.messages("C1") == []
    shows(actions(Button("Interested", "help")))
    await served.drain()
    assert "Interested" in shown(served.slack.messages("C1"))
    assert [row.state for row in served.rows()] == ["sent"] * 3

"""The workspace's general channel: found where the bot is in it, and there stands what has no other channel."""

import pytest

from adapters.slack import web
from storage.db import reading
from storage.models import Place
from tests.slack.serving import says, shown

WORK = 'opportunity post title:"Fix the roof" description:"It leaks since the storm of October"'


def home_of(served) -> str:
    place = served.bot.desk.places["T1"]
    with reading(served.app.engine) as db:
        return db.get_one(Place, place.id).home


@pytest.fixture
def general(served):
    """The channel is there, and the bot is in it."""
    made = served.slack.channel("C7GENERAL", "everybody")
    made.general = True
    return made


async def posts_work(served):
    await served.slack.says("U1", WORK)
    await served.settle()


async def test_work_from_a_direct_message_stands_in_the_general_channel(served, general):
    await says(served, "U1", "help")
    assert home_of(served) == general.id
    await posts_work(served)
    assert "Fix the roof" in shown(served.slack.messages(general.id))


async def test_where_the_bot_is_not_invited_it_has_no_home_until_it_is(served, general):
    general.member = False
    await says(served, "U1", "help")
    assert home_of(served) == ""
    general.member = True
    joined = {"type": "member_joined_channel", "user": served.slack.teams["T1"].bot_user, "channel": general.id}
    await served.slack.event({**joined, "channel_type": "C", "team": "T1"})
    await served.settle()
    assert home_of(served) == general.id


async def test_that_somebody_else_joins_a_channel_is_no_matter(served, general):
    await says(served, "U1", "help")
    before = len(served.slack.calls)
    await served.slack.event({"type": "member_joined_channel", "user": "U2", "channel": general.id, "team": "T1"})
    await served.settle()
    assert "users.conversations" not in [one.method for one in served.slack.calls[before:]]


async def test_it_is_found_among_many_channels(served, general, monkeypatch):
    monkeypatch.setattr(web, "PAGE", 3)
    for number in range(8):
        served.slack.channel(f"C8{number}", f"room{number}")
    served.slack.channels[general.id] = served.slack.channels.pop(general.id)
    await says(served, "U1", "help")
    assert home_of(served) == general.id


async def test_where_slack_does_not_tell_everything_else_goes_on(served, general):
    served.slack.fail("users.conversations", "missing_scope")
    await says(served, "U1", "help")
    assert home_of(served) == ""
    await posts_work(served)
    assert "is posted" in shown(served.slack.direct("U1"))

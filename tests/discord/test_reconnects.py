"""A gateway that breaks, comes anew or forgets the session: nothing that Discord keeps is lost, or said twice."""

import asyncio

import pytest

from tests.discord.served import does, words

pytestmark = pytest.mark.sampled(2)
COMMANDS = "PUT /applications/{application_id}/commands"


async def thanks(served, which, wait=True):
    await served.discord.types("ana", "/kudos give", to="ben", reason=f"for the {which} long night", wait=wait)


def counted(served, *which):
    posted = words(served.discord.messages("general"))
    return [posted.count(f"{one} long night") for one in which]


async def test_what_is_said_while_the_line_is_down_is_answered_once_it_is_up(served):
    served.discord.drop()
    await thanks(served, "first", wait=False)
    await served.discord.until(lambda: served.discord.ephemerals("ana"))
    served.discord.reconnect()
    await served.discord.until(lambda: served.discord.resumed)
    await served.discord.connected()
    await thanks(served, "second")
    await served.settle()
    assert counted(served, "first", "second") == [1, 1]


def asks_to_come_again(discord):
    discord.reconnect()


def lets_it_resume(discord):
    discord.invalidate(True)


def ends_the_session(discord):
    discord.invalidate(False)


def has_forgotten_the_session(discord):
    discord.sessions.clear()
    discord.drop()
    for line in list(discord.lines):
        line.cut()


@pytest.mark.parametrize("breaks", [asks_to_come_again, lets_it_resume, ends_the_session, has_forgotten_the_session])
async def test_after_any_break_it_hears_again_and_begins_nothing_twice(served, breaks):
    await thanks(served, "first")
    await served.settle()
    before = len(served.discord.identified) + len(served.discord.resumed)
    breaks(served.discord)
    await served.discord.until(lambda: len(served.discord.identified) + len(served.discord.resumed) > before)
    await served.discord.connected()
    await served.discord.until(served.bot.gateway.is_ready)
    await asyncio.gather(thanks(served, "second"), does(served, "ben", "/skill mine"))
    await served.settle()
    assert counted(served, "first", "second") == [1, 1]
    assert len(served.discord.letters("olga")) == 1, "who invited the bot is welcomed once"
    assert len(served.discord.called(COMMANDS)) == 1

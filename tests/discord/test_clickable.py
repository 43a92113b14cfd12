"""Commands in what the bot says can be clicked, wherever Discord knows them and there is room; nobody forges one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.clickable import clickable
from adapters.discord.embeds import weight
from adapters.discord.render import Message
from adapters.discord.serve import tell_commands
from bot.text import Text, md
from bot.ui import card, line
from tests.discord.checks import flaws_of_message
from tests.discord.nouns import words_of
from tests.discord.served import Served, does

IDS = {"skill find": "11", "skill map": "12", "help": "13", "settings show": "14", "opportunity for-me": "15"}
LIST = "GET /applications/{application_id}/commands"


def shown(text):
    return clickable(Message(text), IDS).content


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Try `skill find`.", "Try </skill find:11>."),
        ("`skill find who knows SQL`, or `help`", "</skill find:11> `who knows SQL`, or </help:13>"),
        ("`help skill` and `opportunity for-me`", "</help:13> `skill` and </opportunity for-me:15>"),
        ("`settings`", "</settings show:14>"),
        ("`settings digest day:friday`", "`settings digest day:friday`"),
        ("`skill`", "`skill`"),
        ("`@ana ++ why`", "`@ana ++ why`"),
        (r"\`skill find\` is what they typed", r"\`skill find\` is what they typed"),
        ("``skill find``", "``skill find``"),
        ("`skill\nfind`", "`skill\nfind`"),
        ("nothing", "nothing"),
    ],
)
def test_what_begins_with_a_command_is_clicked_and_the_rest_is_typed(said, expected):
    assert shown(said) == expected


def test_without_ids_everything_stays_as_it_is():
    said = Message("`help`")
    assert clickable(said, {}) is said


def test_where_there_is_no_room_it_is_typed():
    full = "x" * (limits.CONTENT - 6) + "`help`"
    assert shown(full) == full
    field = {"name": "n", "value": "x" * (limits.FIELD - 6) + "`help`", "inline": False}
    (drawn,) = clickable(Message(embeds=[{"description": "`help`", "fields": [field]}]), IDS).embeds
    assert (drawn["description"], drawn["fields"]) == ("</help:13>", [field])
    many = [{"description": "x" * 2994 + "`help`"}, {"description": "x" * 2994 + "`help`"}]
    assert clickable(Message(embeds=many), IDS).embeds == many


@given(st.lists(st.text(alphabet="`\\ a<:/>@\nskill find help", max_size=400), min_size=1, max_size=12))
def test_whatever_is_said_discord_takes_it(texts):
    embeds = [{"description": (text * 12)[: limits.DESCRIPTION] or "x"} for text in texts[:10]]
    while sum(map(weight, embeds)) > limits.EMBEDDED:
        embeds.pop()
    drawn = clickable(Message(texts[0][: limits.CONTENT] or "x", embeds), IDS)
    assert flaws_of_message(drawn.body()) == []


async def test_help_is_a_list_of_commands_to_click(served):
    met = await served.discord.types("ana", "/help")
    known = {one["name"]: one["id"] for one in served.discord.commands[""] if one["type"] == 1}
    read = words_of(met.message)
    assert f"</skill find:{known['skill']}> `someone who can shrink a Docker image`" in read
    assert f"</settings show:{known['settings']}>" in read


async def test_nobody_forges_one(served):
    await does(served, "ana", "/kudos give", to="ben", reason="`help` </skill drop:1> and \\`help` again")
    (posted,) = served.discord.messages("general")
    assert "</" not in words_of(posted).replace("\\<", "")
    assert "help:" not in words_of(posted)


async def test_after_a_restart_they_are_asked_for_and_not_told_again(served):
    known = served.bot.commands.ids
    await served.leave()
    again = Served(served.discord, served.engine.url.database)
    await again.start()
    served.stop, served.running, served.bot, served.engine = again.stop, again.running, again.bot, again.engine
    assert again.bot.commands.ids == known
    assert len(served.discord.called("PUT /applications/{application_id}/commands")) == 1


async def test_commands_that_somebody_removed_at_discord_are_told_again(served):
    served.discord.commands.clear()
    served.bot.commands.ids, served.bot.commands._asked_at = {}, -60.0
    await tell_commands(served.bot, await served.bot.client())
    assert served.discord.commands[""]
    assert served.bot.commands.ids


async def test_a_courier_asks_once_and_a_discord_that_does_not_tell_leaves_them_to_be_typed(served):
    served.bot.commands.ids, served.bot.commands._asked_at = {}, -60.0
    served.discord.fail(LIST, 403, 50001, times=9)
    said: Text = md("`help`")
    letters = served.bot.desk.letters
    assert not await letters.commands.ask()
    (typed,) = await letters.messages(None, card("x", line("{t}", t=said)), False, {})
    assert typed.embeds[0]["description"] == "`help`"
    assert not await letters.commands.ask()
    assert len(served.discord.called(LIST)) == 1

"""Where an answer stands: in the place of the private card that was pressed, or where it was asked, for one alone."""

from datetime import UTC, datetime

import pytest

from adapters.slack import limits
from adapters.slack.incoming import Incoming, remembered
from bot import outbox
from bot.text import Channel
from bot.ui import Actions, Button, card
from tests.slack.serving import says, shown

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
async def long_list(served):
    """More claims than a page holds."""
    for number in range(1, 13):
        await says(served, "U1", f"skill claim craft{number:02d} expert")
    return served


async def pressed(served, label, user="U1"):
    await served.slack.press(user, label)
    await served.settle()


async def test_turning_a_page_turns_the_card_that_was_there(long_list):
    served = long_list
    await says(served, "U1", "skill mine")
    there = len(served.slack.ephemerals("U1"))
    await pressed(served, "Next")
    assert len(served.slack.ephemerals("U1")) == there
    assert "craft12" in shown(served.slack.ephemerals("U1")[-1:])
    await pressed(served, "Previous")
    assert len(served.slack.ephemerals("U1")) == there
    assert "craft01" in shown(served.slack.ephemerals("U1")[-1:])


async def test_in_direct_messages_too(long_list):
    served = long_list
    await served.slack.says("U1", "skill mine")
    await served.settle()
    there = len(served.slack.direct("U1"))
    await pressed(served, "Next")
    assert len(served.slack.direct("U1")) == there
    assert "craft12" in shown(served.slack.direct("U1")[-1:])


async def test_a_card_takes_its_own_place_when_its_form_has_changed_it(served):
    await says(served, "U1", "profile show")
    there = len(served.slack.ephemerals("U1"))
    await pressed(served, "Edit")
    await served.slack.submit("U1", {"Who are you, in a sentence or two?": "I mend boats"})
    await served.settle()
    assert len(served.slack.ephemerals("U1")) == there
    assert "I mend boats" in shown(served.slack.ephemerals("U1")[-1:])


async def test_what_is_undone_takes_its_own_place(served):
    await says(served, "U1", "settings kudos allowance:7")
    there = len(served.slack.ephemerals("U1"))
    await pressed(served, "Undo")
    assert len(served.slack.ephemerals("U1")) == there
    assert "5" in shown(served.slack.ephemerals("U1")[-1:])


async def test_a_refusal_leaves_the_card_where_it_is(served):
    await says(served, "U2", "kudos give @ana for the diagrams of the harbour")
    await says(served, "U1", "kudos hide k1")
    before = shown(served.slack.ephemerals("U1")[-1:])
    await says(served, "U2", "kudos undo kudos:k1")
    await pressed(served, "Show it again")
    *_, card_of_before, refusal = served.slack.ephemerals("U1")
    assert shown([card_of_before]) == before
    assert shown([refusal]) != before


async def test_what_all_read_stays_for_all_however_one_turns_it(served):
    turning = Actions((Button("Turn it", "help", turns=True),))
    served.writes(lambda ctx: outbox.post(ctx, Channel(ctx.place.id, "C1"), card("For everybody", turning)))
    await served.settle()
    await pressed(served, "Turn it")
    assert "For everybody" in shown(served.slack.messages("C1"))
    assert len(served.slack.ephemerals("U1")) == 1


async def test_a_response_url_that_slack_takes_no_more_leaves_a_message_of_its_own(long_list):
    served = long_list
    await says(served, "U1", "skill mine")
    there = len(served.slack.ephemerals("U1"))
    served.slack.hook = lambda _user, _channel, _original="": f"{served.slack.url}/hook/gone"
    await pressed(served, "Next")
    assert len(served.slack.ephemerals("U1")) == there + 1


async def test_the_home_tab_shows_at_once_what_was_changed_there(served):
    await served.slack.opens_home("U1")
    await served.settle()
    there = len(served.slack.direct("U1"))
    await pressed(served, "Edit")
    await served.slack.submit("U1", {"Who are you, in a sentence or two?": "I mend boats"})
    await served.settle()
    assert "I mend boats" in shown([served.slack.homes["U1"]])
    assert len(served.slack.direct("U1")) == there


async def test_a_form_is_answered_where_it_was_asked_for_also_where_the_bot_is_not(served):
    served.slack.channel("C77", "private-talks", member=False)
    await served.slack.command("U1", "/skill", "claim", "C77")
    await served.settle()
    there = len(served.slack.direct("U1"))
    await served.slack.submit("U1", {"skill": "Carpentry"})
    await served.settle()
    assert "Carpentry" in shown(served.slack.ephemerals("U1")[-1:])
    assert len(served.slack.direct("U1")) == there


async def test_a_command_in_direct_messages_is_answered_in_them_for_good(served):
    room = served.slack.dm("U1")
    await served.slack.command("U1", "/skill", "mine", room)
    await served.settle()
    assert "Your list is empty" in shown(served.slack.direct("U1"))
    assert served.slack.ephemerals("U1") == []


async def test_between_two_people_only_the_one_who_asked_reads_the_answer(served):
    served.slack.channel("D99", "ana and ben", kind="im", people=["U1", "U2"], member=False)
    await served.slack.command("U1", "/skill", "mine", "D99")
    await served.settle()
    assert served.slack.messages("D99") == []
    assert "Your list is empty" in shown(served.slack.ephemerals("U1")[-1:])


async def test_a_form_whose_line_is_longer_than_slack_remembers_works_as_any_other(served):
    place = served.app.place("slack", "T1", "Collective", datetime.now(UTC))
    await says(served, "U1", "kudos give @ben")
    view = served.slack.modals("U1")
    line = "kudos give to:@ben" + " " * limits.METADATA
    said = Incoming("1", "T1", "U1", **remembered(view))
    view["private_metadata"] = await served.bot.desk.letters.metadata(place, line, said)
    assert len(view["private_metadata"]) <= limits.METADATA
    await served.slack.submit("U1", {"What did they do?": "for the diagrams of last night"})
    await served.settle()
    assert "diagrams of last night" in shown(served.slack.messages("C1"))

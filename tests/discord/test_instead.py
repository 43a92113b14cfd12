"""Where an answer stands: in the place of the private card that was pressed, or as a message of its own."""

import asyncio

import pytest

from bot import outbox
from bot.ctx import Request, Who
from bot.text import Channel
from bot.ui import Actions, Button, card
from storage.db import transaction
from tests.discord.served import does, words

pytestmark = pytest.mark.sampled(2)
UPDATE, LATER_UPDATE = 7, 6


@pytest.fixture
async def long_list(served):
    """More claims than a page holds."""
    for number in range(1, 13):
        await does(served, "ana", "/skill claim", skill=f"craft{number:02d}", level="expert")
    return served


async def test_turning_a_page_turns_the_card_that_was_there(long_list):
    first = await does(long_list, "ana", "/skill mine")
    turned = await long_list.discord.presses("ana", first.message, "Next")
    assert turned.kind == UPDATE
    assert turned.message["id"] == first.message["id"]
    assert turned.ephemeral
    assert "craft12" in turned.content
    back = await long_list.discord.presses("ana", turned.message, "Previous")
    assert back.message["id"] == first.message["id"]
    assert "craft01" in back.content


async def test_in_direct_messages_too(long_list):
    letter = await long_list.discord.dms("ana", "skill mine")
    there = len(long_list.discord.letters("ana"))
    turned = await long_list.discord.presses("ana", letter, "Next")
    assert turned.kind == UPDATE
    assert "craft12" in turned.content
    assert len(long_list.discord.letters("ana")) == there


async def test_a_card_takes_its_own_place_when_its_form_has_changed_it(served):
    shown = await does(served, "ana", "/profile show")
    await served.discord.presses("ana", shown.message, "Edit")
    sent = await served.discord.submits("ana", about="I mend boats")
    assert "nearly done" in sent.content
    await served.discord.presses("ana", sent.message, "Save")
    assert sent.message["id"] == shown.message["id"]
    assert "I mend boats" in words([shown.message])


async def test_what_is_undone_takes_its_own_place(served):
    changed = await does(served, "ana", "/settings kudos", allowance=7)
    undone = await served.discord.presses("ana", changed.message, "Undo")
    assert undone.kind == UPDATE
    assert undone.message["id"] == changed.message["id"]


async def test_a_refusal_leaves_the_card_where_it_is(served):
    await does(served, "ben", "/kudos give", to="ana", reason="for the diagrams of the harbour")
    hidden = await does(served, "ana", "/kudos hide", kudos="k1")
    before = hidden.content
    await does(served, "ben", "/kudos undo", kudos="k1")
    refused = await served.discord.presses("ana", hidden.message, "Show it again")
    assert refused.message["id"] != hidden.message["id"]
    assert refused.ephemeral
    assert words([hidden.message]) == before.replace("**", "")


async def test_what_all_read_stays_for_all_however_one_turns_it(served):
    await does(served, "ana", "/help")
    turning = Actions((Button("Turn it", "help", turns=True),))
    place = await served.bot.homes.of_server(served.discord.server("Collective"))
    said = Request("setup", place.id, Who(served.discord.who("ana"), "ana"), "", served.bot.now())

    def post():
        with transaction(served.engine, place.community_id) as db:
            ctx = served.app._ctx(db, place, said)
            outbox.post(ctx, Channel(place.id, served.discord.where("general")), card("For everybody", turning))

    await asyncio.to_thread(post)
    await served.settle()
    (public,) = served.discord.messages("general")
    met = await served.discord.presses("ana", public, "Turn it")
    assert met.ephemeral
    assert "For everybody" in words(served.discord.messages("general"))


async def test_a_page_that_takes_long_is_put_off_without_a_word_and_turned_then(long_list, monkeypatch):
    first = await does(long_list, "ana", "/skill mine")
    answer = long_list.bot.desk.answer

    async def slowly(said, place, once=False):
        await asyncio.sleep(0.2)
        return await answer(said, place, once)

    monkeypatch.setattr("adapters.discord.answer.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(long_list.bot.desk, "answer", slowly)
    turned = await long_list.discord.presses("ana", first.message, "Next")
    assert turned.kind == LATER_UPDATE
    assert turned.message["id"] == first.message["id"]
    await long_list.discord.until(lambda: "craft12" in words([first.message]))


async def test_what_is_too_long_for_a_button_takes_its_place_as_well(served):
    title = "A pipeline for ten sensors, one dashboard and two people who like the sea, in Porto or from afar"
    asked = await served.discord.dms("ana", f'opportunity post title:"{title}"')
    opened = await served.discord.presses("ana", asked, "Open the form")
    assert title in str(opened.modal)
    sent = await served.discord.submits("ana", description="Ten sensors and one dashboard")
    await served.settle()
    assert sent.message["id"] == asked["id"]
    assert "is kept as draft" in words([sent.message])


async def test_the_buttons_between_two_steps_give_way_to_what_comes_of_them(served):
    await served.discord.types("ana", "/opportunity post", title="Data pipeline", needs="SQL expert")
    step = await served.discord.submits("ana", description="Ten sensors and one dashboard")
    assert "nearly done" in step.content
    done = await served.discord.presses("ana", step.message, "Post")
    assert done.message["id"] == step.message["id"]
    assert "nearly done" not in done.content

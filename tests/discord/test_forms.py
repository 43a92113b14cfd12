"""Forms in steps, buttons that carry lines, and what happens to lines that are too long for one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import words
from adapters.discord.clickable import Commands
from adapters.discord.decode import Incoming
from adapters.discord.forms import call_in, draft, openable, opened, pending, rest_of
from adapters.discord.letters import Letters
from adapters.discord.pointer import Pointer, pointer
from adapters.discord.rest import Rest
from bot import references
from bot.arguments import call_of
from bot.ctx import Who
from bot.ui import Actions, Button, Card, Form, No, card

pytestmark = pytest.mark.local("it is about what Discord sends")

ANA = Who("900000000000000011", "ana")
LONG = "kudos give to:@m2 reason:" + "x" * 200


def said(line, **given):
    return Incoming("1", ANA, Pointer(line), "66", "55", given)


def call(world, line, **given):
    return call_in(world.catalogue, said(line, **given))


def form(world, line):
    return world.app.handle(world.request("ana", f"? {line}")).reply


def test_what_opens_a_form_is_known_beforehand(world):
    assert call(world, "kudos give").asks
    assert call(world, "kudos give", to=["<@1>"]).asks
    assert not call(world, "kudos give", to=["<@1>"], reason="the docs").asks
    assert call(world, "profile edit").asks
    assert not call(world, "profile edit", hours="3").asks
    assert not call(world, "skill map").asks


def test_a_draft_says_again_what_was_said_and_what_was_cleared(world):
    made = call(world, "profile edit", about='two "quoted"\nlines', hours="")
    again = call(world, draft(made))
    assert again.raw == made.raw == {"about": 'two "quoted"\nlines', "hours": ""}


def test_a_form_of_five_is_one_step(world):
    data, where = opened(call(world, "skill claim"), form(world, "skill claim"), {})
    assert where == Pointer("skill claim")
    assert len(data["components"]) == 3


def test_a_longer_form_is_asked_in_steps_until_nothing_is_left(world):
    line, steps = "profile edit", 0
    made = call(world, line)
    left = form(world, line)
    while left.fields:
        data, where = opened(made, left, {})
        steps += 1
        names = [one["component"]["custom_id"] for one in data["components"]]
        made = call(world, where.line, **{name: f"{name} said" for name in names})
        left = rest_of(form(world, draft(made)), made)
        assert (where.sign == "+") == bool(left.fields)
    assert steps == 2
    assert set(made.raw) == {param.name for param in made.command.params}


def test_what_was_said_and_is_not_shown_is_kept_by_the_form(world):
    made = call(world, "opportunity post", needs="SQL", pay="1,000", location="Porto", hours="3")
    data, where = opened(made, form(world, draft(made)), {})
    shown = {one["component"]["custom_id"] for one in data["components"]}
    again = call_of(made.command, where.line.removeprefix("opportunity post"), {})
    assert {name: again.raw[name] for name in made.raw if name not in shown} == {
        name: value for name, value in made.raw.items() if name not in shown
    }


def test_between_two_steps_there_is_a_choice(world):
    made = call(world, "opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    shown = pending(made)
    send, more = next(node.buttons for node in shown.body if isinstance(node, Actions))
    assert pointer(send.line) == Pointer(draft(made))
    assert pointer(more.line) == Pointer(draft(made), "+")
    assert "Nothing is sent" in world.reads(shown)


def test_a_refusal_brings_the_form_back_as_it_was(world):
    no = world.says("ana", "kudos give", to=("@nobody",), reason="for everything that you did")
    button = openable(no).buttons[-1]
    assert button.label == "Open again"
    again = pointer(button.line)
    assert again.sign == "?"
    fields = {one.name: one.value for one in form(world, again.line).fields}
    assert fields["reason"] == "for everything that you did"
    assert fields["to"] == ("@nobody",)


def test_a_refusal_of_nothing_typed_offers_no_form(world):
    no = No((), again=Form("Form", "kudos give", ()))
    assert openable(no) == no


def test_a_form_can_be_opened_again_with_what_is_known(world):
    world.says("ana", "profile edit about:Databases hours:3")
    fields = {one.name: one.value for one in form(world, "profile edit hours:5").fields}
    assert (fields["about"], fields["hours"]) == ("Databases", "5")


def test_a_form_of_admins_opens_for_admins_alone(world):
    world.joins("admin")
    assert isinstance(form(world, "settings kudos"), No)
    assert isinstance(world.app.handle(world.request("admin", "? settings kudos")).reply, Form)


async def nobody():
    raise AssertionError("Discord is asked for nothing here")


@pytest.fixture
def letters(world):
    return Letters(world.app, Commands(Rest(nobody), nobody))


async def test_a_long_line_is_stored_once_and_found_again(world, letters):
    first = await letters.custom_id(world.place, Pointer(LONG), direct=False)
    second = await letters.custom_id(world.place, Pointer(LONG), direct=False)
    assert first == second
    carried = pointer(first)
    assert (carried.stored, carried.fits) == (True, True)
    assert references.line_of(world.engine, world.place, carried.line) == LONG


async def test_a_stored_line_outlives_the_process_and_stays_in_its_community(world, letters):
    carried = pointer(await letters.custom_id(world.place, Pointer(LONG), direct=False))
    world.restarts()
    assert references.line_of(world.engine, world.place, carried.line) == LONG
    assert references.line_of(world.engine, world.second, carried.line) is None


async def test_a_button_in_a_direct_message_tells_the_place(world, letters):
    short = pointer(await letters.custom_id(world.place, Pointer("kudos mine"), direct=True))
    assert short == Pointer("kudos mine", place=world.place.id)
    assert pointer(await letters.custom_id(world.place, Pointer(LONG), direct=True)).place == world.place.id


async def test_buttons_of_steps_keep_their_sign(world, letters):
    (message,) = await letters.messages(world.place, words.asking(Form("Thanks", "", ()), LONG), True, {})
    ((button,),) = (row["components"] for row in message.components)
    carried = pointer(button["custom_id"])
    assert (carried.sign, carried.stored, carried.turns, carried.place) == ("?", True, True, world.place.id)


async def test_unused_lines_are_forgotten_after_half_a_year(world, letters):
    carried = pointer(await letters.custom_id(world.place, Pointer(LONG), direct=False))
    world.clock.sweep(datetime.now(UTC) + timedelta(days=179))
    assert references.line_of(world.engine, world.place, carried.line) == LONG
    world.clock.sweep(datetime.now(UTC) + timedelta(days=181))
    assert references.line_of(world.engine, world.place, carried.line) is None


async def test_every_message_of_a_card_carries_what_its_buttons_do(world, letters):
    shown: Card = replace(
        card("Title"), body=(Actions((Button("One", LONG), Button("Two", LONG), Button("Three", "help"))),)
    )
    (message,) = await letters.messages(world.place, shown, False, {})
    carried = [pointer(one["custom_id"]) for row in message.components for one in row["components"]]
    assert carried[0] == carried[1]
    assert carried[2] == Pointer("help")

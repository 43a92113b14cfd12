"""What Discord is told of the commands is what they declare, within what Discord takes."""

import re
from typing import Annotated, Literal

import pytest

from adapters.discord import limits
from adapters.discord.commands import MANAGE_GUILD, digest, menus_left_out, payloads
from adapters.discord.limits import units
from bot import features
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx
from bot.kinds import Ask
from bot.ui import Reply
from storage.models import Member
from tests.discord.openapi import described, faults

CATALOGUE = features.catalogue()
PAYLOADS = payloads(CATALOGUE)
TYPED = [one for one in PAYLOADS if one["type"] == 1]
# Built-in slash commands of Discord's clients.
RESERVED = {
    *("me", "msg", "nick", "shrug", "tableflip", "unflip", "spoiler", "tts", "giphy", "gif", "tenor", "thread"),
    *("leave", "ban", "kick", "timeout", "saveforlater", "invite", "clear", "status", "search"),
}


def paths(options, before):
    """The whole name of every command that can be called, and its payload."""
    for one in options:
        if one["type"] in (1, 2):
            name = f"{before} {one['name']}"
            yield from paths(one["options"], name) if one["type"] == 2 else [(name, one)]


def callable_ones(said):
    for one in said:
        found = list(paths(one["options"], one["name"]))
        yield from found or [(one["name"], one)]


CALLED = dict(callable_ones(TYPED))


def option(name, of):
    return next(one for one in CALLED[of]["options"] if one["name"] == name)


def made(*declared):
    """Payloads of these commands alone."""
    own = Catalogue(())
    own.add(declared)
    return payloads(own)


def test_every_command_that_people_may_say_is_there_and_no_other():
    names = {one.name if one.name != "settings" else "settings show" for one in CATALOGUE.visible()}
    assert set(CALLED) == names
    assert "help" in CALLED
    assert not {one.name for one in CATALOGUE.commands.values() if one.hidden} & set(CALLED)


@pytest.mark.parametrize("one", CATALOGUE.visible(), ids=lambda one: one.name)
def test_every_argument_is_an_option(one):
    name = one.name if one.name in CALLED else f"{one.name} show"
    told = [option["name"] for option in CALLED[name]["options"] if option["name"] != "others"]
    assert sorted(told) == sorted(param.name for param in one.params)


def test_an_option_has_the_type_of_its_argument():
    assert option("member", "kudos of")["type"] == 6
    assert option("page", "kudos of")["type"] == 4
    assert option("boards", "profile edit")["type"] == 5
    assert option("channel", "settings kudos")["type"] == 7
    assert option("level", "skill claim")["choices"][0] == {"name": "learning", "value": "learning"}
    assert option("skill", "skill claim")["autocomplete"]
    assert (option("seats", "opportunity post")["min_value"], option("seats", "opportunity post")["max_value"]) == (
        1,
        50,
    )
    assert option("title", "opportunity post")["max_length"] == 120
    assert (option("file", "skill import")["type"], option("file", "skill import")["required"]) == (11, True)


def test_several_people_are_one_to_choose_and_others_in_words_and_left_out_a_form_asks():
    to, others, reason, *_rest = CALLED["kudos give"]["options"]
    assert (to["name"], to["type"]) == ("to", 6)
    assert (others["name"], others["type"]) == ("others", 3)
    assert not any(one.get("required") for one in (to, others, reason))


def test_what_is_needed_comes_first_and_is_insisted_on():
    vouch = CALLED["skill vouch"]["options"]
    assert [(one["name"], one.get("required", False)) for one in vouch] == [
        ("member", True),
        ("skill", True),
        ("note", False),
    ]
    for one in CALLED.values():
        needed = [option.get("required", False) for option in one["options"]]
        assert needed == sorted(needed, reverse=True)


def test_groups_for_admins_alone_are_shown_to_those_who_manage_the_server():
    shown = {one["name"]: one.get("default_member_permissions") for one in TYPED}
    assert {name for name, needed in shown.items() if needed == MANAGE_GUILD} == {
        "settings",
        "digest",
        "outbox",
        "audit",
    }
    assert {needed for needed in shown.values() if needed is not None} == {MANAGE_GUILD}


def test_commands_are_for_servers_and_for_direct_messages_with_the_bot():
    assert all((one["contexts"], one["integration_types"]) == ([0, 1], [0]) for one in PAYLOADS)


def test_menus_of_people_are_about_a_person_and_those_of_messages_ask_for_words():
    menus = {kind: [one["name"] for one in PAYLOADS if one["type"] == kind] for kind in (2, 3)}
    assert set(menus[2]) == {one.menu for one in CATALOGUE.menus() if not one.of_message}
    assert {"Give kudos", "Make it an opportunity"} <= set(menus[3])
    assert "Show profile" not in menus[3]
    assert all(len(names) <= limits.MENUS for names in menus.values())
    assert all("description" not in one for one in PAYLOADS if one["type"] != 1)


def test_no_command_has_a_name_of_discords_own():
    assert not {one["name"] for one in TYPED} & RESERVED


@pytest.mark.parametrize("one", PAYLOADS, ids=lambda one: f"{one['name']}-{one['type']}")
def test_every_command_is_within_what_discord_takes(one):
    assert measured(one) <= limits.COMMAND
    check_names(one)


def test_there_are_no_more_commands_than_discord_takes():
    assert len(TYPED) <= limits.COMMANDS
    assert len({(one["name"], one["type"]) for one in PAYLOADS}) == len(PAYLOADS)


@described
@pytest.mark.parametrize("one", PAYLOADS, ids=lambda one: f"{one['name']}-{one['type']}")
def test_every_command_is_valid_by_discords_own_description(one):
    assert faults("ApplicationCommandUpdateRequest", one) == []


def measured(one):
    """The characters that Discord adds up: names, descriptions and values of a command and all within."""
    own = sum(units(str(one.get(name, ""))) for name in ("name", "description", "value"))
    return own + sum(measured(inner) for name in ("options", "choices") for inner in one.get(name, ()))


def check_names(one):
    if one["type"] not in (2, 3) or "description" in one:
        assert re.fullmatch(r"[-_a-z0-9]{1,32}", one["name"])
        assert 1 <= units(one["description"]) <= limits.ABOUT
    assert 1 <= units(one["name"]) <= limits.NAME
    options = one.get("options", ())
    assert len(options) <= limits.SUBCOMMANDS
    assert len({inner["name"] for inner in options}) == len(options)
    for inner in options:
        check_names(inner)
        assert len(inner.get("choices", ())) <= limits.OPTIONS
        assert all(1 <= units(choice["name"]) <= limits.CHOICE for choice in inner.get("choices", ()))


def test_the_same_commands_have_the_same_digest_and_others_another():
    assert digest(payloads(features.catalogue())) == digest(PAYLOADS)
    assert digest(PAYLOADS[1:]) != digest(PAYLOADS)
    assert re.fullmatch(r"[0-9a-f]{32}", digest(PAYLOADS))


@command("team seat add", "Adds a seat to a team", admin=True)
def seat_add(ctx: Ctx, size: Annotated[float, Ask("How large?", least=0.5, most=2)]) -> Reply: ...


@command("team close", "Closes a team", menu="Close a team")
def close(ctx: Ctx, why: Literal["done", "over"], others: list[Member] | None = None) -> Reply: ...


def test_a_name_of_three_words_is_a_group_in_a_group():
    (team, *_menus) = made(seat_add, close)
    assert dict(callable_ones([team])).keys() == {"team seat add", "team close"}
    assert "default_member_permissions" not in team
    (size,) = dict(callable_ones([team]))["team seat add"]["options"]
    assert (size["type"], size["min_value"], size["max_value"], size["required"]) == (10, 0.5, 2.0, True)


def clicked(number):
    """A command in the menus of people and, because it asks for words besides, of messages."""

    def act(ctx: Ctx, who: Member, why: str) -> Reply: ...

    act.__annotations__ = {"ctx": Ctx, "who": Member, "why": str, "return": Reply}
    return command(f"team act{number}", "Does something", menu=f"Act {number}")(act)


def test_more_menus_than_discord_takes_are_the_first_five_and_the_rest_are_told_and_can_be_typed():
    own = Catalogue(())
    own.add([clicked(number) for number in range(7)])
    told = payloads(own)
    for kind in (2, 3):
        assert [one["name"] for one in told if one["type"] == kind] == [f"Act {number}" for number in range(5)]
    assert menus_left_out(own) == ["Act 5", "Act 6"]
    assert len(dict(callable_ones([one for one in told if one["type"] == 1]))) == 7
    assert menus_left_out(CATALOGUE) == []


def test_an_argument_of_its_own_called_others_is_not_doubled():
    _team, menu, *_more = made(close)
    found = dict(callable_ones([_team]))["team close"]["options"]
    assert [one["name"] for one in found] == ["why", "others"]
    assert (menu["name"], menu["type"]) == ("Close a team", 2)


def test_the_longest_choices_are_suggested_instead():
    many = Literal[tuple(f"c{n}" for n in range(26))]

    def pick(ctx: Ctx, one: many) -> Reply: ...

    pick.__annotations__ = {"ctx": Ctx, "one": many, "return": Reply}
    (group,) = made(command("pick one", "Picks one of many")(pick))
    (only,) = dict(callable_ones([group]))["pick one"]["options"]
    assert only["autocomplete"]
    assert "choices" not in only

"""What Discord sends, as what the core is asked: typed options, menus, presses, words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import decode
from adapters.discord.limits import units
from adapters.discord.pointer import LONGEST, Pointer, pointer
from bot import features

ANA = {"id": "900000000000000001", "username": "ana", "global_name": "Ana", "bot": False}
BEN = {"id": "900000000000000002", "username": "ben", "global_name": None, "bot": False}
CATALOGUE = features.catalogue()
SUBCOMMAND, STRING, INTEGER, BOOLEAN, USER, CHANNEL, NUMBER = 1, 3, 4, 5, 6, 7, 10


def body(data, kind=decode.COMMAND, **more):
    member = {"user": ANA, "nick": None, "permissions": "0"}
    about = {"id": "1", "type": kind, "token": "t", "application_id": "7", "channel_id": "55", "guild_id": "66"}
    return {**about, "member": member, "data": data, **more}


def slash(name, *options, **resolved):
    group, _, sub = name.partition(" ")
    if sub:
        options = ({"name": sub, "type": SUBCOMMAND, "options": list(options)},)
    return body({"name": group, "type": 1, "options": list(options), "resolved": resolved})


def option(name, kind, value):
    return {"name": name, "type": kind, "value": value}


def test_a_slash_command_is_its_line_with_typed_options():
    said = decode.command(
        CATALOGUE,
        slash(
            "kudos give",
            option("to", USER, BEN["id"]),
            option("reason", STRING, "the docs"),
            users={BEN["id"]: BEN},
            members={BEN["id"]: {"nick": "Benny", "permissions": "32"}},
        ),
    )
    assert said.line == "kudos give"
    assert said.given == {"to": [f"<@{BEN['id']}>"], "reason": "the docs"}
    assert (said.people[BEN["id"]].name, said.people[BEN["id"]].admin) == ("Benny", True)
    assert (said.who.name, said.who.admin, said.guild, said.channel) == ("Ana", False, "66", "55")


def test_several_people_come_from_one_option_and_from_words():
    said = decode.command(
        CATALOGUE, slash("kudos give", option("others", STRING, "<@3> and <@!4>"), option("to", USER, BEN["id"]))
    )
    assert said.given["to"] == [f"<@{BEN['id']}>", "<@3>", "<@!4>"]
    assert said.mentioned() == {BEN["id"], "3", "4"}


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (INTEGER, 12, "12"),
        (BOOLEAN, True, "yes"),
        (BOOLEAN, False, "no"),
        (NUMBER, 0.5, "0.5"),
        (NUMBER, 3.0, "3"),
        (NUMBER, 1e-5, "0.00001"),
        (CHANNEL, "123456", "<#123456>"),
        (STRING, "  as it is ", "  as it is "),
    ],
)
def test_options_are_written_as_they_would_be_typed(kind, value, written):
    said = decode.command(CATALOGUE, slash("profile edit", option("x", kind, value)))
    assert said.given == {"x": written}


def test_a_bare_group_is_called_with_show():
    assert decode.command(CATALOGUE, slash("settings show")).line == "settings"
    assert decode.command(CATALOGUE, slash("profile show")).line == "profile show"
    assert decode.command(CATALOGUE, slash("help", option("about", STRING, "kudos"))).given == {"about": "kudos"}


def test_who_manages_the_server_is_admin():
    member = {"user": ANA, "nick": "A", "permissions": str(1 << 5)}
    assert decode.press(body({"custom_id": "!help"}, decode.COMPONENT, member=member)).who.admin
    owner = {"user": ANA, "permissions": str(1 << 3)}
    assert decode.press(body({"custom_id": "!help"}, decode.COMPONENT, member=owner)).who.admin


def test_whoever_is_clicked_on_is_meant():
    data = {
        "name": "Give kudos",
        "type": decode.USER_MENU,
        "target_id": BEN["id"],
        "resolved": {"users": {BEN["id"]: BEN}},
    }
    said = decode.command(CATALOGUE, body(data))
    assert (said.line, said.given) == ("kudos give", {"to": [f"<@{BEN['id']}>"]})
    assert said.people[BEN["id"]].name == "ben"


def test_whoever_wrote_the_message_is_meant():
    data = {
        "name": "Show kudos",
        "type": decode.MESSAGE_MENU,
        "target_id": "12",
        "resolved": {"messages": {"12": {"id": "12", "author": BEN}}},
    }
    said = decode.command(CATALOGUE, body(data))
    assert (said.line, said.given) == ("kudos of", {"member": f"<@{BEN['id']}>"})


def test_what_is_typed_so_far_comes_with_the_rest():
    typed = {**option("skill", STRING, "kub"), "focused": True}
    sent = slash("skill vouch", option("member", USER, BEN["id"]), typed)
    said, name, words = decode.suggestion(CATALOGUE, sent)
    assert (said.line, name, words) == ("skill vouch", "skill", "kub")
    assert said.given == {"member": f"<@{BEN['id']}>"}


def message(content="hello", **more):
    return {"id": "9", "type": 0, "content": content, "author": ANA, "channel_id": "5", "mentions": [], **more}


def test_a_direct_message_is_a_line():
    said = decode.message(message("kudos give <@2> the docs"), bot="7")
    assert (said.line, said.is_direct, said.place_channel) == ("kudos give <@2> the docs", True, "")


def test_in_a_channel_only_a_mention_is_heard():
    assert decode.message(message("hello", guild_id="66"), bot="7") is None
    said = decode.message(message("<@7> skill mine", guild_id="66", mentions=[{**ANA, "id": "7"}]), bot="7")
    assert (said.line, said.place_channel) == ("skill mine", "5")


@pytest.mark.parametrize("more", [{"author": {**ANA, "bot": True}}, {"webhook_id": "3"}, {"type": 7}])
def test_what_people_did_not_type_is_not_heard(more):
    assert decode.message(message(**more), bot="7") is None


def test_an_empty_mention_asks_for_help():
    assert decode.message(message("<@!7>", mentions=[{**ANA, "id": "7"}], guild_id="66"), bot="7").line == "help"


@given(
    st.text(max_size=300).filter(lambda one: "\x1f" not in one),
    st.sampled_from(["", "?", "+"]),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_a_pointer_is_read_as_it_was_written(line, sign, place, stored):
    made = Pointer(line, sign, place, stored)
    assert pointer(str(made)) == made
    assert pointer(f"{made}\x1f2") == made
    assert made.fits == (units(str(made)) <= LONGEST)


def test_a_bare_line_is_a_pointer_too():
    assert pointer("kudos mine") == Pointer("kudos mine")

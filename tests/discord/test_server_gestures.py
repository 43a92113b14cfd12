"""What people do in the loopback Discord, and what Discord's own client would not let them do."""

import pytest

from tests.discord.bare import form, row, running

PLAIN = {"allowed_mentions": {"parse": []}}
FORM = form(
    person={"type": 5, "max_values": 2},
    skill={"type": 3, "options": [{"label": "Go", "value": "s1"}, {"label": "Rust", "value": "s2", "default": True}]},
    words={"type": 4, "style": 2, "max_length": 20},
    note={"type": 4, "style": 1, "required": False, "value": "as before"},
)


def message(content, **more):
    """An answer that says something."""
    return {"type": 4, "data": {"content": content, **PLAIN, **more}}


@pytest.fixture
async def bare(people):
    """The client that only answers."""
    async with running(people) as made:
        yield made


async def test_a_command_tells_who_where_and_with_what_rights(people, bare):
    met = await people.types("ana", "/kudos give", to="ben", skill="Go", weight=3)
    (heard,) = bare.of("interaction")
    assert heard.user.name == "ana"
    assert heard.user.guild_permissions.manage_guild
    assert heard.permissions.manage_guild
    assert heard.channel.name == "general"
    assert heard.guild.name == "Collective"
    group = met.payload["data"]["options"][0]
    assert [one["name"] for one in group["options"]] == ["to", "skill", "weight"]
    assert heard.data["resolved"]["members"][people.who("ben")]["permissions"]
    ben = await people.types("ben", "/hello")
    assert not int(ben.payload["member"]["permissions"]) & 32


async def test_in_direct_messages_a_command_has_a_user_and_no_server(people, bare):
    met = await people.types("ben", "/hello", where="dm")
    assert met.payload["user"]["username"] == "ben"
    assert not {"guild_id", "guild", "member"} & set(met.payload)
    assert bare.of("interaction")[0].guild is None
    assert [one["content"] for one in people.letters("ben")] == ["ok"]


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("/nonsense", {}),
        ("/kudos", {"to": "ben"}),
        ("/kudos take", {"to": "ben"}),
        ("/kudos give", {}),
        ("/kudos give", {"to": "nobody"}),
        ("/kudos give", {"to": "ben", "colour": "red"}),
        ("/kudos give", {"to": "ben", "weight": 4}),
    ],
)
async def test_what_discords_client_would_not_send_is_not_sent(people, bare, line, given):
    with pytest.raises(AssertionError):
        await people.types("ana", line, given)
    assert bare.heard == []


async def test_commands_for_admins_are_hidden_from_others(people, bare):
    people.commands[""][0]["default_member_permissions"] = "32"
    assert (await people.types("ana", "/hello")).content == "ok"
    with pytest.raises(AssertionError, match="hidden"):
        await people.types("ben", "/hello")
    people.commands[""][0]["contexts"] = [0]
    with pytest.raises(AssertionError, match="context 1"):
        await people.types("ana", "/hello", where="dm")


async def test_typing_into_an_option_offers_choices(people, bare):
    bare.answer = {"type": 8, "data": {"choices": [{"name": "Go", "value": "s1"}]}}
    met = await people.autocompletes("ana", "/kudos give", "skill", "g", to="ben")
    assert met.choices == [{"name": "Go", "value": "s1"}]
    focused = met.payload["data"]["options"][0]["options"]
    assert [one.get("focused", False) for one in focused] == [False, True]
    with pytest.raises(AssertionError, match="no autocomplete"):
        await people.autocompletes("ana", "/kudos give", "weight", "1")


async def test_menus_are_used_on_people_and_on_messages(people, bare):
    met = await people.menu("ana", "Give kudos", "ben")
    ben = people.who("ben")
    assert met.payload["data"]["target_id"] == ben
    assert set(met.payload["data"]["resolved"]) == {"users", "members"}
    said = await people.says("ben", "I fixed it", "general")
    met = await people.menu("ana", "Thank for this", said)
    assert met.payload["data"]["resolved"]["messages"][said["id"]]["content"] == "I fixed it"


async def test_a_form_opens_is_filled_and_sent(people, bare):
    bare.answer = {"type": 9, "data": FORM}
    met = await people.types("ana", "/hello")
    assert met.modal["title"] == "Thanks"
    bare.answer = message("thanks")
    sent = await people.submits("ana", met, Person=["ben", "cleo"], Words="for the docs")
    fields = {one["component"]["custom_id"]: one["component"] for one in sent.payload["data"]["components"]}
    assert fields["person"]["values"] == [people.who("ben"), people.who("cleo")]
    assert fields["skill"]["values"] == ["s2"]
    assert (fields["words"]["value"], fields["note"]["value"]) == ("for the docs", "as before")
    assert set(sent.payload["data"]["resolved"]["users"]) == {people.who("ben"), people.who("cleo")}
    assert sent.content == "thanks"
    assert people.modals == {}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"Words": "hi"}, "asks for 'Person'"),
        ({"Person": "ben"}, "asks for 'Words'"),
        ({"Person": ["ana", "ben", "cleo"], "Words": "hi"}, "up to 2"),
        ({"Person": "ben", "Words": "x" * 21}, "0 to 20"),
        ({"Person": "ben", "Words": "hi", "Skill": "Cobol"}, "not offered"),
        ({"Person": "ben", "Words": "hi", "Colour": "red"}, "no field"),
    ],
)
async def test_a_form_that_discords_client_would_not_send_is_not_sent(people, bare, answers, words):
    bare.answer = {"type": 9, "data": FORM}
    await people.types("ana", "/hello")
    with pytest.raises(AssertionError, match=words):
        await people.submits("ana", None, answers)
    assert len(bare.heard) == 1


async def test_buttons_and_selects_carry_their_message(people, bare):
    picking = {"type": 1, "components": [{"type": 5, "custom_id": "who", "placeholder": "Whom?"}]}
    bare.answer = message("choose", components=[row("Yes"), picking])
    asked = await people.types("ana", "/hello")
    bare.answer = message("fine")
    pressed = await people.presses("ben", asked.message, "Yes")
    assert pressed.payload["message"]["id"] == asked.message["id"]
    assert pressed.payload["data"]["custom_id"] == "!yes"
    picked = await people.picks("ben", asked.message, "Whom?", "ana")
    assert picked.payload["data"]["values"] == [people.who("ana")]
    assert picked.payload["data"]["resolved"]["users"][people.who("ana")]["username"] == "ana"


async def test_nobody_presses_what_is_not_seen_or_not_there(people, bare):
    bare.answer = message("only you", components=[row("Yes")], flags=64)
    asked = await people.types("ana", "/hello")
    with pytest.raises(AssertionError, match="does not see"):
        await people.presses("ben", asked.message, "Yes")
    with pytest.raises(AssertionError, match="sees nothing called 'No'"):
        await people.presses("ana", asked.message, "No")


async def test_reactions_come_with_who_and_where(people, bare):
    said = await people.says("ben", "done", "general")
    await people.reacts("ana", said, "🎉")
    (event,) = await people.until(lambda: bare.of("reaction"))
    assert (event.emoji.name, event.member.name, str(event.message_id)) == ("🎉", "ana", said["id"])
    await people.unreacts("ana", said, "🎉")
    with pytest.raises(AssertionError):
        await people.unreacts("ana", said, "🎉")


async def test_what_is_deleted_is_gone(people, bare):
    said = await people.says("ben", "oops", "general")
    await people.deletes(said)
    assert people.messages("general") == []
    await people.deletes(people.channels[people.where("general")])
    with pytest.raises(AssertionError, match="no channel"):
        people.where("general")


async def test_a_form_that_was_left_cannot_be_sent(people, bare):
    bare.answer = {"type": 9, "data": FORM}
    await people.types("ana", "/hello")
    people.closes("ana")
    with pytest.raises(AssertionError, match="no form open"):
        await people.submits("ana", Words="hi")

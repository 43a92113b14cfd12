"""What the Discord side of a scenario does with what people say: each in the way that Discord has for it."""

from dataclasses import replace

import pytest

from bot.ctx import Group, Who
from bot.ui import Card, Form
from tests.discord.filling import fields_of
from tests.discord.nouns import Body
from tests.speakers.discord import InDiscord
from tests.world import World

pytestmark = pytest.mark.parametrize(("spoken_in", "database"), [("discord", "sqlite")], indirect=True)


@pytest.fixture
def told(world: World) -> World:
    """Two people have met."""
    world.joins("ana", "ben")
    return world


@pytest.fixture
def speaker(told: World) -> InDiscord:
    """How they speak."""
    assert isinstance(told.speaker, InDiscord)
    return told.speaker


def newest(speaker: InDiscord) -> Body:
    """The last interaction."""
    return list(speaker.discord.interactions.values())[-1].payload


def test_a_line_is_typed_options_of_a_slash_command(told: World, speaker: InDiscord):
    told.says("ana", "kudos give @ben the new docs")
    (group,) = newest(speaker)["data"]["options"]
    ben = speaker.mentions.people[speaker.keys[0], "ben"]
    assert (newest(speaker)["data"]["name"], group["name"]) == ("kudos", "give")
    assert {one["name"]: one["value"] for one in group["options"]} == {"to": ben, "reason": "the new docs"}
    assert ben in newest(speaker)["data"]["resolved"]["members"]


def test_a_line_that_only_names_somebody_is_a_click_on_them(told: World, speaker: InDiscord):
    assert isinstance(told.says("ana", "kudos give @ben"), Form)
    assert newest(speaker)["data"]["type"] == 2
    told.fills("ana", reason="for the calm release night")
    assert newest(speaker)["type"] == 5
    assert "calm release night" in told.told("#general")


def test_what_no_option_holds_is_said_to_the_bot(told: World, speaker: InDiscord):
    before = len(speaker.discord.interactions)
    assert "kudos give" in told.hears("ana", "kudso giev @ben the docs")
    assert len(speaker.discord.interactions) == before
    assert speaker.discord.letters(speaker.mentions.people[speaker.keys[0], "ana"])


def test_channels_are_called_by_name_in_reasons_and_found_by_it_in_direct_messages(told: World):
    told.says("ana", "kudos give @ben the docs that @ana began in #general")
    assert "the docs that @ana began in #general" in told.told("#general")
    told.says("admin", "settings kudos channel:#thanks", where="")
    told.says("ana", "kudos give @ben the docs again")
    assert "docs again" in told.told("#thanks")


def test_a_channel_that_not_everybody_sees_is_found_by_admins_alone(told: World, speaker: InDiscord):
    place, secret = told.place.id, "layoffs"
    assert speaker.bot
    assert speaker.bot.gateway
    room = speaker.discord.channels[speaker.channel(f"#{secret}", place)]
    hidden = {"id": room.guild, "type": 0, "allow": "0", "deny": str(1 << 10)}
    known = speaker.bot.gateway.get_channel(int(room.id))
    known._fill_overwrites({"permission_overwrites": [hidden]})
    assert speaker.bot.gateway.channel_called(room.guild, secret, hidden=False) == ""
    assert speaker.bot.gateway.channel_called(room.guild, secret, hidden=True) == room.id


def test_a_role_is_thanked_after_a_look_at_who_has_it(told: World, speaker: InDiscord):
    group = Group("@docs", (Who("ben", "ben"), Who("carol", "carol"), Who("ana", "ana")))
    request = told.request("ana", "kudos give <!subteam^S1|@docs> for the new docs")
    said = told.reads(told.hands_in(replace(request, groups={"S1": group})))
    (options,) = newest(speaker)["data"]["options"]
    assert any(one["value"].startswith("<@&") for one in options["options"] if one["name"] == "others")
    assert "Thank @docs?" in said
    assert told.outbox() == []
    assert isinstance(told.presses("ana", "Thank 2 people"), Card)
    assert "for the new docs" in told.told("#general")


def test_a_form_of_many_questions_asks_for_the_rest_in_a_second_step(told: World, speaker: InDiscord):
    form = told.says("ana", "profile edit")
    assert isinstance(form, Form)
    opened = speaker.discord.modals[speaker.mentions.people[speaker.keys[0], "ana"]].data
    shown = {one["custom_id"] for _label, one in fields_of(opened)}
    later = next(field.name for field in form.fields if field.name not in shown and field.kind == "yes")
    assert isinstance(told.fills("ana", **{later: "no", "about": "I keep things running"}), Card)
    (request, _reply) = told.app.heard[-1]
    assert request.given[later] in ("no", ["no"])
    assert "keep things running" in told.hears("ben", "profile show @ana")


def test_a_message_without_its_button_is_caught(told: World, speaker: InDiscord):
    said = told.says("ana", "kudos give @ben the new docs")
    assert isinstance(said, Card)
    post = next(post for post in reversed(speaker.discord.posts) if post.only)
    speaker.pane.says(said, [post])
    post.body["components"] = []
    with pytest.raises(AssertionError, match="Undo"):
        speaker.pane.says(said, [post])


def test_an_answer_that_others_see_is_caught(told: World, speaker: InDiscord):
    said = told.says("ana", "kudos give @ben the new docs")
    post = next(post for post in reversed(speaker.discord.posts) if post.only)
    post.only = ""
    request = told.app.heard[-1][0]
    with pytest.raises(AssertionError, match="others see"):
        speaker.pane.answered(request, said, [post], {})


def test_a_redelivered_command_shows_nothing_new(told: World, speaker: InDiscord):
    request = told.request("ana", "kudos give @ben the new docs")
    told.hands_in(request)
    before = len(speaker.discord.posts)
    told.hands_in(request)
    assert len(speaker.discord.posts) == before

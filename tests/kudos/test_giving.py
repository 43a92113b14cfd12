"""Who thanks whom, for what, and where it is shown."""

import pytest

from bot.ctx import Who
from bot.ui import Card, Form, No
from storage.models import Thanked
from tests.kudos.steps import RAISED, ledger, standing_kudos
from tests.world import World


def test_a_thank_you_is_posted_where_it_was_said_and_counted(world: World):
    said = world.hears("ana", "/kudos give @ben the new onboarding docs")
    assert "ben" in said
    assert "4 left" in said
    (to, text), *rest = world.outbox()
    assert to == "#general"
    assert "ana thanked @ben" in text
    assert "the new onboarding docs" in text
    assert not rest
    assert ledger(world) == 1.0


def test_kudos_go_to_the_channel_that_the_admins_chose(world: World):
    world.says("admin", "settings kudos channel:#thanks", where="")
    world.says("ana", "kudos give @ben the new docs", where="#random")
    assert [to for to, _text in world.outbox()] == ["#thanks"]


def test_kudos_that_are_not_public_reach_the_thanked_alone(world: World):
    world.says("admin", "settings kudos replies:private", where="")
    world.says("ana", "kudos give @ben @carol the new docs")
    assert sorted(to for to, _text in world.outbox()) == ["ben", "carol"]


def test_kudos_given_in_a_private_conversation_reach_the_thanked_privately(world: World):
    world.says("ana", "kudos give @ben the new docs", where="")
    assert [to for to, _text in world.outbox()] == ["ben"]


def test_what_is_missing_is_asked_for_and_what_is_known_is_kept(world: World):
    form = world.says("ana", "kudos give @ben")
    assert isinstance(form, Form)
    assert [field.name for field in form.missing()] == ["reason"]
    assert isinstance(world.fills("ana", reason="for the calm release night"), Card)
    assert "calm release night" in world.told("#general")


def test_a_reason_that_is_too_short_is_refused_with_the_form_as_it_was_filled_in(world: World):
    refused = world.says("ana", "kudos give @ben ok")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["reason"]
    assert "at least 3" in world.reads(refused)
    assert refused.again is not None
    assert {field.name: field.value for field in refused.again.fields}["reason"] == "ok"
    assert standing_kudos(world) == 0


def test_a_reason_that_is_too_long_is_refused_and_not_cut(world: World):
    refused = world.says("ana", "kudos give @ben " + "word " * 300)
    assert isinstance(refused, No)
    assert "1,000" in world.reads(refused)
    assert standing_kudos(world) == 0


def test_several_people_are_thanked_in_one_post(world: World):
    world.says("ana", "kudos give @ben, @carol and @dave for the offsite that worked")
    posted = world.outbox()
    assert len(posted) == 1
    assert all(f"@{name}" in posted[0][1] for name in ("ben", "carol", "dave"))
    assert world.count(Thanked) == 3


def test_the_same_person_named_twice_is_thanked_once(world: World):
    said = world.hears("ana", "kudos give @ben @Ben the new docs")
    assert "4 left" in said
    assert world.count(Thanked) == 1


def test_nobody_thanks_themselves(world: World):
    for line in ("kudos give @ana for my own good work", "kudos give @ben @me for our own good work"):
        assert isinstance(world.says("ana", line), No)
    assert standing_kudos(world) == 0


def test_an_app_is_not_thanked(world: World):
    world.says(Who("b1", "Deploybot", bot=True), "help")
    assert "app" in world.hears("ana", "kudos give @Deploybot for the green builds")
    assert standing_kudos(world) == 0


def test_an_app_does_not_thank(world: World):
    bot = Who("b1", "Deploybot", bot=True)
    world.says("ana", "kudos give @ben the new docs")
    world.says(bot, f"kudos react k1 {RAISED}")
    world.says(bot, "kudos give @ben for the green builds")
    assert standing_kudos(world) == 1


def test_someone_who_left_is_not_thanked(world: World):
    world.leaves("ben")
    assert "left" in world.hears("ana", "kudos give @ben for all those years")
    assert standing_kudos(world) == 0


def test_one_recipient_who_cannot_be_thanked_leaves_the_others_unthanked_too(world: World):
    world.leaves("carol")
    assert isinstance(world.says("ana", "kudos give @ben @carol for the offsite"), No)
    assert standing_kudos(world) == 0
    assert "5 more" not in world.hears("ana", "kudos give @ben for the offsite")


def test_someone_unknown_is_named_in_the_refusal(world: World):
    assert "zoe" in world.hears("ana", "kudos give @zoe for the offsite")


def test_someone_of_another_community_cannot_be_thanked(world: World):
    world.says("zoe", "help", place=world.second)
    assert isinstance(world.says("ana", "kudos give @zoe for the offsite"), No)
    assert isinstance(world.says("zoe", "kudos give @ana for the offsite", place=world.second), No)


@pytest.mark.parametrize("mention", ["<@U7>", "<@!U7>", "<@U7|old name>"])
def test_a_platforms_mention_of_a_new_face_lets_them_join(world: World, mention: str):
    said = world.says("ana", f"kudos give {mention} the new docs", people={"U7": Who("U7", "Uma")})
    assert "Uma" in world.reads(said)
    assert "Uma" in world.told("#general")


def test_a_mention_that_the_platform_cannot_explain_is_refused(world: World):
    assert isinstance(world.says("ana", "kudos give <@U404> the new docs"), No)


def test_a_name_that_two_people_bear_is_refused_with_both(world: World):
    world.joins(Who("s1", "Sam"), Who("s2", "Sam"))
    said = world.hears("ana", "kudos give @sam the new docs")
    assert said.count("@m") == 2
    assert standing_kudos(world) == 0


def test_a_name_with_spaces_is_quoted(world: World):
    world.joins("Ana Maria")
    assert "Ana Maria" in world.hears("ben", 'kudos give "ana maria" the new docs')


@pytest.mark.parametrize("name", ["Émile", "Zoë", "Ødegård", "Дарья"])
def test_a_name_is_found_in_any_case_in_any_alphabet(world: World, name: str):
    world.joins(name)
    assert isinstance(world.says("ana", f"kudos give @{name.lower()} the new docs"), Card)

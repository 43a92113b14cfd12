"""Settings: for admins alone, checked like anything else, and written down."""

import pytest
from sqlmodel import select

from bot.ui import Card, Form, No
from storage.machinery import Audit, Setting
from storage.models import Member
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin and two members."""
    world.joins("admin", "ana", "ben")


def admins(world: World) -> set[str]:
    with world.db() as db:
        return {one.name for one in db.exec(select(Member).where(Member.admin)).all() if one.kind == "person"}


def audited(world: World) -> list[str]:
    with world.db() as db:
        return [row.line for row in db.exec(select(Audit).order_by(Audit.id)).all()]


@pytest.mark.parametrize(
    "line",
    [
        "settings",
        "settings kudos",
        "settings kudos allowance:9",
        "settings community name:Mine",
        "settings admins @ana",
    ],
)
def test_only_admins_see_or_change_settings(world: World, line: str):
    refused = world.says("ana", line)
    assert isinstance(refused, No)
    assert "admin" in world.reads(refused)
    assert world.count(Setting) == 0
    assert admins(world) == {"admin"}


def test_settings_are_seen_at_a_glance_with_a_button_for_each(world: World):
    said = world.hears("admin", "settings", where="")
    for about in ("Kudos", "Skills", "Intros", "Opportunities", "Community", "Admins"):
        assert about in said
    assert isinstance(world.presses("admin", "Kudos"), Form)


def test_the_glance_tells_what_was_set_from_what_was_not(world: World):
    before = world.hears("admin", "settings")
    world.says("admin", "settings intros per_asker:5")
    assert world.hears("admin", "settings") != before


def test_a_form_shows_the_present_answers_and_keeps_those_that_are_not_touched(world: World):
    world.says("admin", "settings kudos allowance:9 pause:3")
    form = world.says("admin", "settings kudos")
    assert isinstance(form, Form)
    assert {field.name: field.value for field in form.fields}["allowance"] == "9"
    world.fills("admin", allowance="7")
    form = world.says("admin", "settings kudos")
    assert isinstance(form, Form)
    values = {field.name: field.value for field in form.fields}
    assert (values["allowance"], values["pause"]) == ("7", "3")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("settings kudos allowance:0", "at least 1"),
        ("settings kudos allowance:51", "at most 50"),
        ("settings kudos allowance:many", "number"),
        ("settings kudos board:perhaps", "yes or no"),
        ("settings kudos channel:nowhere", "channel"),
        ("settings community zone:Atlantis/Center", "time zone"),
        ("settings kudos allowance:3 pause:-1", "at least 0"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_changes(world: World, line: str, word: str):
    refused = world.says("admin", line)
    assert isinstance(refused, No)
    assert word in world.reads(refused)
    assert world.count(Setting) == 0
    assert audited(world) == []


def test_a_channel_can_be_chosen_and_given_up(world: World):
    world.says("admin", "settings skills channel:#skills")
    world.says("ana", "skill claim Python expert")
    assert "ana" in world.told("#skills")
    world.says("admin", 'settings skills channel:""')
    world.says("ben", "skill claim Python expert")
    assert world.told("#skills") == ""


def test_every_change_is_written_down_once(world: World):
    world.says("admin", "settings kudos allowance:9 board:yes")
    world.says("admin", "settings kudos allowance:9")
    assert audited(world) == ["settings kudos allowance:9", "settings kudos board:yes"]


def test_what_does_not_change_anything_is_said_so(world: World):
    assert "nothing had to change" in world.hears("admin", "settings kudos allowance:5")
    assert audited(world) == []


def test_the_community_has_a_name_and_a_zone(world: World):
    said = world.hears("admin", 'settings community name:"The Guild" zone:europe/berlin')
    assert "The Guild" in said
    assert "Europe/Berlin" in said
    assert len(audited(world)) == 1
    assert "The Guild" in world.hears("admin", "settings")


def test_the_communitys_zone_decides_the_day_of_those_who_named_none(world: World):
    world.says("admin", "settings community zone:Asia/Tokyo")
    world.says("admin", "settings kudos allowance:1")
    world.says("ana", "kudos give @ben the new docs")
    assert isinstance(world.says("ana", "kudos give @ben the new docs"), No)
    world.at("2026-10-06T00:00")
    assert isinstance(world.says("ana", "kudos give @ben the new docs"), Card)


def test_the_office_of_admin_is_handed_over(world: World):
    world.says("admin", "settings admins @ana @ben")
    assert admins(world) == {"admin", "ana", "ben"}
    said = world.hears("ana", "settings admins @ben")
    assert admins(world) == {"admin", "ben"}
    assert "@admin: admin by right" in said
    assert isinstance(world.says("ana", "settings"), No)
    assert len(audited(world)) == 2


@pytest.mark.parametrize("line", ['settings admins admins:""', "settings admins @zoe", "settings admins @Manyhands"])
def test_somebody_is_always_admin(world: World, line: str):
    assert isinstance(world.says("admin", line), No | Form)
    assert admins(world) == {"admin"}


def test_someone_who_left_does_not_become_admin(world: World):
    world.leaves("ben")
    assert isinstance(world.says("admin", "settings admins @ben"), No)
    assert admins(world) == {"admin"}


def test_settings_of_one_community_are_not_those_of_another(world: World):
    world.says("admin", "settings kudos allowance:1")
    world.says("zoe", "help", place=world.second)
    world.says("yan", "help", place=world.second)
    assert "4 left" in world.hears("zoe", "kudos give @yan the new docs", place=world.second)


def test_settings_survive_a_restart(world: World):
    world.says("admin", "settings kudos allowance:2")
    world.restarts()
    assert "1 left" in world.hears("ana", "kudos give @ben the new docs")


def test_a_word_that_is_no_key_changes_nothing(world: World):
    assert isinstance(world.says("admin", "settings kudos bogus:1"), No)
    assert isinstance(world.says("admin", "settings community Elsewhere"), No)
    assert "nothing changed yet" in world.hears("admin", "settings")


def test_settings_of_nothing_that_there_is_name_those_that_there_are(world: World):
    said = world.hears("admin", "settings nonsense")
    for word in ("nonsense", "`settings kudos`", "`settings digest`", "`settings admins`"):
        assert word in said


def test_a_change_says_what_it_means_and_is_undone_in_one_press(world: World):
    said = world.hears("admin", "settings digest channel:#news day:friday")
    assert "The digest goes to #news on Fridays at 09:00 UTC. Next: Friday 9 October." in said
    undone = world.reads(world.presses("admin", "Undo"))
    assert "There is no digest until it has a channel" in undone
    assert "on Fridays at 09:00 UTC" in world.reads(world.presses("admin", "Undo"))


def test_an_undone_list_and_an_undone_text_are_what_they_were(world: World):
    world.says("admin", 'settings kudos quiet:#quiet emoji:":tada: :raised_hands:"')
    world.says("admin", "settings kudos quiet:#other emoji::tada:")
    world.presses("admin", "Undo")
    said = world.hears("admin", "settings")
    assert "#quiet" in said
    assert ":tada: :raised_hands:" in said

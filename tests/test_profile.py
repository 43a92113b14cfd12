"""Profiles: what people say of themselves, what others see, what waits."""

import pytest

from bot.ctx import Who
from bot.ui import Form, No
from storage.models import Member
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Two who know each other."""
    world.joins("ana", "ben")


def test_a_profile_gathers_what_is_known(world: World):
    world.says("ana", 'profile edit about:"I keep things running" hours:10 zone:Europe/Berlin')
    world.says("ana", "skill claim Kubernetes expert")
    world.says("ben", "kudos give @ana the new docs")
    said = world.hears("ben", "profile show @ana")
    for word in ("keep things running", "10 hours", "Europe/Berlin", "Kubernetes", "1 time"):
        assert word in said


def test_an_empty_profile_is_shown_kindly(world: World):
    said = world.hears("ana", "profile show")
    assert "Edit" in said
    assert "none yet" in said


def test_only_ones_own_profile_can_be_edited(world: World):
    assert "Edit" not in world.hears("ben", "profile show @ana")


def test_the_form_shows_what_is_known_and_an_empty_answer_clears_it(world: World):
    world.says("ana", 'profile edit about:"I keep things running" hours:10')
    form = world.says("ana", "profile edit")
    assert isinstance(form, Form)
    values = {field.name: field.value for field in form.fields}
    assert (values["about"], values["hours"], values["boards"]) == ("I keep things running", "10", "yes")
    world.fills("ana", about="")
    said = world.hears("ben", "profile show @ana")
    assert "running" not in said
    assert "10 hours" in said


def test_one_answer_leaves_the_others_alone(world: World):
    world.says("ana", 'profile edit about:"I keep things running" hours:10')
    world.says("ana", "profile edit hours:0")
    said = world.hears("ben", "profile show @ana")
    assert "running" in said
    assert "0 hours" in said


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("profile edit hours:81", "at most 80"),
        ("profile edit zone:Europe/Berln", "Europe/Berlin"),
        ("profile edit free_from:soon", "date"),
        ("profile edit boards:sometimes", "yes or no"),
        ("profile edit tips:4", "at most 3"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_lost(world: World, line: str, word: str):
    refused = world.says("ana", line)
    assert isinstance(refused, No)
    assert word in world.reads(refused)
    assert refused.again is not None


def test_dates_are_read_as_people_say_them(world: World):
    assert "12 Oct 2026" in world.hears("ana", "profile edit free_from:monday")
    assert "19 Oct 2026" in world.hears("ana", 'profile edit free_from:"in 2 weeks"')


@pytest.mark.local("Discord tells nobody's zone", "discord")
def test_the_zone_that_the_platform_knows_is_taken_until_one_is_chosen(world: World):
    world.says(Who("carol", "carol", zone="Asia/Kolkata"), "help")
    assert "Asia/Kolkata" in world.hears("ana", "profile show @carol")
    world.says(Who("carol", "carol", zone="Asia/Kolkata"), "profile edit zone:Europe/Paris")
    assert "Europe/Paris" in world.hears("ana", "profile show @carol")


def test_what_waits_is_on_ones_own_profile_and_can_be_answered_there(world: World):
    world.says("ben", "intro ask who:@ana Somebody who can read a balance sheet")
    said = world.hears("ana", "profile show")
    assert "balance sheet" in said
    assert "ben" not in said
    assert "balance sheet" not in world.hears("ben", "profile show @ana")
    world.presses("ana", "Yes to i1")
    assert "ben" in world.told("ana, ben")


def test_interest_in_ones_post_waits_there_too(world: World):
    world.says("ana", 'opportunity post "Data pipeline" Ten sensors and one dashboard')
    world.says("ben", "opportunity interest o1")
    said = world.hears("ana", "profile show")
    assert "Data pipeline" in said
    assert "@ben" not in said


def test_whoever_opts_out_is_not_counted_on_cards_that_others_see(world: World):
    world.says("ben", "kudos give @ana the new docs")
    world.says("ana", "profile edit boards:no")
    assert "Thanked" not in world.hears("ben", "profile show @ana")
    assert "1 time" in world.hears("ana", "profile show")


def test_a_new_name_is_followed(world: World):
    world.says(Who("ana", "Ana Lovelace"), "help")
    assert "Ana Lovelace" in world.hears("ben", "profile show @m1")
    assert world.count(Member, Member.name == "ana") == 0


def test_someone_who_comes_back_is_the_same_member(world: World):
    world.says("ana", "skill claim Python expert")
    world.leaves("ana")
    assert isinstance(world.says("ben", "profile show @ana"), No)
    world.says("ana", "help")
    assert "Python" in world.hears("ben", "profile show @ana")

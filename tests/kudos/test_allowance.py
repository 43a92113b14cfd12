"""How many thanks a day brings, in the member's own zone."""

import pytest

from bot.ui import Card, No
from tests.kudos.steps import spend, standing_kudos
from tests.world import World


def test_the_allowance_ends_after_five_and_says_when_it_comes_back(world: World):
    spend(world, "ana", "ben", "carol", "dave", "eve")
    last = world.hears("ana", "kudos give @finn for the patient help")
    assert "That was your last of today; the next come at Tue 06 Oct 2026 00:00" in last
    said = world.hears("ana", "kudos give @gus for the patient help")
    assert "5" in said
    assert "Tue 06 Oct 2026 00:00" in said
    assert standing_kudos(world) == 5


def test_several_recipients_beyond_what_is_left_are_all_refused(world: World):
    spend(world, "ana", "ben", "carol", "dave")
    said = world.hears("ana", "kudos give @eve @finn @gus for the offsite")
    assert "3 people" in said
    assert "2 of your thanks are left" in said
    assert standing_kudos(world) == 3
    assert isinstance(world.says("ana", "kudos give @eve @finn for the offsite"), Card)


def test_a_new_day_brings_a_new_allowance_and_nothing_is_saved_up(world: World):
    spend(world, "ana", "ben", "carol")
    world.at("2026-10-06T00:00")
    assert "4 left" in world.hears("ana", "kudos give @dave for the offsite")


def test_the_allowance_is_the_admins_to_set(world: World):
    world.says("admin", "settings kudos allowance:1", where="")
    spend(world, "ana", "ben")
    assert isinstance(world.says("ana", "kudos give @carol for the patient help"), No)


def test_a_short_day_is_a_whole_day(world: World):
    world.says("ana", "profile edit zone:Europe/Berlin")
    world.at("2027-03-27T23:30+01:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2027-03-28T00:30+01:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2027-03-28T23:59+02:00")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)
    world.at("2027-03-29T00:00+02:00")
    spend(world, "ana", "gus")


def test_a_long_day_is_one_day(world: World):
    world.says("ana", "profile edit zone:Europe/Berlin")
    world.at("2026-10-25T00:05+02:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2026-10-25T23:55+01:00")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)
    world.at("2026-10-26T00:00+01:00")
    spend(world, "ana", "gus")


@pytest.mark.parametrize("before", ["", "UTC", "America/New_York"])
def test_another_zone_brings_no_second_allowance(world: World, before: str):
    if before:
        world.says("ana", f"profile edit zone:{before}")
    world.passes(days=3)
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.passes(hours=4)
    world.says("ana", "profile edit zone:Pacific/Kiritimati")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)


def test_a_zone_that_is_cleared_and_set_again_brings_no_second_allowance(world: World):
    world.says("ana", "profile edit zone:UTC")
    world.passes(days=3)
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.passes(hours=4)
    world.says("ana", 'profile edit zone:""')
    world.says("ana", "profile edit zone:Pacific/Kiritimati")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)


def test_a_pause_between_two_thanks_to_the_same_person_is_kept_per_pair(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    spend(world, "ana", "ben")
    assert "ben" in world.hears("ana", "kudos give @ben for yet another thing")
    spend(world, "carol", "ben")
    spend(world, "ana", "carol")
    world.passes(hours=24)
    spend(world, "ana", "ben")


def test_a_refused_give_begins_no_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    assert isinstance(world.says("ana", "kudos give @ben ok"), No)
    spend(world, "ana", "ben")


def test_what_is_taken_back_begins_no_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    spend(world, "ana", "ben")
    world.presses("ana", "Undo")
    spend(world, "ana", "ben")

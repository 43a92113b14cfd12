"""Skill gaps: what was asked for lately against what people can do, and nobody's question given away."""

import pytest

from tests.world import World

POST = 'opportunity post "A pipeline" "Streams for ten sensors, every night" needs:'


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Who can do what."""
    world.joins("admin", "ana", "ben", "carol")
    for who, line in (("ana", "Python expert"), ("ben", "Python"), ("ben", "Terraform"), ("carol", "Rust learning")):
        world.says(who, f"skill claim {line}")


def test_what_nobody_can_comes_first_then_what_rests_on_one(world: World):
    world.says("ana", f'{POST}"Rust, Terraform expert, Python"')
    said = world.hears("carol", "skill gaps")
    assert said.index("Nobody here yet") < said.index("Rust") < said.index("On one person alone") < said.index("Terra")
    assert "Rust · asked for once · 1 person is learning it" in said
    assert "Terraform · asked for once · 1 person can · nobody at expert yet" in said
    assert "Well covered: Python (2)" in said


def test_who_can_do_it_says_so_with_one_tap(world: World):
    world.says("ana", f"{POST}Rust")
    world.hears("ben", "skill gaps")
    world.presses("ben", "I can do Rust")
    assert "On one person alone" in world.hears("ana", "skill gaps")
    assert not world.sees_button("ben", "I can do Terraform")


def test_when_all_is_covered_that_is_said(world: World):
    world.says("ana", f"{POST}Python")
    assert "All of it is well covered: Python (2)" in world.hears("ben", "skill gaps")


def test_nothing_asked_for_is_said_too(world: World):
    assert "Nobody asked for a skill" in world.hears("ana", "skill gaps")


def test_after_ninety_days_it_counts_no_more(world: World):
    world.says("ana", f"{POST}Rust")
    world.passes(days=89)
    assert "Rust" in world.hears("ben", "skill gaps")
    world.passes(days=2)
    assert "Rust" not in world.hears("ben", "skill gaps")


def test_one_persons_question_is_not_told_and_two_peoples_is(world: World):
    world.says("ana", "intro ask who:@ben somebody who knows Terraform")
    assert "Terraform" not in world.hears("carol", "skill gaps")
    world.says("ana", "intro ask who:@carol somebody else who knows Terraform")
    assert "Terraform" not in world.hears("carol", "skill gaps")
    world.says("carol", "intro ask who:@ben who could help me with Terraform")
    said = world.hears("ana", "skill gaps")
    assert "Terraform · asked for twice" in said
    assert "@" not in said


def test_who_left_or_dropped_it_can_do_it_no_more(world: World):
    world.says("ana", f"{POST}Terraform")
    world.says("ben", "skill drop Terraform")
    assert "Nobody here yet" in world.hears("ana", "skill gaps")
    world.says("ben", "skill claim Terraform")
    world.leaves("ben")
    assert "Nobody here yet" in world.hears("ana", "skill gaps")


def test_a_merged_skill_counts_as_the_one_it_is(world: World):
    world.says("carol", 'skill claim "=Stream plumbing" expert')
    world.says("ana", f'{POST}"=Stream plumbing"')
    world.says("admin", 'skill merge "Stream plumbing" Python')
    said = world.hears("ben", "skill gaps")
    assert "Stream plumbing" not in said
    assert "Python (3)" in said


def test_another_communitys_asks_are_not_counted(world: World):
    world.says("zoe", f"{POST}Rust", place=world.second)
    assert "Rust" not in world.hears("ana", "skill gaps")

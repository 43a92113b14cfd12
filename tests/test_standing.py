"""Standing as it is kept, and the map of what the collective can do."""

import re

import pytest
from sqlmodel import col, select

from bot import reputation
from bot.ui import Card, Image
from storage.machinery import Timer
from storage.models import Member, Standing
from tests.world import World

PEOPLE = ("ana", "ben", "carol", "dave")


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin, from whom trust flows, and four members; Ben can do Docker."""
    world.joins("admin", *PEOPLE)
    world.says("ben", "skill claim Docker expert")


def standing(world: World, who: str = "ben", skill: bool = False) -> float:
    """What is kept for somebody: over all, or in the one skill; 0 without a row."""
    with world.db() as db:
        query = select(Standing.value).join(Member, col(Member.id) == Standing.member_id).where(Member.name == who)
        kept = col(Standing.skill_id)
        return sum(db.exec(query.where(kept.is_not(None) if skill else kept.is_(None))).all())


def moment(world: World) -> None:
    """What is due at once happens."""
    world.passes(seconds=1)


def timers(world: World) -> int:
    return world.count(Timer, Timer.key == "standing")


def test_nobody_has_a_standing_at_first(world: World):
    moment(world)
    assert world.count(Standing) == 0
    assert "no independent voices yet" in world.hears("ana", "profile show @ben").casefold()


def test_a_vouch_is_heard_at_once(world: World):
    world.says("admin", "skill vouch @ben Docker")
    moment(world)
    assert standing(world) > 0
    assert standing(world, skill=True) > 0
    assert timers(world) == 0


def test_a_kudos_is_heard_at_once(world: World):
    world.says("admin", "kudos give @ben the docs were splendid")
    moment(world)
    assert standing(world) > 0
    assert standing(world, skill=True) == 0


def test_what_is_taken_back_is_as_if_it_had_never_been(world: World):
    world.says("admin", "kudos give @ben the docs were splendid")
    moment(world)
    assert standing(world) > 0
    world.says("admin", "kudos undo")
    moment(world)
    assert standing(world) == 0
    assert world.count(Standing) == 0


def test_a_vouch_taken_back_leaves_the_others(world: World):
    world.says("admin", "skill vouch @ben Docker")
    moment(world)
    before = standing(world, skill=True)
    world.says("ana", "skill vouch @ben Docker")
    world.says("admin", "kudos give @ana for the patience")
    moment(world)
    assert standing(world, skill=True) > before
    world.says("ana", "skill unvouch @ben Docker")
    moment(world)
    assert standing(world, skill=True) == pytest.approx(before, rel=0.05)


def test_thanks_of_those_whom_nobody_trusts_count_for_nothing(world: World):
    world.says("admin", "kudos give @dave the docs were splendid")
    world.says("ana", "kudos give @ben the docs were splendid")
    moment(world)
    assert standing(world, "dave") > 0
    assert standing(world) == 0


def test_what_an_admin_first_says_elsewhere_moves_nobody_else(world: World):
    world.says("ana", "kudos give @ben the docs were splendid")
    moment(world)
    before = standing(world)
    world.says("admin", "kudos give @dave the docs were splendid")
    moment(world)
    assert standing(world) == pytest.approx(before, rel=0.01)


def test_giving_changes_nothing_for_the_giver(world: World):
    world.says("admin", "kudos give @ben the docs were splendid")
    moment(world)
    before = standing(world)
    for one in ("ana", "carol", "dave"):
        world.says("ben", f"kudos give @{one} the docs were splendid")
    moment(world)
    assert standing(world) == pytest.approx(before, abs=1e-9)


def test_receiving_never_lowers(world: World):
    for line in ("kudos give @ana @ben @carol the docs were splendid", "skill vouch @ben Docker"):
        assert isinstance(world.says("admin", line), Card)
    moment(world)
    for giver in ("ana", "carol", "dave", "admin", "ana", "ana"):
        before = standing(world)
        assert isinstance(world.says(giver, "kudos give @ben the docs were splendid"), Card)
        moment(world)
        assert standing(world) >= before - 1e-9


def test_two_voices_are_more_than_one_voice_twice(world: World):
    assert isinstance(world.says("admin", "kudos give @ana @carol the docs were splendid"), Card)
    for giver, receiver in (("ana", "ben"), ("ana", "ben"), ("ana", "dave"), ("carol", "dave")):
        world.says(giver, f"kudos give @{receiver} the docs were splendid")
    moment(world)
    assert standing(world, "dave") > standing(world, "ben") > 0


def test_several_thanks_at_once_are_computed_once(world: World):
    for giver in ("admin", "ana", "carol"):
        world.says(giver, "kudos give @ben the docs were splendid")
    assert timers(world) == 1


def test_in_a_large_community_all_but_the_receiver_wait_ten_minutes(world: World, monkeypatch: pytest.MonkeyPatch):
    world.says("ana", "kudos give @ben the docs were splendid")
    moment(world)
    monkeypatch.setattr(reputation, "SMALL_COMMUNITY", 3)
    world.says("admin", "kudos give @ana the docs were splendid")
    world.passes(minutes=9)
    assert standing(world, "ana") > 0
    assert standing(world) == 0, "trust that comes through Ana reaches him later"
    world.passes(minutes=1)
    assert standing(world) > 0


def test_in_a_huge_community_the_receiver_waits_with_all_others(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reputation, "SMALL_COMMUNITY", 2)
    monkeypatch.setattr(reputation, "LARGE_COMMUNITY", 3)
    world.says("admin", "kudos give @ana the docs were splendid")
    world.passes(minutes=9)
    assert standing(world, "ana") == 0
    world.passes(minutes=1)
    assert standing(world, "ana") > 0


def test_a_large_community_that_thanks_all_the_time_is_not_kept_waiting(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reputation, "SMALL_COMMUNITY", 3)
    for giver in ("admin", "ana", "carol", "dave"):
        world.says(giver, "kudos give @ben the docs were splendid")
        world.passes(minutes=4)
    assert standing(world) > 0


def test_what_is_kept_is_shown_and_used(world: World):
    world.says("admin", "skill vouch @ben Docker")
    moment(world)
    kept = f"{standing(world):.1f} independent voice"
    assert kept in world.hears("ana", "profile show @ben")
    assert kept in world.hears("ana", "skill find Docker")


def test_what_does_not_change_is_not_written_again(world: World):
    world.says("admin", "skill vouch @ben Docker")
    moment(world)
    with world.db() as db:
        before = {row.id: row.computed_at for row in db.exec(select(Standing)).all()}
    world.says("dave", "kudos give @carol the docs were splendid")
    moment(world)
    with world.db() as db:
        after = {row.id: row.computed_at for row in db.exec(select(Standing)).all()}
    assert {key: after[key] for key in before} == before


def test_the_standing_of_one_community_is_not_that_of_another(world: World):
    for one in ("zoe", "yan"):
        world.says(one, "help", place=world.second)
    world.says("admin", "help", place=world.second)
    world.says("admin", "kudos give @zoe the docs were splendid", place=world.second)
    moment(world)
    assert world.count(Standing) == 0


def skill_map(world: World) -> tuple[str, Image]:
    card = world.says("ana", "skill map")
    assert isinstance(card, Card)
    (image,) = [node for node in card.body if isinstance(node, Image)]
    return world.reads(card), image


def test_the_skill_map_is_a_picture_and_is_told_in_words(world: World):
    world.says("carol", "skill claim Docker practising")
    world.says("carol", "skill claim Zither expert")
    said, image = skill_map(world)
    assert image.png.startswith(b"\x89PNG")
    assert image.alt == "Docker: 2 people, Zither: 1 person"
    assert "2 skills, of which one rests on one person" in said


def test_the_map_counts_what_rests_on_one_person(world: World):
    for skill in ("Zither", "German", "Beekeeping"):
        world.says("carol", f'skill claim "={skill}" expert')
    assert "4 skills, of which 4 rest on one person" in skill_map(world)[0]


def test_learners_carry_nothing(world: World):
    world.says("carol", "skill claim Docker learning")
    world.says("carol", "skill claim Zither learning")
    said, image = skill_map(world)
    assert "2 skills, of which one rests on one person" in said
    assert "Docker: 1 person" in image.alt
    assert "Zither: no people" in image.alt


def test_who_left_is_not_on_the_map(world: World):
    world.says("carol", "skill claim Zither expert")
    world.leaves("carol")
    assert "Zither" not in skill_map(world)[1].alt


def test_an_empty_map_says_how_to_begin(world: World):
    world.says("ben", "skill drop Docker")
    assert "skill claim" in world.hears("ana", "skill map")


def test_a_map_of_many_skills_shows_the_deepest(world: World):
    for number in range(26):
        world.says("carol", f'skill claim "=Craft number {chr(97 + number) * 4}" expert')
    world.says("ana", "skill claim Docker expert")
    said, image = skill_map(world)
    assert "The 24 deepest are shown" in said
    assert image.alt.startswith("Docker: 2 people")
    assert len(re.findall(r": \d", image.alt)) == 24


@pytest.mark.parametrize("name", ["$x$", "C++", "日本語", "50% $ margin", r"\frac", "a_b^c", "{curly}"])
def test_a_skill_of_any_name_is_drawn(world: World, name: str):
    world.says("carol", f'skill claim "={name}" expert')
    _said, image = skill_map(world)
    assert image.png.startswith(b"\x89PNG")

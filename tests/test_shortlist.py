"""The shortlist of an opportunity, and the opportunities for one member."""

import re

import pytest

from bot import embedding
from bot.ui import Card, No
from tests.encoders import Down
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poster with o1, two who fit it, one who does not, an admin."""
    monkeypatch.setattr(embedding, "_warm", {})
    world.joins("admin", "ana", "ben", "carol", "dave")
    world.says("ben", "skill claim Kubernetes expert")
    world.says("carol", "skill claim Kubernetes practising")
    world.says("dave", "skill claim Zither expert")
    posts(world, "Cluster move", "Kubernetes")


def posts(world: World, title: str, need: str, by: str = "ana") -> None:
    line = f'opportunity post "{title}" "There is a season of {title.casefold()}" needs:"={need}"'
    assert isinstance(world.says(by, line), Card)
    world.outbox()


def ranked(said: str) -> list[str]:
    """The people who fit, best first."""
    return re.findall(r"^  @(\w+) - (?!.*; (?:no|\d)\S* independent voices?.*\.$)", said, re.MULTILINE)


def offered(said: str) -> list[str]:
    """The opportunities that are shown, best first."""
    return re.findall(r"\((o\d+)\)", said)


def test_those_who_fit_are_listed_best_first_with_the_reason(world: World):
    said = world.hears("ana", "opportunity matches o1")
    assert ranked(said) == ["ben", "carol"]
    assert "Kubernetes (expert)" in said
    assert "Kubernetes (practising)" in said


def test_the_shortlist_says_how_many_voices_are_behind_somebody(world: World):
    assert "independent voice" not in world.hears("ana", "opportunity matches o1")
    world.says("admin", "skill vouch @ben Kubernetes")
    world.passes(minutes=1)
    said = world.hears("ana", "opportunity matches o1")
    assert "Kubernetes (expert, seen by @admin); 1.0 independent voice" in said
    assert re.search(r"\d\.\d independent voice", said)


def test_an_intro_can_be_asked_for_from_the_shortlist(world: World):
    world.says("ana", "opportunity matches o1")
    assert isinstance(world.presses("ana", "Ask ben"), Card)
    world.says("ana", "intro history")
    assert "Cluster move" in world.told("ben")


def test_admins_see_it_too(world: World):
    assert ranked(world.hears("admin", "opportunity matches o1")) == ["ben", "carol"]


def test_nobody_else_sees_it(world: World):
    refused = world.says("ben", "opportunity matches o1")
    assert isinstance(refused, No)
    assert "carol" not in world.reads(refused)


def test_the_interested_come_first_by_name_with_what_they_bring(world: World):
    world.says("carol", "opportunity interest o1")
    said = world.hears("ana", "opportunity matches o1")
    assert said.index("@carol - Kubernetes (practising); no independent voices yet.") < said.index("@ben - Kubernetes")
    assert "Meet them" in said


def test_an_admin_does_not_see_who_is_interested(world: World):
    world.says("carol", "opportunity interest o1")
    said = world.hears("admin", "opportunity matches o1")
    assert "carol" not in said
    assert "Meet them" not in said


def test_names_are_shown_when_both_want_it(world: World):
    world.says("carol", "opportunity interest o1")
    world.says("ana", "opportunity matches o1")
    world.presses("ana", "Meet them")
    assert "@carol: you are in touch" in world.hears("ana", "opportunity matches o1")


def test_who_was_declined_is_not_shown_again(world: World):
    world.says("carol", "opportunity interest o1")
    world.says("ana", "opportunity decline o1 1")
    said = world.hears("ana", "opportunity matches o1")
    assert ranked(said) == ["ben"]
    assert "carol" not in said


def test_who_said_not_for_me_is_not_on_the_shortlist(world: World):
    world.says("ben", "opportunity pass o1")
    said = world.hears("ana", "opportunity matches o1")
    assert ranked(said) == ["carol"]
    assert "ben" not in said


def test_the_poster_is_not_on_it(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    assert ranked(world.hears("ana", "opportunity matches o1")) == ["ben", "carol"]


def test_five_are_shown_at_most(world: World):
    for number in range(6):
        world.says(f"erin{number}", "skill claim Kubernetes proficient")
    assert len(ranked(world.hears("ana", "opportunity matches o1"))) == 5


def test_when_nobody_fits_the_poster_hears_what_helps(world: World):
    posts(world, "Bee season", "Beekeeping")
    said = world.hears("ana", "opportunity matches o2")
    assert "Nobody fits Bee season yet" in said
    assert "Edit its needs" in said


def test_without_the_model_the_shortlist_goes_by_names_and_says_so(world: World):
    world.encoder = Down()
    world.restarts()
    said = world.hears("ana", "opportunity matches o1")
    assert set(ranked(said)) == {"ben", "carol"}
    assert "by words alone" in said


def test_what_fits_me_is_shown_with_the_reason_and_two_buttons(world: World):
    posts(world, "Concert", "Zither")
    said = world.hears("ben", "opportunity for-me")
    assert offered(said) == ["o1"]
    assert "Why you: Kubernetes (expert)" in said
    assert "[1: Interested] [2: Not for me] [3: Pass to a peer]" in said


def test_a_press_there_counts(world: World):
    world.says("ben", "opportunity for-me")
    world.presses("ben", "Interested")
    assert "is interested in" in world.told("ana")


def test_ones_own_work_is_not_offered(world: World):
    posts(world, "Concert", "Zither", by="dave")
    assert offered(world.hears("dave", "opportunity for-me")) == []


@pytest.mark.parametrize("answer", ["opportunity interest o1", "opportunity pass o1"])
def test_what_was_answered_is_not_offered(world: World, answer: str):
    posts(world, "Concert", "Zither")
    world.says("ben", answer)
    assert offered(world.hears("ben", "opportunity for-me")) == []


def test_what_is_closed_is_not_offered(world: World):
    posts(world, "Concert", "Zither")
    world.says("ana", "opportunity close o1 cancelled")
    assert offered(world.hears("ben", "opportunity for-me")) == []


def test_when_nothing_fits_the_answer_says_what_to_do(world: World):
    said = world.hears("dave", "opportunity for-me")
    assert "Nothing open fits your skills" in said
    assert "skill claim" in said


def test_one_without_skills_hears_what_to_do(world: World):
    assert "skill claim" in world.hears("ana", "opportunity for-me")


def test_when_nothing_is_open_the_answer_says_so(world: World):
    world.says("ana", "opportunity close o1 cancelled")
    assert "Nothing open fits your skills" in world.hears("ben", "opportunity for-me")


def test_the_best_fit_comes_first(world: World):
    world.says("dave", "skill claim Kubernetes practising")
    posts(world, "Concert", "Zither")
    said = world.hears("dave", "opportunity for-me")
    assert sorted(offered(said)) == ["o1", "o2"]
    assert offered(said)[0] == "o2"


def test_what_somebody_learns_is_not_offered_to_them(world: World):
    world.says("erin", "skill claim Kubernetes learning")
    assert offered(world.hears("erin", "opportunity for-me")) == []


def test_work_in_another_community_is_not_offered(world: World):
    world.says("ben", "skill claim Kubernetes expert", place=world.second)
    assert offered(world.hears("ben", "opportunity for-me", place=world.second)) == []


def test_a_need_that_looks_like_an_argument_asks_nobody_else(world: World):
    world.says("carol", "skill claim Docker expert")
    world.says("dave", "skill claim Cooking expert")
    world.hears("ana", "skill find Docker who:@dave")
    world.outbox()
    world.presses("ana", "Ask for an intro")
    asked = [where for where, said in world.outbox() if "asks for an intro" in said]
    assert asked
    assert not any("dave" in where for where in asked)

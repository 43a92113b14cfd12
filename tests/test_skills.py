"""Skills: claims, and who has seen them done."""

import re

import pytest
from sqlmodel import select

from bot.ctx import Who
from bot.ui import Card, Form, No
from storage.models import Claim, Entry, Skill, Vouch
from tests.encoders import Down
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin and three members."""
    world.joins("admin", "ana", "ben", "carol")


def ledger(world: World) -> float:
    with world.db() as db:
        return sum(entry.weight for entry in db.exec(select(Entry)).all())


def skills(world: World) -> list[str]:
    with world.db() as db:
        return sorted(db.exec(select(Skill.name)).all())


def test_a_claim_has_a_level_and_evidence(world: World):
    said = world.hears("ana", "skill claim Kubernetes expert https://example.org/talk")
    assert "expert" in said
    assert "https://example.org/talk" in said
    assert "Kubernetes · expert" in world.hears("ben", "skill of @ana")


def test_without_a_level_one_is_practising(world: World):
    assert "practising" in world.hears("ana", "skill claim Kubernetes")


def test_evidence_that_is_no_link_is_refused(world: World):
    refused = world.says("ana", "skill claim Kubernetes evidence:javascript:alert(1)")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["evidence"]
    assert world.count(Claim) == 0


def test_without_a_skill_the_form_opens(world: World):
    form = world.says("ana", "skill claim")
    assert isinstance(form, Form)
    world.fills("ana", skill="Python", level="proficient")
    assert "Python · proficient" in world.hears("ana", "skill mine")


def test_claiming_again_edits_and_vouches_stay(world: World):
    world.says("ana", "skill claim Kubernetes practising https://example.org/talk")
    world.says("ben", "skill vouch @ana Kubernetes")
    said = world.hears("ana", "skill claim Kubernetes expert")
    assert "expert" in said
    assert "1 vouch" in said
    assert "example.org" in said
    assert world.count(Claim) == 1


def test_other_names_of_a_skill_are_the_same_skill(world: World):
    for name in ("js", "JS", "JavaScript", "java script"):
        world.says("ana", f"skill claim {name}")
    assert skills(world) == ["JavaScript"]
    assert world.count(Claim) == 1


def test_similar_names_of_other_skills_are_not_the_same(world: World):
    world.says("ana", "skill claim Java")
    world.says("ana", "skill claim JavaScript")
    assert skills(world) == ["Java", "JavaScript"]


def test_a_misspelt_skill_is_asked_about_and_never_guessed(world: World):
    asked = world.says("ana", "skill claim Kuberntes expert")
    assert isinstance(asked, No)
    assert world.count(Claim) == 0
    world.presses("ana", "Kubernetes")
    assert "Kubernetes · expert" in world.hears("ana", "skill mine")


def test_whoever_means_another_skill_can_say_so(world: World):
    world.says("ana", "skill claim Kuberntes")
    world.presses("ana", "No,")
    assert "Kuberntes" in world.hears("ana", "skill mine")


def test_a_skill_that_nobody_named_yet_is_a_skill(world: World):
    assert isinstance(world.says("ana", 'skill claim "Dry stone walling" expert'), Card)
    assert "Dry stone walling" in world.hears("ben", "skill of @ana")


@pytest.mark.parametrize("name", ["@here", "<!channel>", "x" * 200, "https://example.org"])
def test_what_cannot_be_a_skill_is_refused(world: World, name: str):
    refused = world.says("ana", "skill claim", skill=name)
    assert isinstance(refused, No)
    assert "broke on my side" not in world.reads(refused)
    assert world.count(Claim) == 0


def test_a_dropped_skill_is_gone_and_its_vouches_wake_with_it(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.says("ben", "skill vouch @ana Kubernetes")
    world.says("ana", "skill drop k8s")
    assert "not claimed" in world.hears("ben", "skill of @ana")
    assert isinstance(world.says("carol", "skill vouch @ana Kubernetes"), No)
    world.presses("ana", "Claim it again")
    assert "Kubernetes · expert · 1 vouch" in world.hears("ben", "skill of @ana")


def test_what_is_not_on_the_list_cannot_be_dropped(world: World):
    assert isinstance(world.says("ana", "skill drop Kubernetes"), No)


def test_the_list_is_full_at_sixty(world: World):
    for number in range(60):
        world.says("ana", "skill claim", skill=f"={chr(97 + number % 26) * 4}{number // 26} craft")
    refused = world.says("ana", "skill claim Python")
    assert isinstance(refused, No)
    assert "60" in world.reads(refused)
    assert isinstance(world.says("ana", "skill claim", skill="=aaaa0 craft", level="expert"), Card)


def test_a_vouch_is_counted_and_its_receiver_hears_of_it(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.says("ben", 'skill vouch @ana Kubernetes note:"She moved our cluster overnight"')
    heard = world.told("ana")
    assert "has seen you do" in heard
    assert "moved our cluster" in heard
    assert ledger(world) == 1.5


def test_a_vouch_is_given_once(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.says("ben", "skill vouch @ana Kubernetes")
    assert "already" in world.hears("ben", "skill vouch @ana k8s")
    assert world.count(Vouch) == 1


def test_nobody_vouches_for_themselves(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    for who in ("@ana", "@me", "@m2"):
        assert isinstance(world.says("ana", f"skill vouch {who} Kubernetes"), No)
    assert world.count(Vouch) == 0


def test_whoever_is_learning_cannot_be_vouched_for(world: World):
    world.says("ana", "skill claim Kubernetes learning")
    assert "learning" in world.hears("ben", "skill vouch @ana Kubernetes")


def test_what_was_not_claimed_cannot_be_vouched_for(world: World):
    world.says("ana", "skill claim Python")
    assert "not claimed" in world.hears("ben", "skill vouch @ana Kubernetes")


def test_a_vouch_can_be_taken_back_quietly_and_given_again(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.says("ben", "skill vouch @ana Kubernetes")
    world.outbox()
    world.presses("ben", "Take it back")
    assert world.outbox() == []
    assert ledger(world) == 0.0
    assert "vouch" not in world.hears("carol", "skill of @ana")
    assert isinstance(world.says("ben", "skill unvouch @ana Kubernetes"), No)
    world.says("ben", "skill vouch @ana Kubernetes")
    assert ledger(world) == 1.5


def test_a_claim_in_the_skills_channel_can_be_vouched_for_by_button(world: World):
    world.says("admin", "settings skills channel:#skills")
    world.says("ana", "skill claim Kubernetes expert", where="")
    assert "expert" in world.told("#skills")
    world.presses("ben", "Vouch")
    assert "ben" in world.told("ana")
    assert world.count(Vouch) == 1
    assert isinstance(world.presses("ana", "Vouch"), No)


def test_an_edited_claim_is_not_posted_again(world: World):
    world.says("admin", "settings skills channel:#skills")
    world.says("ana", "skill claim Kubernetes")
    world.outbox()
    world.says("ana", "skill claim Kubernetes expert")
    assert world.outbox() == []


def test_someone_who_wants_to_learn_is_shown_without_a_vouch_button(world: World):
    world.says("admin", "settings skills channel:#skills")
    world.says("ana", "skill claim Kubernetes learning")
    posted = world.told("#skills")
    assert "learn" in posted
    assert "Vouch" not in posted


def test_a_button_means_the_same_after_a_restart_and_a_new_name(world: World):
    world.says("admin", "settings skills channel:#skills")
    world.says("ana", "skill claim Kubernetes expert")
    world.restarts()
    world.says(Who("ana", "Ana Lovelace"), "help")
    world.presses("ben", "Vouch")
    assert world.count(Vouch) == 1


def test_a_redelivered_press_does_not_double_a_vouch(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    request = world.request("ben", "skill vouch @ana Kubernetes", request_id="press-1")
    assert world.hands_in(request) == world.hands_in(request)
    assert ledger(world) == 1.5


def test_the_hint_of_a_claim_can_be_said_by_others(world: World):
    world.joins("Ana Maria")
    said = world.hears("Ana Maria", "skill claim Kubernetes expert")
    hint = re.findall(r"`([^`]+)`", said)[0]
    assert isinstance(world.says("ben", hint), Card), hint


def test_who_can_help_is_found_by_what_they_claim(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    assert "ana" in world.hears("ben", "skill find someone who knows Kubernetes")


def test_without_the_model_people_are_still_found_by_words(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.encoder = Down()
    world.restarts()
    said = world.hears("ben", "skill find Kubernetes")
    assert "ana" in said
    assert "broke on my side" not in said


def test_skills_of_another_community_are_not_seen(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    world.says("zoe", "skill claim Python", place=world.second)
    assert isinstance(world.says("zoe", "skill of @ana", place=world.second), No)
    assert "ana" not in world.hears("zoe", "skill find Kubernetes", place=world.second)


@pytest.mark.local("in Discord skill and level are options of their own", "discord")
def test_a_skill_whose_last_word_is_a_level_is_that_skill(world: World):
    assert "Machine learning, practising" in world.hears("ana", "skill claim Machine learning")
    assert "Machine learning, expert: your profile says so now" in world.hears(
        "ana", "skill claim Machine learning expert"
    )
    assert "Python, learning" in world.hears("ana", "skill claim Python learning")

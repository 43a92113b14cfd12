"""What is completed while one types."""

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from adapters.local.complete import Answers, Seat
from bot.ui import Field
from tests.terminal.steps import lines


def test_commands_are_completed_with_what_they_do(local):
    assert local.completes("kudos g") == {"kudos give ": "kudos give "}
    assert local.completes("ben: skill cl") == {"skill claim ": "ben: skill claim "}


def test_members_are_completed_by_name(local):
    local.types(*lines("Ben: help", "Bella: help"))
    assert local.completes("kudos give @be") == {"Bella": "kudos give @Bella", "Ben": "kudos give @Ben"}
    assert local.completes("kudos give @Ben @bel") == {"Bella": "kudos give @Ben @Bella"}
    assert local.completes("kudos give to:bel") == {"Bella": "kudos give to:@Bella"}


def test_skills_are_completed_also_when_they_are_several_words(local):
    assert local.completes("skill claim Kuber")["Kubernetes"] == "skill claim Kubernetes"
    assert local.completes("skill claim machine le")["Machine learning"] == 'skill claim "Machine learning"'
    assert (
        local.completes('skill claim skill:"machine le')["Machine learning"] == 'skill claim skill:"Machine learning"'
    )


def test_choices_and_keys_follow(local):
    assert local.completes("skill claim Python exp")["expert"] == "skill claim Python expert"
    assert local.completes("skill claim Python lev")["level:"] == "skill claim Python level:"
    assert local.completes("skill claim Python level:pro") == {"proficient": "skill claim Python level:proficient"}


def test_speakers_and_places_are_completed(local):
    local.types(*lines("Ben: help"))
    assert local.completes("as be") == {"Ben": "as Ben"}
    assert local.completes("in #g") == {"#general": "in #general"}
    assert "as " in local.completes("a")


def test_a_field_is_completed_by_its_choices_or_by_the_core(local):
    seat = Seat(local.session, "ana")
    level = Answers(seat, "ana", "skill claim", Field("level", "How well?", "choice", choices=("learning", "expert")))
    assert [one.text for one in level.get_completions(Document("ex"), CompleteEvent())] == ["expert"]
    skill = Answers(seat, "ana", "skill claim", Field("skill", "Which?", "skill", suggests=True))
    assert "Kubernetes" in [one.text for one in skill.get_completions(Document("Kuber"), CompleteEvent())]


def test_what_was_typed_is_remembered_and_what_was_answered_is_not(local, tmp_path):
    local.types(*lines("skill claim", "Python", "", ""))
    kept = "".join(path.read_text() for path in (tmp_path / "state").rglob("history"))
    assert "skill claim" in kept
    assert "Python" not in kept

"""Posting in two steps: a draft is kept, the text suggests the needs, and nothing is lost on the way."""

import pytest

from bot.ui import Card, Form, No
from storage.dealings import Draft
from storage.machinery import Timer
from storage.models import Opportunity
from tests.encoders import Down
from tests.world import World

BY_MESSAGE = pytest.mark.local(
    "Discord's command asks for all at once; step by step it goes by direct message", "discord"
)
WORDS = "We move twelve services to Kubernetes before winter, and Terraform should describe it all"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """A poster, a neighbour, an admin."""
    world.joins("admin", "ana", "ben")


@pytest.fixture
def drafted(world: World) -> World:
    """Ana has filled in the first step."""
    said = world.says("ana", "opportunity draft", title="Cluster move", description=WORDS, pay="600 a day")
    assert isinstance(said, Card), world.reads(said)
    return world


def test_where_there_is_no_room_the_first_step_asks_little(world: World):
    form = world.says("ana", "opportunity post")
    assert isinstance(form, Form)
    assert form.first_step(10) == form
    first = form.first_step(5)
    assert [field.name for field in first.fields] == ["title", "description", "pay", "location"]
    assert (first.submit, first.line) == ("Next", "opportunity draft")


def test_a_form_with_room_for_all_posts_at_once(world: World):
    form = world.says("ana", "opportunity post")
    assert isinstance(form, Form)
    assert {"needs", "seats", "hours", "starts", "until"} < {field.name for field in form.fields}
    world.fills("ana", title="Cluster move", description=WORDS)
    two_steps = world.speaker.platform == "discord"
    assert (world.count(Opportunity), world.count(Draft)) == ((0, 1) if two_steps else (1, 0))


def test_what_was_typed_beyond_that_stays_in_the_form(world: World):
    form = world.says("ana", 'opportunity post "Cluster move" seats:2')
    assert isinstance(form, Form)
    assert {field.name: field.value for field in form.fields}["seats"] == "2"
    assert isinstance(world.fills("ana", description=WORDS), Card)
    assert world.count(Opportunity) == 1


def test_a_full_line_posts_at_once(world: World):
    assert isinstance(world.says("ana", f'opportunity post "Cluster move" {WORDS}'), Card)
    assert (world.count(Opportunity), world.count(Draft)) == (1, 0)


def test_who_says_at_once_what_it_needs_is_asked_no_more(world: World):
    said = world.says(
        "ana", "opportunity draft", title="Cluster move", description=WORDS, needs="Kubernetes", hours="9"
    )
    assert "posted as o1" in world.reads(said)
    assert (world.count(Opportunity), world.count(Draft)) == (1, 0)


def test_the_draft_is_seen_by_nobody_and_says_what_it_seems_to_need(drafted: World):
    assert drafted.outbox() == []
    assert drafted.count(Opportunity) == 0
    said = drafted.hears("ana", "opportunity mine")
    assert "d1" in said
    assert "d1" not in drafted.hears("ben", "opportunity mine")


def test_the_second_step_has_the_suggested_needs_filled_in(world: World):
    said = world.reads(world.says("ana", "opportunity draft", title="Cluster move", description=WORDS))
    assert "It sounds as if it needs" in said
    assert "Kubernetes" in said
    form = world.presses("ana", "Go on")
    assert isinstance(form, Form)
    assert [field.name for field in form.fields] == ["needs", "seats", "hours", "starts", "until"]
    assert "Kubernetes" in form.fields[0].value


@BY_MESSAGE
def test_the_second_step_posts_it_with_all_that_was_said(drafted: World):
    drafted.presses("ana", "Go on")
    said = drafted.fills("ana", needs="Kubernetes expert must, Terraform, Go nice to have", seats="2", hours="20")
    assert "posted as o1" in drafted.reads(said)
    shown = drafted.told("#general")
    for word in (
        "Cluster move",
        "600 a day",
        "Kubernetes (expert, a must)",
        "Go (nice to have)",
        "Seats: 2",
        "20 hours",
    ):
        assert word in shown
    assert drafted.count(Draft) == 0
    assert drafted.count(Timer, Timer.line.startswith("opportunity discard")) == 0


@BY_MESSAGE
def test_it_is_posted_as_it_is_in_one_tap(drafted: World):
    assert isinstance(drafted.presses("ana", "Post it"), Card)
    assert "Needs" in drafted.told("#general")
    assert drafted.count(Draft) == 0


@BY_MESSAGE
def test_it_stands_where_it_was_begun_wherever_the_last_button_was_pressed(drafted: World):
    drafted.says("ana", "opportunity mine", where="")
    drafted.says("ana", "opportunity publish d1", where="")
    assert "Cluster move" in drafted.told("#general")


def test_a_post_that_no_channel_shows_says_so(world: World):
    said = world.reads(world.says("ana", f'opportunity post "Cluster move" {WORDS}', where=""))
    assert "No channel shows it" in said
    assert "No channel" not in world.hears("ana", 'opportunity post "Another" "A logo for a bakery round the corner"')


def test_a_refusal_in_the_second_step_keeps_the_draft_and_the_words(drafted: World):
    drafted.presses("ana", "Go on")
    refused = drafted.fills("ana", hours="900")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["hours"]
    assert refused.again is not None
    assert drafted.count(Draft) == 1
    assert isinstance(drafted.fills("ana", hours="9"), Card)


def test_a_refusal_in_the_first_step_keeps_the_words(world: World):
    world.says("ana", "opportunity post")
    refused = world.fills("ana", title="Cluster move", description="short")
    assert isinstance(refused, No)
    assert [*refused.errors] == ["description"]
    assert refused.again is not None
    assert refused.again.fields[0].value == "Cluster move"


def test_a_draft_outlives_a_restart(drafted: World):
    drafted.restarts()
    assert isinstance(drafted.presses("ana", "Go on"), Form)


def test_a_draft_is_kept_for_two_weeks(drafted: World):
    drafted.passes(days=13)
    assert drafted.count(Draft) == 1
    drafted.passes(days=2)
    assert drafted.count(Draft) == 0
    assert isinstance(drafted.presses("ana", "Go on"), No)


def test_a_draft_is_thrown_away_on_request(drafted: World):
    drafted.presses("ana", "Throw it away")
    assert drafted.count(Draft) == 0


@pytest.mark.parametrize("line", ["complete d1 seats:2", "publish d1", "discard d1", "complete d1"])
def test_nobody_touches_the_draft_of_another(drafted: World, line: str):
    for who in ("ben", "admin"):
        assert isinstance(drafted.says(who, f"opportunity {line}"), No)
    assert (drafted.count(Draft), drafted.count(Opportunity)) == (1, 0)


def test_what_is_open_already_is_noticed_before_the_second_step(drafted: World):
    drafted.presses("ana", "Post it")
    drafted.says("ana", "opportunity post")
    refused = drafted.fills("ana", title="Cluster move", description=WORDS)
    assert isinstance(refused, No)
    assert drafted.count(Draft) == 0


def test_without_the_model_the_names_in_the_text_are_suggested(world: World):
    world.encoder = Down()
    world.restarts()
    world.says("ana", "opportunity post")
    said = world.reads(world.fills("ana", title="Cluster move", description=WORDS))
    assert "Kubernetes" in said
    assert "Terraform" in said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Kubernetes!!", "Kubernetes (a must)"),
        ("Kubernetes expert must", "Kubernetes (expert, a must)"),
        ("Kubernetes (must have)", "Kubernetes (a must)"),
        ("Kubernetes expert?", "Kubernetes (expert, nice to have)"),
        ("Kubernetes nice to have", "Kubernetes (nice to have)"),
        ("Kubernetes (optional)", "Kubernetes (nice to have)"),
        ("C++", "C++"),
        ("Kubernetes", "Needs: Kubernetes"),
    ],
)
def test_a_need_has_a_level_and_a_weight(world: World, said: str, shown: str):
    world.says("ana", f'opportunity post "Cluster move" "{WORDS}" needs:"{said}"')
    assert shown in world.told("#general")
    form = world.says("ana", "opportunity edit o1")
    assert isinstance(form, Form)
    world.fills("ana", seats="2")
    assert shown in world.hears("ben", "opportunity show o1")

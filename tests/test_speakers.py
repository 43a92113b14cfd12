"""Scenarios are said on every platform, and a platform that would not say all of an answer is caught."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local.render import card_lines
from bot.ui import Button, Card, Form, actions, card, line
from tests.conftest import SPEAKERS
from tests.slack.nouns import Body
from tests.speakers.shown import asked, missing, texts_of
from tests.speakers.slack import InSlack
from tests.world import World

MOST_LOCAL = 0.1  # lines that adapters make of what they overhear, and what takes two platforms at once
OF_ADAPTERS = ("tests/discord/", "tests/slack/")
IN_SLACK = pytest.mark.parametrize("spoken_in", ["slack"], indirect=True)


def collected() -> dict[str, set[str]]:
    """The scenarios of the whole suite that each speaker says, on one database."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "--whole",
        "-q",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        "tests",
    ]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    ids = [one for one in done.stdout.splitlines() if "sqlite" in one and not one.startswith(OF_ADAPTERS)]
    return {name: {one.replace(f"-{name}", "") for one in ids if f"-{name}" in one} for name in SPEAKERS}


@pytest.mark.soak
def test_most_scenarios_are_said_on_every_platform():
    told = collected()
    assert len(told["local"]) > 400
    for platform in SPEAKERS:
        unsaid = told["local"] - told[platform]
        assert len(unsaid) <= MOST_LOCAL * len(told["local"]), f"{platform}: {Counter(map(file_of, unsaid))}"


def file_of(scenario: str) -> str:
    """Where it stands."""
    return scenario.partition("::")[0]


@pytest.fixture
def told(world: World) -> World:
    """Two people have met."""
    world.joins("ana", "ben")
    return world


def bodies(world: World) -> list[Body]:
    assert isinstance(world.speaker, InSlack)
    return [post.body for post in world.speaker.slack.posts]


@IN_SLACK
def test_a_slash_command_is_what_the_core_hears(told: World):
    told.says("ana", "/kudos give @ben the docs & <b>the rest</b>, see https://example.org/a")
    (request, _reply) = told.app.heard[-1]
    ben = told.speaker.account(replace(request.who, key="ben", name="ben"), told.place.id)
    assert request.line == f"kudos give <@{ben.key}|ben> the docs & <b>the rest</b>, see https://example.org/a"
    assert "https://example.org/a" in told.told("#general")


@IN_SLACK
def test_a_person_in_a_reason_is_called_by_name(told: World):
    told.says("ana", "kudos give @ben the docs that @ana began in #general")
    assert "the docs that @ana began in #general" in told.told("#general")


def test_words_that_a_platform_lost_are_missed():
    said = card("Thanks", line("for {what}", what="the *docs*"), actions(Button("Undo", "kudos undo")))
    assert missing(texts_of(said), "*Thanks* for the docs [Undo]") == []
    assert missing(texts_of(said), "Thanks [Undo]") == ["for the *docs*"]
    assert missing(texts_of(said), "Thanks for the docs") == ["Undo"]


@IN_SLACK
def test_a_message_without_its_button_is_caught(told: World):
    assert isinstance(told.speaker, InSlack)
    said = told.says("ana", "kudos give @ben the new docs")
    assert isinstance(said, Card)
    post = next(post for post in reversed(told.speaker.slack.posts) if post.only)
    told.speaker.screen.says(said, [post])
    post.body["blocks"] = [block for block in post.body["blocks"] if block["type"] != "actions"]
    with pytest.raises(AssertionError, match="Undo"):
        told.speaker.screen.says(said, [post])


@IN_SLACK
def test_a_form_is_sent_from_the_modal_that_slack_opened(told: World):
    form = told.says("ana", "kudos give @ben")
    assert isinstance(form, Form)
    assert "@ben" in asked(form)
    assert isinstance(told.fills("ana", reason="for the calm release night"), Card)
    (request, _reply) = told.app.heard[-1]
    assert request.id.startswith("form-")
    assert request.given["reason"] == "for the calm release night"


@IN_SLACK
def test_a_form_in_a_direct_message_waits_behind_a_button(told: World):
    told.says("ana", "kudos give @ben", where="")
    told.fills("ana", reason="for the calm release night")
    assert "calm release night" in told.told("ben")


@IN_SLACK
def test_what_a_form_cannot_hold_is_typed(told: World):
    told.says("ana", "skill claim", skill="x" * 200)
    (request, _reply) = told.app.heard[-1]
    assert request.line.endswith("x" * 200)
    assert not request.given


@IN_SLACK
def test_a_redelivered_line_shows_nothing_new(told: World):
    request = told.request("ana", "kudos give @ben the new docs")
    told.hands_in(request)
    before = len(bodies(told))
    told.hands_in(request)
    assert len(bodies(told)) == before


@pytest.mark.parametrize("spoken_in", ["local"], indirect=True)
def test_a_local_screen_that_leaves_something_out_is_caught(told: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.local.session.card_lines", lambda *about: card_lines(*about)[:1])
    with pytest.raises(AssertionError, match="does not show"):
        told.says("ana", "skill claim Kubernetes expert")

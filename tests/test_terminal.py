"""The terminal: what is typed becomes a request, forms are asked, cards are drawn, and nobody can forge a line."""

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pexpect
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import to_plain_text
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.local.complete import Answers, Lines, Seat
from adapters.local.draw import draw_card, draw_no, drawn, safe
from adapters.local.session import Session
from adapters.local.terminal import Sitting, Terminal
from bot import features
from bot.app import App
from bot.text import Link, Mention, Moment, Plain, md
from bot.ui import Actions, Blank, Button, Card, Facts, File, Heading, Image, Items, Line, No, Note, Quote, to_json
from jobs.clock import Clock
from jobs.courier import Courier
from storage.db import connect, transaction
from storage.machinery import Outbox
from storage.upgrade import upgrade
from tests.encoders import Words

UTC_ZONE = ZoneInfo("UTC")
QUIT = "quit\r"


class Local:
    """One community at one keyboard."""

    def __init__(self, folder: Path) -> None:
        self.engine = connect(f"sqlite:///{folder / 'terminal.db'}")
        upgrade(self.engine)
        self.app = App(self.engine, features.catalogue(), Words(), features.welcome)
        self.clock = Clock(self.app)
        self.courier = Courier(self.engine, {})
        self.place = self.app.place("local", "local", "Manyhands", datetime.now(UTC))
        self.out = io.StringIO()
        self.session = self.sits(Sitting)

    def sits(self, kind: type[Session]) -> Session:
        session = kind(self.app, self.place, self.drain, self.out)
        self.courier.carriers = {"local": session}
        return session

    def drain(self, now: datetime) -> None:
        while self.clock.tick(now) + asyncio.run(self.courier.drain(now)):
            continue

    def types(self, *keys: str, name: str = "ana") -> str:
        """What is on the screen after these keys and `quit`."""
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text("".join(keys) + QUIT)
            assert Terminal(self.session, name).run() == 0
        return self.out.getvalue()

    def completes(self, line: str, who: str = "ana") -> dict[str, str]:
        """Each suggestion, and the line that taking it gives."""
        found = Lines(Seat(self.session, who)).get_completions(Document(line), CompleteEvent())
        return {one.display_text: line[: len(line) + one.start_position] + one.text for one in found}


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Local]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm-256color")
    made = Local(tmp_path)
    yield made
    made.engine.dispose()


def lines(*keys: str) -> list[str]:
    return [f"{key}\r" for key in keys]


def test_the_first_lines_say_what_it_is_who_speaks_and_how_to_get_help(local):
    shown = local.types()
    assert "I am Manyhands" in shown
    assert "You are ana in #general" in shown
    assert "`help`" in shown


def test_a_command_line_is_answered(local):
    shown = local.types(*lines("help"))
    assert "What would you like to do?" in shown
    assert "[ana]" in shown


def test_somebody_new_is_greeted_and_a_number_presses_what_the_greeting_offers(local):
    shown = local.types(*lines("help", "3"))
    assert "[1] Claim a skill" in shown
    assert shown.count("[ana]\nWhat would you like to do?") == shown.count("[ana@dm]\nWhat would you like to do?") == 1


def test_a_button_is_pressed_by_its_label(local):
    assert local.types(*lines("help", "press what else?")).count("[ana@dm]\nWhat would you like to do?") == 1


def test_a_number_that_is_on_no_button_is_said_so_and_the_talk_goes_on(local):
    shown = local.types(*lines("help", "9", "kudos mine"))
    assert "I see no button 9 for you." in shown
    assert "What would you like to do?" in shown


def test_as_switches_who_speaks(local):
    shown = local.types(*lines("as ben", "help"))
    assert "[ben]" in shown
    assert "[ana]" not in shown


def test_a_line_with_a_name_before_it_is_said_by_that_person_alone(local):
    shown = local.types(*lines("ben: help", "skill mine"))
    assert "[ben]" in shown
    assert "[ana]" in shown


def test_in_switches_where_things_are_said(local):
    local.types(*lines("in #random", "skill mine"))
    assert Seat(local.session, "ana").where == "#general"
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        terminal = Terminal(local.session, "ana")
        pipe.send_text("in #random\rquit\r")
        terminal.run()
        assert terminal.seat.where == "#random"
        pipe.send_text("in dm\rquit\r")
        terminal.run()
        assert terminal.seat.where == ""


def test_the_clock_is_set_and_never_goes_back(local):
    shown = local.types(*lines("now: 2031-03-03T09:00", "now: 2030-01-01T09:00"))
    assert local.session.moment == datetime(2031, 3, 3, 9, tzinfo=UTC)
    assert "the clock never goes backwards" in shown


def test_what_is_missing_is_asked_field_by_field(local):
    local.types(*lines("skill claim", "Python", "expert", "", "skill mine"))
    assert "expert" in local.out.getvalue()
    assert "Say what you can do" in local.out.getvalue()


def test_what_is_known_stands_in_its_field_and_enter_keeps_it(local):
    local.types(*lines("ben: help", "kudos give @ben", "", "They wrote the whole handbook", ""))
    assert "They wrote the whole handbook" in local.types(*lines("ben: kudos mine"))


def test_an_empty_required_field_leaves_the_form_and_changes_nothing(local):
    shown = local.types(*lines("skill claim", "", "skill mine"))
    left, after = shown.split("Left it.")
    assert "Which skill?" not in after
    assert "[ana]" not in left
    assert "[ana]" in after


def test_ctrl_c_leaves_the_form_and_the_talk_goes_on(local):
    shown = local.types("skill claim\r", "Pyth\x03", *lines("help"))
    assert "Left it." in shown
    assert "What would you like to do?" in shown


def test_after_a_refusal_only_its_field_is_asked_again_and_the_rest_is_kept(local):
    shown = local.types(*lines("skill claim", "Rust", "wizard", "https://example.org/rust", "proficient", "skill mine"))
    assert "That should be one of" in shown
    after = shown.split("That should be one of")[1]
    assert "Rust" in after
    assert "proficient" in after
    assert "https://example.org/rust" in after


def test_what_was_meant_can_be_pressed_where_it_is_asked_again(local):
    shown = local.types(*lines("skill claim", "Pyton", "expert", "", "1", "skill mine"))
    assert "[1] Python" in shown
    after = shown.split("[1] Python")[1]
    assert "expert" in after
    assert "Left it." not in after


def test_the_toolbar_shows_who_speaks_and_what_the_numbers_press(local):
    local.types(*lines("help"))
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        shown = to_plain_text(Terminal(local.session, "ana").lines.bottom_toolbar)
        other = to_plain_text(Terminal(local.session, "ben").lines.bottom_toolbar)
    assert "ana in #general" in shown
    assert "1 Claim a skill" in shown
    assert "Claim a skill" not in other


def test_suggestions_make_nobody_a_member(local):
    local.types(*lines("Ben: help"))
    assert "Ben" in local.completes("kudos give @", who="zoe")
    assert local.completes("kudos give @", who="Ben") == {"Ben": "kudos give @Ben", "admin": "kudos give @admin"}


def test_ctrl_d_leaves_with_success(local):
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("\x04")
        assert Terminal(local.session, "ana").run() == 0


def test_what_falls_due_while_nobody_types_is_shown(local):
    greeting = Card(md("Good morning, all of you"))
    with transaction(local.engine, local.place.community_id) as db:
        now = datetime.now(UTC)
        db.add(Outbox(place_id=local.place.id, channel="#general", card=to_json(greeting), due=now, written_at=now))
    seen = local.out
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        terminal = Terminal(local.session, "ana", refresh=0.02)
        drain, calls = local.session.drain, []

        def later(now: datetime) -> None:
            calls.append(now)
            if len(calls) > 1:
                drain(now)
            if len(calls) > 3:
                pipe.send_text(QUIT)

        local.session.drain = later
        terminal.run()
    assert "[#general]" in seen.getvalue()
    assert "Good morning, all of you" in seen.getvalue()


def test_a_terminal_that_can_do_nothing_serves_too(local, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "Python" in local.types(*lines("skill claim Python", "skill mine"))


def test_a_plain_session_serves_too(local):
    local.session = local.sits(Session)
    shown = local.types(*lines("help", "skill claim", "Python", "", ""))
    assert "[ana] What would you like to do?" in shown
    assert "Python" in local.types(*lines("skill mine"))


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
    level = Answers(seat, "ana", "skill claim", Blank("level", "How well?", "choice", choices=("learning", "expert")))
    assert [one.text for one in level.get_completions(Document("ex"), CompleteEvent())] == ["expert"]
    skill = Answers(seat, "ana", "skill claim", Blank("skill", "Which?", "skill", suggests=True))
    assert "Kubernetes" in [one.text for one in skill.get_completions(Document("Kuber"), CompleteEvent())]


def test_what_was_typed_is_remembered_and_what_was_answered_is_not(local, tmp_path):
    local.types(*lines("skill claim", "Python", "", ""))
    kept = "".join(path.read_text() for path in (tmp_path / "state").rglob("history"))
    assert "skill claim" in kept
    assert "Python" not in kept


HOSTILE = "\x1b[2J\x1b]8;;http://evil\x07[red]x[/red]\x9b31m\u202e\r\x00 :smile: `y`"


@pytest.mark.parametrize(
    "node",
    [
        Line(md("{x}", x=HOSTILE)),
        Heading(md("{x}", x=HOSTILE)),
        Quote(HOSTILE),
        Note(md("{x}", x=HOSTILE)),
        Facts(((HOSTILE, md("{x}", x=HOSTILE)),)),
        Items((md("{x}", x=HOSTILE), (Link("http://a", HOSTILE), Mention(1, HOSTILE)))),
        Actions((Button(HOSTILE, "help"),)),
        Image("a.png", HOSTILE, b""),
        File("a.json", HOSTILE, b""),
    ],
    ids=lambda node: node.kind,
)
def test_no_users_words_reach_the_terminal_as_more_than_words(node):
    text = drawn(draw_card(Card(md("{x}", x=HOSTILE), (node,), "k1"), UTC_ZONE, lambda image: "/a.png", 60), 60, False)
    assert "[red]x[/red]" in text
    assert ":smile:" in text
    assert not any((ord(letter) < 32 and letter != "\n") or letter in "\x7f\x9b\u202e" for letter in text)


def test_a_card_is_drawn_with_facts_in_line_bullets_bars_and_numbered_buttons():
    body = (
        Quote("first\nsecond"),
        Facts((("a", md("one")), ("longer", md("two")))),
        Items((md("tea"), md("a long " + "word " * 20))),
        Actions((Button("Yes", "help"), Button("No", "help", "danger"))),
        Line((Moment(datetime(2026, 1, 5, 9, tzinfo=UTC)), Plain(" sharp"))),
        Actions((Button("More", "help"),)),
    )
    text = drawn(draw_card(Card(md("Kudos"), body, "k7"), UTC_ZONE, str, 40), 40, False)
    shown = text.splitlines()
    assert shown[0] == "Kudos (k7)"
    assert shown[1:3] == ["  │ first", "  │ second"]
    assert shown[3:5] == ["  a       one", "  longer  two"]
    assert "  • tea" in shown
    assert max(map(len, shown)) <= 40
    assert "[1] Yes" in text
    assert "[2] No" in text
    assert "[3] More" in text
    assert "Mon 05 Jan 2026 09:00 UTC sharp" in text


def test_a_picture_is_a_link_to_its_file():
    shown = Card(md("Map"), (Image("map.png", "Who can do what", b""),))
    text = drawn(draw_card(shown, UTC_ZONE, lambda image: f"/tmp/{image.name}", 60), 60, True)
    assert "file:///tmp/map.png" in text


def test_a_refusal_offers_its_buttons():
    text = drawn(draw_no(No(md("Not yet."), buttons=(Button("Help", "help"),)), UTC_ZONE, 60), 60, False)
    assert text == "Not yet.\n  [1] Help\n"


def test_words_in_any_script_stay_as_they_are():
    assert safe("Zoë 👩‍👩‍👧 日本語 שלום\nnext") == "Zoë 👩‍👩‍👧 日本語 שלום\nnext"


def test_the_whole_program_talks_on_a_real_terminal(tmp_path):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'pty.db'}", "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"}
    program = [sys.executable, "-m", "manyhands", "chat", "--as", "ana"]
    chat = pexpect.spawn(program[0], program[1:], env={**os.environ, **env}, encoding="utf-8", dimensions=(40, 100))
    try:
        chat.expect("I am Manyhands", timeout=60)
        chat.expect("#general>")
        chat.send("help\r")
        chat.expect("What would you like to do?", timeout=60)
        chat.send("\x04")
        chat.expect(pexpect.EOF, timeout=60)
    finally:
        chat.close()
    assert chat.exitstatus == 0

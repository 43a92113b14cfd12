"""Lines, buttons and forms at the terminal."""

from datetime import UTC, datetime

from prompt_toolkit.application import create_app_session
from prompt_toolkit.formatted_text import to_plain_text
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.local.complete import Seat
from adapters.local.session import Session
from adapters.local.terminal import Terminal
from bot.text import md
from bot.ui import Card, to_json
from storage.db import transaction
from storage.machinery import Outbox
from tests.terminal.steps import QUIT, lines


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

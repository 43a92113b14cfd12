"""How cards look there."""

import os
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pexpect
import pytest

from adapters.local.draw import draw_card, draw_no, drawn, safe
from bot.text import Link, Mention, Moment, Plain, md
from bot.ui import Actions, Button, Card, Facts, File, Heading, Image, Items, Line, No, Note, Quote

UTC_ZONE = ZoneInfo("UTC")


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

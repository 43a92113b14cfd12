"""The grammar of a script."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.script import Act, Fills, Now, Presses, Reacts, Says, Unreadable, read


def understood(line):
    """Whether a line is read, or there are words that say why not."""
    try:
        return isinstance(read(line), Act | Now | None)
    except Unreadable as why:
        return bool(str(why))


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # indented", "#general is quiet"])
def test_comments_and_empty_lines_do_nothing(line):
    assert read(line) is None


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("ana: skill mine", Act("ana", "#general", Says("skill mine"))),
        ("  ana:   skill mine  ", Act("ana", "#general", Says("skill mine"))),
        ("ben@dm: settings", Act("ben", "", Says("settings"))),
        ("carol@#random: kudos give @ana for it", Act("carol", "#random", Says("kudos give @ana for it"))),
        ("Ana: /skill mine", Act("Ana", "#general", Says("/skill mine"))),
        ("zoë: help", Act("zoë", "#general", Says("help"))),
        ("ana: 10:30 is late", Act("ana", "#general", Says("10:30 is late"))),
        ("ana:", Act("ana", "#general", Says(""))),
    ],
)
def test_a_person_says_a_line_somewhere(line, act):
    assert read(line) == act


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("press Vouch", Presses("Vouch")),
        ("press Not for me", Presses("Not for me")),
        ("press 2 on k7", Presses("2", "k7")),
        ("press Not for me on O12", Presses("Not for me", "o12")),
        ('press "Ask again in 3 weeks"', Presses("Ask again in 3 weeks")),
        ("PRESS Vouch", Presses("Vouch")),
        ("react :raised_hands: on k7", Reacts(":raised_hands:", "k7", False)),
        ("unreact :raised_hands: on K7", Reacts(":raised_hands:", "k7", True)),
        ("react :raised_hands::skin-tone-3: on k7", Reacts(":raised_hands::skin-tone-3:", "k7", False)),
        ('fill title:"Data pipeline" pay:"600 a day"', Fills('title:"Data pipeline" pay:"600 a day"')),
        ("fill", Fills("")),
        ("pressing matters", Says("pressing matters")),
        ("react to this", Says("react to this")),
        ("filling the gap", Says("filling the gap")),
    ],
)
def test_a_person_presses_fills_and_reacts(said, what):
    assert read(f"ana: {said}") == Act("ana", "#general", what)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("now: 2026-11-30T09:00", datetime.fromisoformat("2026-11-30T09:00")),
        ("NOW: 2026-11-30", datetime.fromisoformat("2026-11-30")),
        ("now: 2026-11-30T09:00+00:00", datetime(2026, 11, 30, 9, tzinfo=UTC)),
    ],
)
def test_the_clock_is_set(line, at):
    assert read(line) == Now(at)


@pytest.mark.parametrize("line", ["now: soon", "now:", "hello", "ana skill mine", "ana@nowhere: x", ": x", "a b: x"])
def test_a_line_outside_the_grammar_is_unreadable_and_says_why(line):
    with pytest.raises(Unreadable) as why:
        read(line)
    assert len(str(why.value)) > 10


@given(st.text(max_size=100))
def test_any_line_is_read_or_unreadable(line):
    assert understood(line)

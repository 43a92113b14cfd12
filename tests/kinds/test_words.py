"""Text, numbers, choices and links."""

import pytest

from bot.ctx import Refusal
from bot.kinds import (
    Ask,
    clean,
    looks_like_url,
    read_bool,
    read_choice,
    read_float,
    read_int,
    read_text,
    read_url,
)
from bot.text import plain
from tests.kinds.steps import ASK, HOSTILE, refused


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("with <@U2|ben.b> and <@!U9>", "with @Ben and @Newcomer"),
        ("in <#C1|general>", "in #general"),
        ("in <#C1>, by <@U404>, <@> or <b>", "in <#C1>, by <@U404>, <@> or <b>"),
    ],
)
def test_whom_a_platform_marks_in_a_text_is_called_by_name(ctx, typed, said):
    assert read_text(ctx, typed, ASK) == said


def test_marks_stay_where_a_command_reads_them_itself(ctx):
    assert read_text(ctx, "<@U2> ++ the docs", Ask("What?", marks=True)) == "<@U2> ++ the docs"


def test_text_is_taken_as_it_stands(ctx):
    assert read_text(ctx, "  C++ & “Go”, 日本語 🙌🏽 ", ASK) == "C++ & “Go”, 日本語 🙌🏽"


def test_control_and_direction_characters_are_taken_out_of_text():
    assert clean("a\x00b\u202ec\ufeffd") == "abcd"


def test_line_breaks_stay_and_their_trailing_spaces_go():
    assert clean("one  \r\ntwo\tthree\n") == "one\ntwo three"


def test_text_is_brought_to_one_normal_form():
    assert clean("e\u0301") == "é"


def test_a_joiner_inside_an_emoji_stays():
    assert clean("👩\u200d💻") == "👩\u200d💻"


def test_text_that_is_too_long_is_refused_with_both_numbers(ctx):
    said = refused(read_text, ctx, "x" * 40_000)
    assert "40,000" in said
    assert "200" in said


def test_a_long_text_may_hold_three_thousand_characters(ctx):
    assert len(read_text(ctx, "x" * 3000, Ask("What?", long=True))) == 3000
    refused(read_text, ctx, "x" * 3001, Ask("What?", long=True))


def test_a_text_that_is_too_short_is_refused(ctx):
    assert "10" in refused(read_text, ctx, "short", Ask("What?", shortest=10))


@pytest.mark.parametrize(("said", "meant"), [("7", 7), ("+7", 7), ("-7", -7), ("1,000", 1000), (" 3 ", 3)])
def test_whole_numbers_are_read(ctx, said, meant):
    assert read_int(ctx, said, ASK) == meant


@pytest.mark.parametrize("said", ["1.5", "seven", "1e3", "٣", "0x10", "9" * 13, "--1", *HOSTILE])
def test_what_is_no_whole_number_is_refused(ctx, said):
    refused(read_int, ctx, said)


def test_a_number_out_of_bounds_is_refused_with_the_bound(ctx):
    assert "at least 1" in refused(read_int, ctx, "0", Ask("How many?", least=1, most=50))
    assert "at most 50" in refused(read_int, ctx, "99999", Ask("How many?", least=1, most=50))


@pytest.mark.parametrize(("said", "meant"), [("0.5", 0.5), (".5", 0.5), ("-2", -2.0), ("3", 3.0)])
def test_decimals_are_read(ctx, said, meant):
    assert read_float(ctx, said, ASK) == pytest.approx(meant)


@pytest.mark.parametrize("said", ["+", "-", "nan", "inf", "1e5", "1.", ".", *HOSTILE])
def test_what_is_no_decimal_is_refused(ctx, said):
    refused(read_float, ctx, said)


@pytest.mark.parametrize(("said", "meant"), [("Yes", True), ("on", True), ("1", True), ("NO", False), ("off", False)])
def test_yes_and_no_are_read_in_the_words_people_use(ctx, said, meant):
    assert read_bool(ctx, said, ASK) is meant


@pytest.mark.parametrize("said", ["maybe", *HOSTILE])
def test_what_is_neither_yes_nor_no_is_refused(ctx, said):
    refused(read_bool, ctx, said)


def test_a_choice_is_read_in_any_case_and_refused_with_all_choices():
    assert read_choice(" Expert ", ("learning", "expert")) == "expert"
    with pytest.raises(Refusal) as no:
        read_choice("guru", ("learning", "expert"))
    assert "learning, expert" in plain(no.value.text)


@pytest.mark.parametrize(
    "said",
    [
        "https://example.org/a?b=c#d",
        "http://example.org:8080",
        "<https://example.org>",
        "<https://example.org|label>",
        "https://münchen.example/straße",
        "https://[2001:db8::1]/x",
    ],
)
def test_links_to_web_pages_are_links(ctx, said):
    assert read_url(ctx, said, ASK).startswith("http")
    assert looks_like_url(said)


@pytest.mark.parametrize(
    "said",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org",
        "https://user@example.org",
        "https://google.com@evil.example",
        "https://user:secret@example.org",
        "https://",
        "http:///path",
        "//example.org",
        "example.org",
        "https://[bad",
        *HOSTILE,
    ],
)
def test_what_hides_its_target_or_is_no_web_page_is_no_link(ctx, said):
    refused(read_url, ctx, said)


@pytest.mark.parametrize("said", ["https://example.org/a b", "https://example.org/a\nb", "https://example.org/>x"])
def test_a_link_holds_no_spaces_or_brackets(ctx, said):
    refused(read_url, ctx, said)


def test_a_link_of_more_than_five_hundred_characters_is_refused(ctx):
    refused(read_url, ctx, "https://example.org/" + "x" * 500)


def test_a_slack_link_is_kept_without_its_label(ctx):
    assert read_url(ctx, "<https://example.org|click me>", ASK) == "https://example.org"

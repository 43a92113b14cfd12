"""`@ana ++ why`: what says thanks in a conversation, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pluses import Plus, pluses


@pytest.mark.parametrize(
    ("text", "to", "reason"),
    [
        ("<@U2> ++ the docs", ("<@U2>",), "the docs"),
        ("<@U2>++ the docs", ("<@U2>",), "the docs"),
        ("<@U2|ben> ++: the docs", ("<@U2|ben>",), "the docs"),
        ("<@!123> ++ the docs", ("<@!123>",), "the docs"),
        ("@ana ++ the docs", ("@ana",), "the docs"),
        ("@ana\u00a0++\u00a0the docs", ("@ana",), "the docs"),
        ("hey, <@U2> ++ the docs", ("<@U2>",), "the docs"),
        ("<@U2> <@U3> ++ the docs", ("<@U2>", "<@U3>"), "the docs"),
        ("<@U2>, <@U3> and <@U4> ++ the docs", ("<@U2>", "<@U3>", "<@U4>"), "the docs"),
        ("with <@U2>: <@U3> & <@U4> ++ the docs", ("<@U3>", "<@U4>"), "the docs"),
        ("C++ is hard, @ana ++ for helping with C++", ("@ana",), "for helping with C++"),
        ("<@U2> ++", ("<@U2>",), ""),
        ("<@U2> +++ the docs", ("<@U2>",), "the docs"),
        ("<@U2> ++ 日本語のドキュメント", ("<@U2>",), "日本語のドキュメント"),
    ],
)
def test_people_and_a_reason(text, to, reason):
    assert pluses(text) == [Plus(to, reason)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C++",
        "we write C++ here",
        "i++",
        "`@ana ++ the docs`",
        "```\n@ana ++ the docs\n```",
        "```@ana ++ never closed",
        "> @ana ++ quoted",
        "&gt; <@U2> ++ quoted",
        "@ana wrote C++ code",
        "@ana i++",
        "ana++ the docs",
        "mail@ana ++ the docs",
        "++ @ana",
        "@ana + + the docs",
        "@ana -- is my favourite",
        "@ana — is my favourite",
        "@ana ++i",
        "@ana, ++ the docs",
        "@ana did `x` ++ y",
    ],
)
def test_what_is_none(text):
    assert pluses(text) == []


def test_each_line_of_a_message_thanks_for_itself():
    assert [one.reason for one in pluses("@ana ++ the docs\nand\n@ben ++ the tests\n`@eve ++ no`")] == [
        "the docs",
        "the tests",
    ]


def test_a_message_full_of_them_is_read_up_to_a_bound_and_at_once():
    assert len(pluses("@ana ++ the docs\n" * 1000)) == 10
    assert pluses("@" * 40_000) == []
    assert pluses("+" * 40_000) == []
    assert pluses("x ++ " * 8_000) == []
    assert pluses("@a, " * 10_000 + "x ++ y") == []
    assert pluses("`" * 40_000 + "@a ++ y") in ([], [Plus(("@a",), "y")])


@given(st.text(alphabet="@a+ `\n<U2>,-", max_size=60))
def test_whatever_is_said_only_people_in_the_text_are_thanked(text):
    for one in pluses(text):
        assert one.to
        assert all(name in text for name in one.to)

"""Whatever is said becomes messages that Slack takes, and nobody's words become more than words."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.mrkdwn import mrkdwn, plain_text
from adapters.slack.render import messages, uploads
from bot.text import Link, Mention, Moment, Plain, md
from bot.ui import Actions, Button, Card, Facts, File, Heading, Image, Items, Line, Note, Quote, actions, card, line
from tests.cards import cards, nos
from tests.slack.hostile import ACCOUNTS, check_blocks, check_harmless, check_texts, shown, strip

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(st.one_of(cards, nos))
def test_whatever_is_said_slack_takes_it_and_nothing_in_it_pings_or_forges(said):
    for message in messages(said, ACCOUNTS):
        check_blocks(message.blocks, 50)
        assert len(json.dumps(message.blocks, ensure_ascii=False)) <= 11_000
        assert 1 <= len(message.text) <= 3000
        check_harmless(message.text)
        check_texts(message.blocks)


def test_every_word_of_a_card_is_in_some_block_and_in_the_fallback():
    said = card(
        "Title {who}",
        Line(md("first *second* `third`")),
        Heading(md("fourth")),
        Quote("fifth\nsixth"),
        Note(md("seventh")),
        Facts((("Eighth", md("ninth")),)),
        Items((md("tenth"), md("eleventh"))),
        actions(Button("Twelfth", "help")),
        Image("thirteenth.png", "fourteenth", b"png"),
        File("fifteenth.json", "sixteenth", b"{}"),
        key="k7",
        who="Zeroth",
    )
    (message,) = messages(said, {})
    wanted = "k7 Title Zeroth first second third fourth fifth sixth seventh Eighth ninth tenth eleventh Twelfth"
    blocks, fallback = strip(" ".join(shown(message.blocks))), strip(message.text)
    for word in [*wanted.split(), "thirteenth.png", "fourteenth", "fifteenth.json", "sixteenth"]:
        assert word in blocks
        assert word in fallback
    assert [one.name for one in uploads(said)] == ["thirteenth.png", "fifteenth.json"]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(st.lists(st.from_regex(r"[a-z<&*@]{1,12}", fullmatch=True), min_size=1, max_size=900))
def test_a_long_text_goes_on_in_further_blocks_and_loses_no_word(typed):
    said = messages(card("Long", line("{it}", it=" ".join(typed))), {})
    sections = [text for message in said for block in message.blocks[:] for text in shown(block)]
    assert strip(" ".join(sections)).split() == ["Long", *typed]


def test_more_than_fifty_blocks_go_on_in_a_second_message():
    said = messages(card("Many", *(line("line {n}", n=n) for n in range(70))), {})
    assert len(said) == 2
    assert strip(said[1].blocks[-1]["text"]["text"]) == "line 69"


def test_thirty_buttons_stand_in_two_rows_and_each_says_its_line():
    row = Actions(tuple(Button(f"B{n}", f"help {n}") for n in range(30)))
    (message,) = messages(card("Buttons", row), {})
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    assert [len(one) for one in rows] == [25, 5]
    assert [one["value"] for row in rows for one in row] == [f"help {n}" for n in range(30)]
    assert rows[-1][-1]["action_id"] == "line-30"


def test_a_line_too_long_for_a_button_is_there_to_be_typed():
    said = messages(card("Edit", actions(Button("Change it", "skill edit " + "word " * 500))), {})
    told = strip(" ".join(text for message in said for text in shown(message.blocks)))
    assert "Change it (type it: " in told
    assert told.count("word") == 500
    assert not [block for message in said for block in message.blocks if block["type"] == "actions"]


def test_a_long_label_is_visibly_shortened_and_the_style_is_kept():
    (message,) = messages(card("Go", actions(Button("y" * 90, "help", "danger"))), {})
    button = message.blocks[1]["elements"][0]
    assert button["text"]["text"] == "y" * 74 + "…"
    assert button["style"] == "danger"


def test_people_with_an_account_are_mentioned_and_others_are_named():
    text = (Mention(1, "Ana"), Plain(" thanked "), Mention(9, "Eve"))
    assert mrkdwn(text, ACCOUNTS) == "<@U1ANA> thanked @Eve"
    assert plain_text(text) == "@Ana thanked @Eve"


def test_a_title_that_names_people_mentions_them():
    (message,) = messages(Card((Mention(1, "Ana"), Plain(" joined")), (Line(md("Hello.")),), "m1"), ACCOUNTS)
    assert message.blocks[0]["text"]["text"] == "<@U1ANA> *joined (m1)*"


def test_a_time_is_shown_in_the_readers_zone():
    assert mrkdwn((Moment(NOON),), {}) == ("<!date^1795608000^{date_short_pretty} {time}|Wed 25 Nov 2026 12:00 UTC>")


@pytest.mark.parametrize(
    ("link", "written"),
    [
        (Link("https://a.example/x?a=1&b=2"), "<https://a.example/x?a=1&amp;b=2>"),
        (Link("https://a.example/x", "here"), "<https://a.example/x|here (a.example)>"),
        (
            Link("https://evil.example", "https://bank.example"),
            "<https://evil.example|https://bank.example (evil.example)>",
        ),
        (Link("https://evil.example|https://bank.example"), "<https://evil.example%7Chttps://bank.example>"),
        (Link("javascript:alert(1)", "here"), "here (javascript:alert(1))"),
        (Link("https://bank.example@evil.example", "x"), "x (https://bank.example@evil.example)"),
    ],
)
def test_a_link_shows_where_it_leads_or_is_only_words(link, written):
    assert mrkdwn((link,), {}) == written


@pytest.mark.parametrize("typed", ["*b*", "_i_", "~s~", "`c`", "> q", "a *b* c", "<!here>", "<@U1ANA>", "@channel"])
def test_what_people_type_keeps_its_characters_and_gets_no_meaning(typed):
    written = mrkdwn((Plain(typed),), ACCOUNTS)
    assert strip(written) == typed
    assert not re.search(r"(^|\s)([*_~`]\S|&gt;)|<|@channel", written)


def test_names_with_an_underscore_can_be_copied():
    assert mrkdwn((Plain("snake_case"),), {}) == "snake_case"


def test_every_line_of_a_quotation_is_marked():
    (message,) = messages(card("Said", Quote("one\n*two*")), {})
    assert [strip(row) for row in message.blocks[1]["text"]["text"].split("\n")] == [">one", ">*two*"]

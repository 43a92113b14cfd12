"""Words stay words in Discord's markdown, and what is ours is marked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.limits import cut, units
from adapters.discord.markdown import markdown, mentioned, size, split
from bot.text import Bold, Channel, Code, Link, Mention, Moment, Plain
from tests.cards import texts, words
from tests.discord.openapi import check_harmless, strip

ANA, BEN = "111111111111111111", "222222222222222222"
ACCOUNTS = {1: ANA, 2: BEN}
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@settings(deadline=None, max_examples=200)
@given(words)
def test_what_people_type_keeps_every_character_that_is_shown(typed):
    written = markdown((Plain(typed),), {})
    check_harmless(written)
    assert markdown((Plain(strip(written)),), {}) == written


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=100)
@given(texts, st.integers(1024, 4096))
def test_a_text_takes_no_more_room_than_was_reckoned_and_its_pieces_fit(text, longest):
    assert units(markdown(text, ACCOUNTS)) <= size(text, ACCOUNTS)
    assert all(units(markdown(one, ACCOUNTS)) <= longest for one in split(text, longest, ACCOUNTS))


def test_nobody_is_mentioned_twice_and_nobody_without_an_account():
    assert mentioned((Mention(2, "Ben"), Mention(1, "Ana"), Mention(2, "Ben"), Mention(9, "Eve")), ACCOUNTS) == (
        BEN,
        ANA,
    )


@given(st.text(max_size=200), st.integers(1, 60))
def test_what_is_cut_fits(text, longest):
    assert units(cut(text, longest)) <= longest
    assert len(text) <= units(text) == len(text.encode("utf-16-le")) // 2


def test_people_without_an_account_and_channels_elsewhere_are_named():
    text = (Mention(1, "Ana"), Plain(" and "), Mention(9, "E_ve"), Plain(" in "), Channel(1, "C123ABC"))
    assert markdown(text, ACCOUNTS) == f"<@{ANA}> and @E\\_ve in C123ABC"
    assert markdown((Channel(1, "123456789012345678"),), {}) == "<#123456789012345678>"


def test_a_time_is_shown_in_the_readers_zone():
    assert markdown((Moment(NOON),), {}) == "<t:1795608000:f>"


@pytest.mark.parametrize(
    ("link", "written"),
    [
        (Link("https://a.example/x_y?a=1&b=2"), "<https://a.example/x_y?a=1&b=2>"),
        (Link("https://a.example/x", "here"), "[here (a.example)](<https://a.example/x>)"),
        (Link("https://a.example/x", "a.example"), "[a.example](<https://a.example/x>)"),
        (Link("https://evil.example", "https://bank.example"), "https:\\//bank.example (<https://evil.example>)"),
        (Link("https://a.example", "*b*"), "\\*b\\* (<https://a.example>)"),
        (Link("javascript:alert(1)", "here"), "here (javascript:alert(1))"),
        (Link("https://bank.example@evil.example", "x"), "x (https:\\//bank.example@evil.example)"),
        (Link("https://discord.gg/abc", "x"), "x (https:\\//discord.gg\\/abc)"),
    ],
)
def test_a_link_shows_where_it_leads_or_is_only_words(link, written):
    assert markdown((link,), {}) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("*b* _i_ ~~s~~ `c` ||x||", r"\*b\* \_i\_ \~\~s\~\~ \`c\` \|\|x\|\|"),
        ("# big", r"\# big"),
        ("  ### big", r"  \### big"),
        ("-# small", r"\-# small"),
        ("- item", r"\- item"),
        ("12. item", r"12\. item"),
        ("> q\n>>> q", "\\> q\n\\>\\>\\> q"),
        ("C# and C++ - both", "C# and C++ - both"),
        ("[a](https://x.example)", r"\[a\](https:\//x.example)"),
        ("<@1> <@&1> <t:0:R>", r"\<@1\> \<@&1\> \<t:0:R\>"),
        ("@everyone @Here", "@\u200beveryone @\u200bHere"),
        ("discord.gg/abc", r"discord.gg\/abc"),
        ("a\\*b", r"a\\\*b"),
    ],
)
def test_what_people_type_gets_no_meaning(typed, written):
    assert markdown((Plain(typed),), ACCOUNTS) == written
    assert strip(written) == typed


def test_what_is_to_be_typed_stands_as_it_is():
    assert markdown((Code("skill claim C_# *x*"),), {}) == "`skill claim C_# *x*`"
    assert markdown((Code("a`b <@1> @everyone"),), {}) == "`aˋb <\u200b@1> @\u200beveryone`"


def test_bold_words_beside_bold_words_stay_two():
    assert markdown((Bold("a"), Bold("b"), Code("c"), Bold(" d* ")), {}) == "**ab**`c` **d\\*** "

"""Texts are built from parts: what people type is never markup, and people become mentions by construction."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import Bold, Channel, Code, Link, Mention, Moment, Plain, clamp, few, join, md, plain, text_of
from storage.models import Member

BEN = Member(id=7, number=3, name="ben *bold* {me} <!channel>")
NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


@given(st.text(max_size=200))
def test_whatever_is_put_in_comes_out_as_plain_words(typed):
    assert md("{said}", said=typed) == ((Plain(typed),) if typed else ())


@given(st.text(max_size=100), st.text(max_size=100))
def test_what_is_put_in_is_never_read_as_a_template(first, second):
    assert md("{a} *and* {b}", a=first, b=second)[-1:] != ()
    assert plain(md("{a} *and* {b}", a=first, b=second)) == f"{first} and {second}"
    assert [part for part in md("{a} *and* {b}", a=first, b=second) if not isinstance(part, Plain)] == [Bold("and")]


@given(st.text(max_size=100))
def test_typed_words_inside_bold_stay_words(typed):
    assert plain(md("*{said}*!", said=typed)) == f"{typed}!"
    assert all(isinstance(part, Plain | Bold) for part in md("*{said}*!", said=typed))


@pytest.mark.parametrize("typed", ["*x*", "`x`", "{me}", "<!channel>", "<@U123>", "@everyone", "[a](javascript:b)"])
def test_markup_that_people_type_is_shown_as_they_typed_it(typed):
    assert md("{who}: {said}", who=BEN, said=typed) == (Mention(7, BEN.name), Plain(f": {typed}"))


def test_our_own_templates_may_be_bold_and_code():
    assert md("a *b* `c d`") == (Plain("a "), Bold("b"), Plain(" "), Code("c d"))


def test_a_value_inside_our_code_is_code():
    assert md("`help {name}`", name="kudos") == (Code("help kudos"),)


def test_a_name_that_is_not_given_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        md("{who}")


def test_people_times_and_days_have_a_form_of_their_own():
    assert text_of(BEN) == (Mention(7, BEN.name),)
    assert text_of(NOW) == (Moment(NOW),)
    assert text_of(date(2026, 11, 5)) == (Plain("Thu 5 Nov 2026"),)
    assert text_of(12) == (Plain("12"),)


@pytest.mark.parametrize("part", [Plain("a"), Bold("a"), Code("a"), Link("https://a.example"), Channel(1, "#a")])
def test_a_part_stays_the_part_it_is(part):
    assert text_of(part) == (part,)
    assert md("{part}", part=part) == (part,)


def test_neighbouring_words_become_one_part():
    assert md("{a}{b} c", a="x", b="y") == (Plain("xy c"),)


def test_an_empty_value_leaves_no_part():
    assert md("{a}", a="") == ()


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_people_say_them(names, said):
    assert plain(join([md("{n}", n=name) for name in names])) == said


def test_the_plain_form_says_everything():
    text = md(
        "{who} {at} {link} {where}", who=BEN, at=NOW, link=Link("https://a.example", "here"), where=Channel(1, "#a")
    )
    assert plain(text) == f"@{BEN.name} Wed 25 Nov 2026 23:30 UTC here (https://a.example) #a"


def test_the_plain_form_of_a_moment_elsewhere_is_utc():
    there = datetime(2026, 11, 26, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert plain(md("{at}", at=there)) == plain(md("{at}", at=NOW))


def test_a_short_text_is_not_clamped():
    assert clamp("12345", 5) == "12345"


def test_a_long_text_is_clamped_visibly():
    assert clamp("123456", 5) == "1234…"


@given(st.text(max_size=300), st.integers(1, 100))
def test_a_clamped_text_fits_and_begins_like_the_whole(text, longest):
    short = clamp(text, longest)
    assert len(short) <= longest
    assert text.startswith(short.removesuffix("…"))
    assert short == text or short.endswith("…")


@pytest.mark.parametrize("longest", range(1, 12))
def test_a_clamp_leaves_no_joiner_or_variation_hanging(longest):
    whole = ["a", "b", "👩\u200d💻", "❤\ufe0f", "c", "d", "👩🏽\u200d🔬", "x", "y", "z"]
    short = clamp("".join(whole), longest)
    assert short.endswith("…")
    assert short.removesuffix("…") in {"".join(whole[:count]) for count in range(len(whole))}


@pytest.mark.parametrize("text", ["abcde\u0301fgh", "abcd👍🏽efg"])
def test_a_clamp_does_not_take_an_accent_or_skin_tone_from_its_base(text):
    mark = next(at for at, letter in enumerate(text) if letter in "\u0301🏽")
    assert clamp(text, mark + 1).removesuffix("…") == text[: mark - 1]


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_clamped_text_can_always_be_sent(text, longest):
    assert clamp(text, longest).encode("utf-8", "strict").decode() == clamp(text, longest)


@pytest.mark.parametrize(
    ("names", "others", "said"),
    [
        ("", 1, "1 member"),
        ("", 4, "4 members"),
        ("Ana", 0, "Ana"),
        ("Ana", 1, "Ana and 1 other"),
        ("Ana Ben", 5, "Ana, Ben and 5 others"),
        ("Ana Ben Carol", 0, "Ana, Ben and Carol"),
        ("Ana Ben Carol", 5, "Ana, Ben and 6 others"),
        ("Ana Ben Carol Dev", 0, "Ana, Ben and 2 others"),
    ],
)
def test_a_few_are_named_and_all_are_counted(names, others, said):
    assert plain(few([md("{name}", name=name) for name in names.split()], others)) == said

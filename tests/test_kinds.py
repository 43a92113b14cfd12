"""Each kind of argument: what it accepts, what it refuses in words, what it suggests."""

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.calibration import SHIPPED
from bot.ctx import Ctx, Refusal, Request, Who
from bot.encoder import Matrix
from bot.kinds import (
    KINDS,
    Ask,
    Url,
    Zone,
    clean,
    local_midnight,
    looks_like_url,
    read_bool,
    read_channel,
    read_choice,
    read_date,
    read_float,
    read_int,
    read_text,
    read_url,
    read_zone,
    suggest_zones,
    write_channel,
)
from bot.people import admit, found_place, read_member, suggest_members
from bot.text import Channel, plain
from storage.db import connect, transaction
from storage.models import Community, Member
from storage.upgrade import upgrade

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
ASK = Ask("What?")
HOSTILE = [
    "\x00",
    "x" * 40_000,
    "<!channel>",
    "@everyone",
    "\u202etxet",
    "\u200b",
    "🙌🏽",
    "{x}",
    "%s",
    "'; DROP TABLE member; --",
    "../../etc",
    "```",
    '"unbalanced',
    "٣",
    "²",
    "1e9",
    "nan",
    "",
    " ",
]


class Silent:
    """An encoder that nothing here may ask."""

    model = "silent"
    ready = True
    scale = SHIPPED

    def encode(self, texts, kind="document") -> Matrix:
        return np.zeros((len(texts), 1), np.float32)


@pytest.fixture
def ctx(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/kinds.db")
    upgrade(engine)
    with transaction(engine) as db:
        place = found_place(db, "local", "local", "Kinds", NOW, "Europe/Berlin")
        for number, name in enumerate(["Ana", "Ben", "ben", "Carol Ann", "100%"], 1):
            admit(db, place, Who(f"U{number}", name), NOW)
        gone = Member(number=20, name="Gone", joined_at=NOW, left_at=NOW)
        app = Member(number=21, name="Robot", kind="bot", joined_at=NOW)
        db.add_all([gone, app])
        db.flush()
        me = db.get_one(Member, 2)
        request = Request("r", place.id, Who("U1"), "", NOW, people={"U9": Who("U9", "Newcomer")})
        yield Ctx(db, request, db.get_one(Community, 1), place, me, Silent(), Random(1))
    engine.dispose()


def refused(read, ctx, text, ask=ASK):
    with pytest.raises(Refusal) as no:
        read(ctx, text, ask)
    assert plain(no.value.text).strip()
    return plain(no.value.text)


def answered(kind, ctx, text):
    """Whether there is a value, or words that say why there is none."""
    try:
        kind.read(ctx, text, ASK)
    except Refusal as no:
        return bool(plain(no.text).strip())
    return True


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


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("today", date(2026, 11, 26)),
        ("Tomorrow", date(2026, 11, 27)),
        ("thursday", date(2026, 12, 3)),
        ("Friday", date(2026, 11, 27)),
        ("monday", date(2026, 11, 30)),
        ("in 1 day", date(2026, 11, 27)),
        ("in 3 weeks", date(2026, 12, 17)),
        ("1 May", date(2027, 5, 1)),
        ("1 may 2028", date(2028, 5, 1)),
        ("26 November", date(2026, 11, 26)),
        ("25 Nov.", date(2027, 11, 25)),
        ("29  February", date(2028, 2, 29)),
        ("3. dec", date(2026, 12, 3)),
    ],
)
def test_dates_are_read_from_the_day_where_the_reader_is(ctx, said, meant):
    assert ctx.zone.key == "Europe/Berlin"
    assert read_date(ctx, said, ASK) == meant


@pytest.mark.parametrize(
    "said",
    [
        "2026-02-30",
        "2026-13-01",
        "31.12.2026",
        "12/31/2026",
        "20261231",
        "soon",
        "in 1000 weeks",
        "31 June",
        "30 february 2028",
        "1 Maybe",
        "0 May",
        *HOSTILE,
    ],
)
def test_what_is_no_date_is_refused_with_an_example(ctx, said):
    assert "2026-12-26" in refused(read_date, ctx, said)


def test_digits_of_another_script_are_no_date(ctx):
    refused(read_date, ctx, "٢٠٢٦-١٢-٣١")


@pytest.mark.parametrize("said", ["Europe/Berlin", "europe/berlin", " EUROPE/BERLIN "])
def test_a_zone_is_read_in_any_case(ctx, said):
    assert read_zone(ctx, said, ASK) == "Europe/Berlin"


def test_a_zone_may_be_typed_with_a_space(ctx):
    assert read_zone(ctx, "america/new york", ASK) == "America/New_York"


def test_a_half_hour_zone_is_a_zone(ctx):
    assert read_zone(ctx, "asia/kolkata", ASK) == "Asia/Kolkata"


def test_an_unknown_zone_is_refused_with_a_near_one(ctx):
    assert "Europe/Berlin" in refused(read_zone, ctx, "Europe/Berln")


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_no_zone_is_refused(ctx, said):
    refused(read_zone, ctx, said)


def test_zones_are_suggested_by_any_part_of_their_name(ctx):
    assert "Europe/Berlin" in [one.value for one in suggest_zones(ctx, "berl")]
    assert len(suggest_zones(ctx, "")) == 25


@pytest.mark.parametrize(
    ("said", "key"), [("#general", "#general"), ("<#C0123ABC|general>", "C0123ABC"), ("<#123456789012345678>", None)]
)
def test_channels_are_read_as_people_and_platforms_write_them(ctx, said, key):
    assert read_channel(ctx, said, ASK) == Channel(ctx.place.id, key or "123456789012345678")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("said", ["general", "# general", "#" + "x" * 81, "<#>", "<!channel>", "<@U1>", *HOSTILE])
def test_what_is_no_channel_is_refused(ctx, said):
    refused(read_channel, ctx, said)


@pytest.mark.parametrize("key", ["#general", "C0123ABC", "123456789012345678"])
def test_a_channel_that_is_written_reads_the_same(ctx, key):
    assert read_channel(ctx, write_channel(Channel(ctx.place.id, key)), ASK).key == key


def test_a_day_begins_at_midnight_of_the_zone():
    assert local_midnight(date(2026, 3, 29), ZoneInfo("Europe/Berlin")).astimezone(UTC).hour == 23


@pytest.mark.parametrize(("said", "name"), [("@ana", "Ana"), ("ANA", "Ana"), ("<@U1>", "Ana"), ("<@!U1|x>", "Ana")])
def test_a_member_is_known_by_name_in_any_case_and_by_mention(ctx, said, name):
    assert read_member(ctx, said, ASK).name == name


def test_a_member_is_known_by_short_id(ctx):
    assert read_member(ctx, "@m4", ASK).name == "Carol Ann"
    assert read_member(ctx, "M4", ASK).name == "Carol Ann"


def test_me_is_the_one_who_speaks(ctx):
    assert read_member(ctx, "me", ASK).id == ctx.me.id


def test_an_ambiguous_name_is_refused_with_the_candidates(ctx):
    said = refused(read_member, ctx, "@BEN")
    assert "@m2" in said
    assert "@m3" in said


def test_a_name_with_a_space_is_a_name(ctx):
    assert read_member(ctx, "@carol ann", ASK).name == "Carol Ann"


def test_someone_mentioned_for_the_first_time_joins(ctx):
    assert read_member(ctx, "<@U9>", ASK).name == "Newcomer"


def test_a_mention_that_the_platform_did_not_explain_is_refused(ctx):
    assert "do not know that person" in refused(read_member, ctx, "<@U777>")


def test_who_left_and_what_is_no_person_is_refused(ctx):
    assert "has left" in refused(read_member, ctx, "@gone")
    assert "is an app" in refused(read_member, ctx, "@robot")


@pytest.mark.parametrize("said", ["@nobody", "@m999", "@m" + "9" * 30, "<@U1", *HOSTILE])
def test_what_is_no_member_is_refused(ctx, said):
    refused(read_member, ctx, said)


def test_members_are_suggested_by_what_their_name_contains(ctx):
    assert [one.label for one in suggest_members(ctx, "arol")] == ["Carol Ann"]
    assert [one.value for one in suggest_members(ctx, "arol")] == ["@m4"]


def test_wildcards_in_a_suggestion_are_just_characters(ctx):
    assert [one.label for one in suggest_members(ctx, "%")] == ["100%"]
    assert suggest_members(ctx, "_") == []


def test_a_suggested_member_can_be_typed(ctx):
    for one in suggest_members(ctx, ""):
        if one.label.casefold() != "ben":
            assert read_member(ctx, one.value, ASK).name == one.label


@pytest.mark.sampled(7)
@pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda kind: kind.name)
@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_no_kind_answers_hostile_input_with_anything_but_a_value_or_a_refusal(ctx, kind, said):
    kind.looks(said)
    assert answered(kind, ctx, said)


@pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda kind: kind.name)
@given(said=st.text(max_size=50))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_kind_stumbles_over_any_text(ctx, kind, said):
    kind.looks(said)
    assert answered(kind, ctx, said)


@given(day=st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_written_date_reads_the_same(ctx, day):
    assert KINDS[date].read(ctx, KINDS[date].write(day), ASK) == day


def test_kinds_have_names_of_their_own():
    members = [kind for kind in KINDS.values() if kind.name == "member"]
    assert len({kind.name for kind in KINDS.values()}) == len(KINDS) - len(members) + 1
    assert {KINDS[Url].name, KINDS[Zone].name} == {"url", "zone"}

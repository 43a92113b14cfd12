"""Members, and what holds for every kind."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ctx import Refusal
from bot.kinds import (
    KINDS,
    Url,
)
from bot.people import read_member, suggest_members
from bot.text import plain
from bot.zones import Zone
from tests.kinds.steps import ASK, HOSTILE, refused


def answered(kind, ctx, text):
    """Whether there is a value, or words that say why there is none."""
    try:
        kind.read(ctx, text, ASK)
    except Refusal as no:
        return bool(plain(no.text).strip())
    return True


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
    found = suggest_members(ctx, "")
    assert [one.label for one in found if "(" in one.label] == ["Ben (@m2)", "ben (@m3)"]
    for one in found:
        assert read_member(ctx, one.value, ASK) is read_member(ctx, one.label, ASK)
        assert one.label.startswith(read_member(ctx, one.value, ASK).name)


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

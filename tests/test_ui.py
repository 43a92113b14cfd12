"""What the bot says survives as JSON, and user text never changes its shape."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import Bold, Channel, Code, Link, Mention, Moment, Plain
from bot.ui import (
    Actions,
    Button,
    Card,
    Facts,
    Field,
    File,
    Form,
    Heading,
    Image,
    Items,
    Line,
    No,
    Note,
    Quote,
    actions,
    card,
    filled,
    from_json,
    line,
    mentions,
    note,
    plain_of,
    to_json,
)
from storage.models import Member

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
TEXT = (
    Plain("{x} *y*"),
    Bold("b"),
    Code("`"),
    Link("https://a.example", "here"),
    Mention(7, "<@U1>"),
    Moment(NOW, "Asia/Kolkata"),
    Channel(2, "#general"),
)
FORM = Form(
    "Thank",
    "kudos give",
    (
        Field("to", "Whom?", "member", ("@m1", "@m2"), required=True, many=True, suggests=True),
        Field("reason", "Why?", "text", required=True, long=True, longest=1000, hint="say it"),
        Field("level", "Level", "choice", choices=("a", "b")),
    ),
    "Thank them",
)
NODES = [
    Line(TEXT),
    Heading(TEXT),
    Quote("a\n> b *c* \u202e"),
    Note(TEXT),
    Facts((("Label", TEXT), ("Other", ()))),
    Items((TEXT, ())),
    Actions((Button("Vouch", 'skill vouch member:@m1 skill:"C++"', "primary"), Button("No", "x", "danger"))),
    Image("chart.png", "What it shows", b"\x89PNG\x00\xff"),
    File("standing.json", "What it proves", b"{}\x00\xff"),
]


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.kind)
def test_every_node_survives_as_json(node):
    said = Card(TEXT, (node, node), "k7")
    assert from_json(to_json(said)) == said


@pytest.mark.parametrize("reply", [None, FORM, No(TEXT), No(TEXT, FORM, (Button("Help", "help"),))])
def test_every_reply_survives_as_json(reply):
    assert from_json(to_json(reply)) == reply


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_words_survive_as_json(words):
    said = card("{words}", Quote(words), line("{words}", words=words), key=words, words=words)
    assert from_json(to_json(said)) == said


@given(st.binary(max_size=300))
def test_any_picture_survives_as_json(png):
    said = Card((), (Image("a.png", "", png),))
    assert from_json(to_json(said)) == said


def test_a_moment_keeps_its_zone_as_json():
    back = from_json(to_json(Card(TEXT)))
    assert isinstance(back, Card)
    moment = next(part for part in back.title if isinstance(part, Moment))
    assert (moment.at, moment.zone) == (NOW, "Asia/Kolkata")


def test_a_card_leaves_out_what_is_nothing():
    assert card("x", None, line("y"), actions(None)).body == (line("y"),)


def test_buttons_that_are_nothing_are_left_out():
    keep = Button("Keep", "help")
    assert actions(None, keep) == Actions((keep,))
    assert actions() is None


def test_a_form_knows_what_is_missing():
    assert [field.name for field in FORM.missing()] == ["reason"]


def test_a_filled_form_keeps_what_was_known():
    full = filled(FORM, {"reason": "the docs", "nonsense": "x"})
    assert [field.value for field in full.fields] == [("@m1", "@m2"), "the docs", ""]
    assert full.missing() == ()


def test_all_whom_a_reply_names_are_found_wherever_they_stand():
    who = [Member(id=number, number=number, name=f"m{number}") for number in range(5)]
    said = card("{a}", line("{b}", b=who[2]), note("{c}", c=who[3]), Items(((Mention(4, "d"),),)), a=who[1])
    assert mentions(said) == {1, 2, 3, 4}


@pytest.mark.parametrize("typed", ['"member":9', '{"member":9,"name":"x","kind":"mention"}', '\\"member":9', "<@9>"])
def test_nobody_is_mentioned_by_typing_what_a_mention_looks_like(typed):
    said = card("{typed}", Quote(typed), Facts(((typed, (Plain(typed),)),)), typed=typed, key=typed)
    assert mentions(said) == frozenset()
    assert mentions(No((Plain(typed),), again=filled(FORM, {"reason": typed}))) == frozenset()


def test_nobody_is_named_by_silence():
    assert mentions(None) == frozenset()


def test_a_reply_has_first_words_for_the_log():
    assert [plain_of(one) for one in (None, card("A"), No((Plain("B"),)), FORM)] == ["", "A", "B", "Thank"]


def test_our_own_words_are_templates_and_theirs_are_not():
    assert line("*{a}*", a="*x*") == Line((Bold("*x*"),))

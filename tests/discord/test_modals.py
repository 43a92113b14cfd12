"""Forms are what Discord opens, and a form sent as it was opened says what was known."""

import pytest
from hypothesis import given, settings

from adapters.discord import limits
from adapters.discord.limits import units
from adapters.discord.modals import answers, modal
from bot import features
from bot.arguments import call_of
from bot.command import form_of
from bot.ui import Field, Form
from tests.cards import forms
from tests.discord.openapi import described, faults

ANA, BEN, HERE = "111111111111111111", "222222222222222222", "123456789012345678"
CATALOGUE = features.catalogue()


def form(*fields):
    return Form("Thank people for what they did", "kudos give", fields)


def asked(said, users=None):
    """The labels of a form, by the field's name."""
    labels = modal(said, "!kudos give", users or {}).data["components"]
    return {one["component"]["custom_id"]: one for one in labels}


def component(field, users=None):
    return asked(form(field), users)[field.name]["component"]


def submitted(data, *, untouched=True):
    """What Discord sends when a form is submitted as it was opened, or emptied."""
    rows = []
    for label in data["components"]:
        inner = label.get("component")
        if inner is None:
            rows.append({"type": label["type"], "id": 1})
            continue
        chosen = [one["id"] for one in inner.get("default_values", ())]
        chosen += [one["value"] for one in inner.get("options", ()) if one.get("default")]
        state = {"value": inner.get("value", "") if untouched else ""}
        state = state if inner["type"] == 4 else {"values": chosen if untouched else []}
        about = {"type": inner["type"], "id": 2, "custom_id": inner["custom_id"], **state}
        rows.append({"type": 18, "id": 1, "component": about})
    return {"custom_id": data["custom_id"], "components": rows}


def said_by(*fields, users=None, untouched=True):
    return answers(submitted(modal(form(*fields), "!f", users or {}).data, untouched=untouched))


def test_a_form_sent_as_it_was_opened_says_what_was_known():
    assert said_by(
        Field("to", "Whom?", "member", ("@m1", f"<@!{BEN}>"), required=True, many=True),
        Field("reason", "Why?", "text", "for @everyone *docs*\nand more", required=True, long=True, longest=1000),
        Field("level", "Level", "choice", "b", choices=("a", "b")),
        Field("open", "Open?", "yes", "no"),
        Field("where", "Where", "channel", f"<#{HERE}>"),
        users={"@m1": ANA},
    ) == {
        "to": [f"<@{ANA}>", f"<@{BEN}>"],
        "reason": "for @everyone *docs*\nand more",
        "level": ["b"],
        "open": ["no"],
        "where": [f"<#{HERE}>"],
    }
    assert said_by(
        Field("skill", "Skill", "skill", "C++", suggests=True),
        Field("seats", "Seats", "number", "1,000"),
        Field("due", "Due", "date", "2026-12-31"),
        Field("link", "Link", "url", "https://a.example/x"),
        Field("title", "Title", "text"),
    ) == {"skill": "C++", "seats": "1,000", "due": "2026-12-31", "link": "https://a.example/x", "title": ""}


def test_an_emptied_form_says_that_everything_is_empty():
    fields = (
        Field("to", "Whom?", "member", ("@m1",), many=True),
        Field("level", "Level", "choice", "b", choices=("a", "b")),
        Field("where", "Where", "channel", f"<#{HERE}>"),
        Field("title", "Title", "text", "x"),
    )
    said = said_by(*fields, users={"@m1": ANA}, untouched=False)
    assert set(said) == {"to", "level", "where", "title"}
    assert not any(said.values())


def test_what_was_chosen_is_read_by_the_command_as_if_it_were_typed():
    command = CATALOGUE.commands["kudos give"]
    given = said_by(
        Field("to", "Whom?", "member", (f"<@{ANA}>", f"<@{BEN}>"), many=True), Field("reason", "Why?", "text", "docs")
    )
    assert call_of(command, "", given).raw == {"to": (f"<@{ANA}>", f"<@{BEN}>"), "reason": "docs"}
    level = said_by(Field("level", "Level", "choice", "expert", choices=("learning", "expert")))
    assert call_of(CATALOGUE.commands["skill claim"], "Go", level).raw == {"skill": "Go", "level": "expert"}


def test_a_form_asks_in_the_component_that_fits_the_question():
    people = component(Field("to", "Whom?", "member", "@m1", required=True, many=True), {"@m1": ANA})
    assert (people["type"], people["min_values"], people["max_values"], people["required"]) == (5, 1, 25, True)
    assert people["default_values"] == [{"type": "user", "id": ANA}]
    assert component(Field("by", "By?", "member"))["max_values"] == 1
    flag = component(Field("open", "Open?", "yes", "yes"))
    assert (flag["type"], flag["min_values"], flag["required"]) == (3, 0, False)
    assert [one["value"] for one in flag["options"] if one.get("default")] == ["yes"]
    reason = component(Field("reason", "Why?", "text", long=True, longest=1000))
    assert (reason["type"], reason["style"], reason["max_length"]) == (4, 2, 1000)
    assert component(Field("title", "Title", "text"))["style"] == 1
    assert "2026-12-31" in component(Field("due", "Due", "date"))["placeholder"]


@pytest.mark.parametrize(
    ("about", "typed"), [("member", "@nobody"), ("channel", "#general"), ("yes", "maybe"), ("member", "<@U1>")]
)
def test_what_a_component_cannot_show_stands_beside_it(about, typed):
    label = asked(form(Field("it", "It", about, typed)))["it"]
    assert f"You wrote “{typed}”." in label["description"].replace("\u200b", "")
    assert not label["component"].get("default_values")
    assert not [one for one in label["component"].get("options", ()) if one.get("default")]


def test_members_without_an_account_here_and_crowds_are_kept_as_words():
    assert said_by(Field("to", "Whom?", "member", ("@m12", f"<@{BEN}>"), many=True)) == {"to": f"@m12, <@{BEN}>"}
    crowd = tuple(f"<@{10**17 + n}>" for n in range(30))
    given = said_by(Field("to", "Whom?", "member", crowd, many=True))
    assert call_of(CATALOGUE.commands["kudos give"], "", given).raw["to"] == crowd


def test_over_twenty_five_choices_are_typed():
    many = tuple(f"c{n}" for n in range(26))
    assert said_by(Field("it", "It", "choice", "c7", choices=many)) == {"it": "c7"}
    assert component(Field("it", "It", "choice", choices=many))["type"] == 4


def test_a_long_question_is_cut_between_words_and_told_whole_beside():
    label = asked(form(Field("days", "For how many days are they open, unless said otherwise?", "number")))["days"]
    assert label["label"] == "For how many days are they open, unless said…"
    assert label["description"] == "For how many days are they open, unless said otherwise?"


def test_more_than_five_blanks_begin_with_what_is_needed_and_tell_what_is_left():
    post = CATALOGUE.commands["opportunity post"]
    made = modal(form_of(post, {"needs": "Go"}), "!opportunity post", {})
    assert [one["component"]["custom_id"] for one in made.data["components"]] == [
        "title",
        "description",
        "needs",
        "seats",
        "hours",
    ]
    assert [field.name for field in made.left] == ["pay", "starts", "until", "location", "teaser"]
    late = form(*(Field(f"b{n}", f"B{n}", "text", required=n == 6) for n in range(7)))
    assert [one.name for one in modal(late, "!f", {}).left] == ["b4", "b5"]
    assert list(asked(late))[-1] == "b6"


def test_a_form_that_asks_nothing_says_so():
    data = modal(Form("F", "f", ()), "!f", {}).data
    assert data["components"] == [{"type": 10, "content": "There is nothing to show here."}]
    assert answers(submitted(data)) == {}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=100)
@given(forms)
def test_whatever_the_form_discord_opens_it(said):
    made = modal(said, "!f", {"@m1": ANA})
    check(made.data)
    asked_for = [one["component"]["custom_id"] for one in made.data["components"] if "component" in one]
    assert sorted([*asked_for, *(field.name for field in made.left)]) == sorted(field.name for field in said.fields)


@described
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(forms)
def test_whatever_the_form_it_is_valid_by_discords_own_description(said):
    body = {"type": 9, "data": modal(said, "!f", {"@m1": ANA}).data}
    assert faults("ModalInteractionCallbackRequest", body) == []


@pytest.mark.parametrize("one", list(CATALOGUE.commands.values()), ids=lambda one: one.name)
def test_every_commands_form_is_within_what_discord_takes(one):
    check(modal(form_of(one, {}), f"!{one.name}", {}).data)


@described
@pytest.mark.parametrize("one", list(CATALOGUE.commands.values()), ids=lambda one: one.name)
def test_every_commands_form_is_valid_by_discords_own_description(one):
    data = modal(form_of(one, {}), f"!{one.name}", {}).data
    assert faults("ModalInteractionCallbackRequest", {"type": 9, "data": data}) == []


def check(data):
    assert 1 <= units(data["title"]) <= limits.MODAL_TITLE
    assert 1 <= len(data["components"]) <= limits.QUESTIONS
    for one in data["components"]:
        if one["type"] == 18:
            check_label(one)


def check_label(label):
    inner = label["component"]
    assert 1 <= units(label["label"]) <= limits.QUESTION
    assert 1 <= units(label.get("description", "x")) <= limits.HINT
    assert inner["required"] <= bool(inner.get("min_values", 1))
    assert len(inner.get("default_values", ())) <= inner.get("max_values", 0) or inner["type"] == 4
    if inner["type"] == 3:
        values = [option["value"] for option in inner["options"]]
        assert 1 <= len(values) <= limits.OPTIONS
        assert len(set(values)) == len(values)
        assert inner["max_values"] <= len(values)
        assert sum(option.get("default", False) for option in inner["options"]) <= inner["max_values"]
        assert all(1 <= units(option["label"]) <= limits.OPTION for option in inner["options"])
    if inner["type"] == 4:
        assert units(inner.get("value", "")) <= inner["max_length"] <= limits.INPUT

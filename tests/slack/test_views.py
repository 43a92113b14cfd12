"""Forms, the home tab and suggestions are what Slack takes, and a form sent as it was opened says what was known."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.views import answers, errors, home, modal, options
from bot.arguments import with_errors
from bot.kinds import Option
from bot.text import md
from bot.ui import Field, Form, No, card, line
from tests.cards import cards, forms, words
from tests.slack.filling import fields_of
from tests.slack.hostile import ACCOUNTS, check_blocks, check_texts, is_valid

FORM = Form(
    "Thank people for what they did",
    "kudos give",
    (
        Field("to", "Who?", "member", ("@m1", "<@W2BEN>"), required=True, many=True),
        Field("by", "By?", "member", "@m1"),
        Field("reason", "Why?", "text", "for <!channel> *docs*\nand more", required=True, long=True, longest=1000),
        Field("skill", "Skill", "skill", "C++", suggests=True),
        Field("skills", "Skills", "skill", ("Go", "R"), many=True, suggests=True),
        Field("level", "Level", "choice", "b", choices=("a", "b")),
        Field("open", "Open?", "yes", "no"),
        Field("guests", "Guests?", "yes", "yes", required=True),
        Field("either", "Either?", "yes"),
        Field("seats", "Seats", "number", "1,000"),
        Field("rate", "Rate", "decimal", "2.5"),
        Field("due", "Due", "date", "2026-12-31"),
        Field("where", "Where", "channel", "<#C123ABC|general>"),
        Field("quiet", "Quiet", "channel", ("<#C123ABC>", "<#G456DEF>"), many=True),
        Field("link", "Link", "url", "https://a.example/x"),
        Field("title", "Title", "text"),
    ),
)
STATE = {
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "static_select": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}


def submitted(view: dict[str, Any], *, untouched: bool = True) -> dict[str, Any]:
    """The state that Slack sends when a form is submitted as it was opened, or emptied."""
    values = {}
    for block in fields_of(view):
        element = block["element"]
        chosen, initial = STATE.get(element["type"], ("value", "initial_value"))
        values[block["block_id"]] = {
            "value": {"type": element["type"], chosen: element.get(initial) if untouched else None}
        }
    return {"state": {"values": values}}


def test_a_form_sent_as_it_was_opened_says_what_was_known():
    view = modal(FORM, "{}", {"@m1": "U1ANA"})
    assert answers(submitted(view)) == {
        "to": ["<@U1ANA>", "<@W2BEN>"],
        "by": "<@U1ANA>",
        "reason": "for <!channel> *docs*\nand more",
        "skill": "C++",
        "skills": ["Go", "R"],
        "level": "b",
        "open": "no",
        "guests": "yes",
        "either": "",
        "seats": "1000",
        "rate": "2.5",
        "due": "2026-12-31",
        "where": "<#C123ABC>",
        "quiet": ["<#C123ABC>", "<#G456DEF>"],
        "link": "https://a.example/x",
        "title": "",
    }


def test_an_emptied_form_says_that_everything_is_empty():
    said = answers(submitted(modal(FORM, "{}", {}), untouched=False))
    assert (said.pop("open"), said.pop("guests")) == ("no", "no"), "a box that is not ticked"
    assert not any(said.values())
    assert {*said, "open", "guests"} == {field.name for field in FORM.fields}


def test_a_form_asks_in_the_element_that_fits_the_question():
    view = modal(FORM, "{}", {})
    elements = {block["block_id"]: block["element"] for block in fields_of(view)}
    assert view["title"]["text"] == "Thank people for what…"
    assert elements["reason"]["multiline"]
    assert elements["reason"]["max_length"] == 1000
    assert elements["skill"]["min_query_length"] == 0
    assert elements["rate"]["is_decimal_allowed"]
    assert not elements["seats"]["is_decimal_allowed"]
    assert [block["optional"] for block in fields_of(view)][:3] == [False, True, False]


def test_a_yes_or_no_that_is_known_is_a_box_to_tick_and_an_open_one_offers_both():
    fields = {block["block_id"]: block for block in fields_of(modal(FORM, "{}", {}))}
    assert fields["open"]["element"]["type"] == fields["guests"]["element"]["type"] == "checkboxes"
    assert "initial_options" not in fields["open"]["element"]
    assert [one["value"] for one in fields["guests"]["element"]["initial_options"]] == ["yes"]
    assert fields["guests"]["optional"], "Slack would not let anybody send it unticked"
    assert [one["value"] for one in fields["either"]["element"]["options"]] == ["yes", "no"]


@pytest.mark.parametrize(("about", "typed"), [("member", "@nobody"), ("date", "some day"), ("number", "many")])
def test_what_an_element_cannot_show_stands_beside_it(about, typed):
    view = modal(Form("F", "f", (Field("it", "It", about, typed),)), "{}", {})
    assert fields_of(view)[0]["hint"]["text"] == f"You wrote “{typed}”."
    assert not any(key.startswith("initial") for key in fields_of(view)[0]["element"])


def test_a_member_without_an_account_here_is_kept():
    view = modal(Form("F", "f", (Field("it", "It", "member", "@m12", suggests=True),)), "{}", {})
    assert answers(submitted(view)) == {"it": "@m12"}


def test_over_a_hundred_choices_are_searched():
    many = tuple(f"c{n}" for n in range(101))
    view = modal(Form("F", "f", (Field("it", "It", "choice", "c7", choices=many),)), "{}", {})
    assert fields_of(view)[0]["element"]["type"] == "external_select"
    assert answers(submitted(view)) == {"it": "c7"}


def test_a_refusal_stands_beside_its_field_or_nowhere():
    no = No(md("Two things are wrong."), with_errors(FORM, {"reason": md("That is *too* short.")}))
    assert errors(no) == {"reason": "That is too short."}
    assert errors(No(no.text, FORM)) is None
    assert errors(No(no.text)) is None


def test_a_home_tab_that_is_too_long_says_so():
    view = home(card("Home", *(line("line {n}", n=n) for n in range(130))), {})
    assert len(view["blocks"]) == 100
    assert "and 32 more" in view["blocks"][-1]["elements"][0]["text"]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(cards)
def test_whatever_the_card_it_fits_the_home_tab(said):
    view = home(said, ACCOUNTS)
    check_blocks(view["blocks"], 100)
    check_texts(view)
    assert is_valid("HomeView", view)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(forms)
def test_whatever_the_form_slack_opens_it(form):
    view = modal(form, "x", {"@m1": "U1ANA"})
    assert is_valid("ModalView", view)
    assert len(view["title"]["text"]) <= 24
    assert len(view["submit"]["text"]) <= 24
    assert 1 <= len(view["blocks"]) <= 100
    for block in view["blocks"]:
        check_input(block)
    check_texts(view)


def check_input(block: dict[str, Any]) -> None:
    assert is_valid("KnownBlock", block)
    element = block.get("element", {})
    offered = element.get("options", []) + element.get("initial_options", [])
    initial = element.get("initial_option")
    for option in [*offered, *([initial] if initial else [])]:
        assert 1 <= len(option["text"]["text"]) <= 75
        assert 1 <= len(option["value"]) <= 150
    assert len(element.get("options", [])) <= 100
    assert len(block.get("label", {"text": ""})["text"]) <= 2000
    assert len(block.get("hint", {"text": ""})["text"]) <= 2000
    if element.get("type") == "plain_text_input":
        assert len(element.get("initial_value", "")) <= element["max_length"] <= 3000


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(st.lists(st.builds(Option, words, words), max_size=130))
def test_suggestions_fit_a_menu_and_each_comes_once(found):
    offered = options(found)["options"]
    assert len(offered) <= 100
    assert len({one["value"] for one in offered}) == len(offered)
    assert all(1 <= len(one["value"]) <= 75 and 1 <= len(one["text"]["text"]) <= 75 for one in offered)
    assert {one["value"] for one in offered} <= {text for one in found for text in (one.value, one.label)}


def test_a_title_that_is_too_long_for_slack_stands_below_in_full():
    view = modal(FORM, "{}", {})
    assert view["title"]["text"] == "Thank people for what…"
    assert view["blocks"][0]["elements"][0]["text"] == "Thank people for what they did"
    assert modal(Form("Settings: Skills", "settings skills", FORM.fields), "{}", {})["blocks"][0]["type"] == "input"

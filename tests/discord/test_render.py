"""Whatever is said becomes messages that Discord takes, and nobody's words become more than words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.embeds import alt_of
from adapters.discord.render import TWIN, messages
from bot.text import Mention, md
from bot.ui import Actions, Button, Card, Facts, Heading, Image, Items, Line, No, Note, Quote, actions, card, line, note
from tests.cards import cards, nos
from tests.discord.openapi import check_message, check_words, described, faults, strip, texts_of

ANA, BEN = "111111111111111111", "222222222222222222"
ACCOUNTS = {1: ANA, 2: BEN}


def only(said, accounts=ACCOUNTS, ids=None):
    (message,) = messages(said, accounts, ids or {})
    return message


def shown(message):
    """Everything that a message says."""
    labels = [one["label"] for row in message.components for one in row["components"]]
    alts = [alt_of(one) for one in message.images]
    return [message.content, *(text for embed in message.embeds for text in texts_of(embed)), *labels, *alts]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=100)
@given(st.one_of(cards, nos))
def test_whatever_is_said_discord_takes_it_and_nothing_in_it_pings_or_forges(said):
    found = messages(said, ACCOUNTS)
    assert found
    for message in found:
        check_message(message.body())
        check_words(message.body())
        assert set(message.mentions) <= {ANA, BEN}


@described
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=60)
@given(st.one_of(cards, nos))
def test_whatever_is_said_is_valid_by_discords_own_description(said):
    for message in messages(said, ACCOUNTS):
        body = message.body(ephemeral=True)
        assert faults("MessageCreateRequest", message.body()) == []
        assert faults("MessageEditRequestPartial", message.body()) == []
        assert faults("CreateMessageInteractionCallbackRequest", {"type": 4, "data": body}) == []


def test_every_word_of_a_card_is_somewhere_in_its_messages():
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
        key="k7",
        who="Zeroth",
    )
    told = strip(" ".join(text for text in shown(only(said, {}))))
    wanted = (
        "k7 Title Zeroth first second third fourth fifth sixth seventh Eighth ninth tenth eleventh Twelfth fourteenth"
    )
    assert [word for word in wanted.split() if word not in told] == []
    assert only(said, {}).images[0].name == "thirteenth.png"


def test_a_card_looks_as_cards_do_in_discord():
    said = card(
        "Open work",
        line("Three days a week."),
        Quote("Ten sensors\none dashboard"),
        Facts((("Pay", md("500 a day")), ("Where", md("remote")))),
        note("2 people are interested so far."),
        Image("map.png", "A map", b"png"),
        actions(
            Button("Interested", "opportunity interest o1", "primary"), Button("Not for me", "opportunity pass o1")
        ),
    )
    body = only(said).body()
    (embed,) = body["embeds"]
    assert embed["title"] == "Open work"
    assert embed["description"] == "Three days a week.\n> Ten sensors\n> one dashboard"
    assert embed["fields"] == [
        {"name": "Pay", "value": "500 a day", "inline": True},
        {"name": "Where", "value": "remote", "inline": True},
        {"name": "\u200b", "value": "-# 2 people are interested so far.", "inline": False},
    ]
    assert embed["image"] == {"url": "attachment://map.png"}
    assert body["attachments"] == [{"id": "0", "filename": "map.png", "description": "A map"}]
    assert [one["style"] for one in body["components"][0]["components"]] == [1, 2]
    assert body["components"][0]["components"][0]["custom_id"] == "!opportunity interest o1"


def test_people_in_the_title_are_mentioned_where_discord_mentions_them_and_only_they_are_pinged():
    said = card(
        "{giver} thanks {who}", line("{third} saw it.", third=Mention(2, "Ben")), giver=Mention(1, "Ana"), who="Eve"
    )
    body = only(said).body()
    assert body["content"] == f"<@{ANA}> thanks Eve"
    assert body["embeds"][0]["description"] == f"<@{BEN}> saw it."
    assert "title" not in body["embeds"][0]
    assert body["allowed_mentions"] == {"parse": [], "users": [ANA]}


def test_a_card_of_one_sentence_and_a_refusal_are_messages_without_a_box():
    for said in (
        card("Saved *this*.", actions(Button("Undo", "undo"))),
        No(md("Saved *this*."), buttons=(Button("Undo", "undo"),)),
    ):
        message = only(said)
        assert message.content == "Saved **this**."
        assert message.embeds == []
        assert len(message.components) == 1


def test_an_edit_leaves_nothing_of_what_stood_there_before():
    body = only(card("Done.")).body()
    assert (body["embeds"], body["components"], body["attachments"]) == ([], [], [])
    assert only(card("Open", line("x"))).body()["content"] is None


def test_an_ephemeral_answer_is_flagged():
    assert only(card("Done.")).body(ephemeral=True)["flags"] == 64
    assert "flags" not in only(card("Done.")).body()


def test_what_stands_after_facts_or_a_picture_is_read_after_them():
    said = card("T", Facts((("a", md("b")),)), line("c"), Image("i.png", "", b""), line("d"), Image("i.png", "", b""))
    first, second = only(said).body()["embeds"]
    assert [field["value"] for field in first["fields"]] == ["b", "c"]
    assert second["description"] == "d"
    assert (first["image"]["url"], second["image"]["url"]) == ("attachment://i.png", "attachment://2-i.png")


def test_several_things_with_buttons_of_their_own_are_a_message_each():
    people = [(Heading(md("{n}. Ana", n=n)), actions(Button("Ask for an intro", f"intro ask {n}"))) for n in (1, 2, 3)]
    said = messages(card("For “docs”", *(node for pair in people for node in pair), note("By words alone.")), {})
    assert [one.body()["embeds"][0].get("title") for one in said] == ["For “docs”", None, None]
    assert [one.embeds[0]["description"] for one in said] == [
        "### 1\\. Ana",
        "### 2\\. Ana",
        "### 3\\. Ana\n-# By words alone.",
    ]
    assert [one.components[0]["components"][0]["custom_id"] for one in said] == [f"!intro ask {n}" for n in (1, 2, 3)]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None, max_examples=40)
@given(st.lists(st.from_regex(r"[a-z<&*@]{1,12}", fullmatch=True), min_size=1, max_size=1500))
def test_a_long_text_goes_on_in_further_embeds_and_loses_no_word(typed):
    said = messages(card("Long", line("{it}", it=" ".join(typed))), {})
    told = [text for message in said for text in shown(message)]
    assert strip(" ".join(told)).split() == ["Long", *typed]


def test_a_long_card_goes_on_in_a_second_message():
    said = messages(card("Many", *(line("{it}", it=f"line {n} " + "x" * 900) for n in range(12))), {})
    assert len(said) == 2
    assert strip(said[1].embeds[-1]["description"]).split("\n")[-1].startswith("line 11 ")


def test_more_than_twenty_five_facts_go_on_in_a_second_box():
    said = only(card("Many", Facts(tuple((f"f{n}", md("v")) for n in range(30)))))
    assert [len(embed["fields"]) for embed in said.embeds] == [25, 5]


def test_thirty_buttons_stand_in_two_messages_and_the_second_says_how_many_more():
    row = Actions(tuple(Button(f"B{n}", f"help {n}") for n in range(30)))
    first, second = messages(card("Buttons", row), {})
    assert [len(one["components"]) for one in first.components] == [5, 5, 5, 5, 5]
    assert second.content == "... and 5 more to choose from:"
    assert second.components[0]["components"][-1]["custom_id"] == "!help 29"


def test_two_buttons_with_one_line_are_two_buttons():
    (row,) = only(card("Twice", actions(Button("One", "help"), Button("Two", "help")))).components
    assert [one["custom_id"] for one in row["components"]] == ["!help", f"!help{TWIN}2"]


def test_a_line_too_long_for_a_button_needs_a_shorter_name_or_is_there_to_be_typed():
    long = "skill edit " + "word " * 60
    said = card("Edit", actions(Button("Change it", long), Button("Help", "help")))
    (row,) = only(said, ids={long: "#a1b2"}).components
    assert [one["custom_id"] for one in row["components"]] == ["#a1b2", "!help"]
    told = strip(only(said).embeds[0]["description"])
    assert "Change it (type it: " in told
    assert told.count("word") == 60


def test_a_long_label_is_visibly_shortened_and_an_emoji_counts_as_discords_clients_count_it():
    (row,) = only(card("Go", actions(Button("y" * 90, "help", "danger"), Button("🙌" * 50, "kudos")))).components
    assert row["components"][0]["label"] == "y" * 79 + "…"
    assert row["components"][0]["style"] == 4
    assert row["components"][1]["label"] == "🙌" * 39 + "…"


def test_two_quotations_stay_two_and_every_line_of_one_is_marked():
    (embed,) = only(card("Said", Quote("one\n\n*two*"), Quote("three"))).embeds
    assert embed["description"] == "> one\n> \u200b\n> \\*two\\*\n\n> three"


def test_a_title_of_words_keeps_their_characters_too():
    assert (
        only(card("{t}", line("x"), t="<@1> *b* # @everyone")).embeds[0]["title"]
        == "\\<@1\\> \\*b\\* # @\u200beveryone"
    )


def test_a_group_of_more_than_a_hundred_is_pinged_no_further():
    crowd = {n: str(10**17 + n) for n in range(120)}
    said = Card(tuple(Mention(n, "x") for n in range(90)), (Line(md("y")),))
    everybody = messages(said, crowd)
    assert sum(len(one.mentions) for one in everybody) == 90
    assert all(len(one.mentions) <= limits.PINGS for one in everybody)

"""Living cards, and to whom a card goes."""

from sqlmodel import select

from bot import outbox
from bot.carriage import Gone
from bot.text import Channel
from bot.ui import Button, actions, card
from storage.machinery import Shown
from tests.courier.steps import drains, member, posts, states, writes


def living(house, title, key="k1", channel="#general"):
    writes(house, lambda ctx: outbox.show(ctx, Channel(ctx.place.id, channel), card("{t}", t=title, key=key)))


def test_a_living_card_is_posted_once_and_then_edited(house):
    living(house, "one")
    drains(house)
    living(house, "two")
    drains(house)
    assert [(parcel.channel, bool(parcel.edits)) for parcel in house.van.carried] == [
        ("#general", False),
        ("#general", True),
    ]
    assert house.van.carried[1].edits == f"m{house.van.carried[0].id}-0"


def test_a_living_card_in_several_messages_is_edited_in_all_of_them(house):
    house.van.pages = 3
    living(house, "one")
    drains(house)
    first = house.van.stands
    house.van.pages = 2
    living(house, "two")
    drains(house)
    living(house, "three")
    drains(house)
    assert [parcel.edits.split() for parcel in house.van.carried] == [[], first, first[:2]]
    assert [house.app.card_at(house.place.id, "#general", one) for one in first] == ["k1", "k1", ""]


def test_a_living_card_that_is_changed_before_it_was_posted_ends_as_one_message(house):
    living(house, "one")
    living(house, "two")
    drains(house)
    assert [bool(parcel.edits) for parcel in house.van.carried] == [False, True]
    with house.db() as db:
        assert len(db.exec(select(Shown)).all()) == 1


def deleted_after(house, first, then):
    """A card's message is deleted before the card changes."""
    writes(house, lambda ctx: outbox.show(ctx, Channel(ctx.place.id, "#general"), first))
    drains(house)
    house.van.trouble["then"] = Gone()
    writes(house, lambda ctx: outbox.show(ctx, Channel(ctx.place.id, "#general"), then))


def test_what_was_deleted_and_can_still_be_pressed_is_posted_anew(house):
    deleted_after(house, card("first", key="k1"), card("then", actions(Button("Interested", "help")), key="k1"))
    drains(house)
    assert [(parcel.card.title, parcel.edits) for parcel in house.van.carried[1:]] == [(card("then").title, "")]
    again = house.van.stands
    living(house, "later")
    drains(house)
    assert house.van.carried[-1].edits.split() == again


def test_news_of_what_was_deleted_stays_away_and_nobody_is_bothered(house):
    deleted_after(house, card("first", key="k1"), card("then", key="k1"))
    drains(house)
    assert house.van.said[1:] == []
    assert [state for state in states(house) if state != "sent"] == []


def test_a_living_card_is_edited_wherever_it_stands(house):
    for channel in ("#general", "#other"):
        writes(house, lambda ctx, c=channel: outbox.post_living(ctx, Channel(ctx.place.id, c), card("x", key="k1")))
    drains(house)
    living(house, "two", channel="#third")
    drains(house)
    again = house.van.carried[2:]
    assert sorted((parcel.channel, bool(parcel.edits)) for parcel in again) == [("#general", True), ("#other", True)]


def test_cards_with_different_keys_stand_side_by_side(house):
    living(house, "one", "k1")
    living(house, "two", "k2")
    drains(house)
    assert [parcel.edits for parcel in house.van.carried] == ["", ""]


def test_a_card_without_a_key_edits_nothing(house):
    posts(house, "one", "two")
    drains(house)
    assert [parcel.edits for parcel in house.van.carried] == ["", ""]


def test_a_member_is_told_under_the_account_of_that_place(house):
    writes(house, lambda ctx: outbox.dm(ctx, member(ctx, "ben"), card("psst")))
    drains(house)
    [parcel] = house.van.carried
    assert [(one.name, one.key) for one in parcel.to] == [("ben", "ben")]
    assert parcel.channel == ""


def test_several_members_are_brought_into_one_room(house):
    writes(house, lambda ctx: outbox.room(ctx, [member(ctx, "ana"), member(ctx, "ben")], card("meet")))
    drains(house)
    assert [sorted(one.name for one in parcel.to) for parcel in house.van.carried] == [["ana", "ben"]]


def test_mentions_carry_the_accounts_of_that_place(house):
    def act(ctx):
        ben = member(ctx, "ben")
        outbox.post(ctx, ctx.here or Channel(ctx.place.id, "#general"), card("{who}", who=ben))
        act.id = ben.id

    writes(house, act)
    drains(house)
    assert dict(house.van.carried[0].accounts) == {act.id: "ben"}

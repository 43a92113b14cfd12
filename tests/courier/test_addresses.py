"""Where a row goes: a channel, a member, a member's eyes in a channel; and what is known once it stands there."""

import pytest
from sqlmodel import select

from bot import outbox
from bot.text import Channel
from bot.ui import Button, Card, actions, card
from storage.db import transaction
from storage.machinery import Outbox, Shown
from storage.models import Account, Member
from tests.courier.steps import Van, drains, member, posts, row_of, writes
from tests.world import World


def whispers(house, name: str, words: str) -> None:
    def act(ctx):
        outbox.whisper(ctx, Channel(ctx.place.id, "#general"), member(ctx, name), card("{w}", w=words))

    writes(house, act)


def test_what_was_delivered_has_a_receipt(house):
    posts(house, "hello")
    drains(house)
    row = row_of(house, "hello")
    assert row.receipt == f"#general m{row.id}-0"


def test_what_is_for_one_persons_eyes_names_the_channel_and_the_person(house):
    whispers(house, "ana", "Psst")
    drains(house)
    (parcel,) = [one for one in house.van.carried if "Psst" in str(one.card.title)]
    assert (parcel.channel, [one.name for one in parcel.to], parcel.is_whisper) == ("#general", ["ana"], True)


def test_whispers_and_posts_of_a_channel_keep_their_order(house):
    posts(house, "first")
    writes(
        house, lambda ctx: outbox.whisper(ctx, Channel(ctx.place.id, "#general"), member(ctx, "ana"), card("second"))
    )
    posts(house, "third")
    drains(house)
    assert [one for one in house.van.said if one in ("first", "second", "third")] == ["first", "second", "third"]


def nowhere(house) -> None:
    """A member whose only account is gone."""

    def act(ctx):
        for account in ctx.db.exec(select(Account).where(Account.member_id == member(ctx, "ben").id)).all():
            ctx.db.delete(account)

    writes(house, act)


def test_who_is_nowhere_parks_one_row_and_stops_nothing(house):
    nowhere(house)
    writes(house, lambda ctx: outbox.dm(ctx, member(ctx, "ben"), card("For ben")))
    writes(house, lambda ctx: outbox.dm(ctx, member(ctx, "ana"), card("For ana")))
    drains(house)
    parked = row_of(house, "For ben")
    assert (parked.state, "account" in parked.error) == ("parked", True)
    assert "For ana" in house.van.said
    assert any("could not deliver" in one for one in house.van.said), "the admins hear of it"


def test_a_room_with_somebody_who_is_nowhere_still_meets(house):
    nowhere(house)
    writes(house, lambda ctx: outbox.room(ctx, [member(ctx, "ana"), member(ctx, "ben")], card("Meet")))
    drains(house)
    meetings = [one for one in house.van.carried if "Meet" in str(one.card.title)]
    assert [[to.name for to in one.to] for one in meetings] == [["ana"]]
    with house.db() as db:
        assert sorted(row.state for row in db.exec(select(Outbox)).all() if '"Meet"' in row.card) == ["parked", "sent"]


def test_a_living_card_is_edited_after_a_restart(world: World):
    world.joins("ana", "ben", "carol")
    world.says("ana", "kudos give @ben for the patient review")
    (first,) = [one for one in world.parcels if one.card.key == "k1"]
    world.restarts()
    world.says("ana", "kudos undo")
    (again,) = [one for one in world.parcels if one.card.key == "k1" and one.edits]
    assert again.channel == first.channel
    with world.db() as db:
        stands = db.exec(select(Shown).where(Shown.key == "k1")).one()
        receipts = db.exec(select(Outbox.receipt).where(Outbox.key == "k1")).all()
    assert all(stands.message in one for one in receipts)


def test_the_thanked_are_notified_and_nobody_else(world: World):
    world.joins("ana", "ben")
    world.says("ana", "kudos give @ben for the patient review")
    (posted,) = [one for one in world.parcels if one.card.key == "k1"]
    with world.db() as db:
        ben = db.exec(select(Member.id).where(Member.name == "ben")).one()
    assert posted.card.ping == (ben,)


def test_nobody_is_notified_unless_the_card_says_so(house):
    posts(house, "hello")
    drains(house)
    assert all(one.card.ping == () for one in house.van.carried)


def test_a_van_of_another_platform_takes_nothing_of_this_one(house):
    posts(house, "ours")
    other = Van("slack")
    house.courier.carriers = {"slack": other}
    assert drains(house) == 0
    assert other.said == []


@pytest.mark.local("Slack gives no name to what one person sees; it has a test of its own", "slack")
def test_a_whisper_reaches_who_it_is_for_and_nobody_else(world: World):
    world.joins("ana", "ben")
    with transaction(world.engine, world.place.community_id) as db:
        ctx = world.app._ctx(db, world.place, world.request("ana", "help"))
        ben = db.exec(select(Member).where(Member.name == "ben")).one()
        where = Channel(world.place.id, world.speaker.channel("#general", world.place.id))
        outbox.whisper(ctx, where, ben, card("Psst", actions(Button("Hush", "profile show"))))
    world.delivers()
    assert row_of(world, "Psst").state == "sent"
    assert world.sees_button("ben", "Hush")
    assert not world.sees_button("ana", "Hush")
    assert isinstance(world.presses("ben", "Hush"), Card)

"""Reactions that are removed, and messages that are deleted."""

from dataclasses import replace

import pytest

from bot.ctx import Who
from bot.ui import Card, No
from storage.models import Entry
from tests.cheers.steps import MESSAGE, RAISED, cheers, ledger, pluses, settled, standing, uncheers
from tests.world import World

pytestmark = pytest.mark.local("adapters make these lines of what they overhear; each platform's own tests do that")


def is_gone(world: World, message: str = MESSAGE):
    """The platform itself says that a message is gone."""
    request = world.request(Who(""), "message gone", "", message=message)
    return world.hands_in(replace(request, timer=True))


def test_the_removed_reaction_takes_it_back_at_any_time_and_once(world: World):
    cheers(world, "ana")
    world.passes(days=40)
    for _time in range(2):
        assert uncheers(world, "ana") is None
    assert (standing(world), ledger(world)) == (0, 0.0)
    assert world.count(Entry) == 2


def test_removed_after_midnight_adds_nothing_to_the_new_day(world: World):
    world.at("2026-10-05T23:55")
    cheers(world, "ana")
    world.at("2026-10-06T00:02")
    uncheers(world, "ana")
    assert "4 left" in world.hears("ana", "kudos give @carol for the patient help")


def test_nobody_removes_anothers_reaction(world: World):
    cheers(world, "ana")
    uncheers(world, "carol")
    assert standing(world) == 1


def test_on_and_off_and_on_again_rings_once(world: World):
    for _time in range(3):
        cheers(world, "ana")
        uncheers(world, "ana")
    cheers(world, "ana")
    assert (standing(world), ledger(world)) == (1, 1.0)
    assert [to for to, _text in world.outbox()] == ["ben"]


def test_many_who_thank_for_a_message_ring_once(world: World):
    for giver in ("ana", "carol", "dave"):
        cheers(world, giver)
    assert [to for to, _text in world.outbox()] == ["ben"]
    assert standing(world) == 3


def test_in_the_channel_for_kudos_one_card_names_all_who_thank(world: World):
    settled(world, "channel:#thanks")
    for giver in ("ana", "carol", "dave"):
        cheers(world, giver)
    assert {to for to, _text in world.outbox()} == {"#thanks"}
    card = world.parcels[-1]
    assert card.edits
    assert "@carol and @dave join in" in world.reads(card.card)
    uncheers(world, "ana")
    assert "carol thanked @ben" in world.reads(world.parcels[-1].card)
    uncheers(world, "carol")
    uncheers(world, "dave")
    assert "took this kudos back" in world.reads(world.parcels[-1].card)


def test_a_reaction_on_that_card_joins_in_and_counts_once_with_one_on_the_message(world: World):
    settled(world, "channel:#thanks")
    cheers(world, "ana")
    world.says("carol", f"kudos react k1 {RAISED}")
    cheers(world, "carol")
    assert standing(world) == 2
    is_gone(world)
    assert standing(world) == 0


@pytest.mark.parametrize(
    ("replies", "places"), [("thread", ["#general"]), ("here", ["#general"]), ("private", ["ben"]), ("nowhere", [])]
)
def test_it_is_shown_where_the_community_wants_it(world: World, replies: str, places: list[str]):
    settled(world, f"replies:{replies}")
    cheers(world, "ana", thread="16.0")
    assert [to for to, _text in world.outbox()] == places
    threads = {parcel.thread for parcel in world.parcels if parcel.channel == "#general"}
    assert threads == ({"16.0"} if places == ["#general"] else set())
    assert "ana" in world.hears("ben", "kudos mine")


def test_under_the_message_itself_when_it_is_in_no_thread(world: World):
    settled(world, "replies:thread")
    cheers(world, "ana")
    assert world.parcels[-1].thread == "17.1"


def test_a_deleted_message_takes_all_its_thanks_along(world: World):
    settled(world, "plus:yes")
    cheers(world, "ana")
    cheers(world, "carol")
    pluses(world, "ben", "@dave ++ for the calm night")
    cheers(world, "dave", message="#general/18")
    is_gone(world)
    is_gone(world)
    assert standing(world) == 1
    assert ledger(world) == 1.0


def test_a_message_of_another_place_is_another_message(world: World):
    cheers(world, "ana")
    request = world.request(Who(""), "message gone", "", world.second, message=MESSAGE)
    world.hands_in(replace(request, timer=True))
    assert standing(world) == 1


def test_people_cannot_say_that_a_message_is_gone(world: World):
    cheers(world, "ana")
    for speaker in ("carol", "admin"):
        assert isinstance(world.says(speaker, "message gone", message=MESSAGE), No)
        assert isinstance(world.says(speaker, f"message gone {MESSAGE}"), No)
    assert standing(world) == 1


def test_guests_may_be_left_out(world: World):
    world.says(Who("gina", "gina", guest=True), "help")
    settled(world, "guests:no")
    assert cheers(world, "ana", author="gina") is None
    given = {"author": "<@ben>", "emoji": RAISED, "message": MESSAGE}
    assert world.says(Who("gina", "gina", guest=True), "kudos cheer", **given) is None
    assert "guest" in world.hears("ana", "kudos give @gina for the patient help")
    assert standing(world) == 0
    settled(world, "guests:yes")
    assert isinstance(world.says("ana", "kudos give @gina for the patient help"), Card)


def test_apps_may_be_thanked_where_admins_like_it_and_get_no_standing(world: World):
    settled(world, "bots:yes")
    apps = {"zapp": Who("zapp", "Zapp", bot=True)}
    world.says("ana", "kudos cheer", people=apps, author="<@zapp>", emoji=RAISED, message=MESSAGE)
    assert standing(world) == 1
    assert world.count(Entry) == 0


def test_in_a_quiet_channel_a_reaction_is_only_a_reaction(world: World):
    settled(world, 'quiet:"#general #hush"')
    assert cheers(world, "ana") is None
    said = world.hears("ana", "kudos give @ben for the patient help", where="#hush")
    assert "#hush" in said
    assert standing(world) == 0
    assert isinstance(world.says("ana", "kudos give @ben for the patient help", where=""), Card)
    settled(world, 'quiet:""')
    assert isinstance(cheers(world, "ana"), Card)


def are_cleared(world: World, **given: str):
    """The platform itself says that everybody's reactions are gone."""
    request = world.request(Who(""), "kudos cleared", "", **given)
    return world.hands_in(replace(request, timer=True))


def test_reactions_that_are_cleared_take_back_what_they_gave_by_their_emoji_or_all(world: World):
    for giver in ("ana", "carol", "dave"):
        cheers(world, giver)
    for emoji, left in ((":tada:", 3), (RAISED, 0), ("", 0)):
        assert are_cleared(world, message=MESSAGE, emoji=emoji) is None
        assert standing(world) == left

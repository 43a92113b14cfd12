"""Thanks by reaction under any message, and by `++`: quiet where they are none, gentle where they cannot be."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import col, select

from bot.ctx import Who
from bot.listening import Listening
from bot.ui import Card, No
from storage.models import Entry, Kudos, Member, Thanked
from tests.world import World

pytestmark = pytest.mark.local("adapters make these lines of what they overhear; each platform's own tests do that")

RAISED = ":raised_hands:"
MESSAGE = "#general/17.1"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", "ana", "ben", "carol", "dave")


def cheers(world: World, giver: str, author: str = "ben", message: str = MESSAGE, emoji: str = RAISED, **more: str):
    given = {"author": f"<@{author}>", "emoji": emoji, "message": message, "words": "the docs are done", **more}
    return world.says(giver, "kudos cheer", **given)


def uncheers(world: World, giver: str, message: str = MESSAGE, emoji: str = RAISED):
    return world.says(giver, "kudos uncheer", emoji=emoji, message=message)


def pluses(world: World, giver: str, text: str, message: str = MESSAGE, **more: str):
    return world.says(giver, "kudos plus", text=text, message=message, **more)


def is_gone(world: World, message: str = MESSAGE):
    """The platform itself says that a message is gone."""
    request = world.request(Who(""), "kudos gone", "", message=message)
    return world.hands_in(replace(request, timer=True))


def standing(world: World) -> int:
    return world.count(Kudos, col(Kudos.undone_at).is_(None))


def ledger(world: World) -> float:
    with world.db() as db:
        return sum(entry.weight for entry in db.exec(select(Entry)).all())


def settled(world: World, said: str) -> None:
    assert isinstance(world.says("admin", f"settings kudos {said}", where=""), Card)


def test_the_author_is_thanked_with_the_message_as_reason(world: World):
    said = world.reads(cheers(world, "ana", link="https://chat.example/17"))
    assert "You thanked @ben" in said
    assert "4 left" in said
    (to, text), *rest = world.outbox()
    assert (to, rest) == ("ben", [])
    assert "ana thanked @ben" in text
    assert "the docs are done" in text
    assert ledger(world) == 1.0


def test_the_same_message_is_thanked_for_once(world: World):
    for _time in range(3):
        cheers(world, "ana")
    assert standing(world) == 1
    assert "3 left" in world.hears("ana", "kudos give @carol for the patient help")


def test_two_deliveries_at_once_thank_once(world: World):
    given = {"author": "<@ben>", "emoji": RAISED, "message": MESSAGE}
    requests = [world.request("ana", "kudos cheer", **given) for _time in range(4)]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(world.app.handle, requests))
    assert sum(reply is not None for reply in replies) == 1
    assert (standing(world), ledger(world)) == (1, 1.0)


@pytest.mark.parametrize("emoji", [":tada:", "🎉", ":raised_hand:", "", "x" * 60])
def test_another_emoji_is_no_thanks(world: World, emoji: str):
    assert cheers(world, "ana", emoji=emoji or ":") is None
    assert (standing(world), world.outbox()) == (0, [])


@pytest.mark.parametrize("emoji", ["🙌", "🙌🏽", ":raised_hands::skin-tone-3:", "raised_hands", ":raised_hands_tone3:"])
def test_every_spelling_of_the_emoji_says_thanks(world: World, emoji: str):
    cheers(world, "ana", emoji=emoji)
    assert standing(world) == 1
    uncheers(world, "ana")
    assert standing(world) == 0


def test_several_emoji_may_say_thanks_and_only_the_one_that_did_takes_it_back(world: World):
    settled(world, 'emoji:":raised_hands: 👏"')
    cheers(world, "ana")
    cheers(world, "ana", emoji=":clap:")
    assert standing(world) == 1
    uncheers(world, "ana", emoji="👏")
    assert standing(world) == 1
    uncheers(world, "ana")
    assert standing(world) == 0


@pytest.mark.parametrize("author", ["ana", "zapp", "nobody"])
def test_ones_own_an_apps_and_a_strangers_message_is_no_thanks(world: World, author: str):
    apps = {"zapp": Who("zapp", "Zapp", bot=True)}
    given = {"author": f"<@{author}>", "emoji": RAISED, "message": MESSAGE}
    assert world.says("ana", "kudos cheer", people=apps, **given) is None
    assert (standing(world), world.outbox()) == (0, [])


def test_an_apps_reaction_is_no_thanks(world: World):
    given = {"author": "<@ben>", "emoji": RAISED, "message": MESSAGE}
    assert world.says(Who("bot", "Helper", bot=True), "kudos cheer", **given) is None
    assert standing(world) == 0


def test_someone_who_left_is_not_thanked(world: World):
    world.leaves("ben")
    assert cheers(world, "ana") is None
    assert standing(world) == 0


def test_an_author_who_never_spoke_to_the_bot_is_known_by_it(world: World):
    given = {"author": "<@new>", "emoji": RAISED, "message": MESSAGE}
    world.says("ana", "kudos cheer", people={"new": Who("new", "Nina")}, **given)
    assert "Nina" in world.hears("ana", "kudos of @Nina")


def test_a_very_long_message_is_shortened_visibly(world: World):
    cheers(world, "ana", words="word " * 5000)
    text = world.told("ben")
    assert "…" in text
    assert len(text) < 500


def test_words_said_elsewhere_are_read_by_the_two_alone(world: World):
    cheers(world, "ana", words="the code of the door is 4711", link="https://chat.example/17")
    assert "4711" in world.hears("ben", "kudos mine")
    assert "4711" in world.hears("ana", "kudos of @ben")
    read = world.hears("carol", "kudos of @ben")
    assert "4711" not in read
    assert "https://chat.example/17" in read


def test_the_digest_does_not_quote_a_message_that_was_thanked_for(world: World):
    settled(world, "channel:#thanks")
    cheers(world, "ana", words="the code of the door is 4711")
    world.says("admin", "settings digest channel:#week", where="")
    world.says("admin", "digest now", where="")
    assert "4711" not in "".join(text for to, text in world.outbox() if to != "ben")


def test_only_what_is_a_link_becomes_one(world: World):
    cheers(world, "ana", link="javascript:alert(1)")
    assert "javascript" not in world.hears("carol", "kudos of @ben")


def test_beyond_the_allowance_it_is_said_once_a_day(world: World):
    settled(world, "allowance:1")
    cheers(world, "ana")
    first = cheers(world, "ana", message="#general/18")
    assert isinstance(first, No)
    assert "Tue 06 Oct 2026 00:00" in world.reads(first)
    assert cheers(world, "ana", message="#general/19") is None
    world.at("2026-10-06T00:00")
    assert isinstance(cheers(world, "ana", message="#general/20"), Card)
    assert isinstance(cheers(world, "ana", message="#general/21"), No)
    assert standing(world) == 2


def test_a_reaction_that_was_refused_may_be_removed_and_nothing_changes(world: World):
    settled(world, "allowance:1")
    cheers(world, "ana")
    cheers(world, "ana", message="#general/18")
    uncheers(world, "ana", message="#general/18")
    assert (standing(world), ledger(world)) == (1, 1.0)


def test_the_pause_between_two_thanks_holds_for_reactions(world: World):
    settled(world, "pause:24")
    cheers(world, "ana")
    assert isinstance(cheers(world, "ana", message="#general/18"), No)
    assert standing(world) == 1


def test_all_ways_share_one_allowance(world: World):
    settled(world, "allowance:3 plus:yes")
    world.says("ana", "kudos give @ben for the patient help")
    cheers(world, "ana")
    pluses(world, "ana", "@carol ++ for the calm night", "#general/18")
    for refused in (
        cheers(world, "ana", message="#general/19"),
        pluses(world, "ana", "@dave ++ for the calm night", "#general/20"),
        world.says("ana", "kudos give @dave for the patient help"),
    ):
        assert isinstance(refused, No)
    assert standing(world) == 3


def test_success_is_said_once_a_day_too(world: World):
    assert isinstance(cheers(world, "ana"), Card)
    assert cheers(world, "ana", author="carol", message="#general/18") is None
    assert standing(world) == 2


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
    request = world.request(Who(""), "kudos gone", "", world.second, message=MESSAGE)
    world.hands_in(replace(request, timer=True))
    assert standing(world) == 1


def test_people_cannot_say_that_a_message_is_gone(world: World):
    cheers(world, "ana")
    for speaker in ("carol", "admin"):
        assert isinstance(world.says(speaker, "kudos gone", message=MESSAGE), No)
        assert isinstance(world.says(speaker, f"kudos gone {MESSAGE}"), No)
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


def test_plus_plus_is_off_until_an_admin_wants_it(world: World):
    assert pluses(world, "ana", "@ben ++ for the calm night") is None
    settled(world, "plus:yes")
    assert "@ben has it" in world.reads(pluses(world, "ana", "@ben ++ for the calm night"))
    assert pluses(world, "ana", "@ben ++ for the calm night") is None
    assert standing(world) == 1


def test_what_follows_plus_plus_is_the_reason_for_all_who_stand_before_it(world: World):
    settled(world, "plus:yes")
    pluses(world, "ana", "hey <@ben>, <@carol> and @dave ++ for the night with <@admin>")
    assert world.count(Thanked) == 3
    assert "for the night with @admin" in world.hears("carol", "kudos mine")


def test_plus_plus_without_a_reason_is_asked_for_one(world: World):
    settled(world, "plus:yes")
    said = pluses(world, "ana", "@ben ++")
    assert isinstance(said, No)
    assert "at least 3" in world.reads(said)


def test_several_lines_are_all_or_nothing(world: World):
    settled(world, "plus:yes allowance:2")
    text = "@ben ++ for the calm night\n@carol ++ for the new docs\n@dave ++ for the tests"
    assert isinstance(pluses(world, "ana", text), No)
    assert standing(world) == 0
    pluses(world, "ana", text.rpartition("\n")[0], "#general/18")
    assert standing(world) == 2


def test_plus_plus_for_oneself_is_refused(world: World):
    settled(world, "plus:yes")
    assert "someone else" in world.reads(pluses(world, "ana", "@ana ++ for the calm night"))


def test_who_only_writes_in_a_channel_is_not_greeted(world: World):
    settled(world, "plus:yes")
    world.outbox()
    assert pluses(world, "nora", "we write C++ here") is None
    assert cheers(world, "nora", emoji=":tada:") is None
    assert world.outbox() == []


def test_adapters_learn_what_to_listen_for(world: World):
    heard = world.app.listening(world.place.id)
    assert isinstance(heard, Listening)
    assert {"raised_hands", ":raised_hands:", "🙌"} <= heard.emoji
    assert heard.hears("🙌🏿")
    assert not heard.hears(":tada:")
    assert not heard.plus
    settled(world, "plus:yes emoji::taco:")
    heard = world.app.listening(world.place.id)
    assert heard.plus
    assert heard.hears("🌮")
    assert not heard.hears("🙌")
    assert heard.reads("@ana ++ tacos")
    assert not heard.reads("C++")


def test_the_database_itself_allows_one_thanks_per_giver_and_message(world: World):
    cheers(world, "ana")
    with world.db() as db:
        kept = db.exec(select(Kudos)).one()
        again = Kudos(**kept.model_dump(exclude={"id", "number"}), number=99)
        assert db.exec(select(Member).where(Member.id == again.giver_id)).one()
        db.add(again)
        with pytest.raises(Exception, match=r"UNIQUE|uq_kudos"):
            db.flush()

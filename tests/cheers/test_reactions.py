"""A reaction thanks the author of a message."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.ctx import Who
from bot.ui import Card, No
from tests.cheers.steps import MESSAGE, RAISED, cheers, ledger, pluses, settled, standing, uncheers
from tests.world import World

pytestmark = pytest.mark.local("adapters make these lines of what they overhear; each platform's own tests do that")


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
    assert sum(one.reply is not None for one in replies) == 1
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

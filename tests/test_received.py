"""Kudos after they were given: kept to oneself, taken back by an admin, read by others, shown on the board."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from bot.ctx import Group, Who
from bot.ui import Card, No
from storage.machinery import Audit
from storage.models import Entry, Kudos, Thanked
from tests.world import World

TEAM = "<!subteam^S1|@docs>"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", "ana", "ben", "carol", "dave")


def ledger(world: World) -> dict[int, float]:
    """What stands in the ledger, by receiver."""
    sums: dict[int, float] = {}
    with world.db() as db:
        for entry in db.exec(select(Entry)).all():
            sums[entry.receiver_id] = sums.get(entry.receiver_id, 0.0) + entry.weight
    return {receiver: weight for receiver, weight in sums.items() if weight}


def standing(world: World) -> int:
    return world.count(Kudos, col(Kudos.undone_at).is_(None))


def group_of(*members: str | Who) -> Group:
    return Group("@docs", tuple(one if isinstance(one, Who) else Who(one, one) for one in members))


def gives(world: World, giver: str, group: Group, words: str = "for the new docs"):
    """What an adapter hands in when a group is named."""
    request = world.request(giver, f"kudos give {TEAM} {words}")
    return world.hands_in(replace(request, groups={"S1": group}))


def test_what_a_receiver_keeps_to_themselves_is_shown_and_counted_nowhere(world: World):
    world.says("admin", "settings kudos board:yes", where="")
    world.says("ana", "kudos give @ben for the new docs")
    world.says("ben", "kudos hide k1")
    assert "new docs" not in world.hears("carol", "kudos of @ben")
    assert "new docs" not in world.hears("ben", "kudos mine")
    assert "No kudos" in world.hears("carol", "kudos board")
    assert "not yet" in world.hears("ben", "profile show")
    assert ledger(world) == {}
    posted = world.reads(world.parcels[-1].card)
    assert "new docs" not in posted
    assert "ana said thank you" in posted


def test_the_others_who_were_thanked_keep_theirs(world: World):
    world.says("ana", "kudos give @ben @carol for the new docs")
    world.says("ben", "kudos hide k1")
    assert len(ledger(world)) == 1
    posted = world.reads(world.parcels[-1].card)
    assert "ana thanked @carol" in posted
    assert "ben" not in posted


def test_what_was_hidden_by_mistake_is_shown_again(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    world.says("ben", "kudos hide k1")
    for _time in range(2):
        world.says("ben", "kudos hide k1")
    world.presses("ben", "Show it again")
    assert "new docs" in world.hears("carol", "kudos of @ben")
    assert list(ledger(world).values()) == [1.0]
    assert "thanked @ben" in world.reads(world.parcels[-1].card)


def test_the_giver_does_not_get_the_allowance_back_and_is_not_told(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    world.outbox()
    world.says("ben", "kudos hide k1")
    assert {to for to, _text in world.outbox()} == {"#general"}
    assert "3 left" in world.hears("ana", "kudos give @carol for the patient help")


@pytest.mark.parametrize("speaker", ["ana", "carol", "admin"])
def test_only_the_receiver_hides(world: World, speaker: str):
    world.says("ana", "kudos give @ben for the new docs")
    assert isinstance(world.says(speaker, "kudos hide k1"), No)
    assert len(ledger(world)) == 1


def test_a_hidden_one_stays_hidden_when_it_gets_its_skill(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    world.says("ana", "kudos give @ben @carol for saving our k8s cluster")
    world.says("ben", "kudos hide k1")
    world.says("ana", "kudos tag k1 Kubernetes")
    assert len(ledger(world)) == 1
    assert "ben" not in world.reads(world.parcels[-1].card)


def test_an_admin_takes_back_and_both_are_told_why(world: World):
    world.says("ana", "kudos give @ben @carol for the new docs")
    world.passes(days=30)
    world.outbox()
    assert isinstance(world.says("admin", "kudos revoke k1 given twice by mistake", where=""), Card)
    told = dict(world.outbox())
    assert set(told) == {"#general", "ana", "ben", "carol"}
    assert "An admin took this kudos back" in told["#general"]
    assert "given twice by mistake" not in told["#general"]
    for name in ("ana", "ben", "carol"):
        assert "given twice by mistake" in told[name]
        assert "@admin" in told[name]
    assert (standing(world), ledger(world)) == (0, {})
    with world.db() as db:
        assert "kudos revoke k1 given twice by mistake" in [one.line for one in db.exec(select(Audit)).all()]


def test_an_admin_corrects_what_somebody_gave_who_left(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    world.leaves("ana")
    world.outbox()
    assert isinstance(world.says("admin", "kudos revoke k1 given by mistake"), Card)
    assert {to for to, _text in world.outbox()} == {"#general", "ben"}


def test_it_is_revoked_once_and_by_admins_alone(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    assert isinstance(world.says("carol", "kudos revoke k1 because I can"), No)
    world.says("admin", "kudos revoke k1 given by mistake")
    assert isinstance(world.says("admin", "kudos revoke k1 given by mistake"), No)
    assert isinstance(world.says("ana", "kudos undo"), No)
    assert world.count(Entry) == 2


def test_an_undo_button_takes_back_its_own_kudos(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    first = world.button("ana", "Undo")[0].line
    world.says("ana", "kudos give @carol for the patient help")
    world.says("ana", first)
    assert "No kudos" in world.hears("dave", "kudos of @ben")
    assert "patient help" in world.hears("dave", "kudos of @carol")
    assert "already" in world.hears("ana", first)


def test_nobody_undoes_anothers(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    assert isinstance(world.says("ben", "kudos undo kudos:k1"), No)
    assert standing(world) == 1


def test_opting_out_hides_everywhere(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    world.says("ben", "profile edit boards:no")
    said = world.hears("carol", "kudos of @ben")
    assert "new docs" not in said
    assert "keeps their thanks" in said
    assert "new docs" in world.hears("ben", "kudos of @ben")


def test_a_giver_who_opted_out_is_named_to_the_two_alone(world: World):
    world.says("ana", "kudos give @ben for the new docs")
    world.says("ana", "profile edit boards:no")
    assert "ana" not in world.hears("carol", "kudos of @ben")
    assert "ana" in world.hears("ben", "kudos mine")


def test_a_long_board_says_how_many_more_there_are(world: World):
    world.says("admin", "settings kudos board:yes allowance:50", where="")
    names = [f"p{number:02}" for number in range(13)]
    world.joins(*names)
    world.says("ana", "kudos give " + " ".join(f"@{name}" for name in names) + " for the big launch")
    said = world.hears("carol", "kudos board received")
    assert said.count("1. @p") == 10
    assert "3 more" in said


def test_many_are_named_without_ringing_each(world: World):
    world.says("admin", "settings kudos allowance:50", where="")
    names = [f"p{number:02}" for number in range(30)]
    world.joins(*names)
    world.says("ana", "kudos give " + " ".join(f"@{name}" for name in names) + " for the big launch")
    text = world.told("#general")
    assert "@p" not in text
    assert "p00, p01" in text
    assert "10 more" in text
    assert world.count(Thanked) == 30


def test_a_group_is_looked_at_before_it_is_thanked(world: World):
    group = group_of("ben", "carol", "ana", Who("new", "Nina"), Who("zapp", "Zapp", bot=True))
    said = world.reads(gives(world, "ana", group))
    assert "Thank @docs?" in said
    assert "@ben, @carol and @Nina" in said
    assert "ana (that is you) and Zapp (an app)" in said
    assert "3 thank-yous of the 5" in said
    assert (standing(world), world.outbox()) == (0, [])
    world.presses("ana", "Thank 3 people")
    assert world.count(Thanked) == 3
    (to, text), *rest = world.outbox()
    assert (to, rest) == ("#general", [])
    assert "for the new docs" in text


@pytest.mark.local("nobody who left Discord's server has a role in it", "discord")
def test_who_left_is_in_no_group(world: World):
    said = world.reads(gives(world, "ana", group_of("ben", Who("x", "Xu", gone=True))))
    assert "Xu (has left)" in said


def test_people_beside_a_group_are_counted_once(world: World):
    request = world.request("ana", f"kudos give {TEAM} @ben @dave for the new docs")
    said = world.reads(world.hands_in(replace(request, groups={"S1": group_of("ben", "carol")})))
    assert "3 thank-yous" in said


def test_a_group_that_costs_too_much_offers_no_press_and_says_when(world: World):
    world.says("admin", "settings kudos allowance:1", where="")
    said = world.reads(gives(world, "ana", group_of("ben", "carol")))
    assert "Tue 06 Oct 2026 00:00" in said
    assert not world.sees_button("ana", "Thank 2 people")


def test_the_press_obeys_what_changed_since_the_look(world: World):
    gives(world, "ana", group_of("ben", "carol"))
    world.leaves("ben")
    assert "ben has left" in world.reads(world.presses("ana", "Thank 2 people"))
    assert standing(world) == 0


def test_a_second_press_is_held_by_the_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    gives(world, "ana", group_of("ben", "carol"))
    world.presses("ana", "Thank 2 people")
    said = world.reads(gives(world, "ana", group_of("ben", "carol", "dave")))
    assert "ben (thanked a moment ago)" in said
    assert "1 thank-you of the 3" in said


@pytest.mark.parametrize("members", [(), ("ana",), (Who("zapp", "Zapp", bot=True),)])
def test_a_group_in_which_nobody_can_be_thanked(world: World, members: tuple[str | Who, ...]):
    said = world.reads(gives(world, "ana", group_of(*members)))
    assert "nobody in @docs" in said
    assert standing(world) == 0


def test_looking_at_a_group_brings_nobody_back_who_left(world: World):
    world.leaves("ben")
    said = world.reads(gives(world, "ana", group_of("ben", "carol")))
    assert "ben (has left)" in said


def test_a_group_needs_a_reason_too(world: World):
    assert isinstance(gives(world, "ana", group_of("ben"), "ok"), No)


def test_a_large_group_has_a_button_that_fits_a_platform(world: World):
    world.says("admin", "settings kudos allowance:50", where="")
    group = group_of(*(f"p{number:02}" for number in range(60)))
    gives(world, "ana", group, "x" * 900)
    assert not world.sees_button("ana", "Thank 60 people")
    gives(world, "ana", group_of(*(f"p{number:02}" for number in range(50))), "x" * 900)
    assert len(world.button("ana", "Thank 50 people")[0].line) <= 2000


@pytest.mark.local("roles are Discord's")
def test_a_discord_role_is_a_group_too(world: World):
    request = world.request("ana", "kudos give <@&77> for the new docs")
    said = world.reads(world.hands_in(replace(request, groups={"77": Group("@writers", (Who("ben", "ben"),))})))
    assert "Thank @writers?" in said


def test_a_group_inside_a_reason_is_called_by_its_name(world: World):
    world.joins("ana", "ben")
    request = world.request("ana", f"kudos give @ben the docs that {TEAM} asked for")
    world.hands_in(replace(request, groups={"S1": Group("@docs", (Who("carol", "carol"),))}))
    assert "the docs that @docs asked for" in world.told("#general")

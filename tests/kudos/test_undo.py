"""Taking thanks back, and saying which skill they were for."""

from bot.ui import Card, No
from tests.kudos.steps import ledger, spend, standing_kudos
from tests.world import World


def test_undo_takes_back_the_last_and_the_post_says_so(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.outbox()
    world.presses("ana", "Undo")
    assert standing_kudos(world) == 0
    assert ledger(world) == 0.0
    posted = world.outbox()
    assert [to for to, _text in posted] == ["#general"]
    assert "took" in posted[0][1]
    assert "docs" not in posted[0][1]
    assert world.parcels[-1].edits


def test_undo_before_the_post_is_out_leaves_no_thanks_standing(world: World):
    world.app.handle(world.request("ana", "kudos give @ben the new docs"))
    world.app.handle(world.request("ana", "kudos undo"))
    posted = [text for to, text in world.outbox() if to == "#general"]
    assert not posted or "took" in posted[-1]


def test_undo_gives_the_allowance_of_that_day_back(world: World):
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.says("ana", "kudos undo")
    spend(world, "ana", "gus")
    assert isinstance(world.says("ana", "kudos give @finn for the patient help"), No)


def test_undo_after_midnight_adds_nothing_to_the_new_day(world: World):
    world.at("2026-10-05T23:55")
    spend(world, "ana", "ben")
    world.at("2026-10-06T00:02")
    assert isinstance(world.says("ana", "kudos undo"), Card)
    assert "4 left" in world.hears("ana", "kudos give @carol for the patient help")


def test_undo_ends_with_its_window(world: World):
    spend(world, "ana", "ben")
    world.passes(minutes=11)
    assert "10 minutes" in world.hears("ana", "kudos undo")
    assert standing_kudos(world) == 1


def test_the_window_is_the_admins_to_set(world: World):
    world.says("admin", "settings kudos undo:60", where="")
    spend(world, "ana", "ben")
    world.passes(minutes=59)
    assert isinstance(world.says("ana", "kudos undo"), Card)


def test_without_kudos_there_is_nothing_to_take_back(world: World):
    assert isinstance(world.says("ana", "kudos undo"), No)


def test_a_skill_that_the_reason_names_is_one_tap_away(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    said = world.hears("ana", "kudos give @ben for saving our k8s cluster")
    assert "Kubernetes" in said
    world.presses("ana", "Kubernetes")
    assert "Kubernetes" in world.told("#general")
    assert ledger(world) == 1.0
    assert isinstance(world.presses("ana", "Kubernetes"), No)


def test_a_skill_can_be_named_at_once(world: World):
    world.says("ben", "skill claim Python expert")
    world.says("ana", "kudos give @ben the release scripts skill:Python")
    assert "Python" in world.told("#general")


def test_only_the_giver_tags_a_kudos(world: World):
    world.says("ben", "skill claim Python expert")
    world.says("ana", "kudos give @ben the release scripts")
    assert isinstance(world.says("carol", "kudos tag k1 Python"), No)


def test_which_one_is_said_by_its_id(world: World):
    spend(world, "ana", "ben", "carol")
    assert "k1" in world.hears("ana", "kudos undo k1")
    assert "already" in world.hears("ana", "kudos undo K1")

"""Names that are changed, learned and forgotten."""

import pytest
from sqlmodel import col, select

from bot.merges import FILED
from bot.ui import Card, No
from storage.db import referring
from storage.glossary import Merge
from storage.machinery import Audit
from storage.models import Alias, Claim, Need, Skill, Standing
from storage.records import Snapshot
from tests.skill_names.steps import merges
from tests.world import World


def test_members_do_not_merge_rename_or_unlearn(world: World, both: None):
    for line in ('skill merge "Glass art" Glassmaking', 'skill rename "Glass art" Glazing', "skill unlearn glas art"):
        refused = world.says("ben", line)
        assert isinstance(refused, No)
        assert "admin" in world.reads(refused)
    assert (world.count(Merge), world.count(Alias)) == (0, 0)


def test_each_change_of_names_is_audited(world: World, both: None):
    merges(world)
    world.presses("admin", "Undo")
    world.says("admin", 'skill rename "Glass art" Glazing')
    with world.db() as db:
        lines = db.exec(select(Audit.line).order_by(col(Audit.id))).all()
    assert lines == [
        'skill merge "Glass art" Glassmaking',
        'skill unmerge "Glass art"',
        'skill rename "Glass art" Glazing',
    ]


def test_a_renamed_skill_is_known_by_both_names(world: World, both: None):
    said = world.hears("admin", 'skill rename "Glass art" "Stained glass windows"')
    assert "Both names work" in said
    assert "Stained glass windows · expert · 2 vouches" in world.hears("ana", "skill mine")
    world.says("ben", "skill claim glass art")
    assert "Stained glass windows" in world.hears("ben", "skill mine")
    world.presses("admin", "Call it as before")
    assert "Glass art · expert" in world.hears("ana", "skill mine")


@pytest.mark.parametrize("name", ["k8s", "K8S clusters", "KUBERNETES"])
def test_a_built_in_skill_may_have_another_name_here_and_keeps_its_other_names(world: World, name: str):
    world.says("ana", "skill claim Kubernetes")
    world.says("admin", "skill rename", skill="Kubernetes", name=name)
    assert f"{name} · practising" in world.hears("ana", "skill mine")
    for other in ("Kubernetes", "kube", "k8s", name):
        world.says("ben", "skill claim", skill=other)
    assert world.count(Claim) == 2
    world.says("admin", "skill rename k8s Kubernetes")
    assert "Kubernetes · practising" in world.hears("ben", "skill mine")


@pytest.mark.parametrize("name", ["Docker", "@here", "x" * 61, "<!channel>", "Kubernetes"])
def test_a_name_that_is_taken_or_none_is_refused(world: World, name: str):
    world.says("ana", "skill claim Kubernetes")
    world.says("ana", "skill claim Docker")
    refused = world.says("admin", "skill rename", skill="Kubernetes", name=name)
    assert isinstance(refused, No)
    assert "broke on my side" not in world.reads(refused)
    assert world.count(Alias) == 0


def test_a_skill_cannot_take_the_name_that_was_merged_into_it(world: World, both: None):
    merges(world)
    assert "Undo that first" in world.hears("admin", 'skill rename Glassmaking "Glass art"')


def test_a_tap_on_what_was_meant_teaches_the_community(world: World):
    world.says("ana", "skill claim Kuberntes expert")
    world.presses("ana", "Kubernetes")
    assert "Kubernetes" in world.hears("ben", "skill claim kuberntes")
    assert "Kubernetes · practising" in world.hears("ben", "skill mine")
    with world.db() as db:
        assert db.exec(select(Alias.name)).all() == ["Kuberntes"]
        assert db.exec(select(Audit.line)).all() == ["skill learn Kuberntes Kubernetes"]


def test_what_was_learned_wrongly_is_unlearned(world: World):
    world.says("ana", "skill claim Kuberntes expert")
    world.presses("ana", "Kubernetes")
    assert "Kuberntes" in world.hears("admin", "skill names Kubernetes")
    assert not world.sees_button("ana", "Unlearn Kuberntes")
    world.presses("admin", "Unlearn Kuberntes")
    assert "Did you mean" in world.hears("ben", "skill claim Kuberntes")
    assert "Kubernetes · expert" in world.hears("ana", "skill mine")


def test_what_is_built_in_cannot_be_unlearned(world: World):
    assert isinstance(world.says("admin", "skill unlearn k8s"), No)


def test_nobody_teaches_what_was_not_proposed(world: World):
    world.says("ana", "skill claim", skill="Gardening=>Kubernetes")
    world.says("ana", "skill claim", skill="js=>Java")
    assert world.count(Alias) == 0
    assert "Java " not in world.hears("ben", "skill claim js")


def test_another_community_learns_nothing_of_it(world: World):
    world.says("ana", "skill claim Kuberntes expert")
    world.presses("ana", "Kubernetes")
    asked = world.says("zoe", "skill claim Kuberntes", place=world.second)
    assert isinstance(asked, No)


def test_to_insist_on_a_known_name_makes_no_second_skill_of_it(world: World):
    world.says("ana", "skill claim =js")
    assert "JavaScript" in world.hears("ana", "skill mine")
    assert "JavaScript" in world.hears("ben", "skill claim js")
    assert world.count(Skill) == 1


def test_a_name_from_a_request_that_failed_is_no_name_later(world: World):
    post = 'opportunity post "A window" "A window for the hall" needs:'
    assert isinstance(world.says("ana", f'{post}"=Glazing, @here"'), No)
    assert isinstance(world.says("ana", "skill claim =Pottering"), Card)
    assert isinstance(world.says("ben", "skill vouch @ana Glazing"), No)
    assert "Pottering" in world.hears("ana", "skill mine")
    assert isinstance(world.says("ben", "skill vouch @ana Pottering"), Card)


def test_a_merge_knows_everything_that_refers_to_a_skill():
    known = {*FILED, Claim, Need, Standing, Snapshot, Alias, Merge}
    assert {where.model for where in referring("skill")} == known

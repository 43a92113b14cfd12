"""What skills are called: names that are taught, renamed and merged, and every bit of that undone."""

from typing import Any

import pytest
from sqlmodel import col, select

from bot.merges import FILED
from bot.ui import Card, No
from storage.db import owned_tables, referring
from storage.glossary import Merge
from storage.machinery import Audit, Outbox, Seen, Timer
from storage.models import Alias, Claim, Counter, Entry, Kudos, Need, Skill, Standing, Vouch
from storage.records import Snapshot
from tests.world import World

BESIDE = (Audit, Counter, Merge, Outbox, Seen, Timer)


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin and four members."""
    world.joins("admin", "ana", "ben", "carol", "dora")


def state(world: World) -> dict[str, list[Any]]:
    """Every row of the community but what only tells that something happened."""
    with world.db() as db:
        tables = [model for model in owned_tables() if model not in BESIDE]
        return {one.__name__: [row.model_dump() for row in _rows(db, one)] for one in tables}


def _rows(db: Any, model: Any) -> list[Any]:
    return list(db.exec(select(model).order_by(*model.__table__.primary_key.columns)).all())


def skill_of(world: World, name: str) -> Skill:
    with world.db() as db:
        return db.exec(select(Skill).where(Skill.name == name)).one()


@pytest.fixture
def both(world: World) -> None:
    """Glass art and Glassmaking: each claimed, one by both; vouched for on both sides, needed, thanked."""
    for line in ('skill claim "Glass art" expert https://example.org/glass', "skill claim Glassmaking"):
        world.says("ana", line)
    world.says("carol", 'skill claim "Glass art" proficient')
    world.says("dora", "skill claim Glassmaking learning")
    for who, line in (
        ("ben", '@ana "Glass art" note:"a window of three metres"'),
        ("ben", "@ana Glassmaking"),
        ("carol", '@ana "Glass art"'),
        ("dora", "@ana Glassmaking"),
        ("admin", '@carol "Glass art"'),
    ):
        world.says(who, f"skill vouch {line}")
    world.says("admin", 'kudos give @ana for the window skill:"Glass art"')
    post = 'opportunity post "A window" "A window for the hall" needs:'
    world.says("ben", f'{post}"Glass art expert must, Glassmaking nice to have"')
    world.passes(minutes=11)
    world.outbox()


def merges(world: World) -> str:
    return world.hears("admin", 'skill merge "Glass art" Glassmaking')


def test_one_skill_is_made_of_two_with_all_that_hangs_on_them(world: World, both: None):
    said = merges(world)
    assert "Glass art is part of Glassmaking now" in said
    assert "3 claims and 4 vouches stand under it" in said
    assert "1 person had claimed both" in said
    assert "Glassmaking · expert · 3 vouches" in world.hears("ana", "skill mine")
    assert "Glassmaking · proficient · 1 vouch" in world.hears("ben", "skill of @carol")
    assert "Glassmaking (expert, a must)" in world.hears("dora", "opportunity show o1")
    kept = skill_of(world, "Glassmaking").id
    assert {world.count(model, model.skill_id != kept) for model in (Kudos, Need)} == {0}


def test_a_voucher_for_both_is_one_voice(world: World, both: None):
    merges(world)
    world.passes(minutes=11)
    with world.db() as db:
        gone = {one.reverses_id for one in db.exec(select(Entry)).all()}
        said = [one for one in db.exec(select(Entry).where(Entry.kind == "vouch")).all() if one.reverses_id is None]
        voices = sorted(one.giver_id for one in said if one.id not in gone and one.receiver_id == 3)
        filed = set(db.exec(select(Entry.skill_id)).all())
    assert len(voices) == len(set(voices))
    assert filed == {skill_of(world, "Glassmaking").id}


def test_after_a_merge_both_names_mean_the_one_that_stayed(world: World, both: None):
    merges(world)
    world.says("ben", "skill claim =Glass art")
    world.says("ben", "skill claim glass-art expert")
    assert "Glassmaking · expert" in world.hears("ana", "skill of @ben")
    assert "Glass art" not in world.hears("ana", "skill of @ben")
    assert "Glass art" in world.hears("dora", "skill names Glassmaking")


@pytest.mark.parametrize("restarted", [False, True])
def test_a_merge_that_is_undone_leaves_everything_as_it_was(world: World, both: None, restarted: bool):
    before = state(world)
    assert before["Standing"]
    merges(world)
    world.passes(minutes=11)
    assert state(world) != before
    if restarted:
        world.restarts()
    said = world.presses("admin", "Undo")
    assert isinstance(said, Card), world.reads(said)
    world.passes(minutes=11)
    assert kept_alike(state(world)) == kept_alike(before)


def kept_alike(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What is reckoned from the rest fades by the hour; SQLite gives the numbers of such rows anew."""
    return {**rows, **{name: sorted(map(_rough, rows[name]), key=str) for name in ("Standing", "Snapshot")}}


def _rough(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "id": None, "value": round(row["value"], 3), "computed_at": None}


def test_a_merge_can_be_undone_by_command_and_by_nobody_but_admins(world: World, both: None):
    merges(world)
    assert isinstance(world.says("ben", "skill unmerge Glass art"), No)
    assert isinstance(world.says("admin", "skill unmerge Glass art"), Card)
    assert isinstance(world.says("admin", "skill unmerge Glass art"), No)
    assert "Glass art · expert · 2 vouches" in world.hears("ana", "skill mine")


def test_what_came_to_the_merged_skill_since_stays_with_it_or_goes_with_its_claim(world: World, both: None):
    merges(world)
    world.says("ben", "skill claim Glass art")
    world.says("dora", "skill vouch @carol Glassmaking")
    world.says("ben", 'kudos give @carol for the door skill:"Glass art"')
    world.presses("admin", "Undo")
    assert "Glassmaking" in world.hears("ana", "skill of @ben")
    assert "Glass art · proficient · 2 vouches" in world.hears("ana", "skill of @carol")
    gone, kept = skill_of(world, "Glass art").id, skill_of(world, "Glassmaking").id
    assert world.count(Kudos, Kudos.skill_id == kept) == 1
    with world.db() as db:
        query = select(Vouch.id).join(Claim, col(Claim.id) == Vouch.claim_id).where(Claim.skill_id == gone)
        filed = [f"vouch-{one}" for one in db.exec(query).all()]
        assert set(db.exec(select(Entry.skill_id).where(col(Entry.source).in_(filed))).all()) == {gone}


def test_who_dropped_or_unvouched_the_one_meanwhile_meant_both(world: World, both: None):
    merges(world)
    world.says("ben", "skill unvouch @ana Glassmaking")
    world.says("ana", "skill drop Glass art")
    world.presses("admin", "Undo")
    assert "Glass" not in world.hears("ana", "skill mine")
    world.says("ana", "skill claim Glassmaking")
    world.says("ana", "skill claim Glass art")
    said = world.hears("dora", "skill of @ana")
    assert "Glass art · expert · 1 vouch ·" in said
    assert "Glassmaking · practising · 1 vouch ·" in said


def test_merges_follow_one_another_and_never_run_in_a_circle(world: World, both: None):
    world.says("ben", "skill claim Pottery")
    merges(world)
    world.says("admin", "skill merge Glassmaking Pottery sure:yes")
    for line in ('skill merge Pottery "Glass art"', "skill merge Pottery Glassmaking", "skill merge Pottery Pottery"):
        assert "one skill already" in world.hears("admin", line)
    assert "Pottery · expert" in world.hears("ana", "skill mine")
    refused = world.hears("admin", "skill unmerge Glass art")
    assert "Undo it first" in refused
    world.presses("admin", "Undo Glassmaking")
    assert isinstance(world.says("admin", "skill unmerge Glass art"), Card)
    assert "Pottery" not in world.hears("ana", "skill mine")
    assert "Glass art · expert" in world.hears("ana", "skill mine")


def test_two_skills_that_are_known_as_two_are_merged_only_when_an_admin_insists(world: World):
    world.says("ana", "skill claim Java")
    world.says("ana", "skill claim JavaScript")
    asked = world.says("admin", "skill merge Java JavaScript")
    assert isinstance(asked, No)
    assert world.count(Merge) == 0
    world.presses("admin", "Merge them")
    assert world.count(Merge) == 1
    world.presses("admin", "Undo")
    assert "Java · practising" in world.hears("ana", "skill mine")


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

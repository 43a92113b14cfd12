"""One skill is made of two, and two of one again."""

from typing import Any

import pytest
from sqlmodel import col, select

from bot.ui import Card, No
from storage.db import owned_tables
from storage.glossary import Merge
from storage.machinery import Audit, Counter, Outbox, Seen, Timer
from storage.models import Claim, Entry, Kudos, Need, Skill, Vouch
from tests.skill_names.steps import merges
from tests.world import World

BESIDE = (Audit, Counter, Merge, Outbox, Seen, Timer)


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


def kept_alike(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What is reckoned from the rest fades by the hour; SQLite gives the numbers of such rows anew."""
    return {**rows, **{name: sorted(map(_rough, rows[name]), key=str) for name in ("Standing", "Snapshot")}}


def _rough(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "id": None, "value": round(row["value"], 3), "computed_at": None}


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

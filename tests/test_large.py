"""Large communities: a question reads only those who may fit, the digest is worked out in another process."""

from typing import Any

import pytest
from sqlmodel import select

from benchmarks.town import KUDOS, build
from bot import claimants, embedding, evidence, ranking, rare, reputation, tips
from bot.ui import Card
from jobs.apart import apart
from storage.db import connect, reading
from storage.machinery import Vector
from tests.encoders import Down
from tests.world import World

QUESTIONS = (
    ("ana", "skill find shrink a Docker image"),
    ("ana", "skill find someone who keeps bees and a Kubernetes cluster"),
    ("ana", "skill find knitting by moonlight"),
    ("ana", "opportunity matches o1"),
    ("ben", "opportunity for-me"),
    ("carol", "opportunity details o2"),
    ("ben", "opportunity details o2"),
)
CLAIMS = {
    "ben": ("Docker expert", "Kubernetes proficient", "Accounting practising"),
    "carol": ("Docker practising", "Photography expert"),
    "dave": ("Beekeeping expert", "German proficient"),
    "erin": ("Docker proficient", "Docker Swarm proficient", "Accounting expert"),
    "frank": ("Sewing expert",),
    "gina": ("Gardening expert",),
}


@pytest.fixture
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Seven members with skills, and two pieces of work by Ana."""
    for module, name in ((embedding, "_warm"), (rare, "_near"), (rare, "_places")):
        monkeypatch.setattr(module, name, {})
    world.joins("admin", "ana", *CLAIMS)
    for who, skills in CLAIMS.items():
        for skill in skills:
            assert isinstance(world.says(who, f"skill claim {skill}"), Card)
    world.says("ana", 'opportunity post "Smaller images" "Someone has to shrink a Docker image" needs:Docker')
    world.says("ana", 'opportunity post "Secret work" "Move a Kubernetes cluster" needs:Kubernetes teaser:yes')
    world.outbox()
    return world


def test_where_the_sample_is_everybody_the_answers_are_the_same(people: World, monkeypatch: pytest.MonkeyPatch):
    whole = [people.hears(who, line) for who, line in QUESTIONS]
    monkeypatch.setattr(claimants, "FEW", 0)
    assert [people.hears(who, line) for who, line in QUESTIONS] == whole


def test_words_of_many_are_weighed_without_looking_at_each(people: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(claimants, "FEW", 0)
    whole = [people.hears(who, line) for who, line in (*QUESTIONS, ("admin", "digest preview"))]
    monkeypatch.setattr(ranking, "MANY", 0)
    assert [people.hears(who, line) for who, line in (*QUESTIONS, ("admin", "digest preview"))] == whole


def test_without_the_model_they_are_the_same_too(people: World, monkeypatch: pytest.MonkeyPatch):
    people.encoder = Down()
    people.restarts()
    whole = [people.hears(who, line) for who, line in QUESTIONS]
    monkeypatch.setattr(claimants, "FEW", 0)
    assert [people.hears(who, line) for who, line in QUESTIONS] == whole


def test_whoever_fits_is_found_though_few_are_read(people: World, monkeypatch: pytest.MonkeyPatch):
    whole = people.hears("ana", "skill find shrink a Docker image")
    monkeypatch.setattr(claimants, "FEW", 0)
    monkeypatch.setattr(claimants, "SAMPLE", 2)
    found = people.hears("ana", "skill find shrink a Docker image")
    assert {who for who in CLAIMS if f"@{who}" in found} == {who for who in CLAIMS if f"@{who}" in whole}


def test_the_strongest_are_kept_when_too_many_fit(people: World, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("FEW", 0), ("SAMPLE", 1), ("MOST", 1)):
        monkeypatch.setattr(claimants, name, value)
    assert "@ben - Docker" in people.hears("ana", "skill find Docker")


def test_a_new_claim_and_a_dropped_one_are_seen_at_once(people: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(claimants, "FEW", 0)
    assert "@gina" not in people.hears("ana", "skill find shrink a Docker image")
    people.says("gina", "skill claim Docker expert")
    assert "@gina" in people.hears("ana", "skill find shrink a Docker image")
    people.says("gina", "skill drop Docker")
    assert "@gina" not in people.hears("ana", "skill find shrink a Docker image")


def test_a_skill_coined_and_work_posted_since_are_compared_as_well(people: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(claimants, "FEW", 0)
    people.hears("ana", "skill find Docker")
    people.says("gina", 'skill claim "Moss whispering" expert')
    people.says("dave", 'opportunity post "Whisper" "The moss needs somebody who can do Moss whispering"')
    assert "@gina" in people.hears("ana", "skill find Moss whispering")
    assert "Whisper" in people.hears("gina", "opportunity for-me")


@pytest.fixture
def large(people: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, as large as those whose heavy work is done in another process."""
    people.says("admin", "settings digest channel:#news")
    people.outbox()
    monkeypatch.setattr(reputation, "SMALL_COMMUNITY", 3)
    return people


def test_a_large_communitys_digest_is_worked_out_elsewhere_and_says_the_same(large: World):
    here = large.hears("admin", "digest preview")
    seen: list[int] = []

    def noted(work, *args):
        seen.append(1)
        return apart(work, *args)

    large.app.apart = noted
    assert large.hears("admin", "digest preview") == here
    assert seen
    assert "Smaller images" in here


def test_what_has_no_vectors_yet_is_encoded_here_and_kept(large: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedding, "_warm", {})
    with large.db() as db:
        for row in db.exec(select(Vector)).all():
            db.delete(row)
    large.app.apart = apart
    large.passes(days=7)
    assert "Why you: Docker" in large.told("ben")
    with large.db() as db:
        assert db.exec(select(Vector.kind).distinct()).all()


def test_elsewhere_the_model_that_is_down_is_told_of_too(large: World):
    large.encoder = Down()
    large.restarts()
    large.app.apart = apart
    assert "by words alone" in large.hears("admin", "digest preview")


def test_many_are_written_to_a_few_at_a_time_and_each_once(people: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tips, "AT_ONCE", 1)
    people.says("admin", "settings digest channel:#news")
    people.says("ana", 'opportunity post "Bees" "Beekeeping by the lake" needs:Beekeeping')
    people.outbox()
    people.at("2026-10-12T09:00")
    people.passes(minutes=1)
    told = [where for where, text in people.outbox() if "Why you:" in text]
    assert len(told) == len(set(told)) > 2
    people.passes(days=7)
    assert not [where for where, text in people.outbox() if "Why you:" in text]


def steps(tmp_path, members: int) -> int:
    """What SQLite does, in thousands of instructions, to find what is written of everybody's work."""
    town, count = build(f"sqlite:///{tmp_path}/{members}.db", "main", members), 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    engine = connect(town.url)
    with reading(engine, town.community) as db:
        driver: Any = db.connection().connection.driver_connection
        driver.set_progress_handler(step, 1000)
        assert len(evidence.pieces_of(db)) == KUDOS * members
    engine.dispose()
    return count


def test_what_is_written_of_everybody_is_found_without_comparing_everybody_with_everybody(tmp_path):
    assert steps(tmp_path, 800) < 6 * steps(tmp_path, 200)

"""What `manyhands calibrate` measures, on examples or on a community's own work, and who reads it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from bot import embedding
from bot.calibration import SHIPPED, UNKNOWN, Scale
from bot.embedding import scale_of
from bot.matching import LOOK
from jobs import calibrate as calibrating
from jobs.calibrate import NoExamples, calibrate, estimate
from jobs.examples import Task, labels, load
from storage.db import reading
from storage.machinery import LanguageModel
from storage.models import Opportunity, Tip
from tests.encoders import Words
from tests.world import World

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CRAFTS = [
    *("silver mending", "paper folds", "window glass", "garden shears", "harbour pilot", "loaf bakery"),
    *("clock winder", "kite sewing", "tile layer", "reed weaver"),
]


class Foreign(Words):
    """A model that nobody has measured: it counts words, and likes everything."""

    model = "foreign-256"
    scale = UNKNOWN

    def encode(self, texts, kind="document"):
        rows = super().encode(texts, kind)
        rows = np.concatenate([rows, np.full((len(rows), 1), 0.8, np.float32)], axis=1)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few built-in names; no vector is left over in the process."""
    monkeypatch.setattr(embedding, "_warm", {})
    entries = [one for one in calibrating.builtin() if one.aliases][:60]
    monkeypatch.setattr(calibrating, "builtin", lambda: entries)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Examples: who claims a craft fits the sentence that asks for it."""
    folder = tmp_path / "data" / "claims2opp-crafts"
    folder.mkdir(parents=True)
    members = [{"id": f"m{at}", "claims": [{"skill": one}]} for at, one in enumerate(CRAFTS)]
    needs = [
        {"id": f"n{at}{n}", "text": f"We look for {one} in week {n}"} for at, one in enumerate(CRAFTS) for n in "123"
    ]
    for name, rows in (("members", members), ("needs", needs)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pairs = "".join(f"n{at}{n},m{at},1\n" for at in range(len(CRAFTS)) for n in "123")
    (folder / "qrels.csv").write_text(f"need,member,rel\n{pairs}", encoding="utf-8")
    return folder.parent


def known(world: World, encoder) -> Scale:
    with reading(world.engine) as db:
        return scale_of(db, encoder)


def test_what_is_asked_for_follows_from_how_many_of_somebodys_are():
    claims = [["a"], ["a", "b"], ["b", "c"], ["d"], ["c", "e"]]
    members = [{"claims": [{"skill": one} for one in some], "bio": "", "items": []} for some in claims]
    said = labels(Task("claims2opp-x", [{"text": "n"}], members, np.array([[1, 1, 1, 0, 2]], np.float32)))
    asked = {one: bool(said.asked[at, 0]) for at, one in enumerate(said.skills) if said.known[at, 0]}
    assert asked == {"a": True, "b": False, "c": True, "d": False, "e": True}


def test_what_does_not_follow_is_not_known():
    members = [{"claims": [{"skill": "a"}, {"skill": "b"}], "bio": "", "items": []}]
    said = labels(Task("claims2opp-x", [{"text": "n"}], members, np.array([[1]], np.float32)))
    assert not said.known.any()


def test_examples_give_a_model_its_scale_and_matching_reads_it(world: World, data: Path):
    encoder = Foreign()
    found = calibrate(world.engine, encoder, data, NOW)
    assert (found.cases, found.right) == (300, 30)
    assert known(world, encoder) == found.scale
    assert found.scale.basis == "data"
    assert known(world, Words()) == SHIPPED, "another model's scale is its own"
    with reading(world.engine) as db:
        row = db.get_one(LanguageModel, encoder.model)
    assert (row.cases, row.calibrated_at, row.serves_since) == (300, NOW, None)


def test_measured_twice_it_is_the_same(world: World, data: Path):
    first = calibrate(world.engine, Foreign(), data, NOW)
    assert calibrate(world.engine, Foreign(), data, NOW) == first


def test_right_and_wrong_are_told_apart_on_the_common_scale(world: World, data: Path):
    encoder = Foreign()
    (task,) = [load(one) for one in data.iterdir()]
    cosines = calibrating._cosines(encoder, CRAFTS, task.texts)
    matches = calibrate(world.engine, encoder, data, NOW).scale.match(cosines)
    right = task.relevance.T > 0
    assert cosines.min() > 0.3, "it likes everything"
    assert matches[~right].max() < LOOK < matches[right].min()


def test_too_little_is_refused_with_what_would_help(world: World, tmp_path: Path):
    with pytest.raises(NoExamples, match=r"--data DIR"):
        calibrate(world.engine, Foreign(), None, NOW)
    with pytest.raises(NoExamples, match="in that folder"):
        calibrate(world.engine, Foreign(), tmp_path, NOW)
    assert known(world, Foreign()) == UNKNOWN


def lives(world: World) -> None:
    """Posters name what they need, and somebody claims each of it."""
    world.joins("admin", "ana", "ben")
    for at, craft in enumerate(CRAFTS):
        world.says("ben", f"skill claim ={craft} expert")
        for n in "123":
            world.says("ana", f'opportunity post "Job {at}{n}" "We look for {craft} in room {n}{at}" needs:"={craft}"')


def test_without_examples_posters_and_answers_teach_it(world: World):
    lives(world)
    found = calibrate(world.engine, Foreign(), None, NOW)
    assert (found.cases, found.right, found.scale.basis) == (300, 30, "answers")


def test_an_answer_to_a_tip_is_a_case(world: World):
    lives(world)
    world.says("admin", "settings digest channel:#digest")
    world.says("admin", "digest now")
    assert world.count(Tip) > 0
    world.says("ben", f"opportunity interest o{first_tip(world)}")
    found = calibrate(world.engine, Foreign(), None, NOW)
    assert (found.cases, found.right) == (301, 31)


def first_tip(world: World) -> int:
    with world.db() as db:
        return db.exec(select(Opportunity.number).join(Tip)).all()[0]


def test_a_guess_by_names_never_takes_the_place_of_a_measure(world: World, data: Path):
    guessed = estimate(world.engine, Foreign(), NOW)
    assert guessed.basis == "names"
    measured = calibrate(world.engine, Foreign(), data, NOW).scale
    assert estimate(world.engine, Foreign(), NOW) == measured


def brought(world: World, encoder) -> int:
    """How many tips a digest writes about work that fits without naming the skill, and about one that names it."""
    world.encoder = encoder
    world.restarts()
    world.joins("admin", "ana", "ben")
    world.says("ben", "skill claim =silver mending expert")
    world.says("ben", "skill claim =paper lending expert")
    world.says("admin", "settings digest channel:#digest")
    world.says("ana", 'opportunity post "Spoons" "silver mended, silver mending is it"')
    world.says("ana", 'opportunity post "Room" "somebody who mends silverware and silver"')
    world.says("admin", "digest now")
    return world.count(Tip)


def test_by_a_model_that_nobody_measured_only_what_is_named_is_written(world: World):
    assert brought(world, Foreign()) == 1

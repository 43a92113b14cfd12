"""What the benchmarks reckon with: metrics by hand, and a folder of tasks that nobody has seen."""

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import psycopg
import pytest

from benchmarks import asked, matching, raw
from benchmarks.mix import WEEK, Saying
from benchmarks.tasks import evaluate, load, noisy, week
from benchmarks.town import Nobody, app_of, build
from bot.ui import No
from jobs.waiting import backlog
from tests.databases import postgres, superuser
from tests.encoders import Words

MEMBERS = [
    {"id": "a", "claims": [{"skill": "Kubernetes"}, {"skill": "Docker"}]},
    {"id": "b", "claims": [{"skill": "Watercolour"}]},
    {"id": "c", "claims": [], "bio": "walks"},
]
NEEDS = [{"id": "n1", "text": "move our Kubernetes cluster"}, {"id": "n2", "text": "paint in watercolour"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A task as other tasks are on file."""
    found = tmp_path / "claims2opp-tiny"
    found.mkdir()
    for name, rows in (("members", MEMBERS), ("needs", NEEDS)):
        (found / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (found / "qrels.csv").write_text("need,member,rel\nn1,a,2\nn2,b,1\n", encoding="utf-8")
    return found


def test_metrics_are_those_of_the_textbook():
    scores = np.array([[3.0, 2.0, 1.0, 0.0]], np.float32)
    relevance = np.array([[0.0, 2.0, 0.0, 1.0]], np.float32)
    found = evaluate(scores, relevance)
    best = 3 / np.log2(2) + 1 / np.log2(3)
    assert found["nDCG@10"] == pytest.approx((3 / np.log2(3) + 1 / np.log2(5)) / best)
    assert found["MAP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert (found["MRR"], found["P@1"], found["RP@5"]) == (0.5, 0.0, 1.0)


def test_the_other_direction_asks_for_each_member():
    scores = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    relevance = np.array([[1.0, 0.0], [0.0, 0.0]], np.float32)
    assert evaluate(scores, relevance, "member->need")["P@1"] == 1.0


def test_a_week_counts_what_is_sent_what_was_deserved_and_noise(folder: Path):
    task = load(folder)
    task.members[:] = [{**one, "claims": [{"skill": "x"}] * 5} for one in task.members] * 3
    relevance = np.zeros((8, 9), np.float32)
    relevance[0, 0] = 1
    scores = np.zeros((8, 9), np.float32)
    scores[0, 0], scores[1, 1] = 0.9, 0.9
    found = week(scores, scores, 0.8, type(task)(task.name, task.needs * 4, task.members, relevance))
    assert found == {"precision": 0.5, "recall": 1.0, "noise only": pytest.approx(1 / 9)}


def test_the_product_itself_ranks_an_unseen_task(folder: Path):
    task = load(folder)
    with asked.community(task, Words()) as ctx:
        ways, gate = asked.people(ctx, task)
    assert ways["need->member"][:, :2].argmax(axis=1).tolist() == [0, 1]
    assert ways["member->need"][:, :2].argmax(axis=0).tolist() == [0, 1]
    assert gate[0, 0] >= 0.7 > gate[1, 0]


def test_noise_leaves_the_task_as_it_was_and_tells_by_its_name(folder: Path):
    task = load(folder)
    loud = noisy(task, ["one two three"])
    assert [len(one["claims"]) for one in loud.members] == [7, 6, 5]
    assert [len(one["claims"]) for one in task.members] == [2, 1, 0]
    assert loud.name.endswith("(noise)")


def test_without_data_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    matching.main(tmp_path / "nowhere")
    assert "nothing was measured" in capsys.readouterr().out


def test_every_row_has_its_figures(folder: Path):
    rows = list(matching.rows_of(load(folder), Words()))
    ways = {(row["direction"], row["way"]) for row in rows}
    assert ("need->member", "both fused") in ways
    assert ("member->need", "Manyhands") in ways
    assert all(0 <= value <= 1 for row in rows for value in row.values() if isinstance(value, float))


def test_a_town_is_a_community_in_which_everything_of_a_week_can_be_said(tmp_path: Path):
    town = build(f"sqlite:///{tmp_path / 'town.db'}", "main", 40)
    app = app_of(town, Nobody())
    answered: set[str] = set()
    for request in islice(Saying(town, WEEK, "a week"), 200):
        if not isinstance(app.handle(request).reply, No):
            answered |= {kind for kind in WEEK if request.line.startswith(kind)}
    assert answered == set(WEEK)
    assert backlog(app.engine, datetime.now(UTC)).queues["local"].waiting > 0
    app.engine.dispose()


def test_writes_by_hand_still_fit_the_tables():
    with postgres() as url:
        town = build(url, "main", 30, superuser(url))
        with psycopg.connect(superuser(url)) as db:
            for kind, write in raw.BY_HAND.items():
                write(raw.Asked(db, town, kind, 3, 5))
            assert db.execute("SELECT count(*) FROM seen WHERE key = ANY(%s)", [list(raw.BY_HAND)]).fetchone() == (3,)

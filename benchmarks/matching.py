"""How well people, work, skills and names are found: the product's own code against plain cosine, BM25 and both fused.

`python -m benchmarks.matching --data DIR [--noise] [--json FILE]` measures every task folder in DIR (see
`jobs/examples.py`), with the model that `EMBEDDING_MODEL` names, and says which targets are reached.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks import asked
from benchmarks.measure import Measurement
from benchmarks.targets import OURS, reached
from benchmarks.tasks import Metric, Task, evaluate, noisy, tasks, week
from bot.digest import LEAST_MATCH, DigestSettings
from bot.encoder import Encoder
from bot.hearing import SURE
from bot.matching import Floats, words_scores
from jobs import logs
from jobs.embed import Encoder as Model

DATA = Path(__file__).parents[2] / "shared" / "data"
OFF_TOPIC, LONG = "whohelps-beer", 60
TARGETS = {"need->member": 0.60, "member->need": 0.55}
NAMES = {"need->member": "opportunity to people", "member->need": "member to opportunities"}
FUSED = 60
Row = dict[str, object]


def measure() -> list[Measurement]:
    """nDCG@10 in both directions, as a ratio of the target to what was reached (below 1 is better)."""
    task = next((one for one in tasks(DATA) if one.kind == "claims2opp"), None)
    if task is None:
        return [Measurement("matching quality", 0, note="the public data is not here; nothing was measured")]
    model = Model()
    try:
        began = time.perf_counter()
        found, _gate = _ours(task, model)
        seconds = time.perf_counter() - began
    finally:
        model.close()
    return [_against_target(task, direction, found[direction], seconds) for direction in task.directions]


def _against_target(task: Task, direction: str, scores: Floats, seconds: float) -> Measurement:
    reached, target = evaluate(scores, task.relevance, direction)["nDCG@10"], TARGETS[direction]
    note = f"nDCG@10 {reached:.3f}, target {target:.2f}; the ratio is target to reached"
    return Measurement(f"matching, {NAMES[direction]}", len(task.needs), seconds, ratio=target / reached, note=note)


def rows_of(task: Task, encoder: Encoder) -> Iterator[Row]:
    """A row for each direction and way to score; the digest week, acceptance of names, and spread of attention."""
    ours, gate = _ours(task, encoder)
    plain = _plain(task, encoder)
    for direction in task.directions:
        for way, scores in {OURS: ours[direction], **plain}.items():
            fused = scores if way != "both fused" else _fused(list(plain.values())[:2], direction)
            yield {"task": task.name, "direction": direction, "way": way, **evaluate(fused, task.relevance, direction)}
    if gate is not None and task.kind == "claims2opp":
        for way, scores, passing, least in (
            (OURS, ours["member->need"], gate, LEAST_MATCH[DigestSettings().threshold]),
            ("cosine", *[plain["cosine"]] * 2, 0.4),
        ):
            yield {"task": task.name, "direction": "digest week", "way": way, **week(scores, passing, least, task)}
    if task.kind == "whohelps":
        yield {"task": task.name, "direction": "attention", "way": OURS, **_attention(ours["need->member"])}


def _ours(task: Task, encoder: Encoder) -> tuple[dict[str, Floats], Floats | None]:
    """The product's scores for each direction, (o, m), and its gate."""
    if task.kind == "skillnorm":
        return {"need->member": _meant(task, encoder, set())}, None
    with asked.community(task, encoder) as ctx:
        if task.is_of_labels:
            return {"need->member": asked.labels_asked(ctx, task)}, None
        return asked.people(ctx, task)


def _meant(task: Task, encoder: Encoder, learned: set[int]) -> Floats:
    """Names to labels, where the community has learned some of the aliases (their rows)."""
    label = [task.members[at]["claims"][0]["skill"] for at in task.relevance.argmax(axis=1)]
    aliases = {task.texts[at]: label[at] for at in learned}
    with asked.community(task, encoder, aliases) as ctx:
        return asked.labels_meant(ctx, task, left_out=True)


def names_rows(task: Task, encoder: Encoder) -> Iterator[Row]:
    """Names with half of the aliases known, the other half asked; and how right a likeness of `SURE` is."""
    half = set(np.random.default_rng(0).permutation(len(task.texts))[: len(task.texts) // 2].tolist())
    others = [at for at in range(len(task.texts)) if at not in half]
    for direction, learned, tested in (
        ("half known", half, others),
        ("all but this one", set(range(len(task.texts))), None),
    ):
        scores = _meant(task, encoder, learned)
        scores, relevance = (one if tested is None else one[tested] for one in (scores, task.relevance))
        right = relevance[np.arange(len(scores)), scores.argmax(axis=1)] > 0
        sure = scores.max(axis=1) >= SURE
        extra = {"sure": float(sure.mean()), "precision": float(right[sure].mean()) if sure.any() else 1.0}
        yield {"task": task.name, "direction": direction, "way": OURS, **evaluate(scores, relevance), **extra}


def _plain(task: Task, encoder: Encoder) -> dict[str, Floats]:
    """Whole profile by cosine, BM25, and a place for both fused, (o, m)."""
    profiles = task.profiles()
    cosine = encoder.encode(task.texts, "query") @ encoder.encode(profiles, "document").T
    return {"cosine": cosine, "BM25": words_scores(task.texts, profiles).T, "both fused": cosine}


def _fused(ways: list[Floats], direction: str) -> Floats:
    """Reciprocal-rank fusion along the list that is ranked, (o, m)."""
    axis = 1 if direction == "need->member" else 0
    ranks = [np.argsort(np.argsort(-scores, axis=axis, kind="stable"), axis=axis) for scores in ways]
    return np.sum([1 / (FUSED + 1 + rank) for rank in ranks], axis=0).astype(np.float32)


def _attention(scores: Floats) -> Metric:
    """Of the first three people of every question: the share of the three most named, and how many members are."""
    named = np.bincount(np.argsort(-scores, axis=1, kind="stable")[:, :3].ravel(), minlength=scores.shape[1])
    return {"top 3 people": float(np.sort(named)[-3:].sum() / named.sum()), "members named": float((named > 0).mean())}


def main(
    data: Annotated[Path, typer.Option(help="Where the task folders are.")] = DATA,
    noise: Annotated[bool, typer.Option("--noise", help="Off-topic bios, boilerplate and vague claims.")] = False,
    to: Annotated[Path | None, typer.Option("--json", help="Where JSON lines go.")] = None,
) -> None:
    """Prints the table of every task, and writes one JSON line a row."""
    found = tasks(data) if data.is_dir() else []
    if not found:
        typer.echo(f"There are no task folders in {data}; nothing was measured.")
        return
    rows = _measured([*found, *_with_noise(found)] if noise else found)
    rows += reached(rows)
    Console(width=150).print(table(rows))
    if to:
        to.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _with_noise(found: list[Task]) -> list[Task]:
    answers = [
        item.get("answer", "")
        for task in found
        for one in task.members
        for item in one["items"]
        if task.name == OFF_TOPIC
    ]
    off_topic = [one for one in answers if len(one.split()) >= LONG]
    return [noisy(task, off_topic) for task in found if task.kind == "claims2opp" and off_topic]


def _measured(found: list[Task]) -> list[Row]:
    logs.configure("ERROR", sys.stderr)
    model = Model(os.environ.get("EMBEDDING_MODEL", ""))
    rows: list[Row] = []
    try:
        for task in found:
            sys.stderr.write(f"measuring {task.name} ...\n")
            rows += [*rows_of(task, model), *(names_rows(task, model) if task.kind == "skillnorm" else ())]
    finally:
        model.close()
    return rows


def table(rows: list[Row]) -> Table:
    """What a person reads."""
    drawn = Table("task", "direction", "way", "figures")
    for row in rows:
        figures = "  ".join(f"{name} {value:.3f}" for name, value in row.items() if isinstance(value, float))
        figures += f"  met: {row['met']}" if "met" in row else ""
        drawn.add_row(str(row["task"]), str(row["direction"]), str(row["way"]), figures)
    return drawn


if __name__ == "__main__":
    typer.run(main)

"""Variants and measures of the evaluation tasks on file, as they were published with them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from bot.matching import Floats
from jobs.examples import Relevance, Task, load, tasks

__all__ = ["Metric", "Scorer", "Task", "evaluate", "load", "noisy", "tasks", "week"]

BOILERPLATE = (
    "We are a remote-first collective with a great culture and flexible hours . Competitive day rate , start as soon "
    "as possible . Please reply in thread or send a direct message with a short introduction and your availability ."
)
VAGUE = ("communication", "problem solving", "teamwork", "leadership", "work independently")


def noisy(task: Task, off_topic: list[str], seed: int = 3) -> Task:
    """Boilerplate on every post; for every member an off-topic bio of 60 words and five vague claims."""
    rng = Random(seed)
    needs = [{**one, "text": f"{one['text']} {BOILERPLATE}"} for one in task.needs]
    members = [
        {
            **one,
            "bio": " ".join(rng.choice(off_topic).split()[:60]),
            "claims": [*one["claims"], *({"skill": skill} for skill in VAGUE)],
        }
        for one in task.members
    ]
    return replace(task, name=f"{task.name} (noise)", needs=needs, members=members)


Metric = dict[str, float]


def evaluate(scores: Floats, relevance: Relevance, direction: str = "need->member") -> Metric:
    """Means over the queries that have something relevant; both (needs, members). Ties are broken at random, by seed.

    nDCG@10 with gain 2^rel - 1, mean average precision, mean reciprocal rank, precision at 1, and R-precision at 5 and
    10 (hits in the first k over the smaller of k and the number of relevant ones).
    """
    if direction == "member->need":
        scores, relevance = scores.T, relevance.T
    noise = np.random.default_rng(0).random(scores.shape[1]) * 1e-9
    rows = [_of_query(s.astype(float) + noise * (np.abs(s).max() + 1), r) for s, r in _asked(scores, relevance)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]} if rows else {}


def _asked(scores: Floats, relevance: Relevance) -> Iterable[tuple[Floats, Relevance]]:
    return ((s, r) for s, r in zip(scores, relevance, strict=True) if (r > 0).any())


def _of_query(scores: NDArray[np.float64], relevance: Relevance) -> Metric:
    found = relevance[np.argsort(-scores, kind="stable")]
    ranks, total = np.flatnonzero(found > 0), int((relevance > 0).sum())
    gain, best = 2.0 ** found[:10] - 1, 2.0 ** np.sort(relevance[relevance > 0])[::-1][:10] - 1
    discount = 1 / np.log2(np.arange(2, 12))
    return {
        "nDCG@10": float((gain * discount[: len(gain)]).sum() / (best * discount[: len(best)]).sum()),
        "MAP": float(((np.arange(total) + 1) / (ranks + 1)).mean()),
        "MRR": float(1 / (ranks[0] + 1)),
        "P@1": float(found[0] > 0),
        "RP@5": float((found[:5] > 0).sum() / min(5, total)),
        "RP@10": float((found[:10] > 0).sum() / min(10, total)),
    }


Scorer = Callable[[Task], dict[str, Floats]]


def week(scores: Floats, gate: Floats, threshold: float, task: Task) -> Metric:
    """Twenty random digest weeks of 8 open posts, at most 3 messages a member, sent where gate >= threshold.

    scores and gate (o, m). Over the members with 5 or 10 claims: how much of what is sent is right, how much of what
    was deserved is sent, and the share of members who got something and nothing right.
    """
    who = [at for at, one in enumerate(task.members) if len(one["claims"]) in (5, 10)]
    rng = np.random.default_rng(1)
    picks = [rng.choice(len(scores), min(8, len(scores)), replace=False) for _ in range(20)]
    sent = good = deserved = noise = 0
    for posts in picks:
        for member in who:
            out = [one for one in posts[np.argsort(-scores[posts, member])] if gate[one, member] >= threshold][:3]
            hits = int((task.relevance[out, member] > 0).sum())
            sent, good, noise = sent + len(out), good + hits, noise + (bool(out) and not hits)
            deserved += min(int((task.relevance[posts, member] > 0).sum()), 3)
    members = len(picks) * len(who)
    return {"precision": good / max(sent, 1), "recall": good / max(deserved, 1), "noise only": noise / max(members, 1)}

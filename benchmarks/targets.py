"""The figures that the matching was set as targets, each a mean over the tasks of its kind, and what was reached."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Row = dict[str, object]
OURS = "Manyhands"
NOISE = "(noise)"


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of the product in the rows of one kind of task; `is_limit`: less is better."""

    name: str
    kind: str
    direction: str
    figure: str
    value: float
    is_limit: bool = False
    noise: bool = False

    def figures(self, rows: Sequence[Row]) -> list[float]:
        """It in every task where it was measured."""
        return [float(str(row[self.figure])) for row in rows if self._is_in(row)]

    def _is_in(self, row: Row) -> bool:
        task = str(row["task"])
        is_kind = task.split("-", maxsplit=1)[0] == self.kind and task.endswith(NOISE) == self.noise
        return is_kind and row["way"] == OURS and row["direction"] == self.direction and self.figure in row


TARGETS = (
    Target("who fits an opportunity", "claims2opp", "need->member", "nDCG@10", 0.60),
    Target("which opportunity fits a member", "claims2opp", "member->need", "nDCG@10", 0.55),
    Target("who fits, under noise", "claims2opp", "need->member", "nDCG@10", 0.60, noise=True),
    Target("which fits, under noise", "claims2opp", "member->need", "nDCG@10", 0.45, noise=True),
    Target("skills that a text asks for", "need2skill", "need->member", "RP@5", 0.52),
    Target("digest week, precision", "claims2opp", "digest week", "precision", 0.50),
    Target("digest week, recall", "claims2opp", "digest week", "recall", 0.35),
    Target("digest week, members with noise only", "claims2opp", "digest week", "noise only", 0.15, is_limit=True),
    Target("names, other aliases known", "skillnorm", "all but this one", "P@1", 0.82),
    Target("names, half of the aliases known", "skillnorm", "half known", "P@1", 0.82),
    Target("names accepted by likeness, precision", "skillnorm", "all but this one", "precision", 0.93),
    Target("share of the three most named", "whohelps", "attention", "top 3 people", 0.50, is_limit=True),
)


def reached(rows: Sequence[Row]) -> list[Row]:
    """A row for each target that these tasks can tell of."""
    found: list[Row] = []
    for one in TARGETS:
        if figures := one.figures(rows):
            mean = float(np.mean(figures))
            is_met = mean <= one.value if one.is_limit else mean >= one.value
            named = {"task": "targets", "direction": one.name, "way": OURS}
            found.append({**named, "reached": mean, "target": one.value, "met": "yes" if is_met else "no"})
    return found

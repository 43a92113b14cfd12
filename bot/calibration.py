"""What a language model's cosines mean: every model has a scale of its own, a match means the same whatever the model.

A *match* is a cosine as all-MiniLM-L6-v2 gives it, the model that ships; what it is worth was measured for that one
(`matching.chance`). Another model's cosine becomes the match that has the same chance of being really asked for, so
thresholds, weights and what was learned from answers stay as they are when the model is swapped. At the matches `KNOTS`
a skill is asked for with the chances `ASKED` (public sentences and the claims that fit them), and two built-in names
with these cosines belong to one skill with the chances `SAME`; both were measured as `knots` measures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.matching import MATCHES, Bools, Floats

Doubles = NDArray[np.float64]
Basis = Literal["shipped", "data", "answers", "names", "nothing"]
KNOTS = MATCHES[1:-1]
ASKED = (0.030, 0.122, 0.314, 0.640, 0.808)
SAME = (0.040, 0.24, 0.55, 0.92, 0.98)
APART = 0.005
UNSEEN = 0.69
BINS = 60
LEAST_RIGHT = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """Which cosines of a model stand for the matches `KNOTS` (k,): of windows with skills, and of names with names.

    `basis` tells what they rest on. What rests on names alone is an estimate, too unsure to write to somebody; what
    rests on nothing is not even worth a look, and serves to order.
    """

    windows: tuple[float, ...] = KNOTS
    names: tuple[float, ...] = KNOTS
    basis: Basis = "shipped"

    @property
    def is_calibrated(self) -> bool:
        """Whether it was measured on what texts really asked for."""
        return self.basis not in ("names", "nothing")

    def match(self, cosines: Floats) -> Floats:
        """Windows' cosines with skills, of any shape, as matches."""
        found = _translated(cosines, self.windows)
        return np.minimum(found, np.float32(UNSEEN)) if self.basis == "nothing" else found

    def likeness(self, cosines: Floats) -> Floats:
        """Names' cosines with names, of any shape, as the model that ships would give them."""
        return _translated(cosines, self.names)

    def cosine(self, match: float) -> float:
        """The cosine of this model that stands for a match, for those who want to see it."""
        return float(np.interp(match, (-1.0, *KNOTS, 1.0), (-1.0, *self.windows, 1.0)))

    def written(self) -> str:
        """As it is stored."""
        return json.dumps({"windows": self.windows, "names": self.names, "basis": self.basis})

    @classmethod
    def read(cls, text: str) -> "Scale":
        """What `written` wrote."""
        said = json.loads(text)
        return cls(tuple(said["windows"]), tuple(said["names"]), said["basis"])


SHIPPED = Scale()
UNKNOWN = Scale(basis="nothing")


def _translated(cosines: Floats, knots: tuple[float, ...]) -> Floats:
    """Piecewise linear and strictly rising: knots (k,) become `KNOTS`, -1 and 1 stay."""
    if knots == KNOTS:
        return cosines
    return np.interp(cosines, (-1.0, *knots, 1.0), (-1.0, *KNOTS, 1.0)).astype(np.float32)


class TooFew(ValueError):
    """Too little was really asked for in these cases to tell what a cosine is worth."""


def knots(cosines: Floats, right: Bools, chances: Sequence[float] = ASKED) -> tuple[float, ...]:
    """At which cosines these chances are reached, (k,), strictly rising, from cases (n,) that were right or not.

    Centred isotonic regression (Oron and Flournoy, 2017) over at most 60 bins of cosines, each with as many of the
    right ones; where it never rises to a chance, the gap goes on as for the model that ships. Raises `TooFew`.
    """
    if right.sum() < LEAST_RIGHT:
        raise TooFew(f"{int(right.sum())} cases that were really asked for are too few; {LEAST_RIGHT} are the least")
    centre, share = _risen(cosines, right)
    found = [float(one) for one in np.interp(chances, share, centre)]
    reached = sum(chance <= share[-1] for chance in chances)
    return _rising([one if at < reached else _beyond(found, reached, at) for at, one in enumerate(found)])


def _risen(cosines: Floats, right: Bools) -> tuple[Doubles, Doubles]:
    """Blocks of cosines: their centres and the share that was right, both strictly rising, (b,)."""
    from sklearn.isotonic import IsotonicRegression  # takes a second, and only calibration needs it

    edges = np.unique(np.quantile(cosines[right], np.linspace(0, 1, min(BINS, int(right.sum()) // 5) + 1)))
    lower = np.linspace(float(cosines.min()), float(edges[0]), BINS // 4, endpoint=False)
    _bins, at, size = np.unique(np.searchsorted([*lower, *edges], cosines), return_inverse=True, return_counts=True)
    middle = np.bincount(at, cosines.astype(float)) / size
    share = np.bincount(at, right.astype(float)) / size
    level = np.asarray(IsotonicRegression().fit_transform(middle, share, sample_weight=size), float)
    levels, block = np.unique(level.round(6), return_inverse=True)
    return np.bincount(block, middle * size) / np.bincount(block, size), levels


def _beyond(found: Sequence[float], reached: int, at: int) -> float:
    """A chance that is never reached: in what is left to 1, as far beyond the last as for the model that ships."""
    last = max(0, reached - 1)
    share = (KNOTS[at] - KNOTS[last]) / (1 - KNOTS[last])
    return found[last] + (1 - found[last]) * share


def _rising(placed: Sequence[float]) -> tuple[float, ...]:
    """The same, each at least .005 above the one before, all within -1 and 1."""
    lowest = np.maximum.accumulate(np.asarray(placed) - APART * np.arange(len(placed)))
    highest = 1 - APART * np.arange(len(placed), 0, -1)
    return tuple(float(one) for one in np.minimum(lowest + APART * np.arange(len(placed)), highest))

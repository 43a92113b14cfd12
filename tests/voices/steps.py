"""What the scenarios of this folder have in common."""

import numpy as np
import pytest
from hypothesis import strategies as st

from bot.voices import Ledger

EXACT, TRUNCATED = 14, 1600


SIZES = pytest.mark.parametrize("size", [EXACT, TRUNCATED])


PEOPLE = st.integers(0, EXACT - 1)


ENTRIES = st.tuples(PEOPLE, PEOPLE, st.integers(-1, 2), st.sampled_from([0.5, 1.0, 2.0, 20.0]), st.integers(0, 400))


LEDGERS = st.lists(ENTRIES, max_size=40)


def ledger(entries, vetted=(0, 1, 2), size=EXACT):
    columns = list(zip(*entries, strict=True)) or [()] * 5
    kinds = (np.int64, np.int64, np.int64, np.float64, np.float64)
    arrays = [np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return Ledger(*arrays, size, np.isin(np.arange(size), vetted))


def kudos(*pairs, weight=1.0):
    return [(giver, receiver, -1, weight, 0) for giver, receiver in pairs]


def crowd(seed, entries=120):
    """A community so busy that most members give more than the least total: where thinned shares would show."""
    rng = np.random.default_rng(seed)
    giver, receiver = rng.integers(0, EXACT, (2, entries))
    return [(int(i), int(v), -1, float(rng.integers(1, 60)), 0) for i, v in zip(giver, receiver, strict=True)]


def everyone(graph):
    return {(member, skill): value for member, skill, value, _ in graph.all()}

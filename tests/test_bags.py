"""Words of many members at once: the same scores as the library gives, document by document."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bags import Bags
from bot.matching import STEADY, Index, norm_of

PARTS = [["docker"], ["c++", "cpp"], ["plain", "words", "plain"], [], ["machine", "learning"], ["words"]]
QUERIES = ["plain words", "C++ and Docker", "machine", "nothing of this", "", "words words docker"]
bags = st.lists(st.lists(st.integers(0, len(PARTS) - 1), max_size=6, unique=True), min_size=1, max_size=12)


def made(documents: list[list[int]], weight: list[int] | None = None) -> Bags:
    document = np.repeat(np.arange(len(documents)), [len(one) for one in documents])
    part = np.array([at for one in documents for at in one], np.int64)
    return Bags(document, part, PARTS, np.array(weight or [1] * len(documents), np.float32))


def spelled(documents: list[list[int]]) -> list[list[str]]:
    return [[term for at in one for term in PARTS[at]] for one in documents]


@given(bags, st.sampled_from(QUERIES))
def test_the_scores_are_those_of_the_library(documents: list[list[int]], query: str):
    assert made(documents).scores(query) == pytest.approx(Index(spelled(documents)).scores(query), abs=1e-5)


@given(bags, st.sampled_from(QUERIES), st.data())
def test_one_that_stands_for_several_counts_as_often(documents: list[list[int]], query: str, data: st.DataObject):
    weight = data.draw(st.lists(st.integers(1, 5), min_size=len(documents), max_size=len(documents)))
    all_of_them = [one for one, often in zip(documents, weight, strict=True) for _ in range(often)]
    whole = Index(spelled(all_of_them)).scores(query)[np.cumsum(weight) - 1]
    assert made(documents, weight).scores(query) == pytest.approx(whole, abs=1e-5)


@given(bags, st.sampled_from(QUERIES), st.data())
def test_some_documents_are_scored_as_among_all(documents: list[list[int]], query: str, data: st.DataObject):
    weight = data.draw(st.lists(st.integers(1, 5), min_size=len(documents), max_size=len(documents)))
    some = np.array(data.draw(st.lists(st.integers(0, len(documents) - 1))), np.int64)
    found = made(documents, weight)
    assert found.scores_of(query, some) == pytest.approx(found.scores(query)[some])


@given(bags, st.sampled_from(QUERIES), st.data())
def test_the_norm_is_known_without_looking_at_any_document(documents: list[list[int]], query: str, data: st.DataObject):
    weight = data.draw(st.lists(st.integers(1, 5), min_size=len(documents), max_size=len(documents)))
    found = made([*documents, *([[]] * STEADY)], [*weight, *([1] * STEADY)])
    looked_at = norm_of(found.scores(query), np.array([*weight, *([1] * STEADY)], float))
    assert found.norm(query) == pytest.approx(looked_at, abs=1e-3)


def test_without_anybody_there_is_nothing():
    nobody = Bags(np.zeros(0, np.int64), np.zeros(0, np.int64), [], np.zeros(0, np.float32))
    assert nobody.scores("docker").shape == (0,)
    assert nobody.scores_of("docker", np.zeros(0, np.int64)).shape == (0,)

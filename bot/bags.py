"""BM25 over documents made of a few shared parts: a member's words are those of the skills that they claim."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.matching import Floats, Ints, terms

Doubles = NDArray[np.float64]
K1, B = 1.5, 0.75


class Bags:
    """The scores of `matching.Index` over the whole documents, built from (document, part) pairs in one sweep.

    A document may stand for several like it (`weight`, (d,)): how rare a term is, and the mean length, are then those
    of all that they stand for.
    """

    def __init__(self, document: Ints, part: Ints, parts: Sequence[Sequence[str]], weight: Floats) -> None:
        """Which document (p,) holds which of the `parts` (p,), in the documents' order; each part as its terms."""
        self.size = len(weight)
        self._known = {term: at for at, term in enumerate(dict.fromkeys(term for one in parts for term in one))}
        self._start = np.zeros(len(self._known) + 1, np.int64)
        self._where, self._adds = np.zeros(0, np.int64), np.zeros(0)
        if self._known:
            self._add(document, part, parts, weight.astype(float))

    def _add(self, document: Ints, part: Ints, parts: Sequence[Sequence[str]], weight: Doubles) -> None:
        """What each term adds to which documents: its rarity x how much its count tells; kept by term."""
        from scipy import sparse  # slow to import, and only ranking needs it

        held = sparse.csr_array((np.ones(len(part), np.float32), (document, part)), shape=(self.size, len(parts)))
        counts = sparse.csr_array(held @ self._counts(parts))
        length, at = np.asarray(counts.sum(axis=1)), np.repeat(np.arange(self.size), np.diff(counts.indptr))
        often = _often(
            np.asarray(counts.data, np.float32), length[at], float(np.average(np.maximum(length, 1), weights=weight))
        )
        rare = _rare(np.bincount(counts.indices, weight[at], len(self._known)).astype(float), float(weight.sum()))
        adds = sparse.csr_array((often * rare[counts.indices], counts.indices, counts.indptr), shape=counts.shape)
        by_term = sparse.csr_array(adds.T)
        self._start, self._where = by_term.indptr, by_term.indices.astype(np.int64)
        self._adds = by_term.data.astype(float)

    def _counts(self, parts: Sequence[Sequence[str]]) -> Any:
        """How often each part says each term, sparse (s, t)."""
        from scipy import sparse  # as above

        row = np.repeat(np.arange(len(parts)), [len(one) for one in parts])
        column = np.array([self._known[term] for one in parts for term in one], np.int64)
        return sparse.csr_array((np.ones(len(row), np.float32), (row, column)), shape=(len(parts), len(self._known)))

    def scores(self, query: str) -> Floats:
        """Every document's score for one query, (d,)."""
        asked = [self._known[term] for term in dict.fromkeys(terms(query)) if term in self._known]
        if not asked:
            return np.zeros(self.size, np.float32)
        spans = [slice(*self._start[at : at + 2]) for at in asked]
        where = np.concatenate([self._where[span] for span in spans])
        adds = np.concatenate([self._adds[span] for span in spans])
        return np.bincount(where, adds, self.size).astype(np.float32)


def _often(count: Floats, length: Floats, average: float) -> Floats:
    """How much a term's count (p,) in a document of that length (p,) tells: the library's own formula."""
    from bm25s import scoring  # a fifth of a second that only ranking needs

    return scoring._score_tfc_lucene(count, length, average, K1, B)  # pyright: ignore[reportPrivateUsage]


def _rare(documents: Doubles, size: float) -> Floats:
    """How much each term (t,) tells that stands in so many of `size` documents: the library's own formula."""
    from bm25s import scoring  # as above

    each = [scoring._score_idf_lucene(one, size) for one in documents.tolist()]  # pyright: ignore[reportPrivateUsage]
    return np.array(each, np.float32)

"""BM25 over documents made of a few shared parts: a member's words are those of the skills that they claim."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from bot.matching import Bools, Doubles, Floats, Ints, Norm, norm_by, terms
from bot.sparse import Sparse

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
        self._weight = weight.astype(float)
        known = self._known
        self._of_document = self._adds(document, part, parts, self._weight) if known else Sparse.empty(self.size)

    def _adds(self, document: Ints, part: Ints, parts: Sequence[Sequence[str]], weight: Doubles) -> Sparse:
        """What each term adds to which documents: its rarity x how much its count tells."""
        from scipy import sparse  # slow to import, and only ranking needs it

        held = sparse.csr_array((np.ones(len(part), np.float32), (document, part)), shape=(self.size, len(parts)))
        counts = sparse.csr_array(held @ self._counts(parts))
        length, at = np.asarray(counts.sum(axis=1)), np.repeat(np.arange(self.size), np.diff(counts.indptr))
        often = _often(
            np.asarray(counts.data, np.float32), length[at], float(np.average(np.maximum(length, 1), weights=weight))
        )
        rare = _rare(np.bincount(counts.indices, weight[at], len(self._known)).astype(float), float(weight.sum()))
        adds = sparse.csr_array((often * rare[counts.indices], counts.indices, counts.indptr), shape=counts.shape)
        return Sparse.of(adds.astype(float))

    def _counts(self, parts: Sequence[Sequence[str]]) -> Any:
        """How often each part says each term, sparse (s, t)."""
        from scipy import sparse  # as above

        row = np.repeat(np.arange(len(parts)), [len(one) for one in parts])
        column = np.array([self._known[term] for one in parts for term in one], np.int64)
        return sparse.csr_array((np.ones(len(row), np.float32), (row, column)), shape=(len(parts), len(self._known)))

    def scores(self, query: str) -> Floats:
        """Every document's score for one query, (d,)."""
        _term, where, adds = self._of_term.rows(self._asked(query))
        return np.bincount(where, adds, self.size).astype(np.float32)

    def scores_of(self, query: str, documents: Ints) -> Floats:
        """The same of some documents alone, (k,)."""
        row, term, adds = self._of_document.rows(documents)
        kept = self._is_among(self._asked(query))[term]
        return np.bincount(row[kept], adds[kept], len(documents)).astype(np.float32)

    def norm(self, query: str) -> Norm:
        """Of every document's score for one query, without looking at any of them."""
        asked = self._asked(query)
        _term, other, products = self._together.rows(asked)
        squares = products[self._is_among(asked)[other]].sum()
        return norm_by(float(self._total[asked].sum()), float(squares), float(self._weight.sum()))

    def _asked(self, query: str) -> Ints:
        """Which of the terms known here a query has."""
        return np.array([self._known[one] for one in dict.fromkeys(terms(query)) if one in self._known], np.int64)

    def _is_among(self, some: Ints) -> Bools:
        """Whether each term is one of these, (t,)."""
        found = np.zeros(len(self._known), np.bool_)
        found[some] = True
        return found

    @cached_property
    def _of_term(self) -> Sparse:
        return Sparse.of(self._of_document.as_array(len(self._known)).T)

    @cached_property
    def _total(self) -> Doubles:
        """What each term adds to all documents together, (t,)."""
        return np.asarray(self._of_document.as_array(len(self._known)).T @ self._weight)

    @cached_property
    def _together(self) -> Sparse:
        """The same of the product of each two terms: the squares of any scores add up to a sum of these."""
        adds = self._of_document.as_array(len(self._known))
        return Sparse.of(adds.T @ adds.multiply(self._weight[:, None]))


def _often(count: Floats, length: Floats, average: float) -> Floats:
    """How much a term's count (p,) in a document of that length (p,) tells: the library's own formula."""
    from bm25s import scoring  # a fifth of a second that only ranking needs

    return scoring._score_tfc_lucene(count, length, average, K1, B)  # pyright: ignore[reportPrivateUsage]


def _rare(documents: Doubles, size: float) -> Floats:
    """How much each term (t,) tells that stands in so many of `size` documents: the library's own formula."""
    from bm25s import scoring  # as above

    each = [scoring._score_idf_lucene(one, size) for one in documents.tolist()]  # pyright: ignore[reportPrivateUsage]
    return np.array(each, np.float32)

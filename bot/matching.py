"""Pure ranking over vectors and words: who fits, why, and whom to tell. Numpy in, numpy out; no database.

The formulation: each claim is compared with short windows of the text, rare claims count more, and words (BM25) help.
z-scores order a list; they never decide whether a match is good enough: that is the gate's part.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]

WINDOW_SIZES = (2, 4)
MOST_WINDOWS = 300
NEAR = 0.60
FLOOR = 0.40
LOOK = 0.70
WRITE = 0.80
RARE, RARE_WEIGHT, YOUNG, TELLING = 0.36, 0.50, 0.05, 0.25
SHARED, PRIOR_MEMBERS = 0.5, 20
NAMED, UNNAMED = 1.0, 0.99
HEARD = np.float32(LOOK)
VETOED = np.float32(0.55)
PRIOR_TEXTS, PRIOR_SHARE = 50, 0.02
WORDS_WEIGHT = STANDING_WEIGHT = WHOLE_WEIGHT = 0.5
NAMES_WEIGHT = 0.1
STEADY = 5
BLOCK = 512
EVEN = 1e-6
MATCHES = (0.40, 0.55, 0.65, 0.75, 0.85, 0.95, 1.0)
CHANCES = (0.0, 0.03, 0.10, 0.29, 0.55, 0.78, 0.85)
_CLAUSE = re.compile(r"[.;:!?\n]+\s|[,()]\s*|\n")
_WORD = re.compile(r"(?<![.\w])\.?\w[\w+#.&/'’-]*")
_EDGE = ".'’-&/"
_SMALL_WORDS = """
a an and are as at be by can for from has have how i in into is it its me my of on or our so that the their them they
this to us was we who will with you your
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def windows(text: str) -> list[str]:
    """The whole text, its clauses, and every run of 2 and 4 words inside a clause; each once.

    At most 300: of a longer text's runs so many are left out, everywhere alike, that all of it is still looked at.
    """
    whole = " ".join(text.split())
    clauses = [" ".join(_words(clause)) for clause in _CLAUSE.split(text)]
    runs = [" ".join(run) for size in WINDOW_SIZES for clause in clauses for run in _runs(clause.split(), size)]
    found = list(dict.fromkeys(one for one in (whole, *clauses) if one))[:MOST_WINDOWS]
    others = list(dict.fromkeys([*found, *runs]))[len(found) :]
    return [*found, *_spread_out(others, MOST_WINDOWS - len(found))]


def _spread_out(runs: list[str], most: int) -> list[str]:
    """At most so many of the runs, at even distances."""
    return runs if len(runs) <= most else [runs[at * len(runs) // most] for at in range(most)]


def _words(text: str) -> list[str]:
    return [word for word in (one.rstrip(_EDGE) for one in _WORD.findall(text)) if word]


def _runs(words: list[str], size: int) -> list[list[str]]:
    return [words[at : at + size] for at in range(len(words) - size + 1)] if len(words) > size else []


def core(window: str) -> str:
    """A window without the small words at its ends, as it is quoted."""
    words = window.split()
    while words and words[0].casefold() in _SMALL:
        words = words[1:]
    while words and words[-1].casefold() in _SMALL:
        words = words[:-1]
    return " ".join(words)


def terms(text: str) -> list[str]:
    """Words for BM25: casefolded, `c++`, `c#` and `.net` whole, a plural's s dropped."""
    return [_stem(word.rstrip(_EDGE)) for word in _WORD.findall(text.casefold()) if word.rstrip(_EDGE)]


def content(text: str) -> list[str]:
    """The same without small words, for texts in which they would count as much as what they are about."""
    return [one for one in terms(text) if one not in _SMALL]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True, slots=True)
class Best:
    """Each skill's best match with each text, (s, o); and by text and marked window, the skills (k,) it is best for."""

    match: Floats
    won: dict[tuple[int, int], Ints]


def best_of_each(skills: Floats, texts: Sequence[Floats], marked: Sequence[Sequence[int]] = ()) -> Best:
    """The best cosine of each skill vector (s, d) over each text's window vectors (w, d); unit rows.

    Texts are multiplied together, a block at a time. `marked` are windows of each text.
    """
    match = np.zeros((len(texts), len(skills)), np.float32)
    won: dict[tuple[int, int], Ints] = {}
    for block in _blocks([len(rows) for rows in texts]) if len(skills) else ():
        start = np.cumsum([0, *(len(texts[at]) for at in block)])[:-1]
        cosines = np.concatenate([texts[at] for at in block]) @ skills.T
        match[block] = np.maximum.reduceat(cosines, start, axis=0)
        for at, first in zip(block, start.tolist(), strict=True) if marked else ():
            won |= {(at, one): np.flatnonzero(cosines[first + one] == match[at]) for one in marked[at]}
    return Best(match.T, won)


def _blocks(sizes: Sequence[int]) -> list[list[int]]:
    """Which texts go together: at most 512 windows, or one text; those without windows are left out."""
    blocks: list[list[int]] = [[]]
    room = BLOCK
    for at, size in enumerate(sizes):
        if size > room and blocks[-1]:
            blocks.append([])
            room = BLOCK
        if size:
            blocks[-1].append(at)
            room -= size
    return [block for block in blocks if block]


def rarity(match: Floats) -> Floats:
    """How telling each skill is, (s,) in 0..1, from its matches (s, o) with the texts on file.

    log((N+1)/(n+1)) / log(N+1), n the texts with match >= .60; a young community is steadied by 50 texts of which
    2 % match.
    """
    return rarity_of_counts((match >= NEAR).sum(axis=1), match.shape[1])


def rarity_of_counts(near: Ints, texts: int) -> Floats:
    """The same from how many of so many texts each skill comes near, (s,)."""
    steadied, texts = near + PRIOR_TEXTS * PRIOR_SHARE, texts + PRIOR_TEXTS
    return (np.log((texts + 1) / (steadied + 1)) / math.log(texts + 1)).astype(np.float32)


def telling(match: Floats, rare: Floats) -> Floats:
    """What a claim of each skill adds for each text: rarity^2 max(0, match - .40)^2, (s, o)."""
    return (rare[:, None] ** 2 * np.maximum(0.0, match - FLOOR) ** 2).astype(np.float32)


def gated(match: Floats, rare: Floats, texts: int | None) -> Floats:
    """The match that decides whether to speak, (s, o), as a skill of common rarity would have it.

    match + .5 trust (rarity - .36) + .05 (1 - trust)^2, trust = N/(N+50) with N texts on file: the rarer a skill, the
    less of a match is as telling; while few texts are on file nobody knows what is rare, and most skills are. What is
    named stays a match of 1, unless it is named or meant in so many texts that it tells nothing (rarity below .25).
    What is only a sibling of what is named stays below every gate, however rare it is.
    Where nobody has calibrated the cosines (`texts` None), a match is taken as it is.
    """
    trust = (texts or 0) / ((texts or 0) + PRIOR_TEXTS)
    young = 0.0 if texts is None else YOUNG * (1 - trust) ** 2
    more = RARE_WEIGHT * trust * (rare[:, None] - RARE) + young
    meant = np.clip(match + more, 0.0, UNNAMED)
    said = np.where((match >= NAMED) | (match == HEARD) | (match == VETOED), match, meant)
    return np.where((match >= NAMED) & (rare[:, None] < TELLING), 0.0, said).astype(np.float32)


def shared(holders: Floats | Ints, members: float) -> Bools:
    """Which skills (s,) so many of the members claim that they tell nobody apart: over half, 20 more imagined."""
    return holders > SHARED * (members + PRIOR_MEMBERS)


def z(values: Floats, axis: int = 0) -> Floats:
    """Standard scores along the list that is ranked.

    Under five items they are unstable; there it is the distance from the mean as a share of the largest value.
    """
    exact = values.astype(np.float64)
    away = exact - exact.mean(axis=axis, keepdims=True)
    largest = np.abs(exact).max(axis=axis, keepdims=True, initial=0.0)
    unit = exact.std(axis=axis, keepdims=True) if values.shape[axis] >= STEADY else largest
    is_even = np.abs(away).max(axis=axis, keepdims=True, initial=0.0) <= EVEN * largest
    return np.where(is_even, 0.0, away / np.where(is_even, 1.0, unit)).astype(np.float32)


class Norm(NamedTuple):
    """The mean of a list, and the distance from it that counts as 1; 0 where all are alike."""

    mean: float
    unit: float

    def z(self, values: Floats | Doubles) -> Floats:
        """What `z` over the whole list gives for some of its values, (k,)."""
        if not self.unit:
            return np.zeros(len(values), np.float32)
        return ((values - self.mean) / self.unit).astype(np.float32)


def norm_of(values: Floats | Doubles, weight: Doubles) -> Norm:
    """Of a list (n,); a value may stand for several (`weight`, (n,))."""
    exact = values.astype(np.float64, copy=False)
    if len(exact) >= STEADY:
        return norm_by(float(exact @ weight), float((exact * exact) @ weight), float(weight.sum()))
    mean = float(exact.mean()) if len(exact) else 0.0
    largest = float(np.abs(exact).max(initial=0.0))
    return Norm(mean, largest if np.abs(exact - mean).max(initial=0.0) > EVEN * largest else 0.0)


def norm_by(total: float, squares: float, size: float) -> Norm:
    """Of a list of so many, by its sum and the sum of its squares."""
    mean, square = total / size, squares / size
    unit = max(0.0, square - mean * mean) ** 0.5
    return Norm(mean, unit if unit > EVEN * square**0.5 else 0.0)


def mixed(skill: Floats, words: Floats, standing: Floats | None = None, axis: int = 0) -> Floats:
    """The score that orders a list: z(skill) + 0.5 z(words) + 0.5 z(standing), along the axis that is ranked."""
    score = z(skill, axis) + WORDS_WEIGHT * z(words, axis)
    score = score if standing is None else score + STANDING_WEIGHT * z(standing, axis)
    return score.astype(np.float32)


def asked(match: Floats, whole: Floats, words: Floats) -> Floats:
    """What orders the skills (s,) that a text may ask for: z(best window) + 0.5 z(whole text) + 0.1 z(words).

    No rarity: here a skill is asked for on its own, not to tell members apart.
    """
    return (z(match) + WHOLE_WEIGHT * z(whole) + NAMES_WEIGHT * z(words)).astype(np.float32)


def chance(match: Floats | float) -> Doubles:
    """How likely it is that a claim with this match was really asked for; calibrated on public vacancies."""
    return np.asarray(np.interp(match, MATCHES, CHANCES))


class Index:
    """BM25 over documents of words."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        """Each document as its terms."""
        import bm25s  # a fifth of a second that only ranking needs

        self.size = len(documents)
        self._bm25 = bm25s.BM25()
        self._known: frozenset[str] = frozenset()
        if documents:
            self._bm25.index([list(one) or ["-"] for one in documents], show_progress=False)
            self._known = frozenset(self._bm25.vocab_dict)

    def scores(self, query: str) -> Floats:
        """Every document's score for one query, (d,)."""
        asked = [term for term in dict.fromkeys(terms(query)) if term in self._known]
        return np.asarray(self._bm25.get_scores(asked), np.float32) if asked else np.zeros(self.size, np.float32)


def words_scores(queries: Sequence[str], documents: Sequence[str]) -> Floats:
    """BM25 of every document for every query: (documents, queries)."""
    index = Index([terms(one) for one in documents])
    return np.stack([index.scores(one) for one in queries], 1) if queries else np.zeros((len(documents), 0), np.float32)

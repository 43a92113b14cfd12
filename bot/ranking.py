"""Members against texts: who passes the gate, in which order, and because of which claims."""

from dataclasses import dataclass

import numpy as np

from bot import matching
from bot.evidence import Evidence, Piece, no_evidence
from bot.matching import LOOK, STANDING_WEIGHT, WORDS_WEIGHT, Doubles, Floats, Ints, norm_of
from bot.meaning import Matches
from bot.pool import Claimed, Pool

MOST_FITS = 20
CLOSE, MOST_CLOSE = 0.50, 3
MOST_REASONS = 3
MANY = 2_000


@dataclass(frozen=True, slots=True)
class Reason:
    """A claim that fits, and the words that it fits."""

    claim: Claimed
    said: str
    match: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A member who fits a text, and why; `match` is what the gate looks at, `piece` what is written of their work."""

    member: int
    match: float
    score: float
    reasons: tuple[Reason, ...] = ()
    piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The best first; `by_words` says why meaning had no part; `is_near`: nobody quite fits, these come closest."""

    fits: tuple[Fit, ...] = ()
    by_words: str = ""
    is_near: bool = False


class Ranking:
    """Members (m) against texts (o), one text at a time: nothing of size m x o is ever held."""

    def __init__(
        self,
        pool: Pool,
        texts: list[str],
        matches: Matches,
        rare: Floats,
        on_file: int | None,
        evidence: Evidence | None = None,
    ) -> None:
        """`matches` are of the pool's skills (s) and these texts; `rare` (s,) by the texts that are `on_file`.

        `on_file` is None where the model's cosines are not calibrated.
        """
        self.pool = pool
        self.evidence = evidence or no_evidence(pool.size, len(texts))
        self.texts = texts
        self.matches = matches
        self._telling = matching.telling(matches.match, rare)
        self._gated = matching.gated(matches.match, rare, on_file)
        self._apart = ~matching.shared(pool.claimed_by, float(pool.weight.sum()))
        self._all_apart = bool(self._apart.all())
        self._weight = pool.weight.astype(np.float64)

    def gate(self, text: int, least: float = 0.0) -> Floats:
        """The match that decides whether a member is worth a look, (m,); one below `least` is 0."""
        return self.pool.highest(_from(least, self._gated[:, text]))

    def reach(self, text: int, rows: Ints) -> Floats:
        """The match that decides whether each of these is written to, (k,): not because of what nearly all claim."""
        gated = self._gated[:, text]
        return self.pool.highest_of(rows, gated if self._all_apart else gated * self._apart)

    def claimed(self, text: int) -> Floats:
        """How well each member's claims answer it as words, (m,)."""
        return self.pool.index.scores(self.texts[text])

    def words(self, text: int) -> Floats:
        """The same of claims, or of what is written of their work, whichever answers better, (m,)."""
        claimed = self.claimed(text)
        return np.maximum(claimed, self.evidence.words(self.texts[text])) if self.evidence else claimed

    def order(self, text: int, rows: Ints, standing: Floats | None = None) -> Floats:
        """What orders these members (k,) among all: z(skill) + 0.5 z(words) [+ 0.5 z(standing)]."""
        skill = self.pool.total(self._telling[:, text])
        skill = skill + self.evidence.near(text) if self.evidence else skill
        score = self._z(skill, rows) + WORDS_WEIGHT * self._z_of_words(text, rows)
        score = score if standing is None else score + STANDING_WEIGHT * self._z(standing, rows)
        return score.astype(np.float32)

    def _z(self, values: Floats | Doubles, rows: Ints) -> Floats:
        return norm_of(values, self._weight).z(values[rows])

    def _z_of_words(self, text: int, rows: Ints) -> Floats:
        """Of many, only the words of those asked about are looked at."""
        if self.evidence or self.pool.size < MANY:
            return self._z(self.words(text), rows)
        index, query = self.pool.index, self.texts[text]
        return index.norm(query).z(index.scores_of(query, rows))

    def of_text(self, text: int) -> Found:
        """Who fits a text, best first; when nobody quite does, those few who come closest."""
        gate = self.gate(text)
        is_fit = gate >= LOOK
        if self.matches.by_words:
            is_fit |= self.claimed(text) > 0
        passing, most = np.flatnonzero(is_fit), MOST_FITS
        if not len(passing):
            passing, most = np.flatnonzero(gate >= CLOSE), MOST_CLOSE
        if not len(passing):
            return Found(by_words=self.matches.by_words)
        score = self.order(text, passing, np.log1p(self.pool.standing))
        best = np.argsort(-score, kind="stable")[:most]
        fits = tuple(self.fit(int(passing[at]), text, float(gate[passing[at]]), float(score[at])) for at in best)
        return Found(fits, self.matches.by_words, is_near=most == MOST_CLOSE)

    def gates_of(self, row: int) -> Floats:
        """How well each text passes one member's gate, (o,)."""
        skills = self.pool.skill[self.pool.claims_of(row)]
        return self._gated[skills].max(axis=0, initial=0.0)

    def orders_of(self, row: int) -> Floats:
        """What orders the texts for one member, (o,): z over the texts, without standing."""
        claims = self.pool.claims_of(row)
        skill = self.pool.strength[claims] @ self._telling[self.pool.skill[claims]] + self.evidence.near_of(row)
        words = np.array([self.words(text)[row] for text in range(len(self.texts))], np.float32)
        return matching.mixed(skill, words)

    def fit(self, row: int, text: int, match: float, score: float) -> Fit:
        """One pair with its reasons."""
        told = self.evidence.telling(row, text)
        return Fit(int(self.pool.members[row]), match, score, self.reasons(row, text), told)

    def reasons(self, row: int, text: int) -> tuple[Reason, ...]:
        """The claims that fit a text, the most telling first."""
        claims = np.array(self.pool.claims_of(row), np.int64)
        skill = self.pool.skill[claims]
        telling = np.argsort(-self._telling[skill, text], kind="stable")
        near = telling[self.matches.match[skill[telling], text] >= LOOK]
        best = near[:MOST_REASONS] if len(near) else telling[:1]
        return tuple(self._reason(at, text) for at in claims[best].tolist())

    def _reason(self, claim: int, text: int) -> Reason:
        skill = int(self.pool.skill[claim])
        said, match = self.matches.said(skill, text), float(self.matches.match[skill, text])
        return Reason(self.pool.claimed(claim), said, match)


def _from(least: float, values: Floats) -> Floats:
    """Those values that reach so far; 0 for the others."""
    return np.where(values >= least, values, 0.0).astype(np.float32)

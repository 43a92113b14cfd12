"""What texts ask for: every skill against every text, by meaning and by name."""

from dataclasses import dataclass, replace

import numpy as np

from bot import matching
from bot.calibration import SHIPPED, Scale
from bot.ctx import Ctx
from bot.embedding import Library, scale_of
from bot.encoder import EncoderDown
from bot.matching import Floats, Ints
from bot.names import Lexicon
from bot.taxonomy import lexicon, names_in


@dataclass(frozen=True, slots=True)
class Matches:
    """Every skill (s) against every text (o): match (s, o), and each text's windows.

    `skills` (s, d) and `rows`, each (w, d), are the vectors of both; none where they had no part.
    """

    match: Floats
    windows: list[list[str]]
    skills: Floats
    rows: list[Floats]
    by_words: str = ""
    scale: Scale = SHIPPED

    def of(self, texts: list[int]) -> "Matches":
        """Only these texts."""
        if texts == list(range(len(self.windows))):
            return self
        windows, rows = ([some[at] for at in texts] for some in (self.windows, self.rows))
        return replace(self, match=self.match[:, texts], windows=windows, rows=rows)

    def among(self, skills: Ints) -> "Matches":
        """Only these skills (k,)."""
        return replace(self, match=self.match[skills], skills=self.skills[skills])

    def spread_over(self, rows: list[int], size: int) -> "Matches":
        """As these rows among `size` skills, of which the others match nothing."""
        match = np.zeros((size, self.match.shape[1]), np.float32)
        skills = np.zeros((size, self.skills.shape[1]), np.float32)
        match[rows], skills[rows] = self.match, self.skills
        return replace(self, match=match, skills=skills)

    def said(self, skill: int, text: int) -> str:
        """The words of a text that a skill fits best; all of it where only names were looked for."""
        if not self.windows[text]:
            return ""
        return self.windows[text][int(np.argmax(self.rows[text] @ self.skills[skill])) if len(self.rows[text]) else 0]


def matches_of(ctx: Ctx, skills: list[str], texts: list[str]) -> Matches:
    """By meaning; by names alone when the model is down."""
    windows = [matching.windows(text) for text in texts]
    if not texts:
        return Matches(_none(skills), [], _none(skills), [])
    library, known = Library(ctx.db, ctx.encoder, ctx.fresh), lexicon(ctx.db)
    try:
        vectors, rows = library.skills(skills), library.windows(texts)
    except EncoderDown as down:
        return _by_names(known, skills, texts, windows, str(down))
    scale = scale_of(ctx.db, ctx.encoder)
    naming = _naming(known, windows)
    best = matching.best_of_each(vectors, rows, [list(named) for named in naming])
    match = scale.match(best.match)
    _tell_siblings_apart(skills, match, best.won, naming)
    _hear_names(known, skills, texts, match)
    return Matches(match, windows, vectors, rows, scale=scale)


def _by_names(known: Lexicon[str], skills: list[str], texts: list[str], windows: list[list[str]], why: str) -> Matches:
    match = np.zeros((len(skills), len(texts)), np.float32)
    at = {name: row for row, name in enumerate(skills)}
    for column, text in enumerate(texts):
        rows = [at[name] for name in names_in(known, text) if name in at]
        match[rows, column] = matching.NAMED
    return Matches(match, windows, _none(skills), [_none([])] * len(texts), why)


def _none(skills: list[str]) -> Floats:
    """No numbers for each."""
    return np.zeros((len(skills), 0), np.float32)


def _naming(known: Lexicon[str], windows: list[list[str]]) -> list[dict[int, str]]:
    """Of each text, which windows name a skill, and which."""
    meant = {piece: known.exact(matching.core(piece)) for piece in {piece for pieces in windows for piece in pieces}}
    return [{at: name for at, piece in enumerate(pieces) if (name := meant[piece])} for pieces in windows]


def _tell_siblings_apart(
    skills: list[str], match: Floats, won: dict[tuple[int, int], Ints], naming: list[dict[int, str]]
) -> None:
    """A window that names a skill is that skill: it is a sure match for it, and a weak one for its siblings."""
    row = {name: at for at, name in enumerate(skills)}
    for (column, window), there in won.items():
        match[there, column] = np.minimum(match[there, column], matching.VETOED)
        named = row.get(naming[column][window], -1)
        if named in there:
            match[named, column] = matching.NAMED


def _hear_names(known: Lexicon[str], skills: list[str], texts: list[str], match: Floats) -> None:
    """A name or alias inside a sentence (`a k8s cluster`) is worth a look: it may be an ordinary word there."""
    row = {name: at for at, name in enumerate(skills)}
    for column, text in enumerate(texts):
        rows = [row[name] for name in names_in(known, text) if name in row]
        match[rows, column] = np.maximum(match[rows, column], matching.HEARD)

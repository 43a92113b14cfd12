"""What texts ask for: every skill against every text, by meaning and by name."""

from dataclasses import dataclass, replace

import numpy as np

from bot import matching
from bot.calibration import SHIPPED, Scale
from bot.ctx import Ctx
from bot.embedding import Library, scale_of
from bot.encoder import EncoderDown
from bot.matching import Floats, Ints
from bot.taxonomy import lexicon, names_in


@dataclass(frozen=True, slots=True)
class Matches:
    """Every skill (s) against every text (o): match (s, o), the window it was found in (s, o), and the windows."""

    match: Floats
    window: Ints
    windows: list[list[str]]
    by_words: str = ""
    scale: Scale = SHIPPED

    def of(self, texts: list[int]) -> "Matches":
        """Only these texts."""
        if texts == list(range(len(self.windows))):
            return self
        windows = [self.windows[at] for at in texts]
        return Matches(self.match[:, texts], self.window[:, texts], windows, self.by_words, self.scale)

    def among(self, skills: Ints) -> "Matches":
        """Only these skills (k,)."""
        return replace(self, match=self.match[skills], window=self.window[skills])

    def spread_over(self, rows: list[int], size: int) -> "Matches":
        """As these rows among `size` skills, of which the others match nothing."""
        match = np.zeros((size, self.match.shape[1]), np.float32)
        window = np.zeros(match.shape, np.int64)
        match[rows], window[rows] = self.match, self.window
        return replace(self, match=match, window=window)


def matches_of(ctx: Ctx, skills: list[str], texts: list[str]) -> Matches:
    """By meaning; by names alone when the model is down."""
    windows = [matching.windows(text) for text in texts]
    if not texts:
        return Matches(np.zeros((len(skills), 0), np.float32), np.zeros((len(skills), 0), np.int64), [])
    try:
        library = Library(ctx.db, ctx.encoder, ctx.fresh)
        vectors = library.skills(skills)
        best = matching.best_of_each(vectors, library.windows(texts))
    except EncoderDown as down:
        return _by_names(ctx, skills, texts, windows, str(down))
    scale = scale_of(ctx.db, ctx.encoder)
    match = scale.match(best.match)
    _tell_siblings_apart(ctx, skills, match, best.window, windows)
    _hear_names(ctx, skills, texts, match)
    return Matches(match, best.window, windows, scale=scale)


def _by_names(ctx: Ctx, skills: list[str], texts: list[str], windows: list[list[str]], why: str) -> Matches:
    match = np.zeros((len(skills), len(texts)), np.float32)
    at, known = {name: row for row, name in enumerate(skills)}, lexicon(ctx.db)
    for column, text in enumerate(texts):
        rows = [at[name] for name in names_in(known, text) if name in at]
        match[rows, column] = matching.NAMED
    return Matches(match, np.zeros(match.shape, np.int64), windows, why)


def _tell_siblings_apart(ctx: Ctx, skills: list[str], match: Floats, window: Ints, windows: list[list[str]]) -> None:
    """A window that names a skill is that skill: it is a sure match for it, and a weak one for its siblings."""
    exact, meant = lexicon(ctx.db).exact, dict[str, str | None]()
    row = {name: at for at, name in enumerate(skills)}
    for column, pieces in enumerate(windows):
        for at in np.unique(window[:, column]).tolist() if pieces else ():
            if pieces[at] not in meant:
                meant[pieces[at]] = exact(matching.core(pieces[at]))
            if (name := meant[pieces[at]]) is None:
                continue
            there = window[:, column] == at
            match[there, column] = np.minimum(match[there, column], matching.VETOED)
            if name in row and there[row[name]]:
                match[row[name], column] = matching.NAMED


def _hear_names(ctx: Ctx, skills: list[str], texts: list[str], match: Floats) -> None:
    """A name or alias inside a sentence (`a k8s cluster`) is worth a look: it may be an ordinary word there."""
    row, known = {name: at for at, name in enumerate(skills)}, lexicon(ctx.db)
    for column, text in enumerate(texts):
        rows = [row[name] for name in names_in(known, text) if name in row]
        match[rows, column] = np.maximum(match[rows, column], matching.HEARD)

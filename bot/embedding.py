"""Vectors of skills and of texts' windows: warm in this process, else stored, else encoded once and kept."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from sqlmodel import Session

from bot.calibration import Scale
from bot.encoder import Absent, Encoder, Matrix, Unencoded
from bot.matching import windows
from storage import language, vectors
from storage.machinery import Vector

SKILL, TEXT, WINDOWS = "skill", "text", "windows-2-4-300"
MOST_WARM = 60_000
AT_ONCE = 512
Cut = Callable[[str], list[str]]
Way = Literal["query", "document"]
LONG = 1_000
_long: dict[str, tuple[tuple[str, ...], Matrix]] = {}
_warm: dict[tuple[str, str, str], Matrix] = {}


def scale_of(db: Session, encoder: Encoder) -> Scale:
    """What the cosines of this model mean: as it was calibrated here, else as it came."""
    known = language.of(db, encoder.model)
    return Scale.read(known.scale) if known and known.scale else encoder.scale


class Library:
    """The vectors that one request needs; what had to be encoded is left in `fresh`, to be stored."""

    def __init__(self, db: Session, encoder: Encoder, fresh: list[Vector]) -> None:
        self.db = db
        self.encoder = encoder
        self.fresh = fresh

    def skills(self, names: Sequence[str]) -> Matrix:
        """One unit row a name, (n, d); a long list is kept as it is, for it is asked for again and again."""
        wanted, held = tuple(names), _long.get(self.encoder.model)
        if held is not None and held[0] == wanted:
            return held[1]
        found = self._of(SKILL, names, lambda name: [name], "document")
        rows = np.concatenate([found[name] for name in names]) if names else np.zeros((0, 0), np.float32)
        if len(names) >= LONG:
            _long[self.encoder.model] = wanted, rows
        return rows

    def encode(self, kind: str, texts: Sequence[str]) -> None:
        """Encodes what has no vectors yet; it is left in `fresh`. Raises `EncoderDown`."""
        {SKILL: self.skills, TEXT: self.texts, WINDOWS: self.windows}[kind](texts)

    def stored_skills(self, names: Sequence[str]) -> dict[str, Matrix]:
        """The rows (1, d) of those names that were encoded before."""
        return self._at_hand(SKILL, names)

    def stored_texts(self, texts: Sequence[str]) -> dict[str, Matrix]:
        """The rows (1, d) of those whole texts that were encoded before."""
        return self._at_hand(TEXT, texts)

    def texts(self, texts: Sequence[str]) -> None:
        """Encodes whole texts that people may be found by."""
        self._of(TEXT, texts, lambda text: [text], "document")

    def stored_windows(self, texts: Sequence[str]) -> dict[str, Matrix]:
        """The windows (w, d) of those texts that were encoded before."""
        return self._at_hand(WINDOWS, texts)

    def windows(self, texts: Sequence[str]) -> list[Matrix]:
        """Each text's windows, (w, d)."""
        found = self._of(WINDOWS, texts, windows, "query")
        return [found[text] for text in texts]

    def _of(self, kind: str, texts: Sequence[str], cut: Cut, way: Way) -> dict[str, Matrix]:
        """The matrix of each text."""
        found = self._at_hand(kind, texts)
        fresh: dict[str, Matrix] = {}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing and isinstance(self.encoder, Absent) and not self.encoder.down:
            raise Unencoded(kind, missing)
        for some in _batches(missing, cut):
            fresh.update(self._encoded(kind, some, cut, way))
        _keep_warm(self.encoder.model, kind, fresh)
        return found | fresh

    def _at_hand(self, kind: str, texts: Sequence[str]) -> dict[str, Matrix]:
        """The matrices of those texts that were encoded before."""
        model = self.encoder.model
        found = {text: _warm[model, kind, text] for text in texts if (model, kind, text) in _warm}
        stored = vectors.stored(self.db, model, kind, [text for text in dict.fromkeys(texts) if text not in found])
        stored |= self._brought(
            kind, [text for text in dict.fromkeys(texts) if text not in found and text not in stored]
        )
        _keep_warm(model, kind, stored)
        return found | stored

    def _brought(self, kind: str, texts: Sequence[str]) -> dict[str, Matrix]:
        """Those that were encoded for this request and are not stored yet."""
        fresh = {(one.model, one.kind, one.digest): one for one in self.fresh}
        keys = {text: (self.encoder.model, kind, vectors.digest_of(text)) for text in texts if fresh}
        return {text: vectors.unpack(fresh[key]) for text, key in keys.items() if key in fresh}

    def _encoded(self, kind: str, texts: list[str], cut: Cut, way: Way) -> dict[str, Matrix]:
        pieces = [cut(text) for text in texts]
        rows = self.encoder.encode([piece for some in pieces for piece in some], way)
        ends = np.cumsum([0, *map(len, pieces)])
        made = {text: rows[start:end] for text, (start, end) in zip(texts, pairwise(ends), strict=True)}
        self.fresh += [vectors.pack(self.encoder.model, kind, text, matrix) for text, matrix in made.items()]
        return made


def _batches(texts: list[str], cut: Cut) -> list[list[str]]:
    """Groups of texts that are encoded together, about 512 pieces each."""
    groups: list[list[str]] = []
    room = 0
    for text in texts:
        size = len(cut(text))
        if room < size:
            groups.append([])
            room = AT_ONCE
        groups[-1].append(text)
        room -= size
    return groups


def _keep_warm(model: str, kind: str, found: dict[str, Matrix]) -> None:
    if len(_warm) + len(found) > MOST_WARM:
        _warm.clear()
    _warm.update({(model, kind, text): matrix for text, matrix in found.items()})

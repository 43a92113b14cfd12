"""Encoders that need no model: one that counts words, one that is always down."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Literal

import numpy as np

from bot.calibration import SHIPPED
from bot.encoder import EncoderDown, Matrix

DIMENSIONS = 256
WORD, TRIGRAM = 1.0, 0.3
_SUFFIX = re.compile(r"(?<=\w{3})(ing|ers|er|ed|es|s)$")


class Words:
    """Texts that share words or spellings are near: a hashed bag of stems and character trigrams."""

    model = "words-256"
    ready = True
    scale = SHIPPED

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Unit vectors, float32 (n, 256), by signed feature hashing; the kind of text makes no difference."""
        return np.stack([_unit(text) for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)

    def close(self) -> None:
        """Holds nothing."""


class Down:
    """A model that cannot be loaded."""

    model = "words-256"
    ready = False
    scale = SHIPPED

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Never answers."""
        raise EncoderDown("the model could not be loaded")

    def close(self) -> None:
        """Holds nothing."""


def _unit(text: str) -> np.ndarray:
    row = np.zeros(DIMENSIONS, np.float32)
    for feature, weight in _features(text):
        number = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
        row[number % DIMENSIONS] += weight if number >> 63 else -weight
    length = float(np.linalg.norm(row))
    if not length:
        row[0] = length = 1.0
    return row / np.float32(length)


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in re.findall(r"[\w+#.]+", text.casefold()):
        yield f"word {_SUFFIX.sub('', word)}", WORD
        padded = f" {word} "
        yield from ((f"tri {padded[at : at + 3]}", TRIGRAM) for at in range(len(padded) - 2))

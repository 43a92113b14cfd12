"""Turning texts into vectors: the interface of which `jobs/embed.py` is the real one."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.calibration import Scale

Matrix = NDArray[np.float32]


class EncoderDown(Exception):
    """The embedding model cannot be used now; the message says why, for admins."""


class Encoder(Protocol):
    """A text encoder known by its model's name."""

    model: str
    scale: Scale
    """What its cosines mean as long as nobody calibrated it here."""

    @property
    def ready(self) -> bool:
        """Whether the model is loaded: whoever cannot wait for it looks here first."""
        ...

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Unit vectors, float32 (n, d), one row a text; raises `EncoderDown`."""
        ...


class Unencoded(Exception):
    """Texts whose vectors are not stored yet, found by one who cannot encode them."""

    def __init__(self, kind: str, texts: Sequence[str]) -> None:
        self.kind = kind
        self.texts = list(texts)
        super().__init__(kind, self.texts)


class Absent:
    """Stands for an encoder that lives in another process: what is stored is used, what is not has to be asked for."""

    ready = False

    def __init__(self, model: str, scale: Scale, down: str = "") -> None:
        """`down` says why the model cannot be used, once that is known."""
        self.model = model
        self.scale = scale
        self.down = down

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Never answers."""
        raise EncoderDown(self.down or "The model is in another process.")

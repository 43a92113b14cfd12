"""When nobody claims quite that: the few who come closest are shown as what they are."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest

from bot.calibration import SHIPPED
from bot.encoder import Matrix
from tests.world import World


class Apart:
    """Every need stands at the same cosine from every skill."""

    def __init__(self, cosine: float) -> None:
        self.model = f"apart-{cosine}"
        self.ready = True
        self.scale = SHIPPED
        self.cosine = cosine

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Unit rows (n, 2)."""
        row = (1.0, 0.0) if kind == "query" else (self.cosine, np.sqrt(1 - self.cosine**2))
        return np.tile(np.array(row, np.float32), (len(texts), 1))


def told(world: World, cosine: float) -> World:
    world.encoder = Apart(cosine)
    world.restarts()
    for who in ("ben", "carol", "dave", "erin"):
        world.says(who, "skill claim Baking expert")
    return world


@pytest.mark.parametrize(("cosine", "shown"), [(0.4, 0), (0.55, 3), (0.75, 4)])
def test_at_most_three_who_come_close_are_shown_and_called_so(world: World, cosine: float, shown: int):
    said = told(world, cosine).hears("ana", "skill find sourdough for forty")
    assert said.count("Ask for an intro") == shown
    assert ("Nobody claims quite that" in said) == (shown == 3)


def test_the_poster_hears_that_nobody_fits_quite(world: World):
    told(world, 0.55).says("ana", 'opportunity post "Sourdough" forty neighbours and one Saturday')
    assert "Nobody fits quite" in world.hears("ana", "opportunity matches o1")


def test_nobody_is_written_to_for_coming_close(world: World):
    told(world, 0.55).says("admin", "settings digest channel:#digest")
    world.says("ana", 'opportunity post "Sourdough" forty neighbours and one Saturday')
    world.outbox()
    world.says("admin", "digest now")
    assert [where for where, said in world.outbox() if "could be yours" in said] == []

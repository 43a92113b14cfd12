"""The community in which these scenarios play."""

import pytest

from bot import embedding
from tests.world import World


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """No vector is left over in the process."""
    monkeypatch.setattr(embedding, "_warm", {})


@pytest.fixture(autouse=True)
def people(world: World, cold: None) -> None:
    """Four members and an admin; Ben can do Docker."""
    world.joins("admin", "ana", "ben", "carol", "dave")
    world.says("ben", "skill claim Docker expert")

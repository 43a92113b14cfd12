"""The community in which these scenarios play."""

import pytest

from bot import embedding
from tests.digest.steps import claims, work
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four members and an admin who wants the digest in #news."""
    monkeypatch.setattr(embedding, "_warm", {})
    world.joins("admin", "ana", "ben", "carol", "dave")
    world.says("admin", "settings digest channel:#news")
    world.passes(minutes=1)


@pytest.fixture
def match(world: World) -> World:
    """Ana has posted o1, which is for Ben; a week in which nothing is new is spoken of."""
    world.says("admin", "settings digest empty:yes")
    claims(world, "ben", "Kubernetes")
    work(world, "Kubernetes")
    return world

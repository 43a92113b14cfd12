"""What the scenarios of this folder have in common."""

import re

from bot.ui import Card
from tests.world import World

DOCKER = "shrink a Docker image, Docker"


def speaks(world: World, encoder: object) -> World:
    """The same community with another encoder."""
    world.encoder = encoder
    world.restarts()
    return world


def posts(world: World, title: str, description: str, needs: str = "", by: str = "ana") -> None:
    assert isinstance(world.says(by, f'opportunity post "{title}" "{description}" needs:"{needs}"'), Card)
    world.outbox()


def names(said: str) -> list[str]:
    """The people of a ranked answer, best first."""
    return re.findall(r"^  @(\w+) - (?!.*; (?:no|\d)\S* independent voices?.*\.$)", said, re.MULTILINE)

"""What the scenarios of this folder have in common."""

from tests.world import World


def merges(world: World) -> str:
    return world.hears("admin", 'skill merge "Glass art" Glassmaking')

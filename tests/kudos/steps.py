"""What the scenarios of this folder have in common."""

from sqlmodel import col, select

from bot.ui import Card
from storage.models import Entry, Kudos
from tests.world import World

RAISED = ":raised_hands:"


def ledger(world: World) -> float:
    with world.db() as db:
        return sum(entry.weight for entry in db.exec(select(Entry)).all())


def standing_kudos(world: World) -> int:
    return world.count(Kudos, col(Kudos.undone_at).is_(None))


def spend(world: World, giver: str, *receivers: str) -> None:
    for receiver in receivers:
        assert isinstance(world.says(giver, f"kudos give @{receiver} for the patient help"), Card)

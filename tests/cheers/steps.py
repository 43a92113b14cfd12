"""What the scenarios of this folder have in common."""

from sqlmodel import col, select

from bot.ui import Card
from storage.models import Entry, Kudos
from tests.world import World

RAISED = ":raised_hands:"


MESSAGE = "#general/17.1"


def cheers(world: World, giver: str, author: str = "ben", message: str = MESSAGE, emoji: str = RAISED, **more: str):
    given = {"author": f"<@{author}>", "emoji": emoji, "message": message, "words": "the docs are done", **more}
    return world.says(giver, "kudos cheer", **given)


def uncheers(world: World, giver: str, message: str = MESSAGE, emoji: str = RAISED):
    return world.says(giver, "kudos uncheer", emoji=emoji, message=message)


def pluses(world: World, giver: str, text: str, message: str = MESSAGE, **more: str):
    return world.says(giver, "kudos plus", text=text, message=message, **more)


def standing(world: World) -> int:
    return world.count(Kudos, col(Kudos.undone_at).is_(None))


def ledger(world: World) -> float:
    with world.db() as db:
        return sum(entry.weight for entry in db.exec(select(Entry)).all())


def settled(world: World, said: str) -> None:
    assert isinstance(world.says("admin", f"settings kudos {said}", where=""), Card)

"""Lines that are too long for a button: kept under a short key, so that the button works after a restart too."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.ui import Actions, Button, Card, No
from storage.db import reading, transaction
from storage.machinery import Reference
from storage.models import Place

KEY_BYTES = 12
T = TypeVar("T", Card, No, Card | No)
SIGN = "#"


def key_of(line: str) -> str:
    """The same line has the same key, however often it is said."""
    return hashlib.blake2b(line.encode(), digest_size=KEY_BYTES).hexdigest()


def keep(engine: Engine, place: Place, lines: Iterable[str], now: datetime) -> None:
    """Stores lines for the buttons of one community."""
    wanted = {key_of(line): line for line in lines}
    if not wanted:
        return
    with transaction(engine, place.community_id) as db:
        known = {one.key: one for one in _standing(db, wanted)}
        for key, line in wanted.items():
            row = known.get(key) or Reference(key=key, line=line, used_at=now)
            row.used_at = now
            db.add(row)


def line_of(engine: Engine, place: Place, key: str) -> str | None:
    """The line behind a key; none when it was said so long ago that it is forgotten."""
    with reading(engine, place.community_id) as db:
        return db.exec(select(Reference.line).where(Reference.key == key)).first()


def _standing(db: Session, keys: Iterable[str]) -> list[Reference]:
    return list(db.exec(select(Reference).where(col(Reference.key).in_(list(keys)))).all())


def fitted(engine: Engine, place: Place, said: T, longest: int, now: datetime) -> T:
    """The same, with a key wherever a button's line has more characters than `longest`; those lines are stored."""
    long = [line for line in lines_of(said) if len(line) > longest]
    keep(engine, place, long, now)
    return with_lines(said, lambda line: f"{SIGN}{key_of(line)}" if line in long else line) if long else said


def meant(engine: Engine, place: Place, carried: str) -> str | None:
    """The line that a button of `fitted` carries, or of which it carries the key; none when that is forgotten."""
    return line_of(engine, place, carried.removeprefix(SIGN)) if carried.startswith(SIGN) else carried


def lines_of(said: Card | No) -> list[str]:
    """The lines of all buttons."""
    return [button.line for button in buttons_of(said)]


def buttons_of(said: Card | No) -> list[Button]:
    """All buttons, in order."""
    rows = [said.buttons] if isinstance(said, No) else [one.buttons for one in said.body if isinstance(one, Actions)]
    return [button for row in rows for button in row]


def with_lines(said: T, carried: Callable[[str], str]) -> T:
    """The same, with what its buttons carry in the place of their lines."""

    def row(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(replace(one, line=carried(one.line)) for one in buttons)

    if isinstance(said, No):
        return replace(said, buttons=row(said.buttons))
    body = (replace(node, buttons=row(node.buttons)) if isinstance(node, Actions) else node for node in said.body)
    return replace(said, body=tuple(body))

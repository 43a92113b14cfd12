"""Lists are paged; the pages are command lines."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.text import Text
from bot.ui import Actions, Button, Items, Node, actions

T = TypeVar("T")
PER_PAGE = 10


def paged(rows: Sequence[T], page: int, say: Callable[[T], Text], line: Callable[[int], str]) -> list[Node]:
    """One page of the rows, with *Previous* and *Next* where there are such."""
    last = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(1, page), last)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    before = Button("Previous", line(page - 1), turns=True) if page > 1 else None
    after = Button("Next", line(page + 1), turns=True) if page < last else None
    turn: Actions | None = actions(before, after)
    items: list[Node] = [Items(tuple(say(row) for row in shown))] if shown else []
    return [*items, turn] if turn else items


def count(number: int, one: str, many: str = "") -> str:
    """`1 vouch`, `3 vouches`, `no vouches`."""
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"

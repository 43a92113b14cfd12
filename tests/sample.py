"""Which tests `make test` plays: a part of each long list, the same part every time. `make soak` plays them all.

Every scenario is played directly on SQLite. Of its copies on PostgreSQL, in Slack and in Discord, and of what is marked
`sampled`, one in so many is played too. What is marked `soak` waits for `make soak`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import count

import pytest

COPIES = 32
USUAL = {"spoken_in": "local", "database": "sqlite"}


def left_to_soak(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests that only the whole suite plays: all of each list but its first of so many."""
    turns: defaultdict[Hashable, count[int]] = defaultdict(count)
    usual = {_function(one) for one in items if not _unusual(one)}
    return [
        one
        for one in items
        if one.get_closest_marker("soak")
        or any(next(turns[which]) % so_many for which, so_many in _lists(one, _function(one) in usual))
    ]


def _lists(item: pytest.Item, is_played_as_usual: bool) -> Iterator[tuple[Hashable, int]]:
    """The lists that a test is one of, and of how many of each one is played."""
    if is_played_as_usual and (where := _unusual(item)):
        yield (item.path, where), COPIES
    if mark := item.get_closest_marker("sampled"):
        yield (_function(item), "sampled"), mark.args[0]


def _function(item: pytest.Item) -> Hashable:
    """What all copies of a test have in common."""
    return item.path, getattr(item, "originalname", item.name)


def _unusual(item: pytest.Item) -> tuple[str, ...]:
    """The platform and the database of a test that is not played directly on SQLite."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return tuple(str(params[name]) for name, usual in USUAL.items() if params.get(name, usual) != usual)

"""What this process answered a short while ago, or is answering: what Slack delivers again is not answered twice."""

from collections import OrderedDict

MOST = 10_000


class Lately:
    """The last ids, the oldest of which are forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, key: str) -> bool:
        """Whether it is the first time; from now on it is not."""
        if key in self._ids:
            return False
        self._ids[key] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """It could not be answered, and may come again."""
        self._ids.pop(key, None)

"""All commands, and which of them a line means."""

import re
from collections.abc import Iterable
from types import ModuleType

from rapidfuzz import process

from bot.command import Command
from bot.ctx import Refusal
from bot.ui import Button

_PREFIX = re.compile(r"^\s*/?\s*(?:manyhands\b)?\s*/?", re.IGNORECASE)


class Catalogue:
    """The commands of the given features, by name."""

    def __init__(self, features: Iterable[ModuleType]) -> None:
        found = [item for feature in features for item in vars(feature).values() if isinstance(item, Command)]
        self.commands = {one.name: one for one in found}

    def add(self, made: Iterable[Command]) -> None:
        """Takes in commands that were made rather than declared."""
        self.commands.update({one.name: one for one in made})

    def visible(self, admin: bool = True) -> list[Command]:
        """What people may type, in order."""
        return [one for one in self.commands.values() if not one.hidden and (admin or not one.admin)]

    def find(self, line: str) -> tuple[Command, str]:
        """The command with the longest name that the line begins with, and the rest of the line."""
        said = _PREFIX.sub("", line, count=1).strip()
        words = said.split()
        for count in range(min(3, len(words)), 0, -1):
            name = " ".join(words[:count]).casefold()
            if found := self.commands.get(name):
                return found, _after(said, count)
        return self._guess(words)

    def _guess(self, words: list[str]) -> tuple[Command, str]:
        first = words[0].casefold() if words else ""
        if len(words) == 1 and (shown := self.commands.get(f"{first} show")):
            return shown, ""
        if (len(words) == 1 and first in {one.group for one in self.commands.values()}) or not words:
            return self.commands["help"], first
        raise self._unknown(" ".join(words[:2]))

    def _unknown(self, said: str) -> Refusal:
        names = [one.name for one in self.visible(admin=False)]
        near = [name for name, _score, _at in process.extract(said.casefold(), names, limit=3, score_cutoff=60)]
        buttons = [Button(name, name) for name in near] or [Button("Help", "help")]
        hint = "Did you mean one of these?" if near else "`help` shows what I can do."
        return Refusal("I do not know “{said}”. " + hint, said=said[:60], buttons=buttons)


def _after(said: str, count: int) -> str:
    return re.sub(rf"^(?:\S+\s*){{{count}}}", "", said, count=1)

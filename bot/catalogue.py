"""All commands, and which of them a line means."""

import re
from collections.abc import Iterable
from types import ModuleType

from rapidfuzz import fuzz

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

    def menus(self) -> list[Command]:
        """What stands in the menus of people and messages."""
        return [one for one in self.commands.values() if one.menu]

    def find(self, line: str) -> tuple[Command, str]:
        """The command with the longest name that the line begins with, and the rest of the line.

        A group that is a command itself may be called with `show`, as where every group needs a second word.
        """
        said = _PREFIX.sub("", line, count=1).strip()
        words = said.split()
        for count in range(min(3, len(words)), 0, -1):
            name = " ".join(words[:count]).casefold()
            if found := self.commands.get(name) or self.commands.get(name.removesuffix(" show")):
                return found, _after(said, count)
        return self._guess(words)

    def _guess(self, words: list[str]) -> tuple[Command, str]:
        first = first_word(words)
        if len(words) == 1 and (shown := self.commands.get(f"{first} show")):
            return shown, ""
        if (len(words) == 1 and first in {one.group for one in self.commands.values()}) or not words:
            return self.commands["help"], first
        raise self._unknown(words)

    def _unknown(self, words: list[str]) -> Refusal:
        """Names the nearest commands, and one to try; only a group that exists is quoted with its second word."""
        known = first_word(words) in {one.group for one in self.commands.values()}
        meant = (one for one in self.visible() if one.first or not one.admin)
        near = sorted(meant, key=lambda one: -_likeness(words, one))[:2]
        if not near:
            return Refusal("I don't know “{said}”.", said=" ".join(words[:2])[:60])
        line = near[0].example or near[0].name
        hint = "" if line == near[0].name else " Try `{line}`."
        return Refusal(
            "I don't know “{said}”. The nearest I have: `{near}`." + hint + " All of it: `help`",
            said=" ".join(words[: 2 if known else 1])[:60],
            near=near[0].name,
            line=line,
            buttons=[*(Button(one.name, one.name) for one in near), Button("Help", "help")],
        )


def first_word(words: list[str]) -> str:
    """The group that a line names."""
    return words[0].casefold() if words else ""


def _likeness(words: list[str], one: Command) -> float:
    """How much a command may be what was meant, 0..100: by its name, its verb, its group, what it is for.

    By the last two only where it stands in everybody's first help: what is less often meant needs a better reason.
    """
    first, both = first_word(words), " ".join(words[:2]).casefold()
    named = max(fuzz.ratio(both, one.name), fuzz.ratio(first, one.name), fuzz.ratio(first, one.name.split()[-1]) - 1)
    if not one.first or one.admin:
        return named - 10
    about = max((fuzz.ratio(first, word) for word in one.about.casefold().split() if len(word) > 3), default=0.0)
    return max(named, fuzz.ratio(first, one.group) - 2, about - 5)


def _after(said: str, count: int) -> str:
    return re.sub(rf"^(?:\S+\s*){{{count}}}", "", said, count=1)

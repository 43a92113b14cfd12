"""Which button somebody means who says its label, its number, or what it concerns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.local.render import buttons_of
from bot.ui import Button, Card, No


class Missed(Exception):
    """Nothing there can be pressed, filled or meant like that; the message is worded for the one who tried."""


@dataclass(slots=True)
class Visible:
    """Something that was shown: to everybody, or to some; `where` is its channel, empty for a direct message."""

    said: Card | No
    to: frozenset[str] | None
    where: str

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What can be pressed on it."""
        return buttons_of(self.said)

    def seen_by(self, who: str) -> bool:
        """Whether a person can press its buttons."""
        return self.to is None or who.casefold() in self.to

    def is_about(self, key: str) -> bool:
        """Whether it is the card of that id."""
        return isinstance(self.said, Card) and self.said.key == key


def button_of(seen: Sequence[Visible], what: str, key: str = "") -> tuple[Button, Visible]:
    """The button of that number on the newest card with buttons, or of that label on the newest card that has it.

    `seen` is what the person sees, oldest first. With a `key` (`o1`), only the card of that id counts, then the buttons
    that concern it on other cards. Raises `Missed` when there is none, or more than one.
    """
    newest_first = [one for one in reversed(seen) if one.buttons]
    if not newest_first:
        raise Missed("There is nothing here for you to press yet.")
    for shown, buttons in _about(newest_first, key) if key else _any(newest_first, what):
        if found := _called(buttons, what):
            return _only(found, what), shown
    if key:
        raise Missed(f"Nothing about {key} that you can see has a button {_named(what)}.")
    labels = ", ".join(dict.fromkeys(one.label for one in newest_first[0].buttons))
    raise Missed(f"I see no button {_named(what)} for you. The newest card has: {labels}.")


def _any(cards: list[Visible], what: str) -> Iterator[tuple[Visible, Sequence[Button]]]:
    return ((one, one.buttons) for one in (cards[:1] if what.isdecimal() else cards))


def _about(cards: list[Visible], key: str) -> Iterator[tuple[Visible, Sequence[Button]]]:
    yield from ((one, one.buttons) for one in cards if one.is_about(key))
    concerns = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
    yield from ((one, [button for button in one.buttons if concerns.search(button.line)]) for one in cards)


def _called(buttons: Sequence[Button], what: str) -> list[Button]:
    if what.isdecimal():
        return [one for at, one in enumerate(buttons, 1) if at == int(what)]
    return [one for one in buttons if one.label.casefold() == what.casefold()]


def _only(found: list[Button], what: str) -> Button:
    if len({one.line for one in found}) > 1:
        raise Missed(
            f"{len(found)} buttons are called {what!r}. Say the number, or what it is about: press {what} on o1."
        )
    return found[0]


def _named(what: str) -> str:
    return what if what.isdecimal() else f"“{what}”"

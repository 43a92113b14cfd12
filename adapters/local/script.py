"""The scripted form of the local community: one request a line."""

import re
from dataclasses import dataclass
from datetime import datetime

_SPEAKER = re.compile(r"(?P<who>[^\s:@#][^\s:@]*)(?:@(?P<where>dm|#[\w\-]+))?:(?:\s+(?P<said>.*))?\s*", re.DOTALL)
_PRESS = re.compile(r"press\s+(?P<what>.+?)(?:\s+on\s+(?P<key>[a-z]\d+))?", re.IGNORECASE)
_REACT = re.compile(r"(?P<un>un)?react\s+(?P<emoji>:[^\s:]+(?:::[^\s:]+)?:)\s+on\s+(?P<key>[a-z]\d+)", re.IGNORECASE)
_FILL = re.compile(r"fill(?:\s+(?P<values>.*))?", re.DOTALL | re.IGNORECASE)


class Unreadable(ValueError):
    """A line that is not part of the grammar; the message says why."""


@dataclass(frozen=True, slots=True)
class Now:
    """The community's clock is set, in its own zone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Says:
    """Someone says a command line."""

    line: str


@dataclass(frozen=True, slots=True)
class Presses:
    """Someone presses a button by label or number, on the newest card or on the one named."""

    what: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Fills:
    """Someone answers the open form."""

    values: str


@dataclass(frozen=True, slots=True)
class Reacts:
    """Someone puts an emoji under a card, or takes it away."""

    emoji: str
    key: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One line: who, where (`#general`, or empty for a DM), what."""

    who: str
    where: str
    what: Says | Presses | Fills | Reacts


def read(line: str) -> Act | Now | None:
    """One line of a script; nothing for a comment or an empty one."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    if text.casefold().startswith("now:"):
        return Now(_moment(text[4:].strip()))
    found = _SPEAKER.fullmatch(text)
    if not found:
        raise Unreadable("a line is NAME: COMMAND, NAME@dm: COMMAND, now: DATE or # comment")
    where = {"dm": "", None: "#general"}.get(found["where"], found["where"])
    return Act(found["who"], where, what_of(found["said"] or ""))


def what_of(said: str) -> Says | Presses | Fills | Reacts:
    """What someone does with these words."""
    said = said.strip()
    if found := _PRESS.fullmatch(said):
        return Presses(found["what"].strip(" \"'"), (found["key"] or "").casefold())
    if found := _REACT.fullmatch(said):
        return Reacts(found["emoji"], found["key"].casefold(), bool(found["un"]))
    if found := _FILL.fullmatch(said):
        return Fills(found["values"] or "")
    return Says(said)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("now: takes a date and time such as 2026-11-30T09:00") from None
    return at

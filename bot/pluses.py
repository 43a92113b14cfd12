"""`@ana ++ the docs` in other people's conversation: who is thanked and for what, read in one pass over each line."""

import re
from dataclasses import dataclass
from itertools import islice

_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_SPAN = re.compile(r"`[^`\n]*`")
_MENTION = re.compile(r"<@!?\w+(?:\|[^>]*)?>|(?<![\w.@])@\w[\w.\-]*")
_JOINERS = {"", ",", "and", "&", ", and"}
_SIGN = re.compile(r"(?<!\+)\+{2,}(?=[\s:,]|$)")
MOST, MOST_SIGNS = 10, 20


@dataclass(frozen=True, slots=True)
class Plus:
    """The people as they were written, and the reason."""

    to: tuple[str, ...]
    reason: str


def pluses(text: str) -> list[Plus]:
    """Every thanks of a message, a line each; code and quoted lines say nothing."""
    plain = _SPAN.sub(" ` ", _BLOCK.sub(" ` ", text.replace("\u00a0", " ")))
    said = [_plus(line) for line in plain.splitlines() if not line.lstrip().startswith((">", "&gt;"))]
    return [one for one in said if one][:MOST]


def _plus(line: str) -> Plus | None:
    """The first `++` right after somebody's name, with what follows."""
    for sign in islice(_SIGN.finditer(line), MOST_SIGNS):
        if to := _named_before(line[: sign.start()].rstrip()):
            return Plus(to, line[sign.end() :].strip(" \t:,"))
    return None


def _named_before(head: str) -> tuple[str, ...]:
    """The mentions with which a text ends: `@ana, @ben and @carol`."""
    found = list(_MENTION.finditer(head))
    end, named = len(head), list[str]()
    for one in reversed(found):
        if head[one.end() : end].strip().casefold() not in _JOINERS or (not named and one.end() != end):
            break
        named.append(one.group())
        end = one.start()
    return tuple(reversed(named))

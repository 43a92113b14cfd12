"""What people wrote in Slack as words: its marks for people, channels and links are read, not shown."""

import re
from collections.abc import Mapping

_MARK = re.compile(r"<([^<>\n]+)>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|\s]+)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def users_in(text: str) -> list[str]:
    """The users whom a text mentions, each once."""
    return list(dict.fromkeys(_USER.findall(text)))


def words(text: str, names: Mapping[str, str]) -> str:
    """All of it as it is read on the screen; `names` are users' names by id."""
    return unescaped(_MARK.sub(lambda found: _read(found[1], names), text))


def but_people(text: str) -> str:
    """The same with mentions of users left as they are, for the core to read."""
    return unescaped(_MARK.sub(lambda found: found[0] if found[1].startswith("@") else _read(found[1], {}), text))


def _read(inside: str, names: Mapping[str, str]) -> str:
    what, _, label = inside.partition("|")
    match what[0]:
        case "@":
            return f"@{names.get(what[1:]) or label or 'someone'}"
        case "#":
            return f"#{label or 'channel'}"
        case "!":
            return label or f"@{what[1:].partition('^')[0]}"
        case _:
            return label or what


def unescaped(text: str) -> str:
    """What people typed: Slack escapes three characters, and puts addresses between brackets."""
    typed = _LINK.sub(_address, text)
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _address(found: re.Match[str]) -> str:
    """A web address itself; of others what was typed, which has no `mailto:`."""
    return found[1] if found[1].startswith("http") else found[2] or found[1].partition(":")[2]

"""What Slack's client makes of what somebody types, and what of it is read on the screen again."""

import re
from collections.abc import Mapping
from html import unescape

from bot.ctx import Given
from bot.line import quote
from tests.slack.nouns import Channel, User
from tests.slack.state import Workspace

_CHANNEL = r"(?<![\w#/&])#(?P<channel>[A-Za-z][\w-]*)"
_LINK = r"(?P<link>https?://[^\s<>|\"]+)"
_MARK = r"<@!?(?P<mark>[UW][A-Z0-9]+)(?:\|[^<>]*)?>"
_GROUP = r"<!subteam\^(?P<group>\w+)\|[^<>]*>"
_READ = re.compile(r"<(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_KEY = re.compile(r"\b[UWC]\d[A-Z0-9]*\b")


class Typist:
    """Knows the names of people and channels of a Slack; a channel that somebody names is there."""

    def __init__(self, slack: Workspace) -> None:
        self.slack = slack

    def channel(self, name: str, team: str) -> Channel:
        """The channel of that name in a workspace, made when it is new."""
        word = name.removeprefix("#")
        for one in self.slack.channels.values():
            if one.team == team and one.name == word and one.kind == "channel":
                return one
        number = sum(one.kind == "channel" for one in self.slack.channels.values())
        return self.slack.channel(f"C{number}{team}", word, team=team)

    def typed(self, text: str, team: str, labelled: bool) -> str:
        """A text as Slack sends it: in commands the marks have labels, in messages they have none."""
        written, at = "", 0
        people = self._people(team)
        for found in self._pattern(people).finditer(text):
            written += escaped(text[at : found.start()]) + self._marked(found, people, team, labelled)
            at = found.end()
        return written + escaped(text[at:])

    def _people(self, team: str) -> dict[str, User]:
        """Whom one can mention by typing their name: those whose name nobody else has."""
        here = [one for one in self.slack.users.values() if one.team == team and one.name]
        names = [one.name for one in here]
        return {one.name: one for one in here if names.count(one.name) == 1}

    def _pattern(self, people: dict[str, User]) -> re.Pattern[str]:
        names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
        return re.compile(rf"{_MARK}|{_GROUP}|{_LINK}|{_CHANNEL}|(?<![\w@])@(?P<name>{names})(?!\w)")

    def _marked(self, found: re.Match[str], people: dict[str, User], team: str, labelled: bool) -> str:
        if found["link"]:
            return f"<{escaped(found['link'])}>"
        if found["channel"]:
            one = self.channel(found["channel"], team)
            return f"<#{one.id}|{one.name if labelled else ''}>"
        if found["group"]:
            return found[0] if found["group"] in self.slack.groups else escaped(found[0])
        user = people[found["name"]] if found["name"] else self.slack.users.get(found["mark"])
        if user is None:
            return escaped(found[0])
        return f"<@{user.id}|{handle(user)}>" if labelled else f"<@{user.id}>"

    def read(self, text: str) -> str:
        """A text with Slack's marks as it is read on the screen."""
        return unescape(_READ.sub(self._seen, text))

    def named(self, text: str) -> str:
        """A text of ours in which Slack's keys are names again."""
        marked = re.sub(r"<[@#][^<>|\s]+(?:\|[^<>]*)?>", self._named, text)
        return _KEY.sub(lambda found: self._channel_named(found[0]), marked)

    def _named(self, found: re.Match[str]) -> str:
        mark = _READ.fullmatch(found[0])
        key = mark["what"][1:].removeprefix("!") if mark else ""
        known = key in self.slack.users or key in self.slack.channels
        return self._seen(mark) if mark and known else found[0]

    def _channel_named(self, key: str) -> str:
        one = self.slack.channels.get(key)
        return f"#{one.name}" if one else key

    def _seen(self, found: re.Match[str]) -> str:
        what, label = found["what"], found["label"]
        key = what[1:].removeprefix("!")
        if what.startswith("@"):
            return f"@{self.slack.users[key].name}"
        if what.startswith("#"):
            return f"#{self.slack.channels[key].name}"
        return label or "" if what.startswith("!") else f"{label or ''} {what}"


def escaped(text: str) -> str:
    """Three characters, as Slack escapes what people type."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def handle(user: User) -> str:
    """Somebody's short name, which has no spaces."""
    return re.sub(r"[^a-z0-9._-]", "", user.name.casefold()) or user.id.lower()


def keyed(given: Mapping[str, Given]) -> list[str]:
    """Answers as they are typed."""
    many = ((name, [value] if isinstance(value, str) else value) for name, value in given.items())
    return [f"{name}:{quote(one)}" for name, values in many for one in values]

"""Channels and roles in what somebody says: Discord marks them by number alone, or, in direct messages, not at all."""

import re
from dataclasses import replace
from typing import Protocol

from adapters.discord.decode import Incoming
from bot.ctx import Given

_MARK = re.compile(r"<(?P<sign>#|@&)(?P<key>\d+)>")
_WORD = re.compile(r"(?<![\w#/&<])#(?P<name>[^\W_][\w-]*)")
_UNLABELLED = re.compile(r"[<>|\n]")


class Channels(Protocol):
    """Who knows the channels and the roles of servers."""

    def channel_name(self, guild: str, channel: str) -> str:
        """What a channel is called; empty where that is not known."""
        ...

    def role_name(self, guild: str, role: str) -> str:
        """What a role is called; empty where that is not known."""
        ...

    def channel_called(self, guild: str, name: str, hidden: bool) -> str:
        """The channel of that name; one that not everybody sees only where `hidden` ones may be told."""
        ...


def labelled(said: Incoming, channels: Channels, server: str, wanted: bool = False) -> Incoming:
    """The same, each channel and role with its number and its name: `#general` as `<#12|general>`.

    Where a channel is `wanted`, a name that leads to none stands without a number: it is one that cannot be found.
    """

    def mark(found: re.Match[str]) -> str:
        called = channels.channel_name if found["sign"] == "#" else channels.role_name
        name = _UNLABELLED.sub("", called(server, found["key"]))
        return f"<{found['sign']}{found['key']}|{name}>" if name else found[0]

    def word(found: re.Match[str]) -> str:
        key = channels.channel_called(server, found["name"], bool(said.who.admin))
        unknown = f"<#|{found['name']}>" if wanted else found[0]
        return f"<#{key}>" if key else unknown

    def text(value: str) -> str:
        return _MARK.sub(mark, _WORD.sub(word, value) if said.is_written else value)

    given: dict[str, Given] = {
        name: text(value) if isinstance(value, str) else [text(one) for one in value]
        for name, value in said.given.items()
    }
    return replace(said, said=replace(said.said, line=text(said.line)), given=given)

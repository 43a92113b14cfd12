"""Commands that the bot names in its words, as Discord shows them to be clicked: `skill find` as `</skill find:12>`."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
import structlog

from adapters.discord import limits
from adapters.discord.commands import CHAT, GROUP, SUBCOMMAND
from adapters.discord.embeds import Embed, weight
from adapters.discord.errors import NETWORK
from adapters.discord.limits import units
from adapters.discord.render import Message
from adapters.discord.rest import Rest

Ids = Mapping[str, str]
LONGEST = 3
AGAIN_SECONDS = 60.0
log = structlog.get_logger("manyhands.discord")
# What people type has a backslash before each of its back-ticks; those without one are ours.
_CODE = re.compile(r"(?<![\\`])`([^`\n]+)`(?!`)")


class Commands:
    """The ids that Discord has given to the commands; `application` tells whose they are."""

    def __init__(self, rest: Rest, application: Callable[[], Awaitable[str]]) -> None:
        self.ids: Ids = {}
        self._rest = rest
        self._application = application
        self._asked_at = -AGAIN_SECONDS

    def learn(self, told: Sequence[Mapping[str, Any]]) -> None:
        """As Discord lists them."""
        typed = [one for one in told if one.get("type", CHAT) == CHAT]
        self.ids = {path: str(one["id"]) for one in typed for path in _paths(one)}

    async def ask(self) -> bool:
        """Whether there are any, as Discord tells; while it does not, they are there to be typed."""
        if not self.ids and time.monotonic() - self._asked_at >= AGAIN_SECONDS:
            self._asked_at = time.monotonic()
            try:
                self.learn(await self._rest.commands(await self._application()))
            except (discord.HTTPException, discord.RateLimited, *NETWORK) as error:
                log.info("discord does not list the commands", why=str(error))
        return bool(self.ids)


def _paths(node: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The whole names under a command."""
    name = f"{before} {node['name']}".strip()
    inner = [one for one in node.get("options") or () if one["type"] in (SUBCOMMAND, GROUP)]
    if not inner:
        yield name
    for one in inner:
        yield from _paths(one, name)


def clickable(said: Message, ids: Ids) -> Message:
    """The same, wherever a command with its id still has room."""
    if not ids:
        return said
    content = _clickable(said.content, ids, limits.CONTENT)
    room = limits.EMBEDDED - sum(map(weight, said.embeds))
    embeds: list[Embed] = []
    for embed in said.embeds:
        drawn = _embed(embed, ids)
        more = weight(drawn) - weight(embed)
        embeds.append(drawn if more <= room else embed)
        room -= more if more <= room else 0
    return replace(said, content=content, embeds=embeds)


def _embed(embed: Embed, ids: Ids) -> Embed:
    drawn = dict(embed)
    if "description" in embed:
        drawn["description"] = _clickable(embed["description"], ids, limits.DESCRIPTION)
    if "fields" in embed:
        drawn["fields"] = [{**one, "value": _clickable(one["value"], ids, limits.FIELD)} for one in embed["fields"]]
    return drawn


def _clickable(text: str, ids: Ids, longest: int) -> str:
    made = _CODE.sub(lambda found: _command(found[1], ids) or found[0], text)
    return made if units(made) <= longest else text


def _command(line: str, ids: Ids) -> str:
    """A line that begins with a command, that part to be clicked; empty where it does not."""
    words = line.split(" ")
    for count in range(min(LONGEST, len(words)), 0, -1):
        name, rest = " ".join(words[:count]), " ".join(words[count:])
        path = name if name in ids or rest else f"{name} show"
        if path in ids:
            return f"</{path}:{ids[path]}> `{rest}`" if rest else f"</{path}:{ids[path]}>"
    return ""

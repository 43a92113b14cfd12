"""Entries in the menus of people and messages: what they are about, as the arguments of their command."""

import re
from collections.abc import Mapping
from typing import Any

from bot.catalogue import Catalogue
from bot.command import Command, Param
from bot.ctx import Given

Payload = Mapping[str, Any]
MESSAGE = 3
_MENTION = re.compile(r"<@!?(\d+)>")


def command_of(catalogue: Catalogue, data: Payload) -> Command | None:
    """The command that stands in a menu under this name."""
    return next((one for one in catalogue.menus() if one.menu == data["name"]), None)


def given(found: Command | None, data: Payload, channel: str) -> dict[str, Given]:
    """Who was clicked on; of a message, who wrote it and what it says, as far as the command wants to know."""
    if found is None:
        return {}
    key = str(data["target_id"])
    if data["type"] != MESSAGE:
        return _person(found, key)
    message = data["resolved"]["messages"][key]
    author = message["author"]
    parts = {
        "author": "" if author.get("bot") or message.get("webhook_id") else f"<@{author['id']}>",
        "words": read_out(message),
        "message": f"{message.get('channel_id') or channel}/{key}",
    }
    wanted = {param.name: parts[param.ask.of] for param in found.params if param.ask.of}
    return {**_person(found, str(author["id"])), **wanted}


def read_out(message: Payload) -> str:
    """What a message says, people by their names."""
    names = {str(one["id"]): one.get("global_name") or one.get("username") for one in message.get("mentions") or ()}
    words = str(message.get("content") or "")
    return _MENTION.sub(lambda mark: f"@{names.get(mark[1]) or 'someone'}", words)


def person_of(found: Command | None) -> Param | None:
    """The argument that a person fills."""
    params = found.params if found else ()
    return next((param for param in params if param.kind.name == "member"), None)


def _person(found: Command, key: str) -> dict[str, Given]:
    person, mention = person_of(found), f"<@{key}>"
    return {person.name: [mention] if person.many else mention} if person else {}

"""The declared commands as Discord's: groups and subcommands with typed options, and entries in menus."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from adapters.discord import limits
from adapters.discord.limits import cut
from adapters.discord.modals import CHANNEL_TYPES
from bot.catalogue import Catalogue
from bot.command import Command, Param
from bot.kinds import LONG as LONG_TEXT
from bot.kinds import SHORT as SHORT_TEXT

Payload: TypeAlias = dict[str, Any]
CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, NUMBER, ATTACHMENT = 1, 2, 3, 4, 5, 6, 7, 10, 11
MANAGE_GUILD = 1 << 5
SERVER, DIRECT = 0, 1
OTHERS = "others"
_TYPES = {
    "member": USER,
    "number": INTEGER,
    "decimal": NUMBER,
    "yes": BOOLEAN,
    "channel": CHANNEL,
    "file": ATTACHMENT,
}


def payloads(catalogue: Catalogue) -> list[Payload]:
    """Everything that Discord is told, each time in the same order: what is typed, then what is clicked."""
    shown = catalogue.visible()
    groups = list(dict.fromkeys(one.group for one in shown))
    typed = [_top([one for one in shown if one.group == group]) for group in groups]
    return [*typed, *_menus(catalogue.menus())]


def digest(said: Sequence[Payload]) -> str:
    """The same for the same commands, in whatever process."""
    written = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()


def _everywhere(name: str, kind: int, commands: Sequence[Command]) -> Payload:
    """In servers, and in direct messages with the bot; admins' commands are only shown to those who manage a server.

    That is a default which a server may change; the core asks again who may.
    """
    made: Payload = {"name": name, "type": kind, "contexts": [SERVER, DIRECT], "integration_types": [0]}
    is_for_admins = all(one.admin for one in commands)
    return {**made, "default_member_permissions": MANAGE_GUILD} if is_for_admins else made


def _top(commands: Sequence[Command]) -> Payload:
    """A group with its subcommands, or the only command of that name."""
    first = commands[0]
    made = _everywhere(first.group, CHAT, commands)
    if len(commands) == 1 and first.name == first.group:
        return {**made, "description": _about(first.about), "options": _options(first)}
    subcommands = _grouped([(_path(one), one) for one in commands])
    about = f"{first.group.capitalize()}: " + ", ".join(one["name"] for one in subcommands)
    return {**made, "description": _about(about), "options": subcommands}


def _path(command: Command) -> list[str]:
    """The words after the first; a group that is a command itself is called with `show`."""
    return command.name.split()[1:] or ["show"]


def _grouped(found: Sequence[tuple[list[str], Command]]) -> list[Payload]:
    """Subcommands, and groups of subcommands for names of three words."""
    made: list[Payload] = []
    for first in dict.fromkeys(path[0] for path, _one in found):
        inside = [(path[1:], one) for path, one in found if path[0] == first]
        deeper = [(path, one) for path, one in inside if path]
        if deeper:
            made.append({"type": GROUP, "name": first, "description": _about(first), "options": _grouped(deeper)})
        made += [_subcommand(first, one) for path, one in inside if not path]
    return made


def _subcommand(name: str, command: Command) -> Payload:
    return {"type": SUBCOMMAND, "name": name, "description": _about(command.about), "options": _options(command)}


def _menus(shown: Sequence[Command]) -> list[Payload]:
    """On people, what is about a person; on messages, what asks for words besides; of each the first few."""
    kinds = ((USER_MENU, _on_people(shown)), (MESSAGE_MENU, _on_messages(shown)))
    return [_everywhere(one.menu, kind, [one]) for kind, found in kinds for one in found[: limits.MENUS]]


def menus_left_out(catalogue: Catalogue) -> list[str]:
    """The entries for which Discord has no room; the commands behind them can be typed."""
    shown = catalogue.menus()
    over = [*_on_people(shown)[limits.MENUS :], *_on_messages(shown)[limits.MENUS :]]
    return list(dict.fromkeys(one.menu for one in over))


def _on_people(shown: Sequence[Command]) -> list[Command]:
    return [one for one in shown if _names_a_person(one)]


def _on_messages(shown: Sequence[Command]) -> list[Command]:
    return [one for one in shown if one.of_message or _asks_for_more(one)]


def _names_a_person(command: Command) -> bool:
    return any(param.kind.name == "member" for param in command.params)


def _asks_for_more(command: Command) -> bool:
    return not _names_a_person(command) or any(
        param.required for param in command.params if param.kind.name != "member"
    )


def _about(words: str) -> str:
    return cut(words, limits.ABOUT)


def _options(command: Command) -> list[Payload]:
    """What Discord insists on comes first, which it wants so."""
    made = [option for param in command.params for option in _option(command, param)]
    return sorted(made, key=lambda option: not option.get("required", False))[: limits.SUBCOMMANDS]


def _option(command: Command, param: Param) -> list[Payload]:
    """One option; several people are one to choose and others in words."""
    kind = _type(param)
    made: Payload = {"type": kind, "name": param.name, "description": _description(param)}
    if param.required and not _is_left_to_a_form(param):
        made["required"] = True
    if param.many and kind == USER and _is_first_many(command, param):
        return [made, {"type": STRING, "name": OTHERS, "description": "More people, as mentions"}]
    return [{**made, **_bounds(param, kind)}]


def _type(param: Param) -> int:
    return STRING if param.choices else _TYPES.get(param.kind.name, STRING)


def _is_left_to_a_form(param: Param) -> bool:
    """Several people, or a long text, are asked for better by a form: left out, that opens."""
    return param.many or param.ask.long


def _is_first_many(command: Command, param: Param) -> bool:
    names = [one.name for one in command.params]
    return OTHERS not in names and param is next(one for one in command.params if one.many)


def _description(param: Param) -> str:
    """What is asked for, and how it is meant."""
    return _about(f"{param.ask.label} ({param.ask.hint})" if param.ask.hint else param.ask.label)


def _bounds(param: Param, kind: int) -> Payload:
    """What an option may hold."""
    match kind:
        case number if number in (INTEGER, NUMBER):
            return _between(param, int if kind == INTEGER else float)
        case channel if channel == CHANNEL:
            return {"channel_types": CHANNEL_TYPES}
        case text if text == STRING:
            return _text(param)
        case _:
            return {}


def _between(param: Param, number: type[int] | type[float]) -> Payload:
    bounds = (("min_value", param.ask.least), ("max_value", param.ask.most))
    return {name: number(value) for name, value in bounds if value is not None}


def _text(param: Param) -> Payload:
    """A few choices, suggestions while typing, or words of a certain length."""
    if 0 < len(param.choices) <= limits.OPTIONS:
        return {"choices": [{"name": one, "value": one} for one in param.choices]}
    if param.choices or param.ask.suggest or param.kind.suggest:
        return {"autocomplete": True}
    longest = param.ask.longest or (LONG_TEXT if param.ask.long else SHORT_TEXT)
    return {"max_length": min(longest, limits.TYPED)} if param.kind.rest else {}

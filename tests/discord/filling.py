"""A person before Discord's own client: options of a command, fields of a form, and what that client lets through."""

from collections.abc import Mapping
from typing import Any

from tests.discord import payloads
from tests.discord.checks import INPUT, LABEL, SELECT
from tests.discord.marks import ADMINISTRATOR, DM
from tests.discord.nouns import Body, Post
from tests.discord.state import Memory

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 8, 9, 10, 11
PEOPLE = (5, 7)
CHANNELS = 8


class Unfit(AssertionError):
    """Discord's own client does not let somebody say that."""


def let(fits: Any, why: str) -> None:
    """Discord's client stands in the way unless it fits."""
    if not fits:
        raise Unfit(why)


def command_of(memory: Memory, name: str, kind: int, home: str) -> Body:
    """A registered command by its name."""
    every = [*memory.commands.get(home, []), *memory.commands.get("", [])]
    found = next((one for one in every if one["type"] == kind and one["name"] == name), None)
    let(found, f"no command is called {name!r}, only {sorted(one['name'] for one in every)}")
    return found or {}


def shown(memory: Memory, command: Body, user: str, where: str) -> None:
    """Whether Discord offers a command to somebody here."""
    room = memory.channels[where]
    contexts = command.get("contexts")
    here = 1 if room.kind == DM else 0
    let(contexts is None or here in contexts, f"{command['name']!r} is not offered in context {here}")
    need = command.get("default_member_permissions")
    if need is not None and room.guild:
        has = memory.guilds[room.guild].permissions(user)
        may = has & int(need) == int(need) if int(need) else has & ADMINISTRATOR
        let(may, f"{command['name']!r} is hidden")


def along(command: Body, words: list[str]) -> tuple[Body, list[Body]]:
    """The subcommand that words lead to, and the groups on the way."""
    node, path = command, []
    for word in words:
        inner = [one for one in node.get("options", []) if one["type"] in (SUBCOMMAND, GROUP)]
        node = next((one for one in inner if one["name"] == word), {})
        let(node, f"there is no {word!r}, only {[one['name'] for one in inner]}")
        path.append(node)
    open_groups = [one["name"] for one in node.get("options", []) if one["type"] in (SUBCOMMAND, GROUP)]
    let(not open_groups, f"{node['name']!r} needs one of {open_groups}")
    return node, path


def options(
    memory: Memory, node: Body, where: str, given: Mapping[str, Any], focused: str = ""
) -> tuple[list[Body], Body]:
    """What somebody typed into a command's options, and what its ids stand for."""
    known = {one["name"]: one for one in node.get("options", [])}
    strange = set(given) - set(known)
    let(not strange, f"{node['name']!r} has no option {sorted(strange)}, only {sorted(known)}")
    missing = [name for name, one in known.items() if one.get("required") and name not in given and not focused]
    let(not missing, f"Discord asks for {missing}")
    typed: list[Body] = []
    for name, value in given.items():
        one = {"name": name, "type": known[name]["type"]}
        loose = name == focused
        one["value"] = str(value) if loose else _typed(memory, known[name], value)
        typed.append({**one, "focused": True} if loose else one)
    people = [one["value"] for one in typed if one["type"] in (USER, MENTIONABLE) and not one.get("focused")]
    rooms = [one["value"] for one in typed if one["type"] == CHANNEL]
    files = [one["value"] for one in typed if one["type"] == ATTACHMENT]
    attached = {"attachments": {key: payloads.attachment(memory, key) for key in files}}
    return typed, payloads.resolved(memory, where, people, rooms, **attached)


def _typed(memory: Memory, option: Body, value: Any) -> Any:
    kind = option["type"]
    if kind in (USER, MENTIONABLE):
        return memory.who(str(value))
    if kind == CHANNEL:
        return memory.where(str(value))
    if kind in (INTEGER, NUMBER):
        _between(option, value, float(value), "value")
        return int(value) if kind == INTEGER else float(value)
    if kind == BOOLEAN:
        return bool(value)
    if kind == ATTACHMENT:
        assert value in memory.attached, f"{value!r} is no file"
        return value
    return _picked(memory, option, str(value))


def _picked(memory: Memory, option: Body, text: str) -> str:
    """Words; a choice is picked by its name or value, mentions become ids."""
    choices: list[Body] = option.get("choices") or []
    if choices:
        found = next((one["value"] for one in choices if text in (one["name"], str(one["value"]))), None)
        let(found is not None, f"{text!r} is not offered, only {[one['name'] for one in choices]}")
        return found
    _between(option, text, len(text), "length")
    let(len(text) <= 6000, "Discord takes up to 6000 characters in an option")
    return mentioned(memory, text)


def _between(option: Body, value: Any, size: float, what: str) -> None:
    least, most = option.get(f"min_{what}"), option.get(f"max_{what}")
    fits = (least is None or size >= least) and (most is None or size <= most)
    let(fits, f"Discord does not take {value!r} for {option['name']!r}")


def mentioned(memory: Memory, text: str) -> str:
    """What Discord's client makes of `@ben` and `#general`."""
    for user in sorted(memory.users.values(), key=lambda one: -len(one.name)):
        text = text.replace(f"@{user.name}", f"<@{user.id}>")
    for room in memory.channels.values():
        text = text.replace(f"#{room.name}", f"<#{room.id}>") if room.name else text
    return text


def fields_of(modal: Body) -> list[tuple[str, Body]]:
    """The fields of a form, each with what stands above it."""
    found: list[tuple[str, Body]] = []
    for one in modal["components"]:
        if one["type"] == LABEL:
            found.append((one["label"], one["component"]))
        elif one["type"] == 1:
            found += [(inner.get("label", ""), inner) for inner in one["components"]]
    return found


def filled(memory: Memory, where: str, modal: Body, answers: Mapping[str, Any]) -> tuple[list[Body], Body]:
    """A form's components as they are sent, and what their ids stand for."""
    fields = fields_of(modal)
    names = {name: one["custom_id"] for name, one in fields} | {
        one["custom_id"]: one["custom_id"] for _n, one in fields
    }
    strange = set(answers) - set(names)
    let(not strange, f"the form has no field {sorted(strange)}, only {[name for name, _one in fields]}")
    meant = {names[name]: value for name, value in answers.items()}
    sent: list[Body] = []
    people: list[str] = []
    rooms: list[str] = []
    for number, (name, one) in enumerate(fields):
        state = answer(memory, name, one, meant.get(one["custom_id"]), one["custom_id"] in meant)
        people += state["values"] if one["type"] in PEOPLE else []
        rooms += state["values"] if one["type"] == CHANNELS else []
        sent.append({"type": LABEL, "id": 2 * number + 1, "component": {**state, "id": 2 * number + 2}})
    return sent, payloads.resolved(memory, where, people, rooms)


def answer(memory: Memory, name: str, one: Body, value: Any, touched: bool) -> Body:
    """What a field holds: what was put into it, else what stood in it; the client asks for what is required."""
    known = {"type": one["type"], "custom_id": one["custom_id"]}
    if one["type"] == INPUT:
        text = str(value) if touched and value is not None else one.get("value") or ""
        least, most = one.get("min_length") or 0, one.get("max_length") or 4000
        let(text or not one.get("required", True), f"Discord asks for {name!r}")
        let(not text or least <= len(text) <= most, f"Discord takes {least} to {most} characters for {name!r}")
        return {**known, "value": text}
    picked = values(memory, one, value) if touched else _defaults(one)
    let(picked or not one.get("required", True), f"Discord asks for {name!r}")
    let(len(picked) <= one.get("max_values", 1), f"Discord takes up to {one.get('max_values', 1)} for {name!r}")
    return {**known, "values": picked}


def _defaults(one: Body) -> list[str]:
    chosen = [option["value"] for option in one.get("options", []) if option.get("default")]
    return chosen or [str(known["id"]) for known in one.get("default_values") or []]


def values(memory: Memory, one: Body, value: Any) -> list[str]:
    """What somebody picks in a select, by the words that are shown."""
    picked = [value] if isinstance(value, str) else list(value or [])
    if one["type"] == SELECT:
        return [_option(one, text) for text in picked]
    return [memory.where(text) if one["type"] == CHANNELS else memory.who(text) for text in picked]


def _option(one: Body, text: str) -> str:
    found = next((known["value"] for known in one["options"] if text in (known["label"], known["value"])), None)
    let(found is not None, f"{text!r} is not offered, only {[known['label'] for known in one['options']]}")
    return found


def target(memory: Memory, kind: int, about: Any, where: str) -> tuple[str, Body]:
    """What a menu entry is used on: a person or a message."""
    if kind == 2:
        key = memory.who(str(about))
        return key, payloads.resolved(memory, where, [key])
    post: Post = memory.post_of(about)
    return post.id, payloads.resolved(memory, where, messages={post.id: post.body})

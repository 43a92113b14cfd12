"""A line as somebody says it with Discord's own options, and a form as they fill it in."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.arguments import Call
from bot.ctx import Given
from tests.discord.checks import INPUT, SELECT
from tests.discord.filling import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    CHANNELS,
    INTEGER,
    NUMBER,
    PEOPLE,
    USER,
    Unfit,
    along,
    fields_of,
    let,
)
from tests.discord.nouns import Body

Typed = Callable[[str], str]
OTHERS = "others"
YES = {"yes": True, "no": False}


def several(value: Any) -> list[str]:
    """One answer or many, as many."""
    return [value] if isinstance(value, str) else list(value)


def marked(given: Mapping[str, Given], keys: Mapping[str, str]) -> dict[str, Given]:
    """Answers in which people known by short ids are marked."""
    said = {one: f"<@{key}>" for one, key in keys.items()}
    return {
        name: said.get(some, some) if isinstance(some, str) else [said.get(one, one) for one in some]
        for name, some in given.items()
    }


def is_user(mark: str) -> bool:
    """Whether Discord knows whom that mentions."""
    return bool(re.fullmatch(r"<@!?\d+>", mark))


def node_of(command: Body, name: str) -> tuple[Body, list[Body]]:
    """The subcommand that is meant, and the way to it; a group whose name is a command itself is called with `show`."""
    words = name.split()[1:]
    has_more = any(one["type"] in (1, 2) for one in command.get("options", ()))
    return along(command, words or (["show"] if has_more else []))


def given_in(node: Body, call: Call, typed: Typed) -> dict[str, Any]:
    """What stands in each option, when a client lets somebody put all of it there."""
    kinds = {one["name"]: one for one in node.get("options", ())}
    let(not call.left, f"{call.left!r} has no place in {node['name']!r}")
    given: dict[str, Any] = {}
    for name, value in call.raw.items():
        let(name in kinds, f"{node['name']!r} has no option {name!r}")
        given |= _option(kinds, name, value, typed)
    return given


def _option(kinds: Mapping[str, Body], name: str, value: Any, typed: Typed) -> dict[str, Any]:
    if isinstance(value, str):
        return {name: _valued(kinds[name], typed(value))}
    marks = [typed(one) for one in value]
    let(not any(set(" ,\n") & set(one) for one in marks), f"{value!r} cannot be told apart in {name!r}")
    if kinds[name]["type"] == USER and OTHERS in kinds:
        return _people(name, marks)
    return {name: ", ".join(marks)}


def _people(name: str, marks: Sequence[str]) -> dict[str, Any]:
    """The first one is chosen where that can be, the others are mentioned."""
    if not marks or not is_user(marks[0]):
        return {OTHERS: " ".join(marks)} if marks else {}
    first, *others = marks
    return {name: first} | ({OTHERS: " ".join(others)} if others else {})


def _valued(option: Body, text: str) -> Any:
    """Text as the client takes it for an option of that type."""
    match option["type"]:
        case kind if kind == USER:
            let(is_user(text), f"{text!r} is nobody to choose")
        case kind if kind == CHANNEL:
            let(text.startswith("<#"), f"{text!r} is no channel to choose")
        case kind if kind == BOOLEAN:
            let(text.casefold() in YES, f"{text!r} is neither true nor false")
            return YES[text.casefold()]
        case kind if kind in (INTEGER, NUMBER):
            return _number(text, int if kind == INTEGER else float)
        case kind if kind == ATTACHMENT:
            let(text.isdecimal(), f"{text!r} is no file")
        case _:
            return _chosen(option, text)
    return text


def _number(text: str, kind: Callable[[str], float]) -> float:
    try:
        return kind(text)
    except ValueError as error:
        raise Unfit(f"{text!r} is no number") from error


def _chosen(option: Body, text: str) -> str:
    """A choice in its own spelling; any other words as they are."""
    names = {str(one["value"]).casefold(): str(one["value"]) for one in option.get("choices", ())}
    return names.get(text.casefold(), text)


def answers_in(modal: Body, answers: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """Those of the answers that this form asks for, as somebody puts them into its fields."""
    return {
        one["custom_id"]: _field(one, several(answers[one["custom_id"]]), typed)
        for _label, one in fields_of(modal)
        if one["custom_id"] in answers
    }


def _field(one: Body, values: Sequence[str], typed: Typed) -> Any:
    if one["type"] == INPUT:
        return ", ".join(values)
    said = [value for value in values if value]
    if one["type"] == SELECT:
        return said
    marks = [typed(value) for value in said]
    sign = "<#" if one["type"] == CHANNELS else "<@"
    let(one["type"] in (*PEOPLE, CHANNELS), f"there is no field of type {one['type']}")
    let(all(mark.startswith(sign) for mark in marks), f"{values} cannot be chosen")
    return marks

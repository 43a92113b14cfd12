"""Forms as Discord's modals and back again: five questions at a time, each in the component that fits it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapters.discord import limits
from adapters.discord.limits import cut, units
from adapters.discord.markdown import inert
from adapters.discord.render import EMPTY
from bot.ctx import Given
from bot.text import plain
from bot.ui import Field, Form

Component: TypeAlias = dict[str, Any]
STRING_SELECT, TEXT, USER_SELECT, CHANNEL_SELECT, TEXT_DISPLAY, LABEL, UPLOAD = 3, 4, 5, 8, 10, 18, 19
SHORT, PARAGRAPH = 1, 2
CHANNEL_TYPES = [0, 5, 10, 11, 12, 15]  # text, announcements, the three sorts of threads, forums
_USER = re.compile(r"<@!?([0-9]{15,20})>")
_CHANNEL = re.compile(r"<#([0-9]{15,20})>|([0-9]{15,20})")
_MEMBER = re.compile(r"@m[0-9]+")
_PLACEHOLDERS = {
    "date": "2026-12-31, tomorrow, in 3 weeks",
    "url": "https://...",
    "number": "a whole number",
    "decimal": "a number",
    "zone": "Europe/Berlin",
}


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal, and the fields that it has no room for."""

    data: dict[str, Any]
    left: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A component, and which of the known values it shows."""

    component: Component
    kept: tuple[str, ...] = ()


def modal(form: Form, custom_id: str, users: Mapping[str, str]) -> Modal:
    """The form as a modal; `users` tells the Discord ids behind members as they were written."""
    asked = _asked(form)
    labels = [_label(field, users) for field in asked] or [{"type": TEXT_DISPLAY, "content": EMPTY}]
    data = {"custom_id": custom_id, "title": _short(form.title, limits.MODAL_TITLE), "components": labels}
    return Modal(data, tuple(field for field in form.fields if field not in asked))


def answers(data: Mapping[str, Any]) -> dict[str, Given]:
    """What was filled in, by the fields' names, written as it would be typed."""
    found = [component for row in data.get("components", ()) for component in _inner(row)]
    return {one["custom_id"]: _answer(one) for one in found if "custom_id" in one}


def _asked(form: Form) -> list[Field]:
    """What is needed and missing comes before the rest; either as in the form."""
    if len(form.fields) <= limits.QUESTIONS:
        return list(form.fields)
    missing = form.missing()
    others = [field for field in form.fields if field not in missing]
    chosen = [*missing, *others][: limits.QUESTIONS]
    return [field for field in form.fields if field in chosen]


def _inner(row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What stands in a label, or in a row."""
    return [row["component"]] if "component" in row else row.get("components", ())


def _answer(component: Mapping[str, Any]) -> Given:
    match component["type"]:
        case kind if kind == USER_SELECT:
            return [f"<@{user}>" for user in component.get("values") or ()]
        case kind if kind == CHANNEL_SELECT:
            return [f"<#{channel}>" for channel in component.get("values") or ()]
        case kind if kind == UPLOAD:
            return next(iter(component.get("values") or ()), "")
        case kind if kind == STRING_SELECT:
            return list(component.get("values") or ())
        case _:
            return component.get("value") or ""


def _short(words: str, longest: int) -> str:
    """Words in one line, cut between two of them; never none."""
    line = " ".join(inert(words).split()) or "…"
    if units(line) <= longest:
        return line
    short = cut(line, longest)
    whole = short[:-1].rpartition(" ")[0]
    return short if line[len(short) - 1] == " " or not whole else f"{whole}…"


def _label(field: Field, users: Mapping[str, str]) -> Component:
    drawn = _field(field, users)
    question = " ".join(inert(field.label or field.name).split()) or "…"
    label = _short(question, limits.QUESTION)
    component = {**drawn.component, "custom_id": field.name, "required": field.required}
    made: Component = {"type": LABEL, "label": label, "component": component}
    hint = _hint(field, "" if label == question else question, drawn.kept)
    return {**made, "description": hint} if hint else made


def _hint(field: Field, question: str, kept: tuple[str, ...]) -> str:
    """What is wrong, what was written that the component cannot show, the question when it was cut, and the hint."""
    left = [f"“{cut(value, 40)}”" for value in field.values if value not in kept]
    wrote = f"You wrote {', '.join(left)}." if left else ""
    words = " ".join(part for part in (plain(field.error), wrote, question, field.hint) if part)
    return cut(" ".join(inert(words).split()), limits.HINT)


def _field(field: Field, users: Mapping[str, str]) -> Drawn:
    if field.kind == "member":
        return _people(field, users)
    if field.kind == "channel":
        return _channel(field)
    if field.kind == "file":
        return Drawn(_select(UPLOAD, field, 1), field.values)
    if field.choices or field.kind == "yes":
        return _choice(field)
    return _words(field)


def _people(field: Field, users: Mapping[str, str]) -> Drawn:
    """A choice of users; members without an account here, or more than it holds, are kept in words instead."""
    found = {value: key for value in field.values if (key := users.get(value) or _user(value))}
    ids = list(dict.fromkeys(found.values()))
    is_elsewhere = any(_MEMBER.fullmatch(value) for value in field.values if value not in found)
    if is_elsewhere or len(ids) > limits.SELECTED:
        return _words(field)
    chosen = ids if field.many else ids[:1]
    select = _select(USER_SELECT, field, limits.SELECTED if field.many else 1)
    defaults = {"default_values": [{"type": "user", "id": key} for key in chosen]} if chosen else {}
    return Drawn({**select, **defaults}, tuple(value for value, key in found.items() if key in chosen))


def _user(value: str) -> str:
    found = _USER.fullmatch(value)
    return found[1] if found else ""


def _channel(field: Field) -> Drawn:
    value = next(iter(field.values), "")
    found = _CHANNEL.fullmatch(value)
    select = {**_select(CHANNEL_SELECT, field, 1), "channel_types": CHANNEL_TYPES}
    if not found:
        return Drawn(select)
    return Drawn({**select, "default_values": [{"type": "channel", "id": found[1] or found[2]}]}, (value,))


def _choice(field: Field) -> Drawn:
    """A menu; for yes or no too, because a box that is not ticked could mean *no* or nothing."""
    known = list(dict.fromkeys(field.choices or ("yes", "no")))
    if len(known) > limits.OPTIONS or not all(_is_option(one) for one in known):
        return _words(field)
    chosen = [value for value in dict.fromkeys(field.values) if value in known]
    chosen = chosen if field.many else chosen[:1]
    select = _select(STRING_SELECT, field, len(known) if field.many else 1)
    return Drawn({**select, "options": [_option(one, one in chosen) for one in known]}, tuple(chosen))


def _is_option(value: str) -> bool:
    return bool(inert(value).strip()) and units(value) <= limits.OPTION


def _option(value: str, is_chosen: bool) -> Component:
    option: Component = {"label": cut(inert(value), limits.OPTION), "value": value}
    return {**option, "default": True} if is_chosen else option


def _select(kind: int, field: Field, most: int) -> Component:
    return {"type": kind, "min_values": int(field.required), "max_values": most}


def _words(field: Field) -> Drawn:
    """A text; one that is too long comes back to be shortened."""
    said = cut(", ".join(field.values), limits.INPUT)
    most = min(max(field.longest or limits.INPUT, units(said), 1), limits.INPUT)
    text: Component = {"type": TEXT, "style": PARAGRAPH if field.long else SHORT, "max_length": most}
    placeholder = cut(_PLACEHOLDERS.get(field.kind, ""), limits.PLACEHOLDER)
    text |= {"placeholder": placeholder} if placeholder else {}
    return Drawn({**text, "value": said} if said else text, field.values)

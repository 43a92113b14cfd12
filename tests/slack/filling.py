"""A person before a form: what stands in a field, and what Slack's own client lets through."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.slack.nouns import Body
from tests.slack.state import Workspace

ONE = {"static_select", "radio_buttons", "external_select", "overflow"}
SEVERAL = {"multi_static_select", "checkboxes", "multi_external_select"}
CHOSEN = ONE | SEVERAL
TEXTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
FILES = "file_input"
NAMED = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


class Unfit(AssertionError):
    """Slack's own client does not let somebody fill that in."""


def label_of(block: Body) -> str:
    """What stands above a field."""
    return block["label"]["text"]


def fields_of(view: Body) -> list[Body]:
    """The fields of a form."""
    return [block for block in view["blocks"] if block["type"] == "input"]


def assigned(view: Body, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is meant for each field, by its label or its name."""
    names = {block["block_id"]: block["block_id"] for block in fields_of(view)}
    names |= {label_of(block): block["block_id"] for block in fields_of(view)}
    if unknown := set(values) - set(names):
        raise Unfit(f"the form has no field {sorted(unknown)}, only {sorted(names)}")
    return {names[name]: value for name, value in values.items()}


def initial(element: Body) -> Body:
    """What a field holds before anybody touches it."""
    kind = element["type"]
    if kind == FILES:
        return {"type": kind, "files": []}
    if kind in TEXTS:
        return {"type": kind, "value": element.get("initial_value") or None}
    if kind in NAMED:
        field = NAMED[kind]
        start = element.get("initial_" + field.removeprefix("selected_"))
        return {"type": kind, field: start or ([] if kind.startswith("multi_") else None)}
    field = "selected_options" if kind in SEVERAL else "selected_option"
    start = element.get("initial_" + field.removeprefix("selected_"))
    return {"type": kind, field: start or ([] if kind in SEVERAL else None)}


def typed(slack: Workspace, element: Body, value: Any) -> Body:
    """What a field holds after somebody filled it; options are found by `chosen`."""
    kind = element["type"]
    if kind == FILES:
        return {"type": kind, "files": [described(slack, one) for one in value or []]}
    if kind in TEXTS:
        return {"type": kind, "value": str(value) if value not in (None, "") else None}
    if kind.startswith("multi_"):
        return {"type": kind, NAMED[kind]: [_named(slack, kind, one) for one in _each(value)]}
    return {"type": kind, NAMED[kind]: _named(slack, kind, value) if value else None}


def _each(value: Any) -> list[Any]:
    """Several, or the only one."""
    return [value] if isinstance(value, str) else list(value)


def described(slack: Workspace, key: str) -> Body:
    """A file that somebody uploaded, as Slack describes it to apps."""
    file = slack.uploads[key]
    url = f"{slack.url}/files-pri/{key}/download/{file.name}"
    more = {"mimetype": "text/csv", "filetype": "csv", "mode": "hosted", "is_external": False}
    return {"id": key, "name": file.name, "size": file.length, "url_private_download": url, **more}


def _named(slack: Workspace, kind: str, value: Any) -> Any:
    """A person, channel or day as one names them."""
    if "users" in kind:
        return slack.who(str(value))
    if "channels" in kind or "conversations" in kind:
        return slack.where(str(value))
    return value


def chosen(element: Body, options: list[Body], value: Any) -> Body:
    """The options that somebody picks, by their texts."""
    kind = element["type"]
    if kind == "checkboxes" and value in ("no", "", None):
        return {"type": kind, "selected_options": []}
    if kind in SEVERAL:
        return {"type": kind, "selected_options": [one_of(options, str(one)) for one in _each(value)]}
    return {"type": kind, "selected_option": one_of(options, str(value)) if value else None}


def one_of(options: list[Body], text: str) -> Body:
    """The option of that text, else of that value, else the only one that holds the text."""
    ways: tuple[Callable[[Body], bool], ...] = (
        lambda one: one["text"]["text"] == text,
        lambda one: one.get("value") == text,
        lambda one: text.casefold() in one["text"]["text"].casefold(),
    )
    for way in ways:
        if found := [one for one in options if way(one)]:
            return found[0]
    raise Unfit(f"{text!r} is not offered, only {[one['text']['text'] for one in options]}")


def offered(element: Body) -> list[Body]:
    """The options of a static element, groups opened."""
    groups = [one for group in element.get("option_groups", []) for one in group["options"]]
    return element.get("options", []) + groups


def held(state: Body) -> Any:
    """What a field's state says, without its type."""
    return next((value for name, value in state.items() if name != "type"), None)


def stopped(block: Body, state: Body) -> str:
    """Why Slack's own client would not send the form: empty, too long, not a number, not a day, no link."""
    value, element, label = held(state), block["element"], label_of(block)
    if value in (None, "", []):
        return "" if block.get("optional") else f"Slack asks for {label!r}"
    rule = _RULES.get(element["type"])
    return f"Slack does not take {value!r} for {label!r}" if rule and not rule(element, value) else ""


def _fits(element: Body, value: str) -> bool:
    return element.get("min_length", 0) <= len(value) <= element.get("max_length", 3000)


def _number(element: Body, value: str) -> bool:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return False
    least, most = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return least <= float(value) <= most


def _day(element: Body, value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and bool(date.fromisoformat(value))


def _few(element: Body, value: list[Any]) -> bool:
    return len(value) <= element.get("max_selected_items", 100)


_RULES: dict[str, Callable[[Body, Any], bool]] = {
    "plain_text_input": _fits,
    "number_input": _number,
    "datepicker": _day,
    "url_text_input": lambda element, value: bool(re.match(r"https?://\S+\.\S+", value)),
    "email_text_input": lambda element, value: "@" in value,
    "multi_users_select": _few,
    "multi_external_select": _few,
    "multi_static_select": _few,
}

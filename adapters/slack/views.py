"""Forms as Slack modals and back again, the home tab, and suggestions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.slack import limits
from adapters.slack.mrkdwn import Accounts, inert, plain_text
from adapters.slack.render import EMPTY, Block, Piece, note, numbered, pieces
from bot.kinds import Option, looks_like_url
from bot.text import Plain, clamp
from bot.ui import Card, Field, Form, No

_USER = re.compile(r"<@!?([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{5,})")
_MEMBER = re.compile(r"@m\d+")
_NUMBER = {"number": re.compile(r"[+-]?[0-9]{1,12}"), "decimal": re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An element, and which of the known values it shows."""

    element: Block
    kept: tuple[str, ...] = ()


def modal(form: Form, metadata: str, users: Mapping[str, str]) -> dict[str, Any]:
    """The form as a modal; `users` tells the Slack ids behind members as they were written."""
    title, about = _title(form.title)
    blocks = [_input(field, users) for field in form.fields[: limits.VIEW_BLOCKS - 1 - len(about)]]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": _text(title, limits.TITLE),
        "submit": _text(form.submit or "Send", limits.TITLE),
        "close": _text("Cancel", limits.TITLE),
        "private_metadata": metadata,
        "blocks": [*about, *blocks, *_rest(form, len(blocks))],
    }


def home(card: Card, accounts: Accounts) -> dict[str, Any]:
    """A card as the home tab."""
    found = pieces(card, accounts)
    if len(found) > limits.VIEW_BLOCKS:
        kept = limits.VIEW_BLOCKS - 1
        found = [*found[:kept], *_remark(f"... and {len(found) - kept} more parts that do not fit here.")]
    return {"type": "home", "blocks": numbered(found)}


def options(found: Sequence[Option]) -> dict[str, Any]:
    """Suggestions for a select, each once: by their value, else by the label, which is understood as well; what Slack
    could not send back is left out."""
    carried = [(one.label, next(filter(_is_option, (one.value, one.label)), "")) for one in found]
    kept = {value: label for label, value in reversed(carried) if value}
    ordered = [value for value in dict.fromkeys(value for _label, value in carried) if value]
    return {"options": [_option(kept[value], value) for value in ordered[: limits.OPTIONS]]}


def answers(view: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """What was filled in, by the fields' names, written as it would be typed."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    return {name: _answer(element) for name, states in values.items() for element in states.values()}


def errors(no: No) -> dict[str, str] | None:
    """Each refusal beside its field; nothing when it is about none."""
    return {name: clamp(plain_text(error), limits.ERROR) for name, error in no.errors.items()} or None


def _answer(element: Mapping[str, Any]) -> str | list[str]:
    match element["type"]:
        case "users_select":
            return _written("@", element.get("selected_user"))
        case "multi_users_select":
            return [f"<@{user}>" for user in element.get("selected_users") or []]
        case "multi_conversations_select":
            return [f"<#{one}>" for one in element.get("selected_conversations") or []]
        case "conversations_select" | "channels_select":
            return _written("#", element.get("selected_conversation") or element.get("selected_channel"))
        case "static_select" | "external_select":
            return (element.get("selected_option") or {}).get("value") or ""
        case "multi_static_select" | "multi_external_select":
            return [one["value"] for one in element.get("selected_options") or []]
        case "checkboxes":
            return "yes" if element.get("selected_options") else "no"
        case _:
            files = (one["id"] for one in element.get("files") or [])
            return element.get("value") or element.get("selected_date") or next(files, "")


def _written(sign: str, key: str | None) -> str:
    return f"<{sign}{key}>" if key else ""


def _text(words: str, longest: int) -> Block:
    return {"type": "plain_text", "text": clamp(inert(words).strip() or "…", longest), "emoji": True}


def _title(title: str) -> tuple[str, list[Block]]:
    """A title; one that is too long is cut between words, and stands below in full."""
    words = " ".join(inert(title).split())
    if len(words) <= limits.TITLE:
        return words, []
    whole = words[: limits.TITLE].rsplit(" ", 1)[0]
    cut = f"{whole}…" if len(whole) < limits.TITLE else words
    return cut, [{**piece.block, "block_id": f"title{at}"} for at, piece in enumerate(_remark(words)[:1])]


def _rest(form: Form, asked: int) -> list[Block]:
    """Words in the place of what a modal cannot ask: too many fields, or none."""
    over = len(form.fields) - asked
    said = f"... and {over} more that can be typed: {form.line}" if over > 0 else "" if form.fields else EMPTY
    return numbered(_remark(said)[:1])


def _remark(words: str) -> list[Piece]:
    return note((Plain(words),), {})


def _input(field: Field, users: Mapping[str, str]) -> Block:
    drawn = _field(field, users)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _text(field.label or field.name, limits.INPUT_LABEL),
        "element": {**drawn.element, "action_id": "value"},
        "optional": not field.required or drawn.element["type"] == "checkboxes",
    }
    hint = _hint(field, drawn.kept)
    return {**block, "hint": _text(hint, limits.HINT)} if hint else block


def _hint(field: Field, kept: tuple[str, ...]) -> str:
    """The hint, and what was written that the element cannot show."""
    left = [f"“{clamp(value, 200)}”" for value in field.values if value not in kept]
    wrote = f"You wrote {', '.join(left)}." if left else ""
    return " ".join(words for words in (plain_text(field.error), field.hint, wrote) if words)


def _field(field: Field, users: Mapping[str, str]) -> Drawn:
    if field.kind == "member":
        return _people(field, users)
    if field.choices:
        return _choice(field)
    if field.kind in _FIELDS:
        return _FIELDS[field.kind](field)
    return _external(field) if field.suggests else _words(field)


def _people(field: Field, users: Mapping[str, str]) -> Drawn:
    """A choice of users; a member who has no account here is kept by suggestions instead."""
    found = {value: key for value in field.values if (key := users.get(value) or _user(value))}
    if field.suggests and any(_MEMBER.fullmatch(value) for value in field.values if value not in found):
        return _external(field)
    ids = list(dict.fromkeys(found.values()))
    if field.many:
        element: Block = {"type": "multi_users_select", "placeholder": _placeholder("Choose people")}
        return Drawn({**element, "initial_users": ids} if ids else element, tuple(found))
    element = {"type": "users_select", "placeholder": _placeholder("Choose a person")}
    return Drawn({**element, "initial_user": ids[0]} if ids else element, tuple(found)[:1])


def _user(value: str) -> str:
    found = _USER.fullmatch(value)
    return found[1] if found else ""


def _choice(field: Field) -> Drawn:
    known = list(dict.fromkeys(field.choices or ("yes", "no")))
    if len(known) > limits.OPTIONS or not all(_is_option(one) for one in known):
        return _external(field)
    initial = tuple(dict.fromkeys(value for value in field.values if value in known))
    about: Block = {"options": [_option(one, one) for one in known], "placeholder": _placeholder("Choose")}
    return _select("static_select", field, about, initial)


def _yes(field: Field) -> Drawn:
    """A box to tick; nothing is known of a question that is still open, so that one offers both answers."""
    if field.value not in ("yes", "no"):
        return _choice(field)
    ticked = {"initial_options": [_YES]} if field.value == "yes" else {}
    return Drawn({"type": "checkboxes", "options": [_YES], **ticked}, (field.value,))


def _external(field: Field) -> Drawn:
    """A menu that asks for suggestions; where it could not hold what is known, a text."""
    if not all(_is_option(value) for value in field.values):
        return _words(field)
    initial = tuple(dict.fromkeys(value for value in field.values if _is_option(value)))
    about: Block = {"min_query_length": 0, "placeholder": _placeholder("Type to search")}
    return _select("external_select", field, about, initial)


def _select(kind: str, field: Field, about: Block, initial: tuple[str, ...]) -> Drawn:
    """A menu for one or for several, with what is known chosen."""
    chosen = [_option(value, value) for value in initial]
    if field.many:
        element = {"type": f"multi_{kind}", **about}
        return Drawn({**element, "initial_options": chosen} if chosen else element, initial)
    element = {"type": kind, **about}
    return Drawn({**element, "initial_option": chosen[0]} if chosen else element, initial[:1])


def _is_option(value: str) -> bool:
    return bool(inert(value).strip()) and len(value) <= limits.OPTION_VALUE


def _option(label: str, value: str) -> Block:
    return {"text": _text(label if inert(label).strip() else value, limits.OPTION_LABEL), "value": value}


def _placeholder(words: str) -> Block:
    return _text(words, limits.PLACEHOLDER)


def _initial(element: Block, name: str, field: Field, value: str) -> Drawn:
    """The element with its one known value, if it has one."""
    return Drawn({**element, name: value}, field.values[:1]) if value else Drawn(element)


def _first(field: Field) -> str:
    return next(iter(field.values), "")


def _number(field: Field) -> Drawn:
    digits = _first(field).strip().replace(",", "")
    known = digits if _NUMBER[field.kind].fullmatch(digits) else ""
    element: Block = {"type": "number_input", "is_decimal_allowed": field.kind == "decimal"}
    return _initial(element, "initial_value", field, known)


def _date(field: Field) -> Drawn:
    return _initial({"type": "datepicker"}, "initial_date", field, _iso(_first(field)))


def _iso(value: str) -> str:
    """The value when it is a day of the calendar."""
    try:
        return date.fromisoformat(value if _DATE.fullmatch(value) else "").isoformat()
    except ValueError:
        return ""


def _channel(field: Field) -> Drawn:
    element: Block = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    known = {value: found[1] or found[2] for value in field.values if (found := _CHANNEL.fullmatch(value))}
    if field.many:
        several = {"type": "multi_conversations_select", **element, "placeholder": _placeholder("Choose channels")}
        ids = list(dict.fromkeys(known.values()))
        return Drawn({**several, "initial_conversations": ids} if ids else several, tuple(known))
    one = {"type": "conversations_select", **element, "placeholder": _placeholder("Choose a channel")}
    return _initial(one, "initial_conversation", field, known.get(_first(field), ""))


def _file(field: Field) -> Drawn:
    """A file is chosen anew each time: Slack fills none in."""
    return Drawn({"type": "file_input", "max_files": 1}, field.values)


def _url(field: Field) -> Drawn:
    address = _first(field) if looks_like_url(_first(field)) and len(_first(field)) <= limits.INPUT else ""
    return _initial({"type": "url_text_input"}, "initial_value", field, address)


def _words(field: Field) -> Drawn:
    """A text; one that is too long comes back to be shortened."""
    said = clamp(", ".join(field.values), limits.INPUT)
    most = min(max(field.longest or limits.INPUT, len(said), 1), limits.INPUT)
    element: Block = {"type": "plain_text_input", "multiline": field.long, "max_length": most}
    return Drawn({**element, "initial_value": said} if said else element, field.values)


_YES = _option("Yes", "yes")
_FIELDS = {
    "yes": _yes,
    "number": _number,
    "decimal": _number,
    "date": _date,
    "channel": _channel,
    "url": _url,
    "file": _file,
}

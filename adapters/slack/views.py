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
from bot.ui import Blank, Card, Form, No

_USER = re.compile(r"<@!?([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{5,})")
_MEMBER = re.compile(r"@m\d+")
_NUMBER = {"number": re.compile(r"[+-]?[0-9]{1,12}"), "decimal": re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """An element, and which of the known values it shows."""

    element: Block
    kept: tuple[str, ...] = ()


def modal(form: Form, metadata: str, users: Mapping[str, str]) -> dict[str, Any]:
    """The form as a modal; `users` tells the Slack ids behind members as they were written."""
    blocks = [_input(blank, users) for blank in form.blanks[: limits.VIEW_BLOCKS - 1]]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": _text(_short(form.title), limits.TITLE),
        "submit": _text(form.submit or "Send", limits.TITLE),
        "close": _text("Cancel", limits.TITLE),
        "private_metadata": metadata if len(metadata) <= limits.METADATA else "",
        "blocks": [*blocks, *_rest(form)],
    }


def home(card: Card, accounts: Accounts) -> dict[str, Any]:
    """A card as the home tab."""
    found = pieces(card, accounts)
    if len(found) > limits.VIEW_BLOCKS:
        kept = limits.VIEW_BLOCKS - 1
        found = [*found[:kept], *_remark(f"... and {len(found) - kept} more parts that do not fit here.")]
    return {"type": "home", "blocks": numbered(found)}


def options(found: Sequence[Option]) -> dict[str, Any]:
    """Suggestions for a select, each once; what Slack could not send back is left out."""
    kept = {one.value: one for one in reversed(found) if _is_option(one.value)}
    ordered = [one for one in found if kept.get(one.value) is one]
    return {"options": [_option(one.label, one.value) for one in ordered[: limits.OPTIONS]]}


def answers(view: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """What was filled in, by the blanks' names, written as it would be typed."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    return {name: _answer(element) for name, states in values.items() for element in states.values()}


def errors(no: No) -> dict[str, str] | None:
    """A refusal beside the field that it is about; nothing when it is about none."""
    names = [blank.name for blank in no.again.blanks] if no.again else []
    return {no.about: clamp(plain_text(no.text), limits.ERROR)} if no.about in names else None


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


def _short(title: str) -> str:
    """A title cut between words."""
    words = " ".join(inert(title).split())
    if len(words) <= limits.TITLE:
        return words
    whole = words[: limits.TITLE].rsplit(" ", 1)[0]
    return f"{whole}…" if len(whole) < limits.TITLE else words


def _rest(form: Form) -> list[Block]:
    """Words in the place of what a modal cannot ask: too many blanks, or none."""
    over = len(form.blanks) - limits.VIEW_BLOCKS + 1
    said = f"... and {over} more that can be typed: {form.line}" if over > 0 else "" if form.blanks else EMPTY
    return numbered(_remark(said)[:1])


def _remark(words: str) -> list[Piece]:
    return note((Plain(words),), {})


def _input(blank: Blank, users: Mapping[str, str]) -> Block:
    field = _field(blank, users)
    block: Block = {
        "type": "input",
        "block_id": blank.name,
        "label": _text(blank.label or blank.name, limits.INPUT_LABEL),
        "element": {**field.element, "action_id": "value"},
        "optional": not blank.required or field.element["type"] == "checkboxes",
    }
    hint = _hint(blank, field.kept)
    return {**block, "hint": _text(hint, limits.HINT)} if hint else block


def _hint(blank: Blank, kept: tuple[str, ...]) -> str:
    """The hint, and what was written that the element cannot show."""
    left = [f"“{clamp(value, 200)}”" for value in _values(blank) if value not in kept]
    wrote = f"You wrote {', '.join(left)}." if left else ""
    return " ".join(words for words in (blank.hint, wrote) if words)


def _values(blank: Blank) -> tuple[str, ...]:
    values = (blank.value,) if isinstance(blank.value, str) else blank.value
    return tuple(value for value in values if value)


def _field(blank: Blank, users: Mapping[str, str]) -> Field:
    if blank.about == "member":
        return _people(blank, users)
    if blank.choices:
        return _choice(blank)
    if blank.suggests or blank.about == "skill":
        return _external(blank)
    return _FIELDS.get(blank.about, _words)(blank)


def _people(blank: Blank, users: Mapping[str, str]) -> Field:
    """A choice of users; a member who has no account here is kept by suggestions instead."""
    found = {value: key for value in _values(blank) if (key := users.get(value) or _user(value))}
    if blank.suggests and any(_MEMBER.fullmatch(value) for value in _values(blank) if value not in found):
        return _external(blank)
    ids = list(dict.fromkeys(found.values()))
    if blank.many:
        element: Block = {"type": "multi_users_select", "placeholder": _placeholder("Choose people")}
        return Field({**element, "initial_users": ids} if ids else element, tuple(found))
    element = {"type": "users_select", "placeholder": _placeholder("Choose a person")}
    return Field({**element, "initial_user": ids[0]} if ids else element, tuple(found)[:1])


def _user(value: str) -> str:
    found = _USER.fullmatch(value)
    return found[1] if found else ""


def _choice(blank: Blank) -> Field:
    known = list(dict.fromkeys(blank.choices or ("yes", "no")))
    if len(known) > limits.OPTIONS or not all(_is_option(one) for one in known):
        return _external(blank)
    initial = tuple(dict.fromkeys(value for value in _values(blank) if value in known))
    about: Block = {"options": [_option(one, one) for one in known], "placeholder": _placeholder("Choose")}
    return _select("static_select", blank, about, initial)


def _yes(blank: Blank) -> Field:
    """A box to tick; nothing is known of a question that is still open, so that one offers both answers."""
    if blank.value not in ("yes", "no"):
        return _choice(blank)
    ticked = {"initial_options": [_YES]} if blank.value == "yes" else {}
    return Field({"type": "checkboxes", "options": [_YES], **ticked}, (blank.value,))


def _external(blank: Blank) -> Field:
    initial = tuple(dict.fromkeys(value for value in _values(blank) if _is_option(value)))
    about: Block = {"min_query_length": 0, "placeholder": _placeholder("Type to search")}
    return _select("external_select", blank, about, initial)


def _select(kind: str, blank: Blank, about: Block, initial: tuple[str, ...]) -> Field:
    """A menu for one or for several, with what is known chosen."""
    chosen = [_option(value, value) for value in initial]
    if blank.many:
        element = {"type": f"multi_{kind}", **about}
        return Field({**element, "initial_options": chosen} if chosen else element, initial)
    element = {"type": kind, **about}
    return Field({**element, "initial_option": chosen[0]} if chosen else element, initial[:1])


def _is_option(value: str) -> bool:
    return bool(inert(value).strip()) and len(value) <= limits.OPTION_VALUE


def _option(label: str, value: str) -> Block:
    return {"text": _text(label if inert(label).strip() else value, limits.OPTION_LABEL), "value": value}


def _placeholder(words: str) -> Block:
    return _text(words, limits.PLACEHOLDER)


def _initial(element: Block, name: str, blank: Blank, value: str) -> Field:
    """The element with its one known value, if it has one."""
    return Field({**element, name: value}, _values(blank)[:1]) if value else Field(element)


def _first(blank: Blank) -> str:
    return next(iter(_values(blank)), "")


def _number(blank: Blank) -> Field:
    digits = _first(blank).strip().replace(",", "")
    known = digits if _NUMBER[blank.about].fullmatch(digits) else ""
    element: Block = {"type": "number_input", "is_decimal_allowed": blank.about == "decimal"}
    return _initial(element, "initial_value", blank, known)


def _date(blank: Blank) -> Field:
    return _initial({"type": "datepicker"}, "initial_date", blank, _iso(_first(blank)))


def _iso(value: str) -> str:
    """The value when it is a day of the calendar."""
    try:
        return date.fromisoformat(value if _DATE.fullmatch(value) else "").isoformat()
    except ValueError:
        return ""


def _channel(blank: Blank) -> Field:
    element: Block = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    known = {value: found[1] or found[2] for value in _values(blank) if (found := _CHANNEL.fullmatch(value))}
    if blank.many:
        several = {"type": "multi_conversations_select", **element, "placeholder": _placeholder("Choose channels")}
        ids = list(dict.fromkeys(known.values()))
        return Field({**several, "initial_conversations": ids} if ids else several, tuple(known))
    one = {"type": "conversations_select", **element, "placeholder": _placeholder("Choose a channel")}
    return _initial(one, "initial_conversation", blank, known.get(_first(blank), ""))


def _file(blank: Blank) -> Field:
    """A file is chosen anew each time: Slack fills none in."""
    return Field({"type": "file_input", "max_files": 1}, _values(blank))


def _url(blank: Blank) -> Field:
    address = _first(blank) if looks_like_url(_first(blank)) and len(_first(blank)) <= limits.INPUT else ""
    return _initial({"type": "url_text_input"}, "initial_value", blank, address)


def _words(blank: Blank) -> Field:
    """A text; one that is too long comes back to be shortened."""
    said = clamp(", ".join(_values(blank)), limits.INPUT)
    most = min(max(blank.longest or limits.INPUT, len(said), 1), limits.INPUT)
    element: Block = {"type": "plain_text_input", "multiline": blank.long, "max_length": most}
    return Field({**element, "initial_value": said} if said else element, _values(blank))


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

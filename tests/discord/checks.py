"""What Discord accepts: lengths, counts and shapes of messages, components, forms and commands."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.discord.marks import COMPONENTS_V2
from tests.discord.nouns import Body, nodes

ROW, BUTTON, SELECT, INPUT, TEXT_DISPLAY, LABEL = 1, 2, 3, 4, 10, 18
SELECTS = (3, 5, 6, 7, 8)
PEOPLE_SELECT, MENTIONABLE_SELECT = 5, 7
LINK = 5

# https://docs.discord.com/developers: (what, field) -> (shortest, longest text or list).
LIMITS: dict[tuple[str, str], tuple[int, int]] = {
    ("message", "content"): (0, 2000),
    ("message", "embeds"): (0, 10),
    ("message", "components"): (0, 5),
    ("message", "attachments"): (0, 10),
    ("message", "nonce"): (1, 25),
    ("attachment", "description"): (0, 1024),
    ("attachment", "filename"): (1, 260),
    ("embed", "title"): (0, 256),
    ("embed", "description"): (0, 4096),
    ("embed", "fields"): (0, 25),
    ("embed", "url"): (1, 2048),
    ("field", "name"): (1, 256),
    ("field", "value"): (1, 1024),
    ("author", "name"): (1, 256),
    ("footer", "text"): (1, 2048),
    ("row", "components"): (1, 5),
    ("button", "label"): (1, 80),
    ("button", "custom_id"): (1, 100),
    ("button", "url"): (1, 512),
    ("select", "custom_id"): (1, 100),
    ("select", "options"): (1, 25),
    ("select", "placeholder"): (0, 150),
    ("select", "default_values"): (0, 25),
    ("option", "label"): (1, 100),
    ("option", "value"): (1, 100),
    ("option", "description"): (1, 100),
    ("input", "custom_id"): (1, 100),
    ("input", "value"): (0, 4000),
    ("input", "placeholder"): (0, 100),
    ("input", "label"): (1, 45),
    ("label", "label"): (1, 45),
    ("label", "description"): (1, 100),
    ("modal", "title"): (1, 45),
    ("modal", "custom_id"): (1, 100),
    ("modal", "components"): (1, 5),
    ("thread", "name"): (1, 100),
    ("choice", "name"): (1, 100),
    ("choice", "value"): (1, 100),
    ("command", "name"): (1, 32),
    ("command", "options"): (0, 25),
    ("command", "choices"): (0, 25),
}
EMBEDS_TOTAL, DISPLAY_TOTAL, COMMAND_TOTAL, V2_COMPONENTS = 6000, 4000, 8000, 40
KIND_OF = {ROW: "row", BUTTON: "button", INPUT: "input", LABEL: "label", **dict.fromkeys(SELECTS, "select")}


def sized(kind: str, node: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Each field of an object that is too short or too long."""
    for name, value in node.items():
        limit = LIMITS.get((kind, name))
        if limit and isinstance(value, str | list) and not limit[0] <= len(value) <= limit[1]:
            yield f"{at}{name}: {kind}.{name} has {len(value)}, not {limit[0]} to {limit[1]}"


def twice(what: str, values: Iterable[str | None]) -> list[str]:
    """What is there more than once."""
    counted = Counter(value for value in values if value is not None)
    return [f"{what} {value!r} is there {times} times" for value, times in counted.items() if times > 1]


def flaws_of_message(body: Body) -> list[str]:
    """What is wrong with a message; empty when nothing is."""
    v2 = bool((body.get("flags") or 0) & COMPONENTS_V2)
    found = [flaw for flaw in sized("message", body) if not (v2 and flaw.startswith("components"))]
    for number, one in enumerate(body.get("attachments") or []):
        found += sized("attachment", one, f"attachments.{number}.")
    found += _flaws_of_embeds(body.get("embeds") or []) + _flaws_of_components(body.get("components") or [], v2)
    if v2 and (body.get("content") or body.get("embeds")):
        found.append("content: components v2 leave no room for content and embeds")
    return found


def _flaws_of_embeds(embeds: list[Body]) -> list[str]:
    found: list[str] = []
    for number, embed in enumerate(embeds):
        found += sized("embed", embed, f"embeds.{number}.")
        for name in ("author", "footer"):
            found += sized(name, embed.get(name) or {}, f"embeds.{number}.{name}.")
        for index, one in enumerate(embed.get("fields") or []):
            found += sized("field", one, f"embeds.{number}.fields.{index}.")
    total = sum(_letters(embed) for embed in embeds)
    return found + ([f"embeds: embeds have {total} characters, not up to {EMBEDS_TOTAL}"] * (total > EMBEDS_TOTAL))


def _letters(embed: Body) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("author") or {}).get("name"), (embed.get("footer") or {}).get("text")]
    texts += [text for one in embed.get("fields") or [] for text in (one["name"], one["value"])]
    return sum(len(text or "") for text in texts)


def _flaws_of_components(components: list[Body], v2: bool) -> list[str]:
    every = nodes(components)
    found = twice("components: custom_id", (one.get("custom_id") for one in every))
    found += [] if v2 else [f"components: type {one.get('type')} is no row" for one in components if one["type"] != ROW]
    for one in every:
        found += _flaws_of_component(one)
    if v2 and len(every) > V2_COMPONENTS:
        found.append(f"components: {len(every)} components")
    shown = sum(len(one["content"]) for one in every if one["type"] == TEXT_DISPLAY)
    return found + ([f"components: {shown} characters in text displays"] * (shown > DISPLAY_TOTAL))


def _flaws_of_component(one: Body) -> list[str]:
    kind = KIND_OF.get(one["type"], "")
    found = list(sized(kind, one, "components.")) + list(_SHAPES.get(kind, _nothing)(one))
    for option in one.get("options") or [] if kind == "select" else []:
        found += sized("option", option, "components.options.")
    return found


def _nothing(_one: Body) -> Iterator[str]:
    yield from ()


def _row(one: Body) -> Iterator[str]:
    kinds = [child["type"] for child in one["components"]]
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        yield "components: a select shares its row"


def _button(one: Body) -> Iterator[str]:
    if not one.get("label") and not one.get("emoji"):
        yield "components: a button has neither label nor emoji"
    if (one.get("style") == LINK) != ("url" in one) or (one.get("style") == LINK) == ("custom_id" in one):
        yield "components: a link has a url, any other button a custom_id"
    if not 1 <= one.get("style", 0) <= LINK:
        yield f"components: no button has style {one.get('style')}"


def _select(one: Body) -> Iterator[str]:
    least, most = one.get("min_values", 1), one.get("max_values", 1)
    if not 0 <= least <= 25 or not 1 <= most <= 25 or least > most:
        yield f"components: {least} to {most} values"
    offered: list[Body] = one.get("options") or []
    if one["type"] == SELECT and (not offered or most > len(offered)):
        yield f"components: {most} of {len(offered)} options"
    yield from twice("components: option value", (option.get("value") for option in offered))
    if sum(bool(option.get("default")) for option in offered) > most:
        yield "components: more defaults than values"


def _input(one: Body) -> Iterator[str]:
    least, most = one.get("min_length") or 0, one.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        yield f"components: {least} to {most} characters"
    if one.get("value") and not least <= len(one["value"]) <= most:
        yield f"components: a value of {len(one['value'])} characters, not {least} to {most}"


_SHAPES = {"row": _row, "button": _button, "select": _select, "input": _input}


def flaws_of_modal(data: Body) -> list[str]:
    """What is wrong with a form."""
    found = list(sized("modal", data))
    every = nodes(data.get("components"))
    found += twice("components: custom_id", (one.get("custom_id") for one in every))
    for one in every:
        found += _flaws_of_component(one)
        if one["type"] == BUTTON:
            found.append("components: a form has no buttons")
    found += [
        f"components: type {one['type']} is loose"
        for one in data["components"]
        if one["type"] in KIND_OF.keys() - {ROW, LABEL}
    ]
    return found


def flaws_of_choices(choices: list[Body]) -> list[str]:
    """What is wrong with what autocomplete offers."""
    found = [f"choices: {len(choices)} choices"] * (len(choices) > 25)
    for number, one in enumerate(choices):
        found += sized("choice", one, f"choices.{number}.")
    return found


NAME = re.compile(r"[-_'\w]{1,32}")
GROUP, SUBCOMMAND = 2, 1
MOST_OF_KIND = {1: 100, 2: 5, 3: 5}


def flaws_of_commands(commands: list[Body]) -> list[str]:
    """What is wrong with all commands at once."""
    counted = Counter(one.get("type", 1) for one in commands)
    found = [f"{many} commands of type {kind}" for kind, many in counted.items() if many > MOST_OF_KIND[kind]]
    found += twice("command", (f"{one.get('type', 1)} {one['name']}" for one in commands))
    for one in commands:
        found += _flaws_of_command(one, one.get("type", 1), one["name"])
        total = _command_letters(one)
        found += [f"{one['name']}: {total} characters in all"] * (total > COMMAND_TOTAL)
    return found


def _command_letters(one: Body) -> int:
    own = len(one.get("name", "")) + len(one.get("description", ""))
    own += sum(len(choice["name"]) + len(str(choice["value"])) for choice in one.get("choices") or [])
    return own + sum(_command_letters(inner) for inner in one.get("options") or [])


def _flaws_of_command(one: Body, kind: int, at: str) -> list[str]:
    found = list(sized("command", one, f"{at}.")) + _naming(one, kind, at)
    options: list[Body] = one.get("options") or []
    found += twice(f"{at}: option", (option["name"] for option in options))
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        found.append(f"{at}: required options come first")
    if one.get("autocomplete") and one.get("choices"):
        found.append(f"{at}: either choices or autocomplete")
    for choice in one.get("choices") or []:
        found += sized("choice", choice, f"{at}.choices.")
    for option in options:
        found += _flaws_of_command(option, 1, f"{at} {option['name']}")
    nested = [option["type"] in (SUBCOMMAND, GROUP) for option in options]
    return found + ([f"{at}: subcommands beside options"] * (any(nested) and not all(nested)))


def _naming(one: Body, kind: int, at: str) -> list[str]:
    name, about = one["name"], one.get("description") or ""
    if kind != 1:
        return [f"{at}: a menu entry has no description"] if about else []
    found = [] if NAME.fullmatch(name) and name == name.lower() else [f"{at}: {name!r} is no name"]
    return found + ([] if 1 <= len(about) <= 100 else [f"{at}: a description of {len(about)} characters"])


MENTION = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
BROADCAST = re.compile(r"@(everyone|here)\b")


def pings(body: Body) -> tuple[list[str], list[str]]:
    """The users whom a message calls, and what else it calls that it must not."""
    text, allowed = body.get("content") or "", body.get("allowed_mentions")
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or [])
    named = [str(one) for one in (allowed or {}).get("users") or []]
    users = [one for one in dict.fromkeys(MENTION.findall(text)) if "users" in parse or one in named]
    loud = [f"it calls @{call}" for call in BROADCAST.findall(text) if "everyone" in parse]
    loud += [f"it calls role {one}" for one in ROLE.findall(text) if "roles" in parse]
    if "users" in parse and named:
        loud.append("allowed_mentions: parse users and a list of users exclude each other")
    return users, loud

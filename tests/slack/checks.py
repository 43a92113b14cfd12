"""What Slack accepts: lengths, counts and shapes of blocks, views, options and texts."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.slack.nouns import Body

SCHEMA = Path(__file__).parents[2].parent / "shared" / "specs" / "slack_block_kit.schema.json"
BLOCKS = {"message": 50, "modal": 100, "home": 100}
VIEW_BYTES = 250_000
TEXT = 40_000

# https://docs.slack.dev/reference/block-kit: (type of block or element, field) -> (shortest, longest text or list).
LIMITS: dict[tuple[str, str], tuple[int, int]] = {
    ("section", "text"): (1, 3000),
    ("section", "fields"): (1, 10),
    ("header", "text"): (1, 150),
    ("context", "elements"): (1, 10),
    ("actions", "elements"): (1, 25),
    ("input", "label"): (1, 2000),
    ("input", "hint"): (1, 2000),
    ("image", "alt_text"): (1, 2000),
    ("image", "image_url"): (1, 3000),
    ("image", "title"): (1, 2000),
    ("markdown", "text"): (1, 12_000),
    ("video", "alt_text"): (1, 2000),
    ("video", "title"): (1, 200),
    ("button", "text"): (1, 75),
    ("button", "value"): (1, 2000),
    ("button", "url"): (1, 3000),
    ("button", "accessibility_label"): (1, 75),
    ("overflow", "options"): (1, 5),
    ("checkboxes", "options"): (1, 10),
    ("radio_buttons", "options"): (1, 10),
    ("static_select", "options"): (1, 100),
    ("multi_static_select", "options"): (1, 100),
    ("static_select", "option_groups"): (1, 100),
    ("multi_static_select", "option_groups"): (1, 100),
    ("plain_text_input", "initial_value"): (0, 3000),
    ("modal", "title"): (1, 24),
    ("modal", "submit"): (1, 24),
    ("modal", "close"): (1, 24),
    ("modal", "blocks"): (1, 100),
    ("home", "blocks"): (0, 100),
    ("*", "block_id"): (1, 255),
    ("*", "action_id"): (1, 255),
    ("*", "callback_id"): (1, 255),
    ("*", "external_id"): (1, 255),
    ("*", "private_metadata"): (0, 3000),
    ("*", "placeholder"): (1, 150),
    ("option", "text"): (1, 75),
    ("option", "value"): (1, 75),
    ("option", "description"): (1, 75),
    ("group", "label"): (1, 75),
    ("group", "options"): (1, 100),
    ("confirm", "title"): (1, 100),
    ("confirm", "text"): (1, 300),
    ("confirm", "confirm"): (1, 30),
    ("confirm", "deny"): (1, 30),
    ("field", "text"): (1, 2000),
    ("plain_text", "text"): (1, 3000),
    ("mrkdwn", "text"): (1, 3000),
}
PLAIN = {"label", "hint", "title", "submit", "close", "placeholder", "deny"}
PLAIN_OF = {("header", "text"), ("button", "text"), ("confirm", "confirm")}


def flaws_of_message(args: Mapping[str, Any]) -> list[str]:
    """What is wrong with a message's text and blocks; empty when nothing is."""
    blocks, text = args.get("blocks") or [], str(args.get("text") or "")
    found = [] if text.strip() else ["there is no text for notifications"]
    if len(text) > TEXT:
        found.append(f"text of {len(text)} characters")
    if blocks:
        found += flaws_of_blocks(blocks, "message")
    return found


def flaws_of_view(view: Any, kind: str) -> list[str]:
    """What is wrong with a modal or a home tab."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return [f"the view is not of type {kind}"]
    found = list(_sized(kind, view)) + flaws_of_blocks(view.get("blocks") or [], kind)
    inputs = [block for block in view.get("blocks") or [] if block.get("type") == "input"]
    if kind == "modal" and inputs and "submit" not in view:
        found.append("a modal with inputs has no submit")
    if kind == "modal" and "title" not in view:
        found.append("a modal has no title")
    if len(json.dumps(view)) > VIEW_BYTES:
        found.append("the view is too large")
    return found + list(_schema("ModalView" if kind == "modal" else "HomeView", view)) + _by_sdk(View, view)


def flaws_of_blocks(blocks: Any, where: str) -> list[str]:
    """What is wrong with a list of blocks in a message, a modal or a home tab."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks are not a list of objects"]
    found = [] if len(blocks) <= BLOCKS[where] else [f"{len(blocks)} blocks"]
    found += _twice("block_id", (block.get("block_id") for block in blocks))
    for block in blocks:
        found += _flaws_of_block(block)
    return found


def _flaws_of_block(block: Body) -> list[str]:
    name = block_schemas().get(block.get("type", "")) if SCHEMA.exists() else None
    if SCHEMA.exists() and name is None:
        return [f"no block is of type {block.get('type')!r}"]
    found = list(_walk(block)) + _by_sdk(Block.parse, block)
    found += _twice("action_id", (element.get("action_id") for element in elements_of(block)))
    if block.get("type") == "section" and not (block.get("text") or block.get("fields")):
        found.append("a section has neither text nor fields")
    return found + (list(_schema(name, block)) if name else [])


def elements_of(block: Body) -> list[Body]:
    """The elements of a block that somebody can use."""
    single = [block[name] for name in ("accessory", "element") if name in block]
    return single + (block.get("elements", []) if block.get("type") == "actions" else [])


def _walk(node: Any, kind: str = "", at: str = "") -> Iterator[str]:
    """Every object inside, each held against the table."""
    if isinstance(node, list):
        for child in node:
            yield from _walk(child, kind, at)
    elif isinstance(node, dict):
        kind = node.get("type") or kind
        yield from _sized(kind, node)
        yield from _options(node)
        for name, child in node.items():
            yield from _walk(child, _role(name), f"{at}.{name}")


def _role(name: str) -> str:
    """What an object without a type of its own is."""
    singular = {"options": "option", "initial_option": "option", "initial_options": "option", "option_groups": "group"}
    return singular.get(name, "confirm" if name == "confirm" else "")


def _sized(kind: str, node: Body) -> Iterator[str]:
    for name, value in node.items():
        limit = LIMITS.get((kind, name)) or LIMITS.get(("*", name))
        if limit and not limit[0] <= _size(value) <= limit[1]:
            yield f"{kind}.{name} has {_size(value)}, not {limit[0]} to {limit[1]}"
        if (name in PLAIN and kind != "video") or (kind, name) in PLAIN_OF:
            yield from _plain(kind, name, value)
    for field in node.get("fields", []) if kind == "section" else []:
        yield from _sized("field", field)


def _size(value: Any) -> int:
    return len(value["text"]) if isinstance(value, dict) and isinstance(value.get("text"), str) else len(value)


def _plain(kind: str, name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value.get("type") != "plain_text":
        yield f"{kind}.{name} is not plain text"


def _options(node: Body) -> Iterator[str]:
    """An initial option is one of the options, and no value is there twice."""
    offered: list[Body] = node.get("options") or []
    yield from _twice("option value", (option.get("value") for option in offered))
    chosen = [node["initial_option"]] if "initial_option" in node else node.get("initial_options", [])
    for option in chosen:
        if offered and option not in offered:
            yield f"initial option {option.get('value')!r} is not offered"


def _twice(what: str, values: Iterable[str | None]) -> list[str]:
    counted = Counter(value for value in values if value is not None)
    return [f"{what} {value!r} is there {times} times" for value, times in counted.items() if times > 1]


def _by_sdk(parse: Any, body: Body) -> list[str]:
    """What slack_sdk's own models say."""
    try:
        made = parse(**body) if parse is View else parse(body)
        if made is not None:
            made.validate_json()
    except SlackObjectFormationError as error:
        return [str(error)]
    return []


@cache
def _definitions() -> Body:
    return json.loads(SCHEMA.read_text())["definitions"]


@cache
def block_schemas() -> dict[str, str]:
    """The definition of each type of block."""
    names = [ref["$ref"].rsplit("/", 1)[1] for ref in _definitions()["KnownBlock"]["anyOf"]]
    schemas = {_definitions()[name]["properties"]["type"]["const"]: name for name in names if name != "ImageBlock"}
    return {**schemas, "image": "ImageBlock"}


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for({"$ref": f"#/definitions/{name}", "definitions": _definitions()})


def _schema(name: str, body: Body) -> Iterator[str]:
    if SCHEMA.exists():
        for error in _validator(name).iter_errors(body):
            yield f"{name}: {error.message[:300]}"


def flaws_of_options(answer: Any) -> list[str]:
    """What is wrong with an answer to typing into an external select."""
    offered = answer.get("options") if isinstance(answer, dict) else None
    groups = answer.get("option_groups") if isinstance(answer, dict) else None
    if not isinstance(offered, list) and not isinstance(groups, list):
        return ["suggestions are neither options nor groups"]
    found = [] if len(offered or groups or []) <= 100 else ["more than 100 suggestions"]
    found += list(_walk(offered or [], "option")) + list(_walk(groups or [], "group"))
    for option in offered or []:
        found += list(_schema("PlainTextOption", option))
    return found + _twice("option value", (option.get("value") for option in offered or []))


BROADCAST = re.compile(r"<!(?:channel|here|everyone|subteam\^[^>|]*)[^>]*>")
MENTION = re.compile(r"<@([^>|]*)[^>]*>")


def flaws_of_words(body: Any, users: Iterable[str]) -> list[str]:
    """Calls to everybody, and mentions of people who are not there."""
    known, found = set(users), []
    for text in _marked(body):
        found += [f"it calls {call}" for call in BROADCAST.findall(text)]
        found += [f"it mentions {who!r}, who is nobody" for who in MENTION.findall(text) if who not in known]
    return found


def _marked(node: Any, name: str = "") -> Iterator[str]:
    """The texts in which Slack reads marks."""
    if isinstance(node, str):
        if name == "text":
            yield node
    elif isinstance(node, list):
        for child in node:
            yield from _marked(child)
    elif isinstance(node, dict) and node.get("type") != "plain_text":
        for key, child in node.items():
            yield from _marked(child, key)

"""What Slack takes, whatever is said or typed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema_rs

ACCOUNTS = {1: "U1ANA", 2: "W2BEN"}
FOLDER = Path(os.environ.get("MANYHANDS_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
SCHEMA = FOLDER / "slack_block_kit.schema.json"
OURS = re.compile(
    r"<@(U1ANA|W2BEN)>|<#C123ABC>|<https?://[^<>|]+(\|[^<>|]+)?>"
    r"|<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>"
)
PINGS = re.compile("@(here|channel|everyone)", re.IGNORECASE)


def validator(name: str) -> Any:
    schema = json.loads(SCHEMA.read_text())
    return jsonschema_rs.validator_for({**schema, "$ref": f"#/definitions/{name}"})


KNOWN = {name: validator(name) for name in ("KnownBlock", "ModalView", "HomeView")} if SCHEMA.exists() else {}


def is_valid(name: str, body: dict[str, Any]) -> bool:
    return not KNOWN or KNOWN[name].is_valid(body)


def objects(body: Any) -> list[dict[str, Any]]:
    """Every object inside a body."""
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return ([body] if isinstance(body, dict) else []) + [one for child in inner for one in objects(child)]


def shown(body: Any) -> list[str]:
    """Every text that people would see."""
    return [one["text"] for one in objects(body) if one.get("type") in {"mrkdwn", "plain_text"}]


def strip(text: str) -> str:
    """Words without what only keeps them words."""
    bare = re.sub("[\u2060\u200b]", "", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def marked(body: Any) -> list[str]:
    """Every text in which Slack reads markup."""
    return [one["text"] for one in objects(body) if one.get("type") == "mrkdwn"]


def check_harmless(text: str) -> None:
    """No word that people typed pings, mentions or leads anywhere."""
    assert all(OURS.fullmatch(one) for one in re.findall(r"<[^>]*>?", text))
    assert not PINGS.search(text)


def check_quiet(text: str) -> None:
    """Not even where Slack reads no markup."""
    assert not PINGS.search(text)
    assert not re.search(r"<[!@#]", text)


def check_texts(body: Any) -> None:
    """No text of a body is more than it may be."""
    for text in marked(body):
        check_harmless(text)
    for text in set(shown(body)) - set(marked(body)):
        check_quiet(text)


def check_blocks(blocks: list[dict[str, Any]], most: int) -> None:
    assert 1 <= len(blocks) <= most
    ids = [block["block_id"] for block in blocks]
    pressed = [one["action_id"] for block in blocks if block["type"] == "actions" for one in block["elements"]]
    assert len(set(ids)) == len(ids)
    assert len(set(pressed)) == len(pressed)
    for block in blocks:
        assert is_valid("KnownBlock", block)
        check_block(block)


def check_block(block: dict[str, Any]) -> None:
    assert all(1 <= len(text) <= 3000 and text.strip() for text in shown(block))
    match block["type"]:
        case "header":
            assert len(block["text"]["text"]) <= 150
        case "section":
            fields = block.get("fields", [])
            assert "text" in block or 1 <= len(fields) <= 10
            assert all(len(field["text"]) <= 2000 for field in fields)
        case "context":
            assert 1 <= len(block["elements"]) <= 10
        case "actions":
            assert 1 <= len(block["elements"]) <= 25
            assert all(len(one["text"]["text"]) <= 75 and 1 <= len(one["value"]) <= 2000 for one in block["elements"])

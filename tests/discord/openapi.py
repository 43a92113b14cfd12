"""What Discord takes, by its own description and by the limits that this leaves to prose."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from adapters.discord import limits
from adapters.discord.limits import units

FOLDER = Path(os.environ.get("MANYHANDS_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
SPEC = FOLDER / "discord_openapi.json"
described = pytest.mark.skipif(not SPEC.exists(), reason="Discord's OpenAPI is not here: MANYHANDS_SPECS tells where")
_SCHEMAS = json.loads(SPEC.read_text(encoding="utf-8")).get("components", {}) if SPEC.exists() else {}
_KNOWN: dict[str, Any] = {}
_OURS = (
    r"<@(?:111111111111111111|222222222222222222)>|<#123456789012345678>|<t:-?[0-9]+:f>"
    r"|\[[^\]\\]+\]\(<https?://[^<>\s\\]+>\)|<https?://[^<>\s\\]+>"
)
_READ = re.compile(rf"\\[^0-9A-Za-z\s]|`[^`\n]+`|{_OURS}")


def faults(name: str, body: Any) -> list[str]:
    """What Discord's description finds wrong with a body."""
    if name not in _KNOWN:
        schema = {"components": _SCHEMAS, "$ref": f"#/components/schemas/{name}"}
        _KNOWN[name] = jsonschema_rs.validator_for(schema)
    return [f"{list(one.instance_path)}: {one.message}" for one in _KNOWN[name].iter_errors(body)]


def check_message(body: dict[str, Any]) -> None:
    """A message within the limits that Discord tells in prose, and nothing in it that it would refuse."""
    assert body["content"] is None or 0 < units(body["content"]) <= limits.CONTENT
    assert body["content"] is None or body["content"].strip()
    assert body["content"] or body["embeds"] or body["components"]
    assert body["allowed_mentions"]["parse"] == []
    check_embeds(body["embeds"])
    check_rows(body["components"])
    names = [one["filename"] for one in body["attachments"]]
    drawn = [one["image"]["url"] for one in body["embeds"] if "image" in one]
    assert set(drawn) <= {f"attachment://{name}" for name in names}
    assert len(set(names)) == len(names)


def check_embeds(embeds: list[dict[str, Any]]) -> None:
    assert len(embeds) <= limits.EMBEDS
    assert sum(map(weight, embeds)) <= limits.EMBEDDED
    for embed in embeds:
        assert embed.keys() & {"title", "description", "fields", "image"}
        assert all(embed[name].strip() for name in ("title", "description") if name in embed)
        assert units(embed.get("title", "")) <= limits.TITLE
        assert units(embed.get("description", "")) <= limits.DESCRIPTION
        assert len(embed.get("fields", ())) <= limits.FIELDS
        for field in embed.get("fields", ()):
            assert field["name"].strip()
            assert field["value"].strip()
            assert units(field["name"]) <= limits.FIELD_NAME
            assert units(field["value"]) <= limits.FIELD


def weight(embed: dict[str, Any]) -> int:
    return sum(map(units, texts_of(embed)))


def texts_of(embed: dict[str, Any]) -> list[str]:
    """Every text of an embed."""
    fields = [field[name] for field in embed.get("fields", ()) for name in ("name", "value")]
    return [embed[name] for name in ("title", "description") if name in embed] + fields


def check_rows(rows: list[dict[str, Any]]) -> None:
    assert len(rows) <= limits.ROWS
    ids = [one["custom_id"] for row in rows for one in row["components"]]
    assert len(set(ids)) == len(ids)
    for row in rows:
        assert 1 <= len(row["components"]) <= limits.BUTTONS
        for one in row["components"]:
            assert 1 <= units(one["custom_id"]) <= limits.CUSTOM_ID
            assert 1 <= units(one["label"]) <= limits.LABEL


def check_words(body: dict[str, Any]) -> None:
    """No word that people typed pings, mentions, leads anywhere or formats anything."""
    for text in [body["content"] or "", *(text for embed in body["embeds"] for text in texts_of(embed))]:
        check_harmless(text)


def check_harmless(text: str) -> None:
    """As a reader of markdown takes it: what is escaped is words, and of the rest all is ours."""
    assert not re.search("@(everyone|here)", text, re.IGNORECASE)
    bare = _READ.sub("·", text)
    assert not re.search(r"<@&?[0-9]+>|https?://|steam://|discord\.gg/|[<\[\]|~_`]", bare)
    assert "*" not in bare.replace("**", "")
    for row in bare.split("\n"):
        assert not re.match(r"\s*([#>+-]|[0-9]+\. )", re.sub(r"^(### |> |- |-# )", "", row))


def strip(text: str) -> str:
    """Words without what only keeps them words."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text.replace("\u200b", ""))

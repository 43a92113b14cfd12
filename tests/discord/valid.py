"""Discord's own description of its HTTP API, where it lies beside the project: which bodies are whole."""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.discord.nouns import Body

SPECS = Path(os.environ.get("MANYHANDS_SPECS") or Path(__file__).parents[2].parent / "shared" / "specs")
OPENAPI = SPECS / "discord_openapi.json"
MOST_FLAWS = 5

# One of the alternatives that the description gives for each of these, so that a flaw names its place.
NAMED = {
    "POST /webhooks/{webhook_id}/{webhook_token}": "IncomingWebhookRequestPartial",
    "callback 4": "CreateMessageInteractionCallbackRequest",
    "callback 5": "CreateMessageInteractionCallbackRequest",
    "callback 6": "UpdateMessageInteractionCallbackRequest",
    "callback 7": "UpdateMessageInteractionCallbackRequest",
    "callback 8": "ApplicationCommandAutocompleteCallbackRequest",
    "callback 9": "ModalInteractionCallbackRequest",
    "forum thread": "CreateForumThreadRequest",
    "thread": "CreateTextThreadWithoutMessageRequest",
}


@cache
def _described() -> Body:
    """The whole description; an id may be a number too."""
    whole = json.loads(OPENAPI.read_text())
    either = [{"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}, {"type": "integer", "minimum": 0}]
    whole["components"]["schemas"]["SnowflakeType"] = {"anyOf": either}
    return whole


@cache
def _validator(route: str) -> Any:
    """Of a route's body, or of a kind of body by name; None where there is no description."""
    whole = _described()
    schema: Body | None = {"$ref": f"#/components/schemas/{NAMED[route]}"} if route in NAMED else _body_of(whole, route)
    if schema is None:
        return None
    return jsonschema_rs.validator_for({"components": whole["components"], **schema}, mask="it")


def _body_of(whole: Body, route: str) -> Body | None:
    verb, _, path = route.partition(" ")
    content = whole["paths"].get(path, {}).get(verb.lower(), {}).get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def flaws_by_description(route: str, body: Any) -> list[str]:
    """Where a body differs from Discord's description; nothing where that is not there."""
    if not OPENAPI.exists():
        return []
    validator = _validator(route)
    return [] if validator is None else list(_flaws(validator, body))


def _flaws(validator: Any, body: Any) -> Iterator[str]:
    for number, error in enumerate(validator.iter_errors(body)):
        if number >= MOST_FLAWS:
            return
        place = ".".join(str(step) for step in error.instance_path)
        yield f"{place or 'body'}: {error.message[:300]}"


def flaws_of(route: str, body: Any, check: Callable[[Any], list[str]], part: Any) -> list[str]:
    """What is wrong with a body by the description, and with the part of it that has limits by our own table."""
    found = flaws_by_description(route, body)
    try:
        return found + check(part)
    except (AttributeError, KeyError, TypeError, ValueError):
        return found or ["body: it has no shape that Discord knows"]

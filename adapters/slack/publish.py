"""Gives the manifest to Slack: as a new app, or as what an app shall be from now on."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code_of
from adapters.slack.web import got

APPS = "https://api.slack.com/apps"
EXPIRED = frozenset({"invalid_auth", "not_authed", "token_expired", "token_revoked", "not_allowed_token_type"})
WHERE = (
    "It begins with xoxe.xoxp- and works for twelve hours; a new one is made under Your App Configuration Tokens at "
    f"{APPS}."
)


class NotPublished(Exception):
    """Slack did not take it; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Published:
    """The app that is now as the manifest says; whether it must be installed (again) for that."""

    app_id: str
    is_new: bool
    must_install: bool


async def publish(made: dict[str, Any], token: str, api_url: str, app_id: str = "") -> Published:
    """A new app where no id is given; raises `NotPublished` with words."""
    client = AsyncWebClient(token, base_url=api_url)
    method = "apps.manifest.update" if app_id else "apps.manifest.create"
    said = {"manifest": json.dumps(made), **({"app_id": app_id} if app_id else {})}
    try:
        answer = await client.api_call(method, data=said)
    except SlackApiError as error:
        raise NotPublished(_why(error, app_id)) from error
    except (ClientError, TimeoutError) as error:
        raise NotPublished(f"Slack cannot be reached at {api_url} ({type(error).__name__}).") from error
    return Published(got(answer, "app_id"), not app_id, not app_id or bool(answer.get("permissions_updated")))


async def app_of(app_token: str, bot_token: str, api_url: str) -> str:
    """The id of the app whose tokens these are; empty where they do not tell."""
    kind, _, rest = app_token.partition("-1-")
    if kind == "xapp" and rest.startswith("A"):
        return rest.partition("-")[0]
    if not bot_token:
        return ""
    client = AsyncWebClient(bot_token, base_url=api_url)
    try:
        bot = got(await client.auth_test(), "bot_id")
        return str(got(await client.bots_info(bot=bot), "bot", "app_id"))
    except (SlackApiError, ClientError, TimeoutError, KeyError):
        return ""


def _why(error: SlackApiError, app_id: str) -> str:
    code = code_of(error)
    if code in EXPIRED:
        return f"Slack does not take SLACK_CONFIG_TOKEN ({code}). {WHERE}"
    if code in ("invalid_app_id", "app_not_found", "no_permission"):
        return f"Slack does not let this token change the app {app_id} ({code}). Its collaborators may, or say --app."
    found = error.response.get("errors") or []
    wrong = "; ".join(f"{one.get('pointer', '')}: {one.get('message', '')}" for one in found)
    return f"Slack refuses the manifest ({code}). {wrong}".strip()

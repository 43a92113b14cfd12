"""Looks over one workspace: the token, what it may do, and the channels where the bot shall post."""

from collections.abc import Awaitable, Iterable
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import REMEDIES, code_of
from adapters.slack.manifest import SCOPES
from bot.finding import Chosen, Finding, doubtful, fine, wrong

SECONDS = 10
UPDATE = "Paste the current manifest (`manyhands manifest slack`) under App Manifest, and install the app again."
TOKENS = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions shows the right one; it begins with xoxb-.",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens, shows the right one; it begins with xapp- and needs the "
    "scope connections:write.",
}


async def workspace(token: str, api_url: str, chosen: Iterable[Chosen], name: str = "") -> list[Finding]:
    """The bot's token, its scopes, and each channel; nothing is posted."""
    client = AsyncWebClient(token, base_url=api_url, timeout=SECONDS)
    about = f"Slack {name}".strip()
    try:
        answer = await client.auth_test()
    except (SlackApiError, ClientError, OSError, TimeoutError) as error:
        return [wrong(about, _why(error, "SLACK_BOT_TOKEN", api_url))]
    told: Any = answer.data
    first = fine(about, f"The token works in {told.get('team', 'the workspace')}, as {told.get('user', 'the bot')}.")
    channels = [await _channel(client, about, one) for one in chosen]
    return [first, *_scopes(about, answer.headers), *channels]


async def socket(token: str, api_url: str) -> Finding:
    """The token that opens the socket; no socket is opened."""
    client = AsyncWebClient(base_url=api_url, timeout=SECONDS)
    found = await _refused(client.apps_connections_open(app_token=token), "SLACK_APP_TOKEN", api_url)
    return wrong("Slack socket", found) if found else fine("Slack socket", "Slack lets the bot open a socket.")


async def _refused(call: Awaitable[Any], variable: str, api_url: str) -> str:
    try:
        await call
    except (SlackApiError, ClientError, OSError, TimeoutError) as error:
        return _why(error, variable, api_url)
    return ""


def _why(error: Exception, variable: str, api_url: str) -> str:
    if not isinstance(error, SlackApiError):
        return (
            f"Slack cannot be reached at {api_url} ({type(error).__name__}). Check the network, and HTTPS_PROXY: "
            "it is used if it is set, and NO_PROXY is ignored."
        )
    code = code_of(error)
    if code in ("invalid_auth", "not_authed", "not_allowed_token_type"):
        return f"Slack does not accept {variable} ({code}). {TOKENS[variable]}"
    return f"{REMEDIES.get(code, f'Slack refuses it; {UPDATE}')} ({code})"


def _scopes(about: str, headers: Any) -> list[Finding]:
    """Slack lists in a header what the token may do."""
    listed = next((value for name, value in headers.items() if name.casefold() == "x-oauth-scopes"), None)
    if listed is None:
        return [doubtful(f"{about} scopes", "Slack did not say what the token may do.")]
    has = {one.strip() for one in listed.split(",")}
    if missing := [one for one in SCOPES if one not in has]:
        lost = "; ".join(f"{one} ({SCOPES[one]})" for one in missing)
        return [wrong(f"{about} scopes", f"The token lacks {lost}. {UPDATE}")]
    return [fine(f"{about} scopes", f"All {len(SCOPES)} are granted.")]


async def _channel(client: AsyncWebClient, about: str, one: Chosen) -> Finding:
    """Whoever may read a channel's history is in it, and may post there."""
    about = f"{about} {one.setting}"
    try:
        await client.conversations_history(channel=one.channel, limit=1)
    except SlackApiError as error:
        code = code_of(error)
        remedy = REMEDIES.get(code, "Slack does not let me look into it.")
        return wrong(about, f"I cannot post in {one.channel}. {remedy} ({code})")
    except (ClientError, OSError, TimeoutError) as error:
        return doubtful(about, f"{one.channel} could not be looked at ({type(error).__name__}).")
    return fine(about, f"I am in {one.channel}.")

"""Plain tokens, at their beginning and their end: whether Slack takes them, and what to do when it took one back."""

from collections.abc import Awaitable

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.decode import team_of
from adapters.slack.errors import NOWHERE, code_of
from adapters.slack.incoming import Payload

WHERE = {
    "SLACK_BOT_TOKEN": "It begins with xoxb- and stands under Install App; a new installation may change it.",
    "SLACK_APP_TOKEN": "It begins with xapp- and stands under Basic Information, App-Level Tokens; "
    "its scope is connections:write.",
}
REMEDY = "Install the app in the workspace again, set SLACK_BOT_TOKEN to its new token, and restart."
log = structlog.get_logger("manyhands.slack")


class Refused(Exception):
    """Slack does not take a token that it was given; the message says which one, and what to do."""


WRONG = NOWHERE | {"not_allowed_token_type", "missing_scope"}


async def check(bot_token: str, app_token: str, api_url: str) -> None:
    """Raises `Refused` for a token that will never do; that Slack is out of reach or busy passes."""
    client = AsyncWebClient(base_url=api_url)
    await _tried("SLACK_BOT_TOKEN", client.auth_test(token=bot_token))
    if app_token:
        await _tried("SLACK_APP_TOKEN", client.apps_connections_open(app_token=app_token))


async def _tried(name: str, call: Awaitable[object]) -> None:
    try:
        await call
    except SlackApiError as error:
        if code_of(error) in WRONG:
            raise Refused(f"Slack does not take {name} ({code_of(error)}). {WHERE[name]}") from error
        log.warning("slack cannot tell whether a token is right", token=name, why=code_of(error))
    except (ClientError, TimeoutError) as error:
        log.warning("slack is out of reach", why=repr(error))


def listen(bolt: AsyncApp) -> None:
    """Tells the operator when the bot was taken out; nobody can be told in that workspace any more."""
    bolt.event("app_uninstalled")(_gone)
    bolt.event("tokens_revoked")(_gone)


async def _gone(ack: AsyncAck, body: Payload) -> None:
    await ack()
    event = body["event"]
    if event["type"] == "app_uninstalled" or event.get("tokens", {}).get("bot"):
        log.error("slack took the bot out of a workspace", team=team_of(body), todo=REMEDY)

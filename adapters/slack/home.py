"""The channel that a workspace has for everybody: there stands what nobody has chosen a channel for."""

import asyncio

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code_of
from adapters.slack.web import channels_of
from bot.app import App
from storage.models import Place

log = structlog.get_logger("manyhands.slack")


async def found_home(app: App, client: AsyncWebClient, place: Place) -> None:
    """Tells the core, where the bot is in that channel; where Slack does not say, nothing changes."""
    try:
        home = await general_of(client, place.key)
    except SlackApiError as error:
        log.info("the general channel is not known", why=code_of(error))
        return
    except (ClientError, TimeoutError) as error:
        log.info("the general channel is not known", why=type(error).__name__)
        return
    if home:
        await asyncio.to_thread(app.at_home, place.id, home)


async def general_of(client: AsyncWebClient, team: str) -> str:
    """Among the public channels that the bot is in; empty when it is not in it."""
    asked = {"types": "public_channel", "exclude_archived": True, "team_id": team}
    async for channel in channels_of(client.users_conversations, **asked):
        if channel.get("is_general"):
            return str(channel["id"])
    return ""

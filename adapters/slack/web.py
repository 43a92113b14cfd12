"""Slack's Web API as this adapter uses it: what several rooms of it ask in the same way."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ui import File, Image

LONGEST_ALT = 1000


def got(response: AsyncSlackResponse, *path: str) -> Any:
    """What an answer holds at a path; `KeyError` when it does not."""
    found: Any = response.data
    for step in path:
        found = found[step]
    return found


async def upload(client: AsyncWebClient, channel: str, kept: list[Image | File], thread: str = "") -> None:
    """Pictures and files go where the card went."""
    for one in kept:
        is_picture = isinstance(one, Image)
        await client.files_upload_v2(
            channel=channel,
            content=one.png if is_picture else one.data,
            filename=one.name,
            title=one.name,
            alt_txt=one.alt[:LONGEST_ALT] if is_picture else None,
            thread_ts=thread or None,
        )

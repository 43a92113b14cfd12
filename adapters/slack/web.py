"""Slack's Web API as this adapter uses it: what several rooms of it ask in the same way."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ui import File, Image

LONGEST_ALT = 1000
PAGE = 200


def got(response: AsyncSlackResponse, *path: str) -> Any:
    """What an answer holds at a path; `KeyError` when it does not."""
    found: Any = response.data
    for step in path:
        found = found[step]
    return found


async def channels_of(list_them: Callable[..., Awaitable[AsyncSlackResponse]], **asked: Any) -> AsyncIterator[Any]:
    """The channels that a method lists, page by page."""
    cursor = ""
    while True:
        found = await list_them(limit=PAGE, cursor=cursor, **asked)
        for one in got(found, "channels"):
            yield one
        cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


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

"""Slack's Web API as this adapter uses it: what several rooms of it ask in the same way."""

from collections.abc import Callable, Iterable
from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ui import File, Image

LONGEST_ALT = 1000
TOO_MANY = 429


class Patient(AsyncRateLimitErrorRetryHandler):
    """Waits so often where Slack asks for it, and tells each time that it asked; whoever is asked again comes later."""

    def __init__(self, limited: Callable[[], None], most: int = 1) -> None:
        super().__init__(max_retry_count=most)
        self.limited = limited

    async def can_retry_async(self, *, response: HttpResponse | None = None, **about: Any) -> bool:
        """Every answer of Slack's comes by here, also where nobody waits."""
        if response is not None and response.status_code == TOO_MANY:
            self.limited()
        return await super().can_retry_async(response=response, **about)


def got(response: AsyncSlackResponse, *path: str) -> Any:
    """What an answer holds at a path; `KeyError` when it does not."""
    found: Any = response.data
    for step in path:
        found = found[step]
    return found


async def conversation(client: AsyncWebClient, users: Iterable[str]) -> str:
    """The direct message with one user, or the group of up to eight."""
    return got(await client.conversations_open(users=list(users)), "channel", "id")


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

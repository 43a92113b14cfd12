"""Files that people hand over in Slack: read with the bot's token, from Slack's own addresses and no other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.ctx import Attached
from bot.kinds import MOST_BYTES, too_large

TIMEOUT = aiohttp.ClientTimeout(total=60)
PIECE = 65_536
FAILED = "Slack did not hand that file over. Please try again."
SCOPE = "Slack does not let me read files yet: the app needs `files:read`, so it has to be installed once more."
log = structlog.get_logger("manyhands.slack")


@dataclass(frozen=True, slots=True)
class Shared:
    """A file as Slack describes it."""

    name: str
    url: str
    size: int


def shared_in(files: Iterable[Mapping[str, Any]]) -> dict[str, Shared]:
    """Files by their ids; what lies outside of Slack has no address there."""
    return {
        str(one["id"]): Shared(
            str(one.get("name") or "file"),
            str(one.get("url_private_download") or one.get("url_private") or ""),
            int(one.get("size") or 0),
        )
        for one in files
        if one.get("id")
    }


def in_view(view: Mapping[str, Any]) -> dict[str, Shared]:
    """The files in a form that was sent."""
    elements = [one for states in view["state"]["values"].values() for one in states.values()]
    return shared_in(file for one in elements if one["type"] == "file_input" for file in one.get("files") or ())


async def fetched(client: AsyncWebClient, file: Shared) -> Attached:
    """What is in it, or why it cannot be had. The token goes to Slack alone, and follows no redirection."""
    if file.size > MOST_BYTES:
        return too_large(file.name, file.size)
    if not is_slacks(file.url, client.base_url):
        return Attached(file.name, problem="That file does not lie in Slack itself. Please upload it here.")
    try:
        return await _read(client, file)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("file not read", why=type(error).__name__)
        return Attached(file.name, problem=FAILED)


def is_slacks(url: str, api: str) -> bool:
    """Whether an address is Slack's: over TLS, or where Slack's own API is reached."""
    try:
        parts, home = urlsplit(url), urlsplit(api)
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
            return True
        host = parts.hostname or ""
        return parts.scheme == "https" and not parts.username and (host == "slack.com" or host.endswith(".slack.com"))
    except ValueError:
        return False


async def _read(client: AsyncWebClient, file: Shared) -> Attached:
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session,
        session.get(file.url, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            log.warning("file not read", status=answer.status)
            return Attached(file.name, problem=SCOPE if answer.status in {302, 401, 403} else FAILED)
        return await _content(answer, file)


async def _content(answer: aiohttp.ClientResponse, file: Shared) -> Attached:
    """No more than we take, whatever was announced; a page to sign in at is no file."""
    found = bytearray()
    async for piece in answer.content.iter_chunked(PIECE):
        found += piece
        if len(found) > MOST_BYTES:
            return too_large(file.name, len(found))
    if answer.content_type == "text/html" and len(found) != file.size:
        return Attached(file.name, problem=SCOPE)
    return Attached(file.name, bytes(found))

"""Channels by their names: with its escaping off, Slack passes on what was typed (`#general`), and only ids hold."""

import re
import time

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code_of
from adapters.slack.web import channels_of

FRESH_SECONDS, MOST_KNOWN = 300, 1_000
_NAME = re.compile(r"(?<![\w#/&<|])#(?P<name>[^\W_][\w-]{0,79})")
log = structlog.get_logger("manyhands.slack")


class Channels:
    """The public channels of workspaces, kept for a while."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, dict[str, str]]] = {}

    async def keyed(self, client: AsyncWebClient, team: str, line: str) -> str:
        """The line with ids in the place of names; a name that Slack does not tell of has none: `<#|name>`."""
        if not _NAME.search(line):
            return line
        known = await self._of(client, team)
        return _NAME.sub(lambda one: f"<#{known.get(one['name'].casefold(), '')}|{one['name']}>", line)

    async def _of(self, client: AsyncWebClient, team: str) -> dict[str, str]:
        """Ids by name; nothing where Slack does not tell just now."""
        at, known = self._known.get(team, (0.0, None))
        if known is not None and time.monotonic() - at < FRESH_SECONDS:
            return known
        asked = {"types": "public_channel", "exclude_archived": True, "team_id": team}
        try:
            found = {one["name"]: str(one["id"]) async for one in channels_of(client.conversations_list, **asked)}
        except (SlackApiError, ClientError, TimeoutError) as error:
            log.info("channels are not known", why=code_of(error) if isinstance(error, SlackApiError) else repr(error))
            return known or {}
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[team] = time.monotonic(), found
        return found

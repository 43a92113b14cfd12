"""Files that people attach in Discord, read from Discord's own addresses and no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import discord
import structlog
from discord.http import Route

from adapters.discord.rest import Rest
from bot.ctx import Attached
from bot.kinds import MOST_BYTES, too_large

CDN = ("cdn.discordapp.com", "media.discordapp.net")
FAILED = "Discord did not hand that file over. Please try again."
log = structlog.get_logger("manyhands.discord")


@dataclass(frozen=True, slots=True)
class Shared:
    """A file as Discord describes it."""

    name: str
    url: str
    size: int


def shared_in(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Shared]:
    """Attachments by their ids."""
    return {
        str(key): Shared(str(one.get("filename") or "file"), str(one.get("url") or ""), int(one.get("size") or 0))
        for key, one in files.items()
    }


async def fetched(rest: Rest, file: Shared) -> Attached:
    """What is in it, or why it cannot be had."""
    if file.size > MOST_BYTES:
        return too_large(file.name, file.size)
    if not is_discords(file.url):
        return Attached(file.name, problem=FAILED)
    try:
        return Attached(file.name, await rest.file(file.url))
    except discord.HTTPException as error:
        log.warning("file not read", status=error.status)
        return Attached(file.name, problem=FAILED)


def is_discords(url: str) -> bool:
    """Whether an address is Discord's: over TLS, or where Discord's own API is reached."""
    try:
        parts, home = urlsplit(url), urlsplit(Route.BASE)
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
            return True
        return parts.scheme == "https" and parts.netloc in CDN
    except ValueError:
        return False

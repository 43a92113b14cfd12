"""Looks over Discord: the token, the intents, and the channels where the bot shall post; nothing is posted."""

from collections.abc import Iterable
from typing import Any

from aiohttp import ClientError, ClientSession

from adapters.discord.intents import API, INTENTS, REFUSED, SWITCH, connection
from bot.finding import Chosen, Finding, doubtful, fine, wrong

ADMINISTRATOR = 1 << 3
NEEDED = {"View Channel": 1 << 10, "Send Messages": 1 << 11, "Embed Links": 1 << 14, "Attach Files": 1 << 15}
CHOOSE = "choose another in `settings`"


async def application(token: str, api_url: str, chosen: Iterable[Chosen]) -> list[Finding]:
    """The token, the privileged intents, and each channel."""
    base = (api_url or API).rstrip("/")
    try:
        async with connection(token) as session:
            return await Look(session, base).at(chosen)
    except (ClientError, OSError, TimeoutError) as error:
        said = f"Discord cannot be reached at {base} ({type(error).__name__}). Check the network, and HTTPS_PROXY."
        return [wrong("Discord", said)]


class Look:
    """One look at everything, with one connection."""

    def __init__(self, session: ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def at(self, chosen: Iterable[Chosen]) -> list[Finding]:
        """The token first: without it nothing else can be known."""
        status, me = await self._asked("/users/@me")
        if status != 200:
            return [_refused(status)]
        _status, told = await self._asked("/applications/@me")
        first = fine("Discord", f"The token works, as {me.get('username', 'the bot')}.")
        channels = [await self._channel(me["id"], one) for one in chosen]
        return [first, *_intents(int(told.get("flags") or 0)), *channels]

    async def _asked(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.base + path) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else {}

    async def _channel(self, me: str, one: Chosen) -> Finding:
        about = f"Discord {one.setting}"
        status, channel = await self._asked(f"/channels/{one.channel}")
        if status in (403, 404):
            said = "is gone: " if status == 404 else "is closed to me: give my role View Channel there, or "
            return wrong(about, f"Channel {one.channel} {said}{CHOOSE}.")
        if status != 200:
            return doubtful(about, f"Channel {one.channel} could not be looked at ({status}).")
        lacking = await self._lacking(me, channel)
        if lacking:
            return wrong(about, f"I cannot post in #{channel.get('name')}: my role lacks {', '.join(lacking)}.")
        return fine(about, f"I may post in #{channel.get('name')}.")

    async def _lacking(self, me: str, channel: Any) -> list[str]:
        """The permissions that are missing there."""
        guild = channel.get("guild_id")
        status, member = await self._asked(f"/guilds/{guild}/members/{me}")
        again, roles = await self._asked(f"/guilds/{guild}/roles")
        if (status, again) != (200, 200):
            return ["membership of the server"]
        may = permissions(guild, me, member["roles"], roles, channel.get("permission_overwrites") or [])
        return [name for name, bit in NEEDED.items() if not may & bit]


def permissions(guild: str, me: str, mine: Iterable[str], roles: Iterable[Any], changes: Iterable[Any]) -> int:
    """What a member may do in a channel, as bits.

    The server's roles together, then the channel's changes for everybody, for the member's roles together, and for the
    member: https://discord.com/developers/docs/topics/permissions#permission-overwrites
    """
    held = {guild, *mine}
    base = 0
    for role in roles:
        base |= int(role["permissions"]) if role["id"] in held else 0
    if base & ADMINISTRATOR:
        return ~0
    everybody, others = {guild}, held - {guild}
    for group in (everybody, others, {me}):
        deny = allow = 0
        for change in changes:
            if change["id"] in group:
                deny, allow = deny | int(change["deny"]), allow | int(change["allow"])
        base = base & ~deny | allow
    return base


def _refused(status: int) -> Finding:
    if status == 401:
        return wrong("Discord", REFUSED)
    if status == 429:
        return doubtful("Discord", "Discord asks to wait (429). Try again in a minute.")
    return wrong("Discord", f"Discord is out of order, or is not what answers there ({status}).")


def _intents(flags: int) -> list[Finding]:
    return [
        fine(f"Discord {one.name} Intent", "It is switched on.")
        if one.is_on(flags)
        else doubtful(f"Discord {one.name} Intent", f"It is off, so {one.lost}. {SWITCH}")
        for one in INTENTS
    ]

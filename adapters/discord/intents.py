"""The privileged intents that the bot uses, and how they are switched on at Discord."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

API = "https://discord.com/api/v10"
SECONDS = 10
REFUSED = "Discord does not accept DISCORD_TOKEN (401). Bot, Reset Token, shows a new one."
SWITCH = "Switch it on under Bot, Privileged Gateway Intents."


@dataclass(frozen=True, slots=True)
class Intent:
    """One that an application needs to be granted; `limited` is the flag of those that ask for it themselves, which
    Discord lets in up to 100 servers, and `approved` that of those whom Discord has looked at.

    https://discord.com/developers/docs/resources/application#application-object-application-flags
    """

    name: str
    approved: int
    limited: int
    lost: str

    def is_on(self, flags: int) -> bool:
        """Whether an application with these flags has it."""
        return bool(flags & (self.approved | self.limited))


INTENTS = (
    Intent("Server Members", 1 << 14, 1 << 15, "I notice who joins and leaves only when they speak"),
    Intent("Message Content", 1 << 18, 1 << 19, "thanks by `++` and work in a message are not heard"),
)


class NotSwitched(Exception):
    """Discord did not do it; the message says why, and what to do."""


def connection(token: str) -> ClientSession:
    """For a few calls, through the proxy of the environment."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (manyhands, 1)"}
    return ClientSession(headers=headers, timeout=ClientTimeout(SECONDS), trust_env=True)


async def switch_on(token: str, api_url: str) -> list[str]:
    """Those that were off and are on now; raises `NotSwitched`."""
    address = f"{(api_url or API).rstrip('/')}/applications/@me"
    try:
        async with connection(token) as session:
            before = _flags(await _asked(session, "GET", address))
            off = [one for one in INTENTS if not one.is_on(before)]
            if not off:
                return []
            wanted = before | sum(one.limited for one in off)
            after = _flags(await _asked(session, "PATCH", address, {"flags": wanted}))
    except (ClientError, OSError, TimeoutError) as error:
        said = f"Discord cannot be reached at {address} ({type(error).__name__}). Check the network, and HTTPS_PROXY."
        raise NotSwitched(said) from error
    if left := [one.name for one in off if not one.is_on(after)]:
        raise NotSwitched(f"Discord leaves {' and '.join(left)} off. {SWITCH}")
    return [one.name for one in off]


async def _asked(session: ClientSession, method: str, address: str, body: Any = None) -> dict[str, Any]:
    async with session.request(method, address, json=body) as answer:
        if answer.status == 401:
            raise NotSwitched(REFUSED)
        if answer.status != 200:
            raise NotSwitched(f"Discord does not switch the intents on ({answer.status}). {SWITCH}")
        return await answer.json()


def _flags(application: dict[str, Any]) -> int:
    return int(application.get("flags") or 0)

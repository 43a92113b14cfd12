"""What Discord's errors mean for a delivery: wait, or give up with words that say what to do."""

import aiohttp
import discord

from bot.carriage import Later, Undeliverable

UNKNOWN_INTERACTION, INVALID_TOKEN, UNKNOWN_WEBHOOK, ANSWERED = 10062, 50027, 10015, 40060
TOO_LATE = frozenset({UNKNOWN_INTERACTION, INVALID_TOKEN, UNKNOWN_WEBHOOK})
NOT_TEXT, ARCHIVED, NO_DIRECT, HAS_THREAD, NO_MESSAGE = 50008, 50083, 50007, 160004, 10008

_CHOOSE = "Choose another in `settings`."
REMEDIES = {
    10003: f"The channel is gone. {_CHOOSE}",
    10007: "The person is not in this server any more.",
    10013: "The person's account is gone.",
    30007: f"The channel is full. {_CHOOSE}",
    30033: "The thread is full.",
    40001: "Discord does not accept the token. Check `DISCORD_TOKEN`.",
    50001: f"I may not see that channel. Give my role *View Channel* there. {_CHOOSE}",
    50005: "The message that was to be changed is not mine.",
    50007: "The person takes no direct messages from this server.",
    50008: f"Nobody can write into that channel. {_CHOOSE}",
    50013: "A permission is missing there: *Send Messages*, *Embed Links* and *Attach Files*; in threads and forums "
    f"also *Send Messages in Threads* and *Create Posts*. {_CHOOSE}",
    50024: f"That cannot be done in a channel of this kind. {_CHOOSE}",
    50035: "Discord does not accept the form of the message.",
    50083: "The thread is archived and I may not open it. Give my role *Manage Threads* there.",
    50278: "The person shares no server with me any more.",
    160005: "The thread is locked. Give my role *Manage Threads* there.",
    160006: "There are too many open threads in that server. Archive some.",
    200000: "The server's AutoMod does not let the message through.",
    200001: "The server's AutoMod does not let the title through.",
    340015: "The server's safety settings hold the message back.",
}
OUT_OF_SIGHT = frozenset({10003, 10004, 50001})
LEFT = "I am not in that server any more. Invite me again with the link of `manyhands manifest discord`."
NETWORK = (aiohttp.ClientError, OSError, TimeoutError)


def raised(error: Exception) -> Later | Undeliverable:
    """The exception that the courier understands."""
    match error:
        case discord.RateLimited():
            return Later("Discord asks to wait.", error.retry_after)
        case discord.LoginFailure():
            return Undeliverable(f"{REMEDIES[40001]} (401)")
        case discord.HTTPException():
            return _of_answer(error)
        case _:
            return Later(f"Discord cannot be reached: {error or type(error).__name__}.")


def _of_answer(error: discord.HTTPException) -> Later | Undeliverable:
    if error.status == 401:
        return Undeliverable(f"{REMEDIES[40001]} (401)")
    if error.status == 429:
        return Later("Discord asks to wait.")
    if error.status >= 500:
        return Later(f"Discord is out of order ({error.status}).")
    known = REMEDIES.get(error.code, f"Discord does not allow it: {error.text[:200]}")
    return Undeliverable(f"{known} ({error.code or error.status})")

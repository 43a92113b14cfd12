"""Discord's HTTP API as a table: each route, who answers, and whether it needs the bot's token."""

from collections.abc import Callable
from typing import Any

from tests.discord import acks, rooms, talk, things
from tests.discord.gateway import Sockets
from tests.discord.nouns import Call

Answer = Callable[[Sockets, Call], Any]
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES: dict[str, Answer] = {
    "GET /gateway": things.gateway,
    "GET /gateway/bot": things.gateway_bot,
    "GET /oauth2/applications/@me": things.application,
    "GET /applications/@me": things.application,
    "PATCH /applications/@me": things.edit_application,
    "GET /users/@me": things.me,
    "POST /users/@me/channels": rooms.open_direct,
    "DELETE /users/@me/guilds/{guild_id}": things.leave_guild,
    "GET /users/{user_id}": things.user,
    "GET /guilds/{guild_id}": things.guild,
    "GET /guilds/{guild_id}/channels": things.channels,
    "GET /guilds/{guild_id}/roles": things.roles,
    "GET /guilds/{guild_id}/members": things.members,
    "GET /guilds/{guild_id}/members/{user_id}": things.member,
    "PUT /applications/{application_id}/commands": things.set_commands,
    "GET /applications/{application_id}/commands": things.get_commands,
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": things.set_commands,
    "GET /applications/{application_id}/guilds/{guild_id}/commands": things.get_commands,
    "GET /channels/{channel_id}": rooms.get_channel,
    "PATCH /channels/{channel_id}": rooms.edit_channel,
    "POST /channels/{channel_id}/messages": talk.post_message,
    "GET /channels/{channel_id}/messages": talk.get_messages,
    f"GET {_MESSAGE}": talk.get_message,
    f"PATCH {_MESSAGE}": talk.edit_message,
    f"DELETE {_MESSAGE}": talk.delete_message,
    f"PUT {_MESSAGE}/reactions/{{emoji_name}}/@me": talk.react,
    f"DELETE {_MESSAGE}/reactions/{{emoji_name}}/@me": talk.unreact,
    "POST /channels/{channel_id}/threads": rooms.open_thread,
    f"POST {_MESSAGE}/threads": rooms.open_under,
    "GET /channels/{channel_id}/thread-members": rooms.thread_members,
    "PUT /channels/{channel_id}/thread-members/{user_id}": rooms.add_to_thread,
    "POST /interactions/{interaction_id}/{interaction_token}/callback": acks.callback,
    f"POST {_HOOK}": acks.follow_up,
    f"GET {_HOOK}/messages/{{message_id}}": acks.get_answer,
    f"PATCH {_HOOK}/messages/{{message_id}}": acks.edit_answer,
    f"DELETE {_HOOK}/messages/{{message_id}}": acks.delete_answer,
}
TOKENLESS = ("POST /interactions/", "POST /webhooks/", "GET /webhooks/", "PATCH /webhooks/", "DELETE /webhooks/")


def needs_token(route: str) -> bool:
    """Whether a route is for the bot alone; an interaction's own token is enough for the others."""
    return route != "GET /gateway" and not route.startswith(TOKENLESS)

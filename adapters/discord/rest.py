"""Discord's HTTP side: plain bodies, sent through discord.py, which keeps to the rate limits."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from mimetypes import guess_type
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams
from discord.http import HTTPClient, Route

from bot.ui import File, Image

Body = Mapping[str, Any]
MESSAGE, LATER, LATER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
MOST_MEMBERS = 1000
TOO_MANY = 429
COMMANDS = "/applications/{application_id}/commands"


class Rest:
    """The calls that Manyhands makes; `http` gives a client that is logged in."""

    def __init__(self, http: Callable[[], Awaitable[HTTPClient]]) -> None:
        self._http = http
        self._direct: dict[str, str] = {}

    async def call(self, route: Route, body: Any = None, images: Sequence[Image | File] = ()) -> Any:
        """One request; raises what discord.py raises."""
        http = await self._http()
        if images:
            return await http.request(route, form=_form(body, images))
        return await (http.request(route) if body is None else http.request(route, json=body))

    async def respond(
        self, interaction: str, token: str, kind: int, data: Body | None = None, images: Any = ()
    ) -> None:
        """The first answer to an interaction."""
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction,
            webhook_token=token,
        )
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        await self.call(route, body, images)

    async def edit_response(self, application: str, token: str, body: Body, images: Any = ()) -> None:
        """What an answer that was put off says in the end."""
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        await self.call(Route("PATCH", path, webhook_id=application, webhook_token=token), body, images)

    async def follow_up(self, application: str, token: str, body: Body, images: Any = ()) -> None:
        """A further answer."""
        path = "/webhooks/{webhook_id}/{webhook_token}"
        await self.call(Route("POST", path, webhook_id=application, webhook_token=token), body, images)

    async def direct(self, user: str) -> str:
        """The channel of direct messages with somebody."""
        if user not in self._direct:
            made = await self.call(Route("POST", "/users/@me/channels"), {"recipient_id": user})
            self._direct[user] = str(made["id"])
        return self._direct[user]

    async def post(self, channel: str, body: Body, nonce: str, images: Any = ()) -> str:
        """A message; Discord takes one nonce once, so that a doubtful attempt may be repeated."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        made = await self.call(route, {**body, "nonce": nonce, "enforce_nonce": True}, images)
        return str(made["id"])

    async def edit(self, channel: str, message: str, body: Body, images: Any = ()) -> None:
        """Changes a message of ours."""
        path = "/channels/{channel_id}/messages/{message_id}"
        await self.call(Route("PATCH", path, channel_id=channel, message_id=message), body, images)

    async def delete(self, channel: str, message: str) -> None:
        """Takes a message of ours away."""
        path = "/channels/{channel_id}/messages/{message_id}"
        await self.call(Route("DELETE", path, channel_id=channel, message_id=message))

    async def open_post(self, forum: str, name: str, body: Body, images: Any = ()) -> str:
        """A post in a forum, which is a thread with a first message; the thread's id, which is the message's too."""
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=forum)
        made = await self.call(route, {"name": name, "auto_archive_duration": 10080, "message": body}, images)
        return str(made["id"])

    async def open_under(self, channel: str, message: str, name: str) -> str:
        """A thread under a message."""
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        route = Route("POST", path, channel_id=channel, message_id=message)
        return str((await self.call(route, {"name": name, "auto_archive_duration": 10080}))["id"])

    async def members(self, guild: str, after: str) -> list[dict[str, Any]]:
        """A thousand members, where Discord grants the list."""
        path = f"/guilds/{{guild_id}}/members?limit={MOST_MEMBERS}&after={{after}}"
        return await self.call(Route("GET", path, guild_id=guild, after=after))

    async def open_private(self, channel: str, name: str, users: Sequence[str]) -> str:
        """A private thread for some people."""
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
        about = {"name": name, "type": 12, "invitable": False, "auto_archive_duration": 10080}
        thread = str((await self.call(route, about))["id"])
        for user in users:
            path = "/channels/{channel_id}/thread-members/{user_id}"
            await self.call(Route("PUT", path, channel_id=thread, user_id=user))
        return thread

    async def reopen(self, thread: str) -> None:
        """Brings a thread back from the archive."""
        await self.call(Route("PATCH", "/channels/{channel_id}", channel_id=thread), {"archived": False})

    async def guild(self, guild: str) -> Body:
        """A server that the bot is in."""
        return await self.call(Route("GET", "/guilds/{guild_id}", guild_id=guild))

    async def member(self, guild: str, user: str) -> Body:
        """Somebody in a server."""
        path = "/guilds/{guild_id}/members/{user_id}"
        return await self.call(Route("GET", path, guild_id=guild, user_id=user))

    async def file(self, url: str) -> bytes:
        """An attachment."""
        return await (await self._http()).get_from_cdn(url)

    async def message(self, channel: str, message: str) -> Body:
        """A message, without its words where those are not ours to read."""
        path = "/channels/{channel_id}/messages/{message_id}"
        return await self.call(Route("GET", path, channel_id=channel, message_id=message))

    async def tell_commands(self, application: str, commands: list[dict[str, Any]]) -> list[Body]:
        """Replaces all commands; Discord gives them ids."""
        return await self.call(Route("PUT", COMMANDS, application_id=application), commands)

    async def commands(self, application: str) -> list[Body]:
        """All commands, with their ids."""
        return await self.call(Route("GET", COMMANDS, application_id=application))


def told_of_limits(limited: Callable[[], None]) -> TraceConfig:
    """Hears each time that a client is asked to slow down; discord.py waits by itself then, and tells nobody."""

    async def ended(_session: ClientSession, _context: SimpleNamespace, answered: TraceRequestEndParams) -> None:
        if answered.response.status == TOO_MANY:
            limited()

    traced = TraceConfig()
    traced.on_request_end.append(ended)
    return traced


def _form(body: Any, images: Sequence[Image | File]) -> list[dict[str, Any]]:
    files = [
        {"name": f"files[{number}]", "value": data_of(one), "filename": one.name, "content_type": type_of(one)}
        for number, one in enumerate(images)
    ]
    return [{"name": "payload_json", "value": json.dumps(body)}, *files]


def data_of(one: Image | File) -> bytes:
    """What is sent of it."""
    return one.png if isinstance(one, Image) else one.data


def type_of(one: Image | File) -> str:
    """Its media type."""
    return "image/png" if isinstance(one, Image) else guess_type(one.name)[0] or "application/octet-stream"

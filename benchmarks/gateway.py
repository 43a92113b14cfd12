"""As much of Discord as one command needs: a gateway that says it, and a REST side where the answer arrives."""

import asyncio
import itertools
import json
import time
import zlib
from typing import Any

from aiohttp import WSMsgType, web

APPLICATION, GUILD, CHANNEL, USER = (
    "700000000000000001",
    "800000000000000001",
    "810000000000000001",
    "900000000000000001",
)
TOKEN = "NzAwMDAwMDAwMDAwMDAwMDAx.x.y"
_ME = {"id": APPLICATION, "username": "Manyhands", "discriminator": "0", "avatar": None, "bot": True}
_ANA = {"id": USER, "username": "ana", "discriminator": "0", "avatar": None, "global_name": "ana"}
_MEMBER = {
    "user": _ANA,
    "nick": None,
    "roles": [],
    "joined_at": "2026-01-01T00:00:00+00:00",
    "permissions": "0",
    "deaf": False,
    "mute": False,
    "flags": 0,
}


class Loopback:
    """One server with one person in it; discord.py connects as to the real one."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.answers: dict[str, asyncio.Future[float]] = {}
        self._sockets: list[tuple[web.WebSocketResponse, Any]] = []
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> "Loopback":
        site = web.Application()
        site.router.add_get("/gateway", self._gateway)
        site.router.add_post("/api/interactions/{id}/{token}/callback", self._callback)
        site.router.add_route("*", "/api/{rest:.*}", self._rest)
        self._runner = web.AppRunner(site, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.api_url, self.gateway_url = f"http://{address}/api", f"ws://{address}/gateway"
        return self

    async def __aexit__(self, *_error: object) -> None:
        for socket, _packer in self._sockets:
            await socket.close()
        await self._runner.cleanup()

    async def answer(self, group: str, sub: str, **options: str) -> float:
        """Seconds from a slash command of the person to the first answer."""
        number = str(10**18 + next(self._numbers))
        self.answers[number] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        await self._send("INTERACTION_CREATE", _interaction(number, group, sub, options))
        return await asyncio.wait_for(self.answers[number], 30) - began

    async def _send(self, event: str, data: Any) -> None:
        socket, packer = self._sockets[-1]
        await _put(socket, packer, {"op": 0, "t": event, "s": next(self._numbers), "d": data})

    async def _callback(self, request: web.Request) -> web.Response:
        self.answers[request.match_info["id"]].set_result(time.perf_counter())
        body = await request.json()
        about = {"id": request.match_info["id"], "type": 2, "response_message_id": "1"}
        message = {"id": "1", "channel_id": CHANNEL, "author": _ME, "content": body.get("data", {}).get("content", "")}
        full = {**message, **_EMPTY_MESSAGE}
        return _json({"interaction": about, "resource": {"type": body["type"], "message": full}})

    async def _rest(self, request: web.Request) -> web.Response:
        match request.match_info["rest"]:
            case "users/@me":
                return _json(_ME)
            case "gateway/bot":
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})
            case "oauth2/applications/@me" | "applications/@me":
                return _json(_APPLICATION)
            case path if path.endswith("/commands"):
                return _json([])
            case path if "/members/" in path:
                return _json(_MEMBER)
            case _:
                return _json({"id": CHANNEL, "type": 1})

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket, packer = web.WebSocketResponse(), zlib.compressobj()
        await socket.prepare(request)
        await _put(socket, packer, {"op": 10, "d": {"heartbeat_interval": 45000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, packer, json.loads(message.data))
        return socket

    async def _hear(self, socket: web.WebSocketResponse, packer: Any, said: Any) -> None:
        if said["op"] == 1:
            await _put(socket, packer, {"op": 11})
        if said["op"] != 2:
            return
        self._sockets.append((socket, packer))
        ready = {"v": 10, "user": _ME, "guilds": [{"id": GUILD, "unavailable": True}], "session_id": "s"}
        more = {"resume_gateway_url": self.gateway_url, "shard": [0, 1], "application": {"id": APPLICATION, "flags": 0}}
        await self._send("READY", {**ready, **more})
        await self._send("GUILD_CREATE", _SERVER)
        self.ready.set()


async def _put(socket: web.WebSocketResponse, packer: Any, said: Any) -> None:
    await socket.send_bytes(packer.compress(json.dumps(said).encode()) + packer.flush(zlib.Z_SYNC_FLUSH))


def _json(value: Any) -> web.Response:
    return web.Response(body=json.dumps(value), headers={"Content-Type": "application/json"})


def _interaction(number: str, group: str, sub: str, options: dict[str, str]) -> dict[str, Any]:
    given = [{"name": name, "type": 3, "value": value} for name, value in options.items()]
    data = {"id": "1", "name": group, "type": 1, "options": [{"name": sub, "type": 1, "options": given}]}
    return {
        "id": number,
        "application_id": APPLICATION,
        "type": 2,
        "token": f"token-{number}",
        "version": 1,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0},
        "member": _MEMBER,
        "data": data,
        "locale": "en-US",
        "app_permissions": "0",
        "attachment_size_limit": 1,
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 0,
    }


_EMPTY_MESSAGE: dict[str, Any] = {
    "attachments": [],
    "embeds": [],
    "edited_timestamp": None,
    "type": 20,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
    "mentions": [],
    "mention_roles": [],
    "timestamp": "2026-01-01T00:00:00+00:00",
    "flags": 64,
    "components": [],
}
_APPLICATION: dict[str, Any] = {
    "id": APPLICATION,
    "name": "Manyhands",
    "description": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "owner": _ANA,
    "verify_key": "",
    "flags": 0,
    "team": None,
    "rpc_origins": [],
    "summary": "",
}
_SERVER: dict[str, Any] = {
    "id": GUILD,
    "name": "Collective",
    "owner_id": USER,
    "roles": [
        {
            "id": GUILD,
            "name": "@everyone",
            "permissions": "0",
            "position": 0,
            "color": 0,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "colors": {"primary_color": 0},
        }
    ],
    "channels": [{"id": CHANNEL, "type": 0, "name": "general", "position": 0, "permission_overwrites": []}],
    "members": [{**_MEMBER, "user": _ME}],
    "threads": [],
    "emojis": [],
    "stickers": [],
    "features": [],
    "voice_states": [],
    "presences": [],
    "stage_instances": [],
    "guild_scheduled_events": [],
    "soundboard_sounds": [],
    "member_count": 2,
    "premium_tier": 0,
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "nsfw_level": 0,
    "preferred_locale": "en-US",
    "premium_progress_bar_enabled": False,
    "system_channel_flags": 0,
    "afk_timeout": 60,
    "icon": None,
    "splash": None,
    "banner": None,
    "afk_channel_id": None,
    "system_channel_id": None,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "vanity_url_code": None,
    "description": None,
    "joined_at": "2026-01-01T00:00:00+00:00",
}

"""Slack's side of Socket Mode: tickets, hello, envelopes and their acks, and connections that end."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.slack.nouns import Body
from tests.slack.state import Workspace

LOOK_SECONDS = 0.01


@dataclass(repr=False)
class Sockets(Workspace):
    """The connections of one app, the newest last."""

    sockets: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    connections: int = 0

    async def linked(self, request: web.Request) -> web.StreamResponse:
        """A connection from its hello to its end."""
        if request.query.get("ticket") not in self.tickets:
            self.problems.append("a socket was opened without a fresh ticket")
            return web.Response(status=404)
        self.tickets.remove(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append((socket, request))
        self.connections += 1
        await socket.send_json(self._hello())
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._heard(message.data)
        self._lost(socket)
        return socket

    def _hello(self) -> Body:
        info = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        known = {"connection_info": {"app_id": self.app_id}, "num_connections": len(self.sockets)}
        return {"type": "hello", "debug_info": info, **known}

    def _heard(self, text: str) -> None:
        """An ack; it names an envelope that was sent, once, with a payload only where one is taken."""
        said = json.loads(text)
        key = said.get("envelope_id", "")
        if key not in self.waiting and key not in self.acked:
            self.problems.append(f"an ack names no envelope: {text[:200]}")
        elif key in self.acked:
            self.problems.append("an envelope was acked twice")
        elif key in self.plain and said.get("payload"):
            self.problems.append("an ack carries a payload where none is taken")
        self.acked.add(key)
        future = self.waiting.get(key)
        if future and not future.done():
            future.set_result(said.get("payload"))

    def _lost(self, socket: web.WebSocketResponse) -> None:
        self.sockets[:] = [known for known in self.sockets if known[0] is not socket]

    async def connected(self, count: int = 1, seconds: float = 10.0) -> None:
        """Waits until so many connections were made in all, and one is open."""
        for _look in range(int(seconds / LOOK_SECONDS)):
            if self.connections >= count and self._open():
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"{self.connections} connections were made, not {count}, or none is open")

    async def calm(self, seconds: float = 1.0) -> None:
        """Waits until no further connection was made for so long: a client may replace one that it has just opened."""
        made, quiet = self.connections, 0.0
        while quiet < seconds or not self._open():
            await asyncio.sleep(LOOK_SECONDS)
            quiet = quiet + LOOK_SECONDS if self.connections == made else 0.0
            made = self.connections

    def _open(self) -> list[web.WebSocketResponse]:
        return [socket for socket, _request in self.sockets if not socket.closed]

    async def enveloped(self, kind: str, payload: Body, seconds: float, **retry: Any) -> Any:
        """Sends an envelope and gives the ack's payload; `TimeoutError` when none comes in time."""
        await self.connected()
        key = f"envelope-{self.number()}"
        self.waiting[key] = asyncio.get_running_loop().create_future()
        takes = kind != "events_api"
        if not takes:
            self.plain.add(key)
        envelope = {"envelope_id": key, "payload": payload, "type": kind, "accepts_response_payload": takes, **retry}
        await self._open()[-1].send_json(envelope)
        async with asyncio.timeout(seconds):
            return await self.waiting[key]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the newest connection to make way: `warning`, `refresh_requested`, or `link_disabled`, which ends it."""
        newest = self._open()[-1]
        await newest.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
        if reason == "link_disabled":
            await newest.close()

    def drop(self) -> None:
        """Every connection breaks without a word."""
        for socket, request in self.sockets:
            self._broken(socket, request)
        self.sockets.clear()

    def _broken(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        if request.transport and not socket.closed:
            request.transport.abort()

    async def hang_up(self) -> None:
        """Closes every connection in good manners."""
        for socket in self._open():
            await socket.close()

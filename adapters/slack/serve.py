"""Runs Slack: over a socket that we open, or over signed HTTP behind any number of processes."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import Slack
from adapters.slack.gate import Gate, plainly

EVENTS = "/slack/events"
LEAVE_SECONDS = 4.0
PING_SECONDS = 3.0


async def over_socket(slack: Slack, app_token: str, stop: asyncio.Event) -> None:
    """Socket Mode until told to stop; slack_sdk reconnects by itself."""
    client = AsyncWebClient(base_url=slack.keys.api_url)
    handler = AsyncSocketModeHandler(slack.bolt, app_token, web_client=client, ping_interval=PING_SECONDS)
    await handler.connect_async()
    slack.ready.set()
    try:
        await stop.wait()
    finally:
        await slack.settle(LEAVE_SECONDS)
        await handler.close_async()


class Front:
    """The HTTP side: what Slack sends to `/slack/events`, and what others serve under their `paths`."""

    def __init__(self, slack: Slack, *others: Any) -> None:
        self.events = Gate(AsyncSlackRequestHandler(slack.bolt, path=EVENTS), slack.keys.signing_secret)
        self.others = {path: other for other in others if other for path in other.paths}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One HTTP request."""
        if other := self.others.get(scope["path"]):
            await other(scope, receive, send)
        elif scope["path"] == EVENTS and scope["method"] == "POST":
            await self.events(scope, receive, send)
        elif scope["path"] == "/healthz":
            await plainly(send, HTTPStatus.OK, "ok")
        else:
            await plainly(send, HTTPStatus.NOT_FOUND)


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one stop."""

    def __init__(self, config: uvicorn.Config, ready: asyncio.Event) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says when the port is open."""
        await super().startup(sockets)
        if self.started:
            self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Left to the process."""
        yield


async def over_http(slack: Slack, host: str, port: int, stop: asyncio.Event, *others: Any) -> None:
    """Signed HTTP until told to stop."""
    config = uvicorn.Config(Front(slack, *others), host, port, log_config=None, access_log=False, lifespan="off")
    server = Server(config, slack.ready)
    serving = asyncio.create_task(server.serve())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await slack.settle(LEAVE_SECONDS)
    await serving
    stopped.cancel()

"""A Bolt app that does nothing but ack, and the smallest cards and forms, to hold the loopback Slack against."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.nouns import Body
from tests.slack.server import Slack


def text(words: str) -> Body:
    """A plain text."""
    return {"type": "plain_text", "text": words}


def card(*labels: str) -> list[Body]:
    """The blocks of a message with buttons."""
    buttons = [
        {"type": "button", "text": text(label), "value": label.lower(), "action_id": f"press-{label}"}
        for label in labels
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Thanks*"}},
        {"type": "actions", "elements": buttons},
    ]


def field(name: str, element: Body, **more: Any) -> Body:
    """A field of a form."""
    return {
        "type": "input",
        "block_id": name.lower(),
        "label": text(name),
        "element": {"action_id": "value", **element},
        **more,
    }


def modal(*fields: Body) -> Body:
    """A form."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": text("Thanks"),
        "submit": text("Send"),
        "blocks": list(fields),
    }


FORM = modal(
    field("Person", {"type": "users_select"}),
    field("Skill", {"type": "external_select", "min_query_length": 0}),
    field("Words", {"type": "plain_text_input", "multiline": True, "max_length": 100}),
    field("Day", {"type": "datepicker"}, optional=True),
)


async def error_of(call: Any) -> str:
    """The error with which Slack answers."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


class Bare:
    """A Bolt app that only acks; a test says what else."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.bolt = AsyncApp(
            token=slack.bot_token,
            signing_secret=slack.signing_secret,
            client=AsyncWebClient(slack.bot_token, base_url=slack.api_url),
            process_before_response=True,
        )
        self.heard: list[Body] = []
        self.answers: Body = {}

    async def hear(self, ack: AsyncAck, body: Body) -> None:
        """Keeps what came and acks as told."""
        self.heard.append(dict(body))
        await asyncio.sleep(self.answers.get("late", 0))
        await ack(**self.answers.get(body.get("type", "command"), {}))

    def listen(self) -> None:
        """Hears everything."""
        bolt = self.bolt
        bolt.command("/kudos")(self.hear)
        for kind in ("press-Yes", "press-No", "choose"):
            bolt.action(kind)(self.hear)
        bolt.view("form")(self.hear)
        bolt.view_closed("form")(self.hear)
        bolt.options("value")(self.hear)
        bolt.shortcut("thank")(self.hear)
        for kind in ("message", "app_mention", "reaction_added", "app_home_opened"):
            bolt.event(kind)(self.hear)

    async def serve(self, request: web.Request) -> web.Response:
        """HTTP, as thin as it goes."""
        headers: dict[str, Any] = dict(request.headers)
        answer = await self.bolt.async_dispatch(AsyncBoltRequest(body=await request.text(), headers=headers))
        kind = answer.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)


@asynccontextmanager
async def over_http(slack: Slack, app: Bare) -> AsyncGenerator[None]:
    """The bare app behind an HTTP port."""
    site = web.Application()
    site.router.add_post("/slack/events", app.serve)
    runner = web.AppRunner(site, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: Slack, app: Bare) -> AsyncGenerator[None]:
    """The bare app behind a socket that it opens."""
    slack.mode = "socket"
    client = AsyncWebClient(base_url=slack.api_url)
    handler = AsyncSocketModeHandler(app.bolt, slack.app_token, web_client=client, ping_interval=0.2)
    await handler.connect_async()
    try:
        await slack.connected()
        yield
    finally:
        await handler.close_async()

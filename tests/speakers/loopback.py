"""The loopback Slack beside the bot in one process: what it sends goes straight into the real Bolt app, signed."""

import asyncio
import json
import time
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from tests.slack.acks import Sent
from tests.slack.inbound import encoded, signed
from tests.slack.server import Slack


class Loopback(Slack):
    """A workspace whose requests need no port; its Web API has one."""

    bolt: AsyncApp

    async def _by_http(
        self, sent: Sent, retry: int = 0, reason: str = "http_timeout", age: float = 0, secret: str | None = None
    ) -> tuple[int, Any]:
        body, kind = encoded(sent)
        headers = {"content-type": [kind]}
        headers |= {name: [one] for name, one in signed(secret or self.signing_secret, body, time.time() - age).items()}
        if retry:
            headers |= {"x-slack-retry-num": [str(retry)], "x-slack-retry-reason": [reason]}
        request = AsyncBoltRequest(body=body, headers=headers)
        answer = await asyncio.wait_for(self.bolt.async_dispatch(request), self.ack_seconds)
        is_json = answer.first_headers().get("content-type", "").startswith("application/json") and answer.body
        return answer.status, json.loads(answer.body) if is_json else answer.body

"""Slack's Web API as this process uses it: connections are kept, and Slack is not asked before it wants to be."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import wait_of

PATIENCE = 30.0
Gate = tuple[str, str]


class Gates:
    """Until when Slack asked to wait, by method and channel; each token has its own."""

    def __init__(self) -> None:
        self._until: dict[Gate, float] = {}

    def left(self, gate: Gate) -> float:
        """Seconds."""
        return max(0.0, self._until.get(gate, 0.0) - time.monotonic())

    def close(self, gate: Gate, seconds: float) -> None:
        """For so long; those that are open again are forgotten."""
        now = time.monotonic()
        self._until = {one: at for one, at in self._until.items() if at > now} | {gate: now + seconds}


class Client(AsyncWebClient):
    """One workspace's; where Slack asks to wait, it waits up to `patience` s and tries once more, else it raises."""

    def __init__(
        self,
        token: str,
        api_url: str,
        session: ClientSession,
        gates: Gates,
        limited: Callable[[], None],
        patience: float,
    ) -> None:
        again: list[AsyncRetryHandler] = [AsyncConnectionErrorRetryHandler()] if patience else []
        super().__init__(token, base_url=api_url, session=session, retry_handlers=again)
        self._gates = gates
        self._limited = limited
        self._patience = patience

    async def api_call(self, api_method: str, **said: Any) -> AsyncSlackResponse:
        """Every method goes by here."""
        gate = api_method, _channel(said)
        try:
            return await self._called(gate, said)
        except SlackApiError as error:
            seconds = wait_of(error)
            if seconds is None or seconds > self._patience or not self._patience:
                raise
        return await self._called(gate, said)

    async def _called(self, gate: Gate, said: dict[str, Any]) -> AsyncSlackResponse:
        left = self._gates.left(gate)
        if left > self._patience:
            raise self._not_yet(gate[0], left)
        await asyncio.sleep(left)
        try:
            return await super().api_call(gate[0], **said)
        except SlackApiError as error:
            seconds = wait_of(error)
            if seconds is not None:
                self._limited()
                self._gates.close(gate, seconds)
            raise

    def _not_yet(self, method: str, seconds: float) -> SlackApiError:
        """What Slack would say if it were asked now."""
        data = {"ok": False, "error": "ratelimited"}
        headers = {"Retry-After": f"{seconds:.3f}"}
        answer = AsyncSlackResponse(
            client=self, http_verb="POST", api_url=method, req_args={}, data=data, headers=headers, status_code=429
        )
        return SlackApiError(f"{method} is not asked before Slack wants it", answer)


class Clients:
    """Those of all workspaces."""

    def __init__(self, api_url: str, limited: Callable[[], None]) -> None:
        self._api_url = api_url
        self._limited = limited
        self._session: ClientSession | None = None
        self._gates: dict[str, Gates] = {}
        self._made: dict[tuple[str, float], Client] = {}

    def of(self, token: str, patience: float = PATIENCE) -> Client:
        """To be asked for inside of the loop that it is used on; without patience for couriers, who come later."""
        if self._session is None:
            self._session = ClientSession(cookie_jar=DummyCookieJar())  # workspaces share connections, nothing else
        if (token, patience) not in self._made:
            gates = self._gates.setdefault(token, Gates())
            self._made[token, patience] = Client(token, self._api_url, self._session, gates, self._limited, patience)
        return self._made[token, patience]

    async def close(self) -> None:
        """Lets go of the connections."""
        if self._session:
            await self._session.close()
        self._session = None
        self._made.clear()


def _channel(said: dict[str, Any]) -> str:
    """The channel that a call is about, if it is about one."""
    bodies = (said.get(name) for name in ("json", "params", "data"))
    return next((str(one["channel"]) for one in bodies if isinstance(one, dict) and one.get("channel")), "")

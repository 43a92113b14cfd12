"""What stands before Slack's requests over HTTP: only what Slack signed goes on, and no more than Slack sends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from slack_sdk.signature import SignatureVerifier

# The most that a form can hold, each of its 100 texts full of characters that take twelve bytes on the way.
MOST_BYTES = 4 * 2**20
READ_SECONDS = 10.0
LONGEST_TIMESTAMP = 12
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class TooMuch(Exception):
    """There is more than Slack would send."""


class Gate:
    """An ASGI application before another, which is only asked what Slack asks."""

    def __init__(self, inner: Any, signing_secret: str) -> None:
        self.inner = inner
        self._verifier = SignatureVerifier(signing_secret)

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """One HTTP request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            body = await asyncio.wait_for(_read(receive, headers), READ_SECONDS)
            body.decode()
        except TooMuch:
            await plainly(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError:
            await plainly(send, HTTPStatus.REQUEST_TIMEOUT)
        except UnicodeDecodeError:
            await plainly(send, HTTPStatus.BAD_REQUEST)
        else:
            await self._pass(scope, body, headers, send)

    async def _pass(self, scope: Any, body: bytes, headers: Mapping[str, str], send: Any) -> None:
        if not self._is_slacks(body, headers):
            is_certificate_looked_at = b"ssl_check=1" in body.split(b"&")
            await plainly(send, HTTPStatus.OK if is_certificate_looked_at else HTTPStatus.UNAUTHORIZED)
            return

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self.inner(scope, receive, send)

    def _is_slacks(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the signature is right and fresh; what only looks like one is none."""
        at = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (at.isascii() and at.isdecimal() and len(at) <= LONGEST_TIMESTAMP and signature.isascii()):
            return False
        return self._verifier.is_valid(body, at, signature)


async def _read(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The whole body; no more is read than there may be."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > MOST_BYTES:
        raise TooMuch
    found = bytearray()
    while True:
        piece = await receive()
        found += piece.get("body", b"")
        if len(found) > MOST_BYTES:
            raise TooMuch
        if not piece.get("more_body", False):
            return bytes(found)


async def plainly(send: Any, status: HTTPStatus, words: str = "") -> None:
    """An answer of a few words."""
    body = (words or status.phrase).encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""Whether a process lives, and whether it can do what it is there for."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from sqlalchemy import Engine

from storage.upgrade import is_current

PATIENCE_SECONDS = 3.0
PLAIN = "text/plain; charset=utf-8"
SILENT = f"The database has not answered for {PATIENCE_SECONDS:g} seconds."
log = structlog.get_logger("manyhands.health")
Duty = Callable[[], str]


class Health:
    """Answers `/healthz` and `/readyz`; `duties` are asked, off the event loop, what keeps them from being done."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.duties: list[Duty] = []
        self.more: dict[str, tuple[str, Callable[[], bytes]]] = {}
        self.tells_all = False
        self._asking: asyncio.Future[list[str]] | None = None
        self._asker = ThreadPoolExecutor(1, "health")

    @property
    def paths(self) -> tuple[str, ...]:
        """What may be asked of every process, also from outside; numbers only where no port of their own keeps them."""
        return ("/healthz", "/readyz", *(self.more if self.tells_all else ()))

    async def troubles(self) -> list[str]:
        """What keeps this process from its work, in words; nobody asks twice at once, and nobody waits long."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().run_in_executor(self._asker, self._ask)
        await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)
        return self._asking.result() if self._asking.done() else [SILENT]

    def _ask(self) -> list[str]:
        try:
            if not is_current(self.engine.execution_options(reading=True)):
                return ["The database has other tables than this version: run `manyhands db upgrade`."]
            return [said for duty in self.duties if (said := duty())]
        except Exception:
            log.exception("not ready")
            return ["The database does not answer; the log tells why."]

    async def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body."""
        match path:
            case "/healthz":
                return 200, PLAIN, b"ok\n"
            case "/readyz":
                found = await self.troubles()
                return (503 if found else 200), PLAIN, ("\n".join(found or ["ready"]) + "\n").encode()
            case _ if path in self.more:
                kind, made = self.more[path]
                return 200, kind, await asyncio.to_thread(made)
            case _:
                return 404, PLAIN, b"/healthz, /readyz, /metrics\n"

    async def __call__(self, scope: Mapping[str, Any], _receive: Any, send: Any) -> None:
        """As ASGI, beside what a platform sends."""
        status, kind, body = await self.answer(scope["path"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

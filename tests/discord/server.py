"""A loopback Discord for tests: the HTTP API and the gateway, played strictly."""

import json
import time
from functools import partial
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.discord.inbound import Inbound
from tests.discord.nouns import Call, Refused
from tests.discord.routes import ROUTES, Answer, needs_token

API = "/api/v10"
ROOMY = (1000, 1.0)
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")


class Discord(Inbound):
    """Discord on 127.0.0.1; `async with Discord() as discord`, then `discord.api_url` is the base of every route."""

    async def __aenter__(self) -> Self:
        site = web.Application(client_max_size=32 * 2**20)
        site.router.add_get("/gateway/", self.linked)
        site.router.add_get("/files/{file}/{name}", self._file)
        for route, answer in ROUTES.items():
            verb, _, path = route.partition(" ")
            site.router.add_route(verb, f"{API}{path}", partial(self._api, route, answer))
        site.router.add_route("*", f"{API}/{{rest:.*}}", self._unknown)
        self._used: dict[tuple[str, ...], list[float]] = {}
        self._ends: dict[tuple[str, ...], float] = {}
        self._runner = web.AppRunner(site, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The base of every route."""
        return f"{self.url}{API}"

    async def _unknown(self, request: web.Request) -> web.Response:
        self.violations.append(f"{request.method} {request.path} is not a route that this Discord knows")
        return answered({"message": "404: Not Found", "code": 0}, 404)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        _name, found = self.attached.get(request.match_info["file"], ("", None))
        if found is None:
            found = next((post.files[name] for post in self.posts if name in post.files), None)
        return web.Response(body=found) if found is not None else web.Response(status=404)

    async def _api(self, route: str, answer: Answer, request: web.Request) -> web.Response:
        call = Call(route, dict(request.match_info), dict(request.query), None, {}, time.monotonic())
        try:
            if needs_token(route) and request.headers.get("Authorization") != f"Bot {self.token}":
                raise Refused(401, 0)
            limited = self._limited(call)
            if limited:
                return limited
            call.args, call.files = await self._read(call, request)
            self.calls.append(call)
            self._failed(call)
            body = answer(self, call)
        except Refused as refused:
            return answered(refused.answer, refused.status, self._headers(call))
        return answered(body, 204 if body is None else 200, self._headers(call))

    async def _read(self, call: Call, request: web.Request) -> tuple[Any, dict[str, tuple[str, bytes]]]:
        """The body, JSON or with files; Discord takes no other kind."""
        kind = request.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            return await _parts(request)
        raw = await request.read()
        if not raw:
            return {}, {}
        if kind != "application/json":
            self.violations.append(f"{call.route}: a body of type {kind!r}")
            raise Refused(400, 50109)
        return _json(raw), {}

    def _failed(self, call: Call) -> None:
        """What a test scripted, rate limits aside."""
        failure = next((one for one in self.failures if one.meets(call) and one.retry_after is None), None)
        if failure:
            failure.times -= 1
            raise Refused(failure.status, failure.code)

    def _limited(self, call: Call) -> web.Response | None:
        """429: scripted, or more calls than a bucket holds; calls before the wait is over are noted in `early`."""
        for key in (("*",), self._key(call)):
            wait = self._ends.get(key, 0.0) - call.at
            if wait > 0:
                self.early.append(f"{call.route} came {wait:.2f} s too early")
                return self._too_many(call, wait, key == ("*",))
        failure = next((one for one in self.failures if one.meets(call) and one.retry_after is not None), None)
        if failure and failure.retry_after is not None:
            failure.times -= 1
            return self._too_many(call, failure.retry_after, failure.everywhere)
        return self._over(call)

    def _key(self, call: Call) -> tuple[str, ...]:
        return (call.route, *(call.params[name] for name in MAJOR if name in call.params))

    def _over(self, call: Call) -> web.Response | None:
        most, seconds = self.buckets.get(call.route, ROOMY)
        used = self._used.setdefault(self._key(call), [])
        used[:] = [at for at in used if call.at - at < seconds]
        if len(used) >= most:
            self.early.append(f"{call.route} came though its bucket was empty")
            return self._too_many(call, seconds - (call.at - used[0]), False)
        used.append(call.at)
        return None

    def _too_many(self, call: Call, seconds: float, everywhere: bool) -> web.Response:
        self.slowed += 1
        key = ("*",) if everywhere else self._key(call)
        self._ends[key] = max(self._ends.get(key, 0.0), call.at + seconds)
        scope = "global" if everywhere else "user"
        headers = {"Via": "1.1 google", "Retry-After": f"{max(seconds, 1):.0f}", "X-RateLimit-Scope": scope}
        more = {"X-RateLimit-Global": "true"} if everywhere else {**self._headers(call), "X-RateLimit-Remaining": "0"}
        more |= {} if everywhere else {"X-RateLimit-Reset-After": f"{seconds:.3f}"}
        body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everywhere}
        return answered(body, 429, {**headers, **more})

    def _headers(self, call: Call) -> dict[str, str]:
        """How much of the route's bucket is left."""
        if call.route.startswith("POST /interactions/"):
            return {}
        most, seconds = self.buckets.get(call.route, ROOMY)
        used = self._used.get(self._key(call), [])
        after = seconds - (time.monotonic() - used[0]) if used else seconds
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(most - len(used), 0)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{max(after, 0):.3f}",
            "X-RateLimit-Bucket": f"bucket-{abs(hash(call.route)):x}",
        }


def answered(body: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """With the content type that Discord gives, to the letter."""
    if body is None:
        return web.Response(status=status, headers=headers)
    known = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=known)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Refused(400, 50109) from error


async def _parts(request: web.Request) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    """The words and the files of a multipart body."""
    parts = await request.post()
    files = {name: (part.filename, part.file.read()) for name, part in parts.items() if isinstance(part, web.FileField)}
    said = parts.get("payload_json", "{}")
    raw = said.file.read() if isinstance(said, web.FileField) else str(said).encode()
    return _json(raw), {name: content for name, content in files.items() if name != "payload_json"}

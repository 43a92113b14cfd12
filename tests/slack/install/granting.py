"""A Slack that only grants, and the steps of an installation."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from sqlmodel import select

from adapters.slack.door import COOKIE
from adapters.slack.install import Installs, Oauth
from storage.db import everywhere
from storage.secrets import Safe

KEY, NEWER = "a key that is long enough", "another key that is as long"
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
PUBLIC = "https://bot.example.org"


class Granting:
    """`oauth.v2.access` as Slack answers it: each code once, with the app's own secret."""

    def __init__(self) -> None:
        self.grants: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        said = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(said)
        if request.headers.get("Authorization") != "Basic MTIuMzQ6c2VjcmV0":
            return web.json_response({"ok": False, "error": "bad_client_secret"})
        grant = self.grants.pop(said.get("code", ""), None)
        return web.json_response({"ok": True, **grant} if grant else {"ok": False, "error": "invalid_code"})

    def team(self, code: str, key: str, token: str, name: str = "Ants", enterprise: str = "") -> str:
        self.grants[code] = {
            "access_token": token,
            "token_type": "bot",
            "scope": "commands,chat:write",
            "bot_user_id": "UBOT",
            "team": {"id": key, "name": name},
            "enterprise": {"id": enterprise, "name": "Hill"} if enterprise else None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U1"},
        }
        return code

    def organisation(self, code: str, key: str, token: str) -> str:
        self.team(code, "", token, enterprise=key)
        self.grants[code] |= {"team": None, "is_enterprise_install": True}
        return code


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def made_of(engine, slack, clock, key=KEY, secret="secret"):
    return Installs(engine, Safe(key), Oauth("12.34", secret, PUBLIC, api_url=slack.url), clock)


async def begun(installs):
    """The state and the cookie of a browser that was sent to Slack."""
    url, cookie = await installs.begin()
    return parse_qs(urlsplit(url).query)["state"][0], cookie


async def added(installs, code):
    state, cookie = await begun(installs)
    return await installs.finish(code, state, cookie)


async def visit(door, path, query="", cookie="", method="GET"):
    """What a browser gets for a request: status, headers, body."""
    sent: list[dict[str, Any]] = []

    async def send(message):
        sent.append(message)

    headers = [(b"cookie", f"other=1; {COOKIE}={cookie}".encode())] if cookie else []
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
    await door(scope, None, send)
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named, sent[1]["body"].decode()


def rows(engine, model):
    with everywhere(engine) as db:
        return list(db.exec(select(model)).all())

"""The two pages of an installation, for a browser: out to Slack's consent page, and back with a word on how it went."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote

from adapters.slack.install import Installs, NotInstalled
from adapters.slack.manifest import REDIRECT
from storage.installations import STATE_MINUTES

INSTALL, COOKIE = "/slack/install", "__Host-manyhands-install"
PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}</style>
<h1>{title}</h1>
<p>{words}</p>
<p><a href="{href}">{link}</a></p>
</html>
"""
SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a browser gets."""

    status: int
    headers: Mapping[str, str]
    body: str = ""


class Door:
    """An ASGI application for the two paths; whoever serves HTTP hands their requests to it."""

    paths = frozenset((INSTALL, REDIRECT))

    def __init__(self, installs: Installs) -> None:
        self.installs = installs

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One HTTP request."""
        answer = await self._answer(scope)
        body = answer.body.encode()
        headers = {**SAFE, **answer.headers, "content-length": str(len(body))}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any) -> HttpAnswer:
        if scope["method"] != "GET":
            return HttpAnswer(405, {"allow": "GET", "content-type": "text/plain"}, "Open this in a browser.")
        cookie = _cookie(scope["headers"])
        if scope["path"] == INSTALL:
            return await self.install(cookie)
        return await self.back(dict(parse_qsl(scope["query_string"].decode("latin-1"))), cookie)

    async def install(self, cookie: str) -> HttpAnswer:
        """Out to Slack's consent page."""
        url, cookie = await self.installs.begin(cookie)
        return HttpAnswer(302, {"location": url, "set-cookie": _kept(cookie, STATE_MINUTES * 60)})

    async def back(self, query: Mapping[str, str], cookie: str) -> HttpAnswer:
        """Back from it; what went wrong may be tried again."""
        try:
            done = await self.installs.finish(query.get("code", ""), query.get("state", ""), cookie)
        except NotInstalled as why:
            return _page(why.status, "Not installed", why.words, "install", "Try again")
        words = "Find Manyhands under Apps in Slack and say hello. Invite it to the channels where it shall post."
        home = f"https://app.slack.com/client/{quote(done.team_key or done.enterprise_key)}"
        answer = _page(200, "Manyhands is with you now", words, home, "Open Slack")
        return HttpAnswer(200, {**answer.headers, "set-cookie": _kept("", 0)}, answer.body)


def _page(status: int, title: str, words: str, href: str, link: str) -> HttpAnswer:
    said = {"title": title, "words": words, "href": href, "link": link}
    body = PAGE.format(**{name: html.escape(text) for name, text in said.items()})
    return HttpAnswer(status, {"content-type": "text/html; charset=utf-8"}, body)


def _kept(cookie: str, seconds: int) -> str:
    return f"{COOKIE}={cookie}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax"


def _cookie(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Ours among the browser's cookies; nothing when they cannot be read."""
    said = "; ".join(value.decode("latin-1") for name, value in headers if name.lower() == b"cookie")
    try:
        found = SimpleCookie(said).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""

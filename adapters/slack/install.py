"""Manyhands in many workspaces: the way to Slack's consent page and back, and the tokens that come of it."""

import asyncio
import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from adapters.slack.manifest import REDIRECT, SCOPES
from bot.kinds import clean
from bot.people import found_community
from storage.db import reading, transaction
from storage.installations import Installation, adopt, of_organisation, of_team, remember, serving, spend
from storage.models import Place
from storage.secrets import Safe

SLACK = "slack"
AUTHORIZE = "https://slack.com/oauth/v2/authorize"
FRESH_SECONDS, MOST_KNOWN = 60.0, 10_000
_OURS = re.compile(r"[\w-]{43}")
log = structlog.get_logger("manyhands.slack")
Body = Mapping[str, Any]


class NotInstalled(Exception):
    """It came to nothing; the words are for the person in front of the browser."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Oauth:
    """How this app is known to Slack, and where both are found."""

    client_id: str
    client_secret: str
    public_url: str
    authorize_url: str = AUTHORIZE
    api_url: str = "https://slack.com/api/"

    @property
    def redirect_uri(self) -> str:
        """Where Slack sends the browser back to; the manifest has the same."""
        return self.public_url.rstrip("/") + REDIRECT


def _now() -> datetime:
    return datetime.now(UTC)


class Installs:
    """Begins and finishes installations, and knows the token of every workspace."""

    def __init__(self, engine: Engine, safe: Safe, oauth: Oauth, now: Callable[[], datetime] = _now) -> None:
        self.engine = engine
        self.safe = safe
        self.oauth = oauth
        self.now = now
        self._known: dict[tuple[str, str], tuple[float, str]] = {}

    async def begin(self, browser_cookie: str = "") -> tuple[str, str]:
        """Slack's consent page, and the cookie by which the same browser is known when it comes back."""
        cookie = browser_cookie if _OURS.fullmatch(browser_cookie) else secrets.token_urlsafe(32)
        state = secrets.token_urlsafe(32)
        await asyncio.to_thread(self._remember, state, cookie)
        asked = {
            "client_id": self.oauth.client_id,
            "scope": ",".join(SCOPES),
            "state": state,
            "redirect_uri": self.oauth.redirect_uri,
        }
        return f"{self.oauth.authorize_url or AUTHORIZE}?{urlencode(asked)}", cookie

    async def finish(self, code: str, state: str, cookie: str) -> Installation:
        """The installation, with its token kept; raises `NotInstalled` with words for the browser."""
        if not await asyncio.to_thread(self._spend, state, cookie):
            raise NotInstalled(400, "This link was used already, is too old, or was begun in another browser.")
        if not code:
            raise NotInstalled(400, "Slack did not let Manyhands in, so nothing has changed.")
        granted = await self._exchange(code)
        if not granted.get("access_token") or granted.get("token_type", "bot") != "bot":
            raise NotInstalled(502, "Slack gave no token for the bot.")
        return await asyncio.to_thread(self._keep, granted)

    async def token_for(self, team_key: str, enterprise_key: str = "") -> str | None:
        """The bot's token in a workspace, while it is installed there; kept in memory for a minute."""
        at, token = self._known.get((team_key, enterprise_key), (0.0, ""))
        if token and time.monotonic() - at < FRESH_SECONDS:
            return token
        found = await asyncio.to_thread(self._token, team_key, enterprise_key)
        if found is not None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[team_key, enterprise_key] = (time.monotonic(), found)
        return found

    async def revoked(self, team_key: str, enterprise_key: str = "", at: datetime | None = None) -> None:
        """Forgets the token of a workspace; without one, of an organisation; not when it was installed again since."""
        await asyncio.to_thread(self._revoke, team_key, enterprise_key, at or self.now())
        self._known.clear()

    async def renew(self) -> int:
        """Encrypts every kept token with the first of the keys, so that the others may go; returns how many."""
        return await asyncio.to_thread(self._renew)

    def listen(self, bolt: AsyncApp) -> None:
        """Hears from Slack that the bot was taken out of a workspace."""
        bolt.event("app_uninstalled")(self._gone)
        bolt.event("tokens_revoked")(self._gone)

    async def _gone(self, ack: AsyncAck, body: Body) -> None:
        """Kept before the ack (bolt's `process_before_response`), so that Slack tells again what could not be kept."""
        event = body["event"]
        if event["type"] == "app_uninstalled" or event.get("tokens", {}).get("bot"):
            whole = any(one.get("is_enterprise_install") for one in body.get("authorizations") or [])
            team, enterprise = body.get("team_id") or "", body.get("enterprise_id") or ""
            happened = datetime.fromtimestamp(body["event_time"], UTC) if body.get("event_time") else None
            await self.revoked("" if whole else team, enterprise, happened)
        await ack()

    def _remember(self, state: str, cookie: str) -> None:
        with transaction(self.engine) as db:
            remember(db, _digest(state), _digest(cookie), self.now())

    def _spend(self, state: str, cookie: str) -> bool:
        with transaction(self.engine) as db:
            return spend(db, _digest(state), _digest(cookie), self.now())

    async def _exchange(self, code: str) -> Body:
        """Without the client's own method for it, which uses what aiohttp 4 will not have."""
        client = AsyncWebClient(base_url=self.oauth.api_url)
        said = {"code": code, "redirect_uri": self.oauth.redirect_uri}
        headers = {"Authorization": _basic(self.oauth.client_id, self.oauth.client_secret)}
        try:
            answer = await client.api_call("oauth.v2.access", data=said, headers=headers)
        except SlackApiError as error:
            log.error("slack refused an installation", why=error.response.get("error"))
            raise NotInstalled(502, "Slack did not confirm it. The log of Manyhands says why.") from error
        except (ClientError, TimeoutError) as error:
            log.error("slack does not answer an installation", why=repr(error))
            raise NotInstalled(502, "Slack does not answer just now.") from error
        return answer.data if isinstance(answer.data, dict) else {}

    def _keep(self, granted: Body) -> Installation:
        """Each new workspace founds its own community; one that comes back finds its own again."""
        enterprise = (granted.get("enterprise") or {}).get("id", "")
        whole = bool(granted.get("is_enterprise_install"))
        at_home = (granted["enterprise"] if whole else granted["team"]) or {}
        with transaction(self.engine) as db:
            old = of_organisation(db, SLACK, enterprise) if whole else of_team(db, SLACK, at_home["id"])
            kept = old or Installation(
                platform=SLACK,
                team_key="" if whole else at_home["id"],
                enterprise_key=enterprise,
                place_id=_place(db, at_home["id"], at_home.get("name", ""), self.now()).id,
                bot_token="",
                installed_at=self.now(),
            )
            self._renewed(kept, granted, enterprise)
            db.add(kept)
        self._known.clear()
        return kept

    def _renewed(self, kept: Installation, granted: Body, enterprise: str) -> None:
        kept.enterprise_key = enterprise
        kept.bot_token = self.safe.encrypt(granted["access_token"])
        kept.bot_user_key = granted.get("bot_user_id", "")
        kept.scopes = granted.get("scope", "")
        kept.installed_by = (granted.get("authed_user") or {}).get("id", "")
        kept.installed_at, kept.revoked_at = self.now(), None

    def _token(self, team: str, enterprise: str) -> str | None:
        """An organisation is itself a place, so its key may be asked for as a workspace's."""
        if team.startswith("E"):
            team, enterprise = "", team
        with reading(self.engine) as db:
            found = serving(db, SLACK, team, enterprise)
            adopted = not team or found is None or found.team_key == team or of_team(db, SLACK, team) is not None
        if found is None:
            return None
        if not adopted:
            self._adopt(found.id, team)
        return self.safe.decrypt(found.bot_token)

    def _adopt(self, whole: int, team: str) -> None:
        """Another process may be first."""
        with suppress(IntegrityError), transaction(self.engine) as db:
            adopt(db, db.get_one(Installation, whole), team)

    def _revoke(self, team: str, enterprise: str, at: datetime) -> None:
        with transaction(self.engine) as db:
            found = of_team(db, SLACK, team) if team else of_organisation(db, SLACK, enterprise)
            if found and found.installed_at.replace(microsecond=0) <= at:
                found.revoked_at, found.bot_token = at, ""
                db.add(found)

    def _renew(self) -> int:
        with transaction(self.engine) as db:
            kept = db.exec(select(Installation).where(col(Installation.bot_token) != "")).all()
            for one in kept:
                one.bot_token = self.safe.renew(one.bot_token)
                db.add(one)
        return len(kept)


def _basic(name: str, secret: str) -> str:
    """HTTP Basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def _digest(secret: str) -> str:
    """What is stored of a secret that is only compared."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _place(db: Session, key: str, name: str, at: datetime) -> Place:
    """The workspace or organisation; a new one founds its own community, whatever others there are."""
    known = db.exec(select(Place).where(Place.platform == SLACK, Place.key == key)).first()
    if known:
        return known
    called = clean(name)[:80] or "Slack"
    community = found_community(db, called, at, "UTC")
    place = Place(community_id=community.id, platform=SLACK, key=key, name=called)
    db.add(place)
    db.flush()
    return place

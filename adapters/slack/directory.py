"""Who is who in a workspace: Slack's own answer, kept for a while so that it is not asked at every word."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code_of
from adapters.slack.web import got
from bot.ctx import Group, Who

FRESH_SECONDS, NAMED_SECONDS = 300, 3600  # what somebody may do, and what they are called
MOST_KNOWN = 50_000
log = structlog.get_logger("manyhands.slack")


@dataclass(frozen=True, slots=True)
class Home:
    """A workspace, and the Enterprise Grid organisation that it is part of, if any."""

    team: str
    enterprise: str = ""


class Directory:
    """Users as Slack describes them to one workspace."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Who]] = {}

    def known(self, team: str, user: str) -> Who:
        """What is known without asking."""
        found = self._known.get((team, user))
        return found[1] if found else Who(user)

    async def whos(
        self, client: AsyncWebClient, home: Home, users: Iterable[str], rights: bool = True
    ) -> dict[str, Who]:
        """Each user; those whom Slack does not know, or cannot tell of just now, are left out. Without `rights`, what
        is known of names will do for longer, and who is admin is left open then."""
        wanted = sorted(set(users))
        found = await asyncio.gather(*(self._who(client, home, user, rights) for user in wanted))
        return {who.key: who for who in found if who}

    async def _who(self, client: AsyncWebClient, home: Home, user: str, rights: bool) -> Who | None:
        at, who = self._known.get((home.team, user), (0.0, None))
        age = time.monotonic() - at
        if who and age < FRESH_SECONDS:
            return who
        if who and age < NAMED_SECONDS and not rights:
            return replace(who, admin=None)
        try:
            answer = await client.users_info(user=user)
        except (SlackApiError, ClientError, TimeoutError):
            return who
        return self.learn(home, got(answer, "user"))

    async def group(self, client: AsyncWebClient, home: Home, key: str, name: str) -> Group | None:
        """A user group with its people, as it is now; nothing when Slack does not tell."""
        try:
            users = got(await client.usergroups_users_list(usergroup=key), "users")
        except SlackApiError as error:
            log.info("a group cannot be seen", why=code_of(error))
            return None
        whos = await self.whos(client, home, users)
        return Group(name or "that group", tuple(whos[user] for user in users if user in whos))

    def learn(self, home: Home, user: dict[str, Any]) -> Who:
        """Takes in a user object, as from `users.info` or a `user_change` event."""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        who = who_of(user, home)
        self._known[home.team, who.key] = (time.monotonic(), who)
        return who


def who_of(user: dict[str, Any], home: Home) -> Who:
    """A user object as the core knows people; who is met in a channel shared with others is a guest."""
    profile = user.get("profile", {})
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name", "")
    return Who(
        user["id"],
        name,
        bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")) or _is_from_elsewhere(user, home),
        admin=bool(user.get("is_admin") or user.get("is_owner")),
        zone=user.get("tz") or "",
        gone=bool(user.get("deleted")),
    )


def _is_from_elsewhere(user: dict[str, Any], home: Home) -> bool:
    """Slack calls only those strangers who share no channel with us; the others are known by where they belong."""
    grid = user.get("enterprise_user") or {}
    theirs = {user.get("team_id") or home.team, grid.get("enterprise_id"), *grid.get("teams", ())}
    return bool(user.get("is_stranger")) or not theirs & {home.team, home.enterprise or home.team}

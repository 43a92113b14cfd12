"""Who is who in a server: what Discord told, kept for a while so that it is not asked at every word."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import discord

from adapters.discord.decode import who_of
from adapters.discord.rest import MOST_MEMBERS, Rest
from bot.ctx import Group, Who

FRESH_SECONDS = 300
MOST_KNOWN = 50_000
ALL = (1 << 53) - 1
Permissions = Callable[[str, str, Iterable[str]], int | None]


class Directory:
    """Members as Discord describes them; `permissions` reckons somebody's rights from their roles in a server, none
    where another process hears of that server: then Discord is asked what its roles may."""

    def __init__(self, rest: Rest, permissions: Permissions) -> None:
        self._rest = rest
        self._permissions = permissions
        self._known: dict[tuple[str, str], tuple[float, Who]] = {}
        self._told: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def learn(self, guild: str, whos: Iterable[Who]) -> None:
        """Takes in people as a payload described them."""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        for who in whos:
            self._known[guild, who.key] = self._completed(guild, who)

    def _completed(self, guild: str, who: Who) -> tuple[float, Who]:
        """Where a payload tells no rights, what was known of them stays for as long as it would have."""
        at, known = self._known.get((guild, who.key), (0.0, None))
        if who.admin is not None or known is None or known.admin is None:
            return time.monotonic(), who
        return at, replace(who, admin=known.admin)

    def forget(self, guild: str, user: str) -> None:
        """Somebody left."""
        self._known.pop((guild, user), None)

    async def whos(self, guild: str, users: Iterable[str]) -> dict[str, Who]:
        """Each user; those who are not in the server are left out."""
        found = await asyncio.gather(*(self.who(guild, user) for user in sorted(set(users))))
        return {who.key: who for who in found if who}

    async def who(self, guild: str, user: str, rights: bool = False) -> Who | None:
        """One user, with their `rights` where those matter; none when they are not in the server."""
        at, who = self._known.get((guild, user), (0.0, None))
        if who and time.monotonic() - at < FRESH_SECONDS and not (rights and who.admin is None):
            return who
        try:
            found = await self._rest.member(guild, user)
        except discord.NotFound:
            return None
        except discord.HTTPException:
            return who
        self.learn(guild, [await self._described(guild, found)])
        return self._known[guild, user][1]

    async def group(self, guild: str, role: str, name: str) -> Group | None:
        """A role and who has it; none where Discord does not grant the list of members."""
        found: list[Who] = []
        after = "0"
        while after:
            try:
                members = await self._rest.members(guild, after)
            except discord.HTTPException:
                return None
            found += [await self._described(guild, one) for one in members if role in {str(r) for r in one["roles"]}]
            after = str(members[-1]["user"]["id"]) if len(members) == MOST_MEMBERS else ""
        self.learn(guild, found)
        return Group(name, tuple(found))

    async def _described(self, guild: str, member: Mapping[str, Any]) -> Who:
        """A member without an interaction comes without permissions."""
        user, roles = member["user"], [str(one) for one in member.get("roles", ())]
        rights = self._permissions(guild, str(user["id"]), roles)
        if rights is None:
            rights = await self._asked(guild, str(user["id"]), roles)
        return who_of(user, {**member, "permissions": rights})

    async def _asked(self, guild: str, user: str, roles: Iterable[str]) -> int | None:
        """The same as Discord tells of the server; none where it does not."""
        at, told = self._told.get(guild, (0.0, {}))
        if not told or time.monotonic() - at >= FRESH_SECONDS:
            try:
                told = await self._rest.guild(guild)
            except discord.HTTPException:
                return None
            self._told[guild] = time.monotonic(), told
        held = {guild, *roles}
        rights = [int(one["permissions"]) for one in told["roles"] if str(one["id"]) in held]
        return ALL if str(told["owner_id"]) == user else reduce(or_, rights, 0)

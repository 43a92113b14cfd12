"""Which community is meant: a server has its own; in a direct message it is where the account is known."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Protocol

from adapters.discord.decode import Incoming
from adapters.discord.directory import Directory
from bot.app import App
from bot.places import community_name, homes, known_place, place_of_its_own, places_on, shared_place
from storage.models import Place

MOST_LOOKED_THROUGH = 25


class Servers(Protocol):
    """What is known of the servers that the bot is in."""

    def all(self) -> list[str]:
        """Their ids."""
        ...

    def name(self, server: str) -> str:
        """What one is called; empty where that is not known yet."""
        ...

    def founded(self, place: Place) -> None:
        """A place was founded for one."""


class Homes:
    """The places of servers and of people.

    The servers that the operator named share the operator's community; where none is named, the first one does. Any
    other founds a community of its own.
    """

    def __init__(self, app: App, directory: Directory, servers: Servers, shared: Collection[str]) -> None:
        self._app = app
        self._directory = directory
        self._servers = servers
        self._shared = frozenset(shared)
        self._places: dict[str, Place] = {}
        self._founding = asyncio.Lock()

    async def of_server(self, server: str) -> Place:
        """The place of a server, founded when it is new."""
        if server in self._places:
            return self._places[server]
        async with self._founding:
            place, new = await asyncio.to_thread(self._found, server, self._servers.name(server))
            self._places[server] = place
        if new:
            self._servers.founded(place)
        return place

    def _found(self, server: str, name: str) -> tuple[Place, bool]:
        engine, now = self._app.engine, datetime.now(UTC)
        if known := known_place(engine, "discord", server):
            return known, False
        shares = server in self._shared if self._shared else not places_on(engine, "discord")
        found = shared_place if shares else place_of_its_own
        return found(engine, "discord", server, name or "Discord", now), True

    async def of_person(self, said: Incoming) -> list[Place]:
        """The communities of whoever speaks, a place of each."""
        if said.guild:
            return [await self.of_server(said.guild)]
        known = await asyncio.to_thread(homes, self._app.engine, "discord", said.who.key)
        found = known or await self._looked_up(said.who.key)
        if said.said.place:
            return [await self._named(one, said.said.place) for one in found if await self._has(one, said.said.place)]
        return found

    async def _looked_up(self, user: str) -> list[Place]:
        """Somebody new: asked of Discord, server by server, also those of which another process hears."""
        known = await asyncio.to_thread(places_on, self._app.engine, "discord")
        servers = list(dict.fromkeys([*self._servers.all(), *(one.key for one in known)]))[:MOST_LOOKED_THROUGH]
        whos = await asyncio.gather(*(self._directory.who(server, user) for server in servers))
        found = [await self.of_server(server) for server, who in zip(servers, whos, strict=True) if who]
        return list({place.community_id: place for place in reversed(found)}.values())

    async def _has(self, home: Place, place_id: int) -> bool:
        """Whether a button leads to a community that whoever pressed it belongs to."""
        place = await self._named(home, place_id)
        return place.community_id == home.community_id

    async def _named(self, home: Place, place_id: int) -> Place:
        return home if home.id == place_id else await asyncio.to_thread(self._app.place_of, place_id)

    async def name(self, place: Place) -> str:
        """What people call the community."""
        return await asyncio.to_thread(community_name, self._app.engine, place)

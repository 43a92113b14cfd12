"""Discord's side of the gateway: hello, identify, heartbeats, shards, sessions that resume and connections that end."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord import payloads
from tests.discord.lines import Line, Session, may_read, without_content
from tests.discord.marks import GUILDS, MEMBERS, PRESENCES, PRIVILEGED
from tests.discord.nouns import Body, Guild
from tests.discord.state import APPLICATION, BOT, Memory

LOOK_SECONDS = 0.01
CHUNK = 1000
ENDS_SESSION = (1000, 1001)


@dataclass(repr=False)
class Sockets(Memory):
    """The connections and sessions of one app; `latency` slows what is sent, `deaf` leaves heartbeats unanswered."""

    heartbeat_seconds: float = 41.25
    latency: float = 0.0
    deaf: bool = False
    refuses_resume: bool = False
    sessions: dict[str, Session] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    identified: list[Body] = field(default_factory=list)
    resumed: list[Body] = field(default_factory=list)
    beats: int = 0

    async def linked(self, request: web.Request) -> web.StreamResponse:
        """A connection from its hello to its end."""
        self._judge_address(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request, lambda: self.latency)
        self.lines.append(line)
        interval = int(self.heartbeat_seconds * 1000)
        line.put({"op": 10, "d": {"heartbeat_interval": interval, "_trace": []}, "s": None, "t": None})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._heard(line, message.data)
        await self._lost(line)
        return socket

    def _judge_address(self, request: web.Request) -> None:
        query = request.query
        if (
            query.get("v") != "10"
            or query.get("encoding") != "json"
            or query.get("compress", "zlib-stream") != "zlib-stream"
        ):
            self.violations.append(f"the gateway was asked for {dict(query)}")

    async def _lost(self, line: Line) -> None:
        """Sessions outlive a broken connection, but not one that the client closed for good."""
        self.lines[:] = [known for known in self.lines if known is not line]
        for session in [one for one in self.sessions.values() if one.line is line]:
            session.line = None
            if line.socket.close_code in ENDS_SESSION:
                del self.sessions[session.id]
        await line.over()

    def _heard(self, line: Line, text: str) -> None:
        try:
            said: Body = json.loads(text)
        except ValueError:
            return line.hang_up(4002)
        session = next((one for one in self.sessions.values() if one.line is line), None)
        ways = {1: self._beat, 2: self._identify, 6: self._resume}
        if said["op"] in ways:
            return ways[said["op"]](line, session, said["d"])
        if session is None:
            return line.hang_up(4003)
        if said["op"] == 8:
            return self._members(session, said["d"])
        return None if said["op"] in (3, 4) else line.hang_up(4001)

    def _beat(self, line: Line, session: Session | None, sequence: int | None) -> None:
        self.beats += 1
        if session and sequence is not None and sequence > session.sequence:
            self.violations.append(f"a heartbeat names {sequence}, but only {session.sequence} were sent")
        if not self.deaf:
            line.put({"op": 11, "d": None, "s": None, "t": None})

    def _identify(self, line: Line, session: Session | None, asked: Body) -> None:
        code = self._turned_away(session, asked)
        if code:
            return line.hang_up(code)
        self.identified.append(asked)
        number, count = asked.get("shard", [0, 1])
        made = Session(f"session-{self.number()}", (number, count), asked["intents"], line)
        self.sessions[made.id] = made
        made.dispatch("READY", self._ready(made))
        for guild in self._guilds_of(made):
            if made.intents & GUILDS:
                made.dispatch("GUILD_CREATE", self._told(made, guild))
        return None

    def _turned_away(self, session: Session | None, asked: Body) -> int:
        """The code with which Discord closes, 0 for a welcome."""
        number, count = asked.get("shard", [0, 1])
        if session:
            return 4005
        if asked.get("token") != self.token:
            return 4004
        if not 0 <= number < count:
            return 4010
        intents = asked.get("intents")
        if not isinstance(intents, int) or intents >= 1 << 26:
            return 4013
        return 4014 if any(intents & one and not self.granted & one for one in PRIVILEGED) else 0

    def _ready(self, session: Session) -> Body:
        known = {"v": 10, "user": {**self.bot.described(), "verified": True, "mfa_enabled": True, "email": None}}
        guilds = [{"id": guild.id, "unavailable": True} for guild in self._guilds_of(session)]
        app = {"id": APPLICATION, "flags": 1 << 18 | 1 << 14}
        back = {"session_id": session.id, "session_type": "normal", "resume_gateway_url": self.gateway_url}
        more = {"private_channels": [], "relationships": [], "presences": [], "geo_ordered_rtc_regions": []}
        return {**known, "guilds": guilds, **back, "shard": list(session.shard), "application": app, **more}

    @property
    def gateway_url(self) -> str:
        """Where clients connect."""
        return f"{self.url.replace('http', 'ws', 1)}/gateway/"

    def _guilds_of(self, session: Session) -> list[Guild]:
        return [one for one in self.guilds.values() if one.present and session.hears("", one.id)]

    def _told(self, session: Session, guild: Guild) -> Body:
        """A server; all members only to whom sees presences too, as Discord does."""
        every = session.intents & MEMBERS and session.intents & PRESENCES
        members = list(guild.members) if every else [BOT]
        return payloads.guild(self, guild, members)

    def _resume(self, line: Line, session: Session | None, asked: Body) -> None:
        known = self.sessions.get(asked["session_id"])
        if asked.get("token") != self.token:
            return line.hang_up(4004)
        self.resumed.append(asked)
        if known is None or self.refuses_resume or asked["seq"] is None:
            return line.put({"op": 9, "d": False, "s": None, "t": None})
        if asked["seq"] > known.sequence:
            return line.hang_up(4007)
        known.line = line
        known.replay(asked["seq"])
        known.dispatch("RESUMED", {"_trace": []})
        return None

    def _members(self, session: Session, asked: Body) -> None:
        """Members in chunks: all of them, some by name, or some by id."""
        guild = self.guilds[str(asked["guild_id"])]
        wanted = asked.get("user_ids")
        if wanted is None and not asked.get("query") and not session.intents & MEMBERS:
            self.violations.append("all members were asked for without the intent")
            return
        ids = [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])] if wanted else None
        found = [one for one in guild.members.values() if _wanted(one.user.id, one.user.name, ids, asked.get("query"))]
        found = found[: asked.get("limit") or len(found)]
        missing = [one for one in ids or [] if one not in guild.members]
        pages = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
        nonce = {"nonce": asked["nonce"]} if "nonce" in asked else {}
        for number, page in enumerate(pages):
            told = {"members": [one.whole() for one in page], "chunk_index": number, "chunk_count": len(pages)}
            session.dispatch("GUILD_MEMBERS_CHUNK", {"guild_id": guild.id, **told, "not_found": missing, **nonce})

    def dispatch(self, event: str, data: Body, guild: str = "") -> int:
        """An event for every session that may hear it; says for how many."""
        heard = [one for one in self.sessions.values() if one.hears(event, guild)]
        for session in heard:
            hidden = guild and event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not may_read(session)
            session.dispatch(event, without_content(data, BOT) if hidden else data)
        return len(heard)

    def welcome(self, guild: Guild) -> None:
        """Every session of its shard hears of a server that is new, not only back: `unavailable` is left out."""
        for session in self.sessions.values():
            if session.hears("GUILD_CREATE", guild.id):
                told = self._told(session, guild)
                del told["unavailable"]
                session.dispatch("GUILD_CREATE", told)

    def drop(self) -> None:
        """Every connection breaks without a word."""
        for line in self.lines:
            line.cut()
        self._forget_lines()

    def _forget_lines(self) -> None:
        for session in self.sessions.values():
            session.line = None
        self.lines.clear()

    def reconnect(self) -> None:
        """Op 7: every client is asked to come again."""
        self._told_all({"op": 7, "d": None, "s": None, "t": None})

    def invalidate(self, resumable: bool = False) -> None:
        """Op 9: sessions are over, or only want to be resumed."""
        if not resumable:
            lines = [one.line for one in self.sessions.values()]
            self.sessions.clear()
            self.lines[:] = [line for line in self.lines if line in lines]
        self._told_all({"op": 9, "d": resumable, "s": None, "t": None})

    def _told_all(self, payload: Body) -> None:
        for line in self.lines:
            line.put(payload)

    def close(self, code: int) -> None:
        """Every connection is closed with a code."""
        for line in self.lines:
            line.hang_up(code)

    async def connected(self, sessions: int = 1) -> None:
        """Waits until so many sessions have an open connection."""
        await self.until(lambda: sum(one.line is not None for one in self.sessions.values()) >= sessions)

    async def until(self, true: Any, seconds: float = 20.0) -> Any:
        """Waits until something holds; gives what held."""
        for _look in range(int(seconds / LOOK_SECONDS)):
            if found := true():
                return found
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"nothing came of it in {seconds:g} s")

    async def hang_up(self) -> None:
        """Closes every connection in good manners."""
        for line in list(self.lines):
            await line.socket.close()
            await line.over()


def _wanted(key: str, name: str, ids: list[str] | None, query: str | None) -> bool:
    return key in ids if ids is not None else name.casefold().startswith((query or "").casefold())

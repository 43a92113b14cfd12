"""One connection of the gateway, and the session that outlives it."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.discord.marks import CONTENT, DIRECT, DIRECT_REACTIONS, GUILDS, MEMBERS, MESSAGES, REACTIONS
from tests.discord.nouns import Body

# The intent that an event needs: in a server, in direct messages; what is not here always comes.
NEEDS: dict[str, tuple[int, int]] = {
    "GUILD_CREATE": (GUILDS, 0),
    "GUILD_UPDATE": (GUILDS, 0),
    "GUILD_DELETE": (GUILDS, 0),
    "CHANNEL_CREATE": (GUILDS, 0),
    "CHANNEL_DELETE": (GUILDS, 0),
    "THREAD_CREATE": (GUILDS, 0),
    "THREAD_UPDATE": (GUILDS, 0),
    "GUILD_MEMBER_ADD": (MEMBERS, 0),
    "GUILD_MEMBER_REMOVE": (MEMBERS, 0),
    "GUILD_MEMBER_UPDATE": (MEMBERS, 0),
    "MESSAGE_CREATE": (MESSAGES, DIRECT),
    "MESSAGE_UPDATE": (MESSAGES, DIRECT),
    "MESSAGE_DELETE": (MESSAGES, DIRECT),
    "MESSAGE_REACTION_ADD": (REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE_ALL": (REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE_EMOJI": (REACTIONS, DIRECT_REACTIONS),
}


class Line:
    """A socket that sends in order, each payload as late as the network is slow."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, slow: Any) -> None:
        self.socket = socket
        self.request = request
        self.zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._slow = slow
        self._waiting: asyncio.Queue[Body | int] = asyncio.Queue()
        self._sending = asyncio.create_task(self._send())

    def put(self, payload: Body) -> None:
        """Sends it in its turn."""
        self._waiting.put_nowait(payload)

    def hang_up(self, code: int) -> None:
        """Closes the connection after what is on its way."""
        self._waiting.put_nowait(code)

    def cut(self) -> None:
        """The connection breaks without a word."""
        self._sending.cancel()
        if self.request.transport:
            self.request.transport.abort()

    async def over(self) -> None:
        """Nothing more is sent."""
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)

    async def _send(self) -> None:
        while True:
            payload = await self._waiting.get()
            await asyncio.sleep(self._slow())
            try:
                await self._sent(payload)
            except ConnectionError:
                return

    async def _sent(self, payload: Body | int) -> None:
        if isinstance(payload, int):
            await self.socket.close(code=payload)
        elif self.zlib:
            packed = self.zlib.compress(json.dumps(payload).encode()) + self.zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(packed)
        else:
            await self.socket.send_str(json.dumps(payload))


@dataclass(repr=False)
class Session:
    """What a client identified as; it keeps what was sent, to replay it after a break."""

    id: str
    shard: tuple[int, int]
    intents: int
    line: Line | None
    sequence: int = 0
    sent: list[Body] = field(default_factory=list)

    def hears(self, event: str, guild: str) -> bool:
        """Whether an event comes to this shard with these intents."""
        number, count = self.shard
        mine = (int(guild) >> 22) % count == number if guild else number == 0
        if event == "INTERACTION_CREATE":
            return mine
        in_guild, direct = NEEDS.get(event, (0, 0))
        need = in_guild if guild else direct
        return mine and self.intents & need == need

    def dispatch(self, event: str, data: Body) -> None:
        """Sends an event, or keeps it for the moment that the client comes back."""
        self.sequence += 1
        payload = {"op": 0, "t": event, "s": self.sequence, "d": data}
        self.sent.append(payload)
        if self.line:
            self.line.put(payload)

    def replay(self, since: int) -> None:
        """Everything after a sequence number again."""
        assert self.line
        for payload in self.sent:
            if payload["s"] > since:
                self.line.put(payload)


def without_content(message: Body, reader: str) -> Body:
    """A message as one sees it who may not read what others write, unless it is to the reader."""
    mine = message["author"]["id"] == reader or any(one["id"] == reader for one in message["mentions"])
    if mine:
        return message
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}


def may_read(session: Session) -> bool:
    """Whether a session asked to read what others write."""
    return bool(session.intents & CONTENT)

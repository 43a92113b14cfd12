"""A loopback Discord's memory: who is there, what was said, what is under way."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.discord.marks import (
    ALL_PERMISSIONS,
    CONTENT,
    DM,
    EVERYBODY,
    FLAGS,
    MANAGE_GUILD,
    MEMBERS,
    PRESENCES,
    THREADS,
)
from tests.discord.nouns import Body, Call, Channel, Failure, Guild, Interaction, Member, Post, Role, User

EPOCH_MS = 1_420_070_400_000
BOT = "900000000000000001"
APPLICATION = "900000000000000002"


@dataclass(repr=False)
class Memory:
    """Everything that the server knows; tests fill it and look into it."""

    token: str = "MTAx.loopback.t0ken-of-the-bot"
    url: str = ""
    answer_seconds: float = 3.0
    token_seconds: float = 900.0
    nonce_seconds: float = 180.0
    granted: int = MEMBERS | PRESENCES | CONTENT
    flags: int = 0
    shards: int = 1
    skew: float = 0.0
    violations: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    attached: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)
    slowed: int = 0
    users: dict[str, User] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    turned: list[Post] = field(default_factory=list)
    commands: dict[str, list[Body]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    buckets: dict[str, tuple[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.users[BOT] = User(BOT, "manyhands", "Manyhands", bot=True)

    @property
    def bot(self) -> User:
        """The app's own user."""
        return self.users[BOT]

    def clock(self) -> float:
        """Seconds; `later` moves it."""
        return time.monotonic() + self.skew

    def later(self, seconds: float) -> None:
        """Lets time pass in Discord."""
        self.skew += seconds

    def number(self) -> int:
        """Never the same twice."""
        return next(self._numbers)

    def snowflake(self) -> str:
        """A name that tells its time, never the same twice."""
        passed = int((time.time() + self.skew) * 1000) - EPOCH_MS
        return str((passed << 22) | (self.number() % (1 << 22)))

    def now(self) -> str:
        """The time as Discord writes it."""
        return datetime.fromtimestamp(time.time() + self.skew, UTC).isoformat()

    def guild(self, name: str, key: str = "", owner: str = "", present: bool = True) -> Guild:
        """A server; its owner is made when new."""
        key = key or self.snowflake()
        made = self.guilds[key] = Guild(key, name, present=present)
        made.roles[key] = Role(key, "@everyone", EVERYBODY)
        if present:
            self.admit(made)
        made.owner = self.who(owner) if owner and self.known(owner) else self.user(owner or f"owner{self.number()}").id
        if made.owner not in made.members:
            self.join(made, made.owner)
        return made

    def admit(self, guild: Guild) -> None:
        """The bot is in a server, with a role of its own."""
        guild.present = True
        role = Role(self.snowflake(), "Manyhands", ALL_PERMISSIONS & ~(1 << 3))
        guild.roles[role.id] = role
        guild.members[BOT] = Member(self.bot, roles=[role.id])

    def user(self, name: str, key: str = "", shown: str | None = None, **more: Any) -> User:
        """Somebody on Discord, in no server yet."""
        made = User(key or self.snowflake(), name, shown or name.title(), **more)
        self.users[made.id] = made
        return made

    def join(self, guild: Guild | str, user: str, nick: str | None = None, admin: bool = False) -> Member:
        """Somebody is in a server; without an event, as before the bot came."""
        home = guild if isinstance(guild, Guild) else self.guilds[self.server(guild)]
        made = Member(self.users[self.who(user)], nick)
        home.members[made.user.id] = made
        if admin:
            role = Role(self.snowflake(), "Admins", EVERYBODY | MANAGE_GUILD)
            home.roles[role.id] = role
            made.roles.append(role.id)
        return made

    def person(self, name: str, guild: str = "", admin: bool = False, nick: str | None = None, **more: Any) -> User:
        """Somebody on Discord and in a server, the first one if none is named."""
        made = self.user(name, **more)
        self.join(guild or next(iter(self.guilds)), made.id, nick, admin)
        return made

    def channel(self, name: str, guild: str = "", key: str = "", **more: Any) -> Channel:
        """A channel in a server, the first one if none is named."""
        home = self.server(guild) if guild else next(iter(self.guilds))
        made = Channel(key or self.snowflake(), name, home, **more)
        self.channels[made.id] = made
        return made

    def direct(self, user: str) -> Channel:
        """The direct messages of somebody with the bot."""
        key = self.who(user)
        known = next((one for one in self.channels.values() if one.kind == DM and one.people == [key]), None)
        if known is None:
            known = Channel(self.snowflake(), kind=DM, people=[key])
            self.channels[known.id] = known
        return known

    def known(self, name: str) -> bool:
        """Whether somebody is called so."""
        key = name.strip("<@!>")
        return key in self.users or any(user.name == key for user in self.users.values())

    def who(self, name: str) -> str:
        """Somebody's id, from `ben`, `@ben`, `<@2>` or the id."""
        key = name.strip("<@!>")
        named = next((user.id for user in self.users.values() if user.name == key), None)
        assert key in self.users or named, f"nobody is called {name!r}"
        return key if key in self.users else str(named)

    def where(self, name: str) -> str:
        """A channel's id, from `general`, `#general`, `<#1>` or the id."""
        key = name.strip("<#>")
        named = next((one.id for one in self.channels.values() if one.name == key), None)
        assert key in self.channels or named, f"no channel is called {name!r}"
        return key if key in self.channels else str(named)

    def server(self, name: str) -> str:
        """A server's id, from its name or id."""
        named = next((one.id for one in self.guilds.values() if one.name == name), None)
        assert name in self.guilds or named, f"no server is called {name!r}"
        return name if name in self.guilds else str(named)

    def fail(
        self,
        route: str,
        status: int = 0,
        code: int = 0,
        times: int = 1,
        retry_after: float | None = None,
        everywhere: bool = False,
        **params: str,
    ) -> None:
        """The next calls of a route (`POST /channels/{channel_id}/messages`, or `*`) fail; `retry_after` means 429."""
        status = status or (429 if retry_after is not None else 500)
        self.failures.append(Failure(route, status, code, times, params, retry_after, everywhere))

    def forgive(self, words: str) -> None:
        """A violation that a test meant to make; there must be one."""
        left = [one for one in self.violations if words not in one]
        assert len(left) < len(self.violations), f"no violation says {words!r}: {self.violations}"
        self.violations[:] = left

    def found(self, channel: str, message: str) -> Post | None:
        """A message that everybody sees."""
        return next((one for one in self.posts if one.channel == channel and one.id == message and not one.only), None)

    def post_of(self, message: Body) -> Post:
        """The message as it stands."""
        return next(one for one in self.posts if one.id == message["id"])

    def sees(self, user: str, post: Post) -> bool:
        """Whether somebody can see a message."""
        channel = self.channels[post.channel]
        if post.only:
            return post.only == user
        if channel.kind == DM or (channel.kind == THREADS[1]):
            return user in channel.people
        return user in self.guilds[channel.guild].members

    def timeline(self, user: str) -> list[Post]:
        """What somebody can see, the newest first."""
        key = self.who(user)
        return [post for post in reversed(self.posts) if self.sees(key, post)]

    def messages(self, channel: str) -> list[Body]:
        """What stands in a channel now, the oldest first, ephemeral ones aside."""
        key = self.where(channel)
        return [post.body for post in self.posts if post.channel == key and not post.only]

    def letters(self, user: str) -> list[Body]:
        """What the bot wrote to somebody directly."""
        key = self.direct(user).id
        return [body for body in self.messages(key) if body["author"]["id"] == BOT]

    def ephemerals(self, user: str) -> list[Body]:
        """What only that person sees."""
        key = self.who(user)
        return [post.body for post in self.posts if post.only == key]

    def threads(self, parent: str = "") -> list[Channel]:
        """The threads, of one channel or of all."""
        return [one for one in self.channels.values() if one.thread and parent in ("", one.parent)]

    def called(self, route: str) -> list[Any]:
        """The body of each call of a route."""
        return [call.args for call in self.calls if call.route == route]

    def rights(self, channel: Channel, user: str = BOT) -> int:
        """What somebody may do in a channel."""
        if not channel.guild:
            return EVERYBODY
        total = self.guilds[channel.guild].permissions(user)
        lacks = channel.lacks | (self.channels[channel.parent].lacks if channel.thread else set())
        for name in lacks if user == BOT else ():
            total &= ~FLAGS[name]
        return total

    def newest(self, user: str, fits: Callable[[Body], bool]) -> Post:
        """The newest message that somebody sees and that fits."""
        found = next((post for post in self.timeline(user) if fits(post.body)), None)
        assert found, f"{user} sees no such message; newest: {[one.body['content'] for one in self.timeline(user)[:3]]}"
        return found

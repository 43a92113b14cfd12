"""A loopback Slack's memory: who is there, what was said, what is open."""

import asyncio
import copy
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.manifest import SCOPES
from tests.slack.checks import elements_of
from tests.slack.nouns import Body, Call, Channel, Failure, Hook, Post, Team, Trigger, Upload, User


@dataclass(repr=False)
class Workspace:
    """Everything that the server knows; tests fill it and look into it."""

    signing_secret: str = "s3cret-of-the-app"
    app_token: str = "xapp-1-A0-1-loopback"
    config_token: str = "xoxe.xoxp-1-loopback"
    client_id: str = "1.1"
    client_secret: str = "client-s3cret"
    app_id: str = "A0"
    url: str = ""
    trigger_seconds: float = 3.0
    scopes: tuple[str, ...] = tuple(SCOPES)
    problems: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    replies: list[tuple[str, str, str, Body]] = field(default_factory=list)
    homes: dict[str, Body] = field(default_factory=dict)
    stacks: dict[str, list[Body]] = field(default_factory=dict)
    refusals: dict[str, dict[str, str]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    turned: list[Post] = field(default_factory=list)
    hooks: dict[str, Hook] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    codes: dict[str, Body] = field(default_factory=dict)
    apps: dict[str, Body] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    waits: dict[tuple[str, str], float] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.team("T1", "Collective", bot_user="UBOT", bot="B0")

    def team(self, key: str, name: str, enterprise: str = "", bot_user: str = "", bot: str = "") -> Team:
        """A workspace with its own bot and token."""
        who = bot_user or f"UBOT{key}"
        self.teams[key] = Team(key, name, f"xoxb-{key}-loopback", who, bot or f"B{key}", enterprise)
        self.user(who, "manyhands", bot=True, team=key)
        return self.teams[key]

    def organisation(self, key: str) -> str:
        """All workspaces of an Enterprise Grid organisation take the bot at once, by one token."""
        self.organisations[key] = f"xoxb-{key}-loopback"
        return self.organisations[key]

    @property
    def bot_token(self) -> str:
        """The first workspace's token."""
        return self.teams["T1"].token

    def user(self, key: str, name: str, **more: Any) -> User:
        """Somebody joins."""
        self.users[key] = User(key, name, **more)
        return self.users[key]

    def channel(self, key: str, name: str, **more: Any) -> Channel:
        """A channel is made; `member` says whether the bot is in it."""
        self.channels[key] = Channel(key, name, **more)
        return self.channels[key]

    def group(self, key: str, people: list[str]) -> None:
        """A user group."""
        self.groups[key] = people

    def dm(self, user: str) -> str:
        """The channel of somebody's direct messages with the bot."""
        key = f"D{user}"
        if key not in self.channels:
            self.channel(key, user, people=[user], kind="im", private=True, team=self.users[user].team)
        return key

    def room(self, users: list[str]) -> str:
        """The channel of a group of people and the bot."""
        key = "G" + "".join(sorted(set(users)))
        if key not in self.channels:
            team = self.users[users[0]].team
            self.channel(key, f"mpdm-{len(users)}", people=users, kind="mpim", private=True, team=team)
        return key

    def fail(
        self, method: str, error: str, times: int = 1, channel: str | None = None, retry_after: float | None = None
    ) -> None:
        """The next calls fail; `ratelimited` (or any `retry_after`) is answered as 429."""
        wait = 1 if error == "ratelimited" and retry_after is None else retry_after
        self.failures.append(Failure(method, error, times, channel, wait))

    def waiting_for(self, method: str, channel: str) -> bool:
        """Whether the wait that Slack asked for there is not over."""
        return time.monotonic() < self.waits.get((method, channel), 0.0)

    def lose(self, method: str, after: int = 0) -> None:
        """One call takes effect, but its answer is lost; `after` so many that go well."""
        self.losses[method] = after

    def loses(self, method: str) -> bool:
        """Whether the answer of this call is the one to lose."""
        left = self.losses.get(method)
        if left is None:
            return False
        self.losses[method] = left - 1
        if left == 0:
            del self.losses[method]
        return left == 0

    def hold(self, method: str, channel: str, after: int = 0) -> None:
        """Calls take effect, but are not answered before `release`; `after` so many that are."""
        self.held[method, channel] = after

    def release(self) -> None:
        """What was held is answered, if anybody still listens."""
        self.held.clear()
        self.released.set()

    async def answers(self, method: str, channel: str) -> None:
        """Waits while a call is held."""
        left = self.held.get((method, channel))
        if left is None:
            return
        self.held[method, channel] = max(left - 1, 0)
        if left == 0:
            await self.released.wait()

    def forgive(self, words: str) -> None:
        """A problem that a test meant to make; there must be one."""
        left = [problem for problem in self.problems if words not in problem]
        assert len(left) < len(self.problems), f"no problem says {words!r}: {self.problems}"
        self.problems[:] = left

    def who(self, name: str) -> str:
        """Somebody's id, from `U2`, `<@U2>`, `@ben` or `ben`."""
        key = name.strip("<>").removeprefix("@").partition("|")[0]
        named = next((user.id for user in self.users.values() if user.name == key), None)
        assert key in self.users or named, f"nobody is called {name!r}"
        return key if key in self.users else str(named)

    def where(self, name: str) -> str:
        """A channel's id, from `C1`, `<#C1>`, `#general` or `general`."""
        key = name.strip("<>").removeprefix("#").partition("|")[0]
        named = next((one.id for one in self.channels.values() if one.name == key), None)
        assert key in self.channels or named, f"no channel is called {name!r}"
        return key if key in self.channels else str(named)

    def number(self) -> int:
        """Never the same twice."""
        return next(self._numbers)

    def starts_at(self, number: int) -> None:
        """Numbers below this one were given away before."""
        self._numbers = itertools.count(number)

    def ts(self) -> str:
        """A message's time, which is its name."""
        return f"{int(time.time())}.{self.number():06d}"

    def trigger(self, user: str) -> str:
        """A fresh right to open a form."""
        key = f"{self.number()}.{self.app_id}.{user.lower()}"
        self.triggers[key] = Trigger(user, self.users[user].team, time.monotonic())
        return key

    def hook(self, user: str, channel: str, original: str = "") -> str:
        """A fresh response URL."""
        key = f"{self.users[user].team}-{self.number()}"
        self.hooks[key] = Hook(self.users[user].team, user, channel, original, time.monotonic())
        return f"{self.url}/hook/{key}"

    def ticket(self) -> str:
        """The address of a socket, good once."""
        key = f"ticket-{self.number()}"
        self.tickets.add(key)
        return f"{self.url.replace('http', 'ws', 1)}/link/?ticket={key}&app_id={self.app_id}"

    def with_ids(self, body: Body) -> Body:
        """A copy in which every block and element has a name, as Slack gives them."""
        made = copy.deepcopy(body)
        for block in made.get("blocks") or []:
            block.setdefault("block_id", f"b{self.number()}")
            for element in elements_of(block):
                element.setdefault("action_id", f"a{self.number()}")
        return made

    def post(self, channel: str, body: Body, only: str = "") -> Post:
        """A message appears."""
        made = Post(channel, {"type": "message", "ts": self.ts(), **body}, only)
        self.posts.append(made)
        return made

    def found(self, channel: str, ts: str) -> Post | None:
        """The message of that name which everybody sees."""
        return next((one for one in self.posts if one.channel == channel and one.body["ts"] == ts), None)

    def sees(self, user: str, post: Post) -> bool:
        """Whether somebody can see a message."""
        people = self.channels[post.channel].people
        return post.only == user or (not post.only and (people is None or user in people))

    def timeline(self, user: str) -> list[Post]:
        """What somebody can see, the newest first."""
        return [post for post in reversed(self.posts) if self.sees(user, post)]

    def messages(self, channel: str) -> list[Body]:
        """What stands in a channel now, the oldest first, ephemeral ones aside."""
        return [post.body for post in self.posts if post.channel == channel and not post.only]

    def direct(self, user: str) -> list[Body]:
        """What stands in somebody's direct messages with the bot."""
        return self.messages(self.dm(user))

    def ephemerals(self, user: str) -> list[Body]:
        """What only that person sees."""
        return [post.body for post in self.posts if post.only == user]

    def modals(self, user: str) -> Body | None:
        """The form that is open on somebody's screen."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def called(self, method: str) -> list[Body]:
        """The arguments of each call of a method."""
        return [call.args for call in self.calls if call.method == method]

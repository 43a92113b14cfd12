"""What Discord is made of, as its HTTP API and its gateway tell it."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from tests.discord.marks import (
    ADMINISTRATOR,
    ALL_PERMISSIONS,
    CHOICES,
    EPHEMERAL,
    LATER_UPDATE,
    MODAL,
    TEXT,
    THREADS,
    WORDS,
)

Body = dict[str, Any]
GUEST = 1 << 4
CLICKED = re.compile(r"</([^:<>]+):([0-9]+)>")


class Refused(Exception):
    """Discord says no: an HTTP status and one of its own codes."""

    def __init__(self, status: int, code: int, **more: Any) -> None:
        words = WORDS.get(code, "Error")
        super().__init__(words)
        self.status = status
        self.answer: Body = {"message": words, "code": code, **more}


@dataclass
class User:
    """Somebody on Discord."""

    id: str
    name: str
    shown: str | None = None
    bot: bool = False
    dms: bool = True

    def described(self) -> Body:
        """As Discord tells it."""
        looks = {"avatar": None, "banner": None, "accent_color": None, "avatar_decoration_data": None}
        more = {"public_flags": 0, "primary_guild": None, "collectibles": None, "bot": self.bot}
        return {"id": self.id, "username": self.name, "discriminator": "0", "global_name": self.shown, **looks, **more}


@dataclass
class Role:
    """A role in a server."""

    id: str
    name: str
    permissions: int

    def described(self) -> Body:
        """As Discord tells it."""
        looks = {"color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
        flags = {
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
            "icon": None,
            "unicode_emoji": None,
        }
        return {"id": self.id, "name": self.name, "permissions": str(self.permissions), "position": 0, **looks, **flags}


@dataclass
class Member:
    """Somebody in a server."""

    user: User
    nick: str | None = None
    roles: list[str] = field(default_factory=list)
    joined: str = "2026-01-05T10:00:00.000000+00:00"
    pending: bool = False
    guest: bool = False

    def described(self) -> Body:
        """As Discord tells it, without the user."""
        flags = {"deaf": False, "mute": False, "pending": self.pending, "flags": GUEST if self.guest else 0}
        looks = {"avatar": None, "banner": None, "avatar_decoration_data": None, "premium_since": None}
        known = {"nick": self.nick, "roles": list(self.roles), "joined_at": self.joined}
        return {**known, **flags, **looks, "communication_disabled_until": None}

    def whole(self) -> Body:
        """As Discord tells it, with the user."""
        return {**self.described(), "user": self.user.described()}


@dataclass
class Guild:
    """A server; `present` says whether the bot is in it."""

    id: str
    name: str
    owner: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    present: bool = True
    unavailable: bool = False
    system: str = ""

    def permissions(self, user: str) -> int:
        """What somebody may do, by their roles."""
        if user == self.owner:
            return ALL_PERMISSIONS
        held = [self.roles[self.id], *(self.roles[role] for role in self.members[user].roles)]
        total = 0
        for role in held:
            total |= role.permissions
        return ALL_PERMISSIONS if total & ADMINISTRATOR else total


@dataclass
class Channel:
    """A channel, a thread or direct messages; the bot lacks what `lacks` names, of `FLAGS`."""

    id: str
    name: str = ""
    guild: str = ""
    kind: int = TEXT
    parent: str = ""
    owner: str = ""
    people: list[str] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)
    archived: bool = False
    locked: bool = False

    @property
    def thread(self) -> bool:
        """Whether it is one."""
        return self.kind in THREADS


@dataclass
class Post:
    """A message; `only` names the one who sees an ephemeral one, `pings` those whom it calls."""

    channel: str
    body: Body
    only: str = ""
    nonce: str = ""
    at: float = 0.0
    pings: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    reactors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name."""
        return self.body["id"]

    @property
    def is_bots(self) -> bool:
        """Whether an app wrote it."""
        return bool(self.body["author"]["bot"])


@dataclass
class Call:
    """One call of the HTTP API; `route` is its template."""

    route: str
    params: dict[str, str]
    query: dict[str, str]
    args: Any
    files: dict[str, tuple[str, bytes]]
    at: float

    @property
    def method(self) -> str:
        """Its verb."""
        return self.route.partition(" ")[0]


@dataclass
class Interaction:
    """One use of the bot, and what came back; `kind` is the first answer's type, 0 while there is none."""

    id: str
    token: str
    payload: Body
    user: str
    channel: str
    at: float
    about: Post | None = None
    kind: int = 0
    data: Body = field(default_factory=dict)
    original: Post | None = None
    later: list[Post] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    said: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def type(self) -> int:
        """Command 2, component 3, autocomplete 4, form 5."""
        return self.payload["type"]

    @property
    def name(self) -> str:
        """What to call it in a complaint."""
        data = self.payload["data"]
        return str(data.get("name") or data.get("custom_id"))

    @property
    def messages(self) -> list[Body]:
        """What the person sees; a message that was pressed counts where nothing new came."""
        own = [self.original] if self.original and not (self.kind == LATER_UPDATE and self.later) else []
        return [post.body for post in [*own, *self.later]]

    @property
    def message(self) -> Body:
        """The first message."""
        assert self.messages, f"{self.name} brought no message, but {self.kind}: {self.data}"
        return self.messages[0]

    @property
    def content(self) -> str:
        """All words of all its messages: content, titles, descriptions, fields."""
        return "\n".join(said(one) for one in self.messages)

    @property
    def ephemeral(self) -> bool:
        """Whether only that person sees it."""
        return bool(self.message.get("flags", 0) & EPHEMERAL)

    @property
    def modal(self) -> Body:
        """The form that opened."""
        assert self.kind == MODAL, f"{self.name} opened no form, but answered {self.kind}: {self.data}"
        return self.data

    @property
    def choices(self) -> list[Body]:
        """What autocomplete offers."""
        assert self.kind == CHOICES, f"{self.name} offered no choices, but answered {self.kind}: {self.data}"
        return self.data["choices"]


@dataclass
class Failure:
    """A scripted error; `route` is a template, `params` narrow it."""

    route: str
    status: int
    code: int
    times: int
    params: dict[str, str]
    retry_after: float | None = None
    everywhere: bool = False

    def meets(self, call: Call) -> bool:
        """Whether this call is the one that must fail."""
        same = self.route in ("*", call.route) and self.params.items() <= call.params.items()
        return self.times > 0 and same


def said(message: Body) -> str:
    """All the words of a message, as they are read."""
    return unclicked(words_of(message))


def words_of(message: Body) -> str:
    """All the words of a message, as they are sent."""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        parts += [embed.get("author", {}).get("name", ""), embed.get("title", ""), embed.get("description", "")]
        parts += [word for one in embed.get("fields", []) for word in (one["name"], one["value"])]
        parts += [embed.get("footer", {}).get("text", "")]
    parts += [node["content"] for node in nodes(message.get("components")) if node.get("type") == 10]
    return "\n".join(part for part in parts if part)


def paths(command: Body) -> list[str]:
    """The whole names under a command."""
    inner = [one for one in command.get("options", []) if one["type"] in (1, 2)]
    return [f"{command['name']} {path}" for one in inner for path in paths(one)] or [command["name"]]


def unclicked(text: str) -> str:
    """A text in which commands that can be clicked are words again."""
    return CLICKED.sub(r"\1", text)


def nodes(components: Any) -> list[Body]:
    """Every component of a message or form, nested ones included."""
    found: list[Body] = []
    for one in components or []:
        inner = [*one.get("components", []), *(one[key] for key in ("accessory", "component") if one.get(key))]
        found += [one, *nodes(inner)]
    return found

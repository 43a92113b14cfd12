"""What a Slack workspace is made of, as Slack's Web API tells it."""

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class Refused(Exception):
    """Slack says no, in one of its own words."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Body = {"ok": False, "error": error, **more}


@dataclass
class Team:
    """A workspace in which the app is installed."""

    id: str
    name: str
    token: str
    bot_user: str
    bot: str
    enterprise: str = ""

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass
class User:
    """Somebody in a workspace."""

    id: str
    name: str
    admin: bool = False
    bot: bool = False
    tz: str = "Europe/Berlin"
    restricted: bool = False
    stranger: bool = False  # of another workspace, and met in a channel that both share
    deleted: bool = False
    team: str = "T1"

    def described(self) -> Body:
        """As `users.info` tells it."""
        profile = {"real_name": self.name.title(), "display_name": self.name, "team": self.team}
        flags = {"is_admin": self.admin, "is_owner": False, "is_bot": self.bot, "is_restricted": self.restricted}
        more = {"is_ultra_restricted": False, "is_stranger": False, "deleted": self.deleted}
        known = {"id": self.id, "team_id": self.team, "name": self.name, "real_name": self.name.title()}
        return {**known, "tz": self.tz, "tz_offset": 3600, "profile": profile, **flags, **more}


@dataclass
class Channel:
    """A channel, a direct message or a group of people; `people` is None where everybody is."""

    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    people: list[str] | None = None
    kind: str = "channel"
    team: str = "T1"
    general: bool = False

    def described(self) -> Body:
        """As `conversations.info` tells it."""
        kinds = {"is_channel": self.kind == "channel", "is_im": self.kind == "im", "is_mpim": self.kind == "mpim"}
        known = {"id": self.id, "name": self.name, "is_archived": self.archived, "is_member": self.member}
        whom = {"user": (self.people or [""])[0]} if self.kind == "im" else {}
        about = {"is_private": self.private, "is_general": self.general, "context_team_id": self.team}
        return {**known, **kinds, **whom, **about}


@dataclass
class Post:
    """A message; `only` names the one who sees an ephemeral one."""

    channel: str
    body: Body
    only: str = ""


@dataclass
class Hook:
    """A response URL and what it may still be used for."""

    team: str
    user: str
    channel: str
    original: str
    at: float
    uses: int = 0


@dataclass
class Trigger:
    """The right to open one form, for three seconds."""

    user: str
    team: str
    at: float
    used: bool = False


@dataclass
class Call:
    """One call of the Web API."""

    method: str
    args: Body
    token: str
    at: float
    team: Team | None = None

    def __iter__(self) -> Any:
        return iter((self.method, self.args, self.token, self.at))


@dataclass
class Upload:
    """A file on its way or there."""

    id: str
    name: str
    length: int
    alt: str = ""
    content: bytes | None = None
    title: str = ""
    channel: str = ""
    thread: str = ""


@dataclass
class Failure:
    """A scripted error."""

    method: str
    error: str
    times: int
    channel: str | None
    retry_after: float | None

    def meets(self, call: Call) -> bool:
        """Whether this call is the one that must fail."""
        same = self.method in ("*", call.method)
        return self.times > 0 and same and self.channel in (None, call.args.get("channel"))

"""What an operator sets by environment or `.env`; half a configuration is refused with the missing name."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_WHERE = {
    "SLACK_BOT_TOKEN": "stands under OAuth & Permissions at https://api.slack.com/apps",
    "SLACK_APP_TOKEN": "is made under Basic Information, App-Level Tokens, at https://api.slack.com/apps",
    "SLACK_SIGNING_SECRET": "stands under Basic Information at https://api.slack.com/apps",
    "DISCORD_TOKEN": "stands under Bot at https://discord.com/developers/applications",
}
_DATABASE = re.compile(r"sqlite(\+\w+)?://|postgres(ql)?(\+psycopg)?://")


class Incomplete(ValueError):
    """A platform is half configured; the message names what is missing."""


class Environment(BaseSettings):
    """The whole configuration of a process."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str = "sqlite:///manyhands.db"
    embedding_model: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    secret_key: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_config_token: SecretStr | None = None
    slack_mode: Literal["socket", "http"] = "socket"
    slack_http_host: str = "127.0.0.1"
    slack_http_port: int | None = None
    slack_api_url: str = "https://slack.com/api/"
    discord_token: SecretStr | None = None
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    discord_guilds: str = ""
    discord_shard_ids: str = ""
    discord_shard_count: int | None = None
    slack_client_id: str = ""
    slack_client_secret: SecretStr | None = None
    slack_authorize_url: str = ""
    public_url: str = ""
    port: int | None = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    prometheus_multiproc_dir: str = ""

    @field_validator("database_url")
    @classmethod
    def _is_ours(cls, url: str) -> str:
        """What storage opens; the value is not repeated, because it may hold a password."""
        if not _DATABASE.match(url):
            raise ValueError("say sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return url

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_a_slash(cls, url: str) -> str:
        """Without one, slack_sdk takes the last part of the path for a file's name, and drops it."""
        return f"{url.rstrip('/')}/"

    @property
    def secrets(self) -> list[str]:
        """What must never be shown, the parts of lists and the database's password included."""
        kept = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        password = urlsplit(self.database_url).password or ""
        return [part for one in [*kept, password, unquote(password)] for part in (one, *one.split(",")) if part]

    def count_together(self) -> None:
        """Where all processes of a machine keep their counts; to be said before anything is counted."""
        if self.prometheus_multiproc_dir:
            Path(self.prometheus_multiproc_dir).mkdir(parents=True, exist_ok=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = self.prometheus_multiproc_dir

    @property
    def http_port(self) -> int:
        """Where Slack's HTTP is served: its own port, else the one that a hosting platform assigns."""
        return next(port for port in (self.slack_http_port, self.port, 3000) if port is not None)

    def watch_port(self, parts: Collection[str]) -> int | None:
        """Where a process of these parts tells how it is; none where Slack's port tells it, or nobody asks."""
        if self.metrics_port is not None:
            return self.metrics_port
        serves = "slack" in parts and self.slack_mode == "http" and self.http_port == self.port
        return None if serves else self.port

    @property
    def has_slack(self) -> bool:
        """Whether Slack is configured; raises `Incomplete` when half of it is."""
        wanted = self._slack_by_oauth if self.slack_client_id else self._slack_by_token
        missing = [name for name, value in wanted.items() if not value]
        if len(missing) == len(wanted) and not self.slack_signing_secret:
            return False
        if missing:
            raise Incomplete(_half("Slack", missing, f" for SLACK_MODE={self.slack_mode}"))
        return True

    @property
    def _slack_by_token(self) -> dict[str, object]:
        """What one workspace needs."""
        if self.slack_mode == "socket":
            return {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN": self.slack_app_token}
        return {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_SIGNING_SECRET": self.slack_signing_secret}

    @property
    def _slack_by_oauth(self) -> dict[str, object]:
        """What any number of workspaces need; they install by a browser, so there must be HTTP."""
        return {
            "SLACK_CLIENT_ID": self.slack_client_id,
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "SLACK_SIGNING_SECRET": self.slack_signing_secret,
            "SECRET_KEY": self.secret_key,
            "PUBLIC_URL": self.public_url,
            "SLACK_MODE=http": self.slack_mode == "http",
        }

    @property
    def has_discord(self) -> bool:
        """Whether Discord is configured; raises `Incomplete` when half of it is."""
        if self.discord_token is None and (self.discord_api_url or self.discord_gateway_url):
            raise Incomplete(_half("Discord", ["DISCORD_TOKEN"]))
        _check_shards(self.discord_shard_count, self.discord_shard_ids)
        return self.discord_token is not None


def _check_shards(count: int | None, ids: str) -> None:
    """Shards are numbered from 0, and there must be all that this process is to serve."""
    if count is not None and count < 1:
        raise Incomplete(f"DISCORD_SHARD_COUNT is 1 or more, not {count}.")
    if ids and not count:
        raise Incomplete("Discord is half configured: DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT.")
    if beyond := [one for one in numbers_in("DISCORD_SHARD_IDS", ids) if int(one) >= (count or 0)]:
        raise Incomplete(f"Of {count} shards, DISCORD_SHARD_IDS may name 0 to {(count or 0) - 1}, not {beyond[0]}.")


def numbers_in(name: str, written: str) -> list[str]:
    """A comma list of numbers; raises `Incomplete` for anything else."""
    found = [one.strip() for one in written.split(",") if one.strip()]
    if wrong := [one for one in found if not one.isdecimal()]:
        raise Incomplete(f"{name} takes numbers with commas between, not {', '.join(wrong)}.")
    return found


def _half(platform: str, missing: list[str], mode: str = "") -> str:
    return f"{platform} is half configured: {_missing(platform, missing, mode)}"


def _missing(platform: str, names: list[str], mode: str = "") -> str:
    """What is missing, where to get it, and what to run then."""
    is_one = len(names) == 1
    where = "; ".join(f"{name if not is_one else 'it'} {_WHERE[name]}" for name in names if name in _WHERE)
    return (
        f"{', '.join(names)} {'is' if is_one else 'are'} missing{mode}{f' ({where})' if where else ''}; "
        f"put {'it' if is_one else 'them'} into .env as docs/{platform.casefold()}.md tells, "
        "then run `manyhands run` again."
    )


def read() -> Environment:
    """The environment; unset names keep their defaults; raises `Incomplete` for a value that makes no sense."""
    try:
        return Environment()
    except ValidationError as error:
        wrong = [f"{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
        raise Incomplete("; ".join(wrong)) from None


HOW_TO_CONNECT = """\
To connect Slack, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN in the environment or in .env: docs/slack.md tells how.
To connect Discord, set DISCORD_TOKEN: docs/discord.md tells how. Both at once are one community.
"""
NOT_CONNECTED = f"No platform is connected yet, so the community is here, in this terminal.\n{HOW_TO_CONNECT}"
NOWHERE = f"no platform is connected, and there is no terminal for the local community.\n{HOW_TO_CONNECT}"


def parts_of(env: Environment, only: str) -> set[str]:
    """Which of slack, discord and jobs run in this process; what is asked for must be configured.

    Slack's sockets go with Discord's gateway, for both need no port.
    """
    configured = {"jobs"} | ({"slack"} if env.has_slack else set()) | ({"discord"} if env.has_discord else set())
    if not only:
        return configured
    wanted = {part.strip() for part in only.split(",") if part.strip()}
    if not wanted:
        return configured
    if unknown := wanted - {"slack", "discord", "jobs"}:
        raise Incomplete(f"--only takes slack, discord and jobs, not {', '.join(sorted(unknown))}.")
    first = {"slack": ("Slack", "SLACK_BOT_TOKEN"), "discord": ("Discord", "DISCORD_TOKEN")}
    for part in sorted(wanted - configured):
        platform, name = first[part]
        raise Incomplete(f"--only {part}: {_missing(platform, [name])}")
    by_socket = env.has_slack and env.slack_mode == "socket"
    return wanted | {"slack"} if "discord" in wanted and by_socket else wanted

"""The platforms that the environment configures, each with its serving and its delivering side."""

import asyncio
from collections.abc import Collection
from typing import Any, Protocol

from pydantic import SecretStr

from bot.carriage import Carrier
from jobs.environment import Environment, Incomplete, numbers_in
from jobs.house import House


class Platform(Protocol):
    """What `serve` starts."""

    name: str

    @property
    def carrier(self) -> Carrier:
        """Its delivering side, which works without `run`."""
        ...

    @property
    def ready(self) -> asyncio.Event:
        """Whether people can be answered."""
        ...

    @property
    def holds_on(self) -> bool:
        """Whether it holds a connection open; else a load balancer chooses a process for each request."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until told to stop."""
        ...

    async def close(self) -> None:
        """Lets go of what `carrier` held open."""
        ...


class Renewable(Protocol):
    """What keeps secrets under a key that may change."""

    async def renew(self) -> int:
        """Brings them under the first key."""
        ...


def platforms_of(env: Environment, house: House, parts: Collection[str] = ("slack", "discord")) -> list[Platform]:
    """Those of these parts that are configured."""
    slack: list[Platform] = [OnSlack(env, house)] if env.has_slack and "slack" in parts else []
    return [*slack, OnDiscord(env, house)] if env.has_discord and "discord" in parts else slack


class OnSlack:
    """Slack: one workspace with its tokens, or any number that install the app by OAuth."""

    name = "slack"

    def __init__(self, env: Environment, house: House) -> None:
        from adapters.slack import tokens  # slack-bolt costs half a second
        from adapters.slack.app import Keys, Slack
        from adapters.slack.door import Door

        async def token(_team: str, _enterprise: str) -> str | None:
            return secret(env.slack_bot_token)

        self.env = env
        self.health = house.health
        self.installs = _installs(env, house) if env.slack_client_id else None
        known = self.installs.token_for if self.installs else token
        self.slack = Slack(house.app, Keys(known, secret(env.slack_signing_secret), env.slack_api_url))
        self.door = Door(self.installs) if self.installs else None
        (self.installs or tokens).listen(self.slack.bolt)

    @property
    def carrier(self) -> Carrier:
        """Posts with the Web API."""
        return self.slack.carrier

    @property
    def ready(self) -> asyncio.Event:
        """When the socket is open, or the port."""
        return self.slack.ready

    @property
    def holds_on(self) -> bool:
        """A socket does."""
        return self.env.slack_mode == "socket"

    async def run(self, stop: asyncio.Event) -> None:
        """Socket Mode or signed HTTP."""
        from adapters.slack.serve import over_http, over_socket  # uvicorn and aiohttp, with the rest

        if self.installs:
            await _renewed(self.installs)
        else:
            await _checked(self.env)
        if self.env.slack_mode == "socket":
            await over_socket(self.slack, secret(self.env.slack_app_token), stop)
        else:
            await over_http(self.slack, self.env.slack_http_host, self.env.http_port, stop, self.door, self.health)

    async def close(self) -> None:
        """Connections to Slack are kept while it serves or delivers."""
        await self.slack.close()


class OnDiscord:
    """Discord: one bot in any number of servers, all shards or some of them."""

    name = "discord"

    def __init__(self, env: Environment, house: House) -> None:
        from adapters.discord.app import Discord, Keys  # discord.py costs half a second
        from adapters.discord.gateway import Shards

        ids = [int(one) for one in numbers_in("DISCORD_SHARD_IDS", env.discord_shard_ids)]
        servers = frozenset(numbers_in("DISCORD_GUILDS", env.discord_guilds))
        shards = Shards(env.discord_shard_count, tuple(ids)) if env.discord_shard_count else None
        known = Keys(secret(env.discord_token), env.discord_api_url, env.discord_gateway_url, servers, shards)
        self.discord = Discord(house.app, known)

    @property
    def carrier(self) -> Carrier:
        """Posts over HTTP."""
        return self.discord.carrier

    @property
    def ready(self) -> asyncio.Event:
        """When the gateway has said so."""
        return self.discord.ready

    @property
    def holds_on(self) -> bool:
        """The gateway does."""
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """The gateway."""
        from adapters.discord.serve import Refused, over_gateway  # with the rest of Discord

        try:
            await over_gateway(self.discord, stop)
        except Refused as error:
            raise Incomplete(str(error)) from error

    async def close(self) -> None:
        """Couriers may have logged in without a gateway."""
        await self.discord.close()


def _installs(env: Environment, house: House) -> Any:
    from adapters.slack.install import Installs, Oauth  # with the rest of Slack
    from storage.secrets import Safe, WrongKey

    known = Oauth(
        env.slack_client_id,
        secret(env.slack_client_secret),
        env.public_url,
        env.slack_authorize_url or Oauth.authorize_url,
        env.slack_api_url,
    )
    try:
        return Installs(house.engine, Safe(secret(env.secret_key)), known)
    except WrongKey as error:
        raise Incomplete(str(error)) from error


async def _checked(env: Environment) -> None:
    """Tokens that Slack will never take stop the start."""
    from adapters.slack.tokens import Refused, check  # with the rest of Slack

    app_token = secret(env.slack_app_token) if env.slack_mode == "socket" else ""
    try:
        await check(secret(env.slack_bot_token), app_token, env.slack_api_url)
    except Refused as refused:
        raise Incomplete(str(refused)) from refused


async def _renewed(installs: Renewable) -> None:
    """Kept tokens come under the first key; what no key opens stops the start."""
    from storage.secrets import WrongKey  # with the rest of Slack

    try:
        await installs.renew()
    except WrongKey as error:
        raise Incomplete(str(error)) from error


def secret(value: SecretStr | None) -> str:
    """The value, or nothing."""
    return value.get_secret_value() if value else ""

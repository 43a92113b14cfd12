"""The gateway: what discord.py hears, as the plain payloads that `decode` reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import discord

READY_SECONDS = 0.5
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shards:
    """Which part of the servers this process serves; all of them when no ids are named."""

    count: int
    ids: tuple[int, ...] = ()


class Ears(Protocol):
    """Who listens."""

    def connected(self) -> None:
        """People can be heard."""

    def interaction(self, body: Payload) -> None:
        """A slash command, a press, a form, an option that is being typed."""

    def message(self, body: Payload) -> None:
        """Somebody wrote something."""

    def deleted(self, body: Payload) -> None:
        """A message is gone."""

    def reaction(self, body: Payload) -> None:
        """A reaction was added or removed."""

    def cleared(self, body: Payload) -> None:
        """Everybody's reactions were taken off a message, or those of one emoji."""

    def server(self, guild: str) -> None:
        """A server that the bot is in."""

    def left(self, guild: str, user: str) -> None:
        """Somebody is not in a server any more."""

    def parted(self, guild: str) -> None:
        """A server has removed the bot."""


class Gateway(discord.AutoShardedClient):
    """One connection for each shard; discord.py resumes and reconnects by itself."""

    def __init__(self, ears: Ears, intents: discord.Intents, shards: Shards) -> None:
        super().__init__(
            intents=intents,
            shard_count=shards.count,
            shard_ids=list(shards.ids or range(shards.count)),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=READY_SECONDS,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.ears = ears

    async def on_ready(self) -> None:
        """Servers that invited the bot while it was away."""
        self.ears.connected()
        for guild in sorted(self.guilds, key=_since):
            self.ears.server(str(guild.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server invites the bot."""
        self.ears.server(str(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removes the bot; one that is only out of order does not come here."""
        self.ears.parted(str(guild.id))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server that was out of order, or one that Discord tells so although it is new."""
        self.ears.server(str(guild.id))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody uses the bot."""
        self.ears.interaction(interaction_of(interaction))

    async def on_message(self, message: discord.Message) -> None:
        """Somebody writes."""
        self.ears.message(message_of(message))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message goes."""
        self._deleted(event, [event.message_id])

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages go at once."""
        self._deleted(event, sorted(event.message_ids))

    def _deleted(self, event: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent, ids: Any) -> None:
        for one in ids:
            self.ears.deleted({"guild_id": event.guild_id, "channel_id": event.channel_id, "message_id": one})

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody reacts."""
        self.ears.reaction(reaction_of(event, added=True))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody takes a reaction back."""
        self.ears.reaction(reaction_of(event, added=False))

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator removes all reactions of a message."""
        self.ears.cleared(cleared_of(event, ""))

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator removes those of one emoji."""
        self.ears.cleared(cleared_of(event, str(event.emoji)))

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        """Somebody leaves."""
        self.ears.left(str(event.guild_id), str(event.user.id))

    def home(self, guild: str) -> str:
        """The server's own channel for everybody, where the bot may write there; else nothing."""
        known = self.get_guild(int(guild))
        channel = known.system_channel if known else None
        if known is None or channel is None or known.me is None:  # pyright: ignore[reportUnnecessaryComparison]
            return ""
        may = channel.permissions_for(known.me)
        return str(channel.id) if may.view_channel and may.send_messages else ""

    def permissions(self, guild: str, user: str, roles: Sequence[str]) -> int | None:
        """What somebody may do in a server, by their roles; none where that is not known."""
        known = self.get_guild(int(guild))
        if known is None:
            return None
        if known.owner_id == int(user):
            return discord.Permissions.all().value
        held = [role for role in known.roles if str(role.id) in roles or role.is_default()]
        return discord.Permissions(_any_of([role.permissions.value for role in held])).value

    def role_name(self, guild: str, role: str) -> str:
        """What a role is called; empty where that is not known."""
        known = self.get_guild(int(guild))
        found = known.get_role(int(role)) if known else None
        return found.name if found else ""

    def channel_name(self, guild: str, channel: str) -> str:
        """What a channel or thread is called; empty where that is not known."""
        known = self.get_guild(int(guild))
        found = known.get_channel_or_thread(int(channel)) if known else None
        return found.name if found else ""

    def channel_called(self, guild: str, name: str, hidden: bool) -> str:
        """The channel of that name; one that not everybody sees only where `hidden` ones may be told."""
        known = self.get_guild(int(guild))
        for one in known.channels if known else ():
            if one.name == name and (hidden or one.permissions_for(one.guild.default_role).view_channel):
                return str(one.id)
        return ""


def _any_of(values: Sequence[int]) -> int:
    total = 0
    for value in values:
        total |= value
    return total


def _since(guild: discord.Guild) -> float:
    """When the bot came; long ago where that is not known."""
    return guild.me.joined_at.timestamp() if guild.me and guild.me.joined_at else 0.0


def interaction_of(interaction: discord.Interaction) -> Payload:
    """An interaction, as much of it as is read."""
    user = user_of(interaction.user)
    about = {
        "nick": getattr(interaction.user, "nick", None),
        "permissions": interaction.permissions.value,
        "user": user,
    }
    flags = getattr(interaction.user, "flags", None)
    member = {**about, "flags": flags.value if isinstance(flags, discord.MemberFlags) else 0}
    return {
        "id": interaction.id,
        "type": interaction.type.value,
        "token": interaction.token,
        "application_id": interaction.application_id,
        "guild_id": interaction.guild_id,
        "channel_id": interaction.channel_id or "",
        "data": interaction.data or {},
        "message": {"flags": interaction.message.flags.value} if interaction.message else None,
        **({"member": member} if interaction.guild_id else {"user": user}),
    }


def message_of(message: discord.Message) -> Payload:
    """A message, as much of it as is read."""
    return {
        "id": message.id,
        "type": message.type.value,
        "content": message.content,
        "author": user_of(message.author),
        "member": {"nick": getattr(message.author, "nick", None)},
        "webhook_id": message.webhook_id,
        "guild_id": message.guild.id if message.guild else getattr(message.channel, "guild_id", None),
        "channel_id": message.channel.id,
        "mentions": [{**user_of(one), "member": {"nick": getattr(one, "nick", None)}} for one in message.mentions],
        "attachments": [
            {"id": one.id, "filename": one.filename, "url": one.url, "size": one.size} for one in message.attachments
        ],
    }


def reaction_of(event: discord.RawReactionActionEvent, added: bool) -> Payload:
    """A reaction, also on a message that nobody remembers."""
    return {
        "added": added,
        "user_id": event.user_id,
        "guild_id": event.guild_id,
        "channel_id": event.channel_id,
        "message_id": event.message_id,
        "emoji": str(event.emoji),
        "author_id": event.message_author_id,
    }


def cleared_of(event: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent, emoji: str) -> Payload:
    """Where reactions were removed, and which; all where none is named."""
    where = {"guild_id": event.guild_id, "channel_id": event.channel_id, "message_id": event.message_id}
    return {**where, "emoji": emoji}


def user_of(user: discord.User | discord.Member | discord.abc.User) -> Payload:
    """A user, as much of it as is read."""
    return {
        "id": user.id,
        "username": user.name,
        "global_name": getattr(user, "global_name", None),
        "bot": user.bot,
    }

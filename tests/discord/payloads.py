"""What Discord sends, field by field as Discord sends it."""

from collections.abc import Iterable
from typing import Any

from tests.discord.marks import AUTOCOMPLETE, COMMAND, COMPONENT, DM, FORM, PRIVATE_THREAD, THREADS
from tests.discord.nouns import Body, Channel, Guild, Interaction, Post
from tests.discord.state import APPLICATION, Memory

FILE_LIMIT = 10 * 2**20


def guild(memory: Memory, told: Guild, members: Iterable[str]) -> Body:
    """`GUILD_CREATE`."""
    rooms = [one for one in memory.channels.values() if one.guild == told.id]
    known = {"id": told.id, "name": told.name, "owner_id": told.owner, "member_count": len(told.members)}
    people = {"members": [told.members[key].whole() for key in members], "presences": [], "voice_states": []}
    places = {
        "channels": [channel(memory, one) for one in rooms if not one.thread],
        "threads": [channel(memory, one) for one in rooms if one.thread and not one.archived],
        "roles": [one.described() for one in told.roles.values()],
    }
    home = {"system_channel_id": told.system or None}
    return {**known, **people, **places, **LOOKS, **home, "large": False, "joined_at": memory.now()}


LOOKS: Body = {
    "icon": None, "splash": None, "discovery_splash": None, "banner": None, "description": None,
    "afk_channel_id": None, "afk_timeout": 300, "verification_level": 1, "default_message_notifications": 1,
    "explicit_content_filter": 0, "emojis": [], "stickers": [], "features": ["COMMUNITY"], "mfa_level": 0,
    "application_id": None, "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None,
    "max_members": 500000, "vanity_url_code": None, "premium_tier": 0, "premium_subscription_count": 0,
    "preferred_locale": "en-US", "public_updates_channel_id": None, "nsfw_level": 0, "unavailable": False,
    "premium_progress_bar_enabled": False, "safety_alerts_channel_id": None, "stage_instances": [],
    "guild_scheduled_events": [], "soundboard_sounds": [],
}  # fmt: skip


def channel(memory: Memory, told: Channel) -> Body:
    """A channel, direct messages or a thread."""
    if told.kind == DM:
        people = [memory.users[key].described() for key in told.people]
        return {"id": told.id, "type": DM, "last_message_id": None, "flags": 0, "recipients": people}
    known = {"id": told.id, "type": told.kind, "guild_id": told.guild, "name": told.name, "flags": 0}
    known |= {"last_message_id": None, "rate_limit_per_user": 0, "parent_id": told.parent or None}
    if told.kind not in THREADS:
        return {**known, "topic": None, "nsfw": False, "position": 0, "permission_overwrites": [], "available_tags": []}
    state = {"archived": told.archived, "locked": told.locked, "auto_archive_duration": 10080}
    state |= {"archive_timestamp": memory.now(), "create_timestamp": memory.now()}
    state |= {"invitable": False} if told.kind == PRIVATE_THREAD else {}
    counts = {"message_count": 0, "total_message_sent": 0, "member_count": len(told.people)}
    return {**known, "owner_id": told.owner, "thread_metadata": state, **counts}


def command(memory: Memory, user: str, where: str, data: Body) -> Body:
    """A slash command or a menu entry."""
    return _interaction(memory, COMMAND, user, where, data)


def autocomplete(memory: Memory, user: str, where: str, data: Body) -> Body:
    """Somebody types into an option."""
    return _interaction(memory, AUTOCOMPLETE, user, where, data)


def component(memory: Memory, user: str, post: Post, data: Body) -> Body:
    """A button or a select of a message."""
    return {**_interaction(memory, COMPONENT, user, post.channel, data), "message": post.body}


def form(memory: Memory, user: str, opened: Interaction, data: Body) -> Body:
    """A form was sent; one that came from a message carries it."""
    about = {"message": opened.about.body} if opened.about else {}
    return {**_interaction(memory, FORM, user, opened.channel, data), **about}


def _interaction(memory: Memory, kind: int, user: str, where: str, data: Body) -> Body:
    room = memory.channels[where]
    key = memory.snowflake()
    known = {"id": key, "application_id": APPLICATION, "type": kind, "token": f"aW50ZXJhY3Rpb24-{key}", "version": 1}
    more = {"entitlements": [], "entitlement_sku_ids": [], "attachment_size_limit": FILE_LIMIT, "locale": "en-GB"}
    rights = str(memory.rights(room))
    place = {"channel": channel(memory, room), "channel_id": room.id, "app_permissions": rights}
    if not room.guild:
        who: Body = {"user": memory.users[user].described(), "context": 1}
        return {**known, **more, **place, **who, "authorizing_integration_owners": {"0": "0"}, "data": data}
    home = memory.guilds[room.guild]
    place["channel"]["permissions"] = str(home.permissions(user))
    who = {"member": {**home.members[user].whole(), "permissions": str(home.permissions(user))}, "context": 0}
    whose = {"guild": {"id": home.id, "locale": "en-US", "features": ["COMMUNITY"]}, "guild_id": home.id}
    owners = {"authorizing_integration_owners": {"0": home.id}, "guild_locale": "en-US"}
    return {**known, **more, **place, **who, **whose, **owners, "data": data}


def resolved(memory: Memory, where: str, users: Iterable[str] = (), channels: Iterable[str] = (), **more: Any) -> Body:
    """What an interaction's ids stand for; empty kinds are left out, as Discord does."""
    room = memory.channels[where]
    members = memory.guilds[room.guild].members if room.guild else {}
    keys = list(dict.fromkeys(users))
    found: Body = {
        "users": {key: memory.users[key].described() for key in keys},
        "members": {key: _partial(memory, room.guild, key) for key in keys if key in members},
        "channels": {key: channel(memory, memory.channels[key]) for key in channels},
        **more,
    }
    return {kind: known for kind, known in found.items() if known}


def attachment(memory: Memory, key: str) -> Body:
    """A file that somebody attached."""
    name, content = memory.attached[key]
    url = f"{memory.url}/files/{key}/{name}"
    return {"id": key, "filename": name, "size": len(content), "url": url, "proxy_url": url, "content_type": "text/csv"}


def _partial(memory: Memory, home: str, key: str) -> Body:
    """A member without the user, and without what an interaction leaves out."""
    told = memory.guilds[home].members[key].described()
    rights = str(memory.guilds[home].permissions(key))
    return {name: told[name] for name in told if name not in ("deaf", "mute")} | {"permissions": rights}


def in_event(memory: Memory, post: Post) -> Body:
    """A message as the gateway tells it: with its server and member, none of it in direct messages."""
    room = memory.channels[post.channel]
    if not room.guild:
        return post.body
    home = memory.guilds[room.guild]
    author = home.members.get(post.body["author"]["id"])
    mentions = [_mentioned(home, one) for one in post.body["mentions"]]
    told = {**post.body, "guild_id": home.id, "mentions": mentions}
    return {**told, "member": author.described()} if author else told


def _mentioned(home: Guild, user: Body) -> Body:
    member = home.members.get(user["id"])
    return {**user, "member": member.described()} if member else user


def reaction(memory: Memory, user: str, post: Post, emoji: str, added: bool) -> Body:
    """A reaction; the member comes only with an added one in a server."""
    room = memory.channels[post.channel]
    known = {"user_id": user, "channel_id": post.channel, "message_id": post.id, "burst": False, "type": 0}
    known |= {"emoji": {"id": None, "name": emoji}}
    if room.guild:
        known["guild_id"] = room.guild
    if not added:
        return known
    whose = {"message_author_id": post.body["author"]["id"], "burst_colors": []}
    member = {"member": memory.guilds[room.guild].members[user].whole()} if room.guild else {}
    return {**known, **whose, **member}

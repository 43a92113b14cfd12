"""Discord's side of places: channels, threads, forum posts and direct messages."""

from tests.discord import payloads, talk
from tests.discord.checks import sized
from tests.discord.gateway import Sockets
from tests.discord.marks import DM, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, TEXT
from tests.discord.nouns import Body, Call, Channel, Refused
from tests.discord.state import BOT
from tests.discord.valid import flaws_by_description, flaws_of

ARCHIVES = (60, 1440, 4320, 10080)


def get_channel(discord: Sockets, call: Call) -> Body:
    """`GET /channels/{}`."""
    return payloads.channel(discord, talk.place(discord, call))


def edit_channel(discord: Sockets, call: Call) -> Body:
    """`PATCH /channels/{}`: a thread wakes, sleeps, is locked or renamed."""
    channel = talk.place(discord, call)
    if not channel.thread:
        raise Refused(400, 50024)
    talk.refused_if(discord, call.route, list(sized("thread", call.args)))
    channel.archived = call.args.get("archived", channel.archived)
    channel.locked = call.args.get("locked", channel.locked)
    channel.name = call.args.get("name", channel.name)
    discord.dispatch("THREAD_UPDATE", payloads.channel(discord, channel), channel.guild)
    return payloads.channel(discord, channel)


def open_direct(discord: Sockets, call: Call) -> Body:
    """`POST /users/@me/channels`."""
    talk.refused_if(discord, call.route, flaws_by_description(call.route, call.args))
    key = str(call.args.get("recipient_id"))
    if key not in discord.users:
        raise Refused(400, 50033 if not key.isdigit() else 10013)
    if discord.users[key].bot:
        raise Refused(400, 50007)
    return payloads.channel(discord, discord.direct(key))


def open_thread(discord: Sockets, call: Call) -> Body:
    """`POST /channels/{}/threads`: a private or public thread, or a forum's post with its first message."""
    parent = talk.place(discord, call)
    if parent.kind == FORUM:
        return _forum_post(discord, call, parent)
    if parent.kind != TEXT:
        raise Refused(400, 50024)
    kind = call.args.get("type", PRIVATE_THREAD)
    talk.place(discord, call, "private threads" if kind == PRIVATE_THREAD else "public threads")
    _named(discord, call, "thread")
    if kind not in (PUBLIC_THREAD, PRIVATE_THREAD):
        talk.refused_if(discord, call.route, [f"type: no thread here is of type {kind}"])
    return _born(discord, parent, call, kind)


def _named(discord: Sockets, call: Call, described: str) -> None:
    flaws = flaws_of(described, call.args, lambda args: list(sized("thread", args)), call.args)
    if call.args.get("auto_archive_duration", 1440) not in ARCHIVES:
        flaws.append(f"auto_archive_duration: {call.args['auto_archive_duration']} minutes")
    if "name" not in call.args:
        flaws.append("name: this field is required")
    talk.refused_if(discord, call.route, flaws)


def _born(discord: Sockets, parent: Channel, call: Call, kind: int, key: str = "") -> Body:
    made = Channel(key or discord.snowflake(), call.args["name"], parent.guild, kind, parent.id, BOT, [BOT])
    discord.channels[made.id] = made
    told = payloads.channel(discord, made)
    discord.dispatch("THREAD_CREATE", {**told, "newly_created": True}, made.guild)
    return told


def _forum_post(discord: Sockets, call: Call, parent: Channel) -> Body:
    talk.place(discord, call, "send")
    _named(discord, call, "forum thread")
    if "message" not in call.args:
        talk.refused_if(discord, call.route, ["message: this field is required"])
    message = talk.checked(discord, call, "", call.args["message"])
    key = discord.snowflake()
    thread = _born(discord, parent, call, PUBLIC_THREAD, key)
    post = talk.made(discord, key, message, call.files)
    post.body["id"] = key
    talk.told(discord, post)
    return {**thread, "message": post.body}


def open_under(discord: Sockets, call: Call) -> Body:
    """`POST /channels/{}/messages/{}/threads`: a thread with the message's own id."""
    post = talk.post_of(discord, call, "public threads")
    if post.id in discord.channels:
        raise Refused(400, 160004)
    _named(discord, call, call.route)
    return _born(discord, discord.channels[post.channel], call, PUBLIC_THREAD, post.id)


def add_to_thread(discord: Sockets, call: Call) -> None:
    """`PUT /channels/{}/thread-members/{}`."""
    thread = talk.place(discord, call, "send in threads")
    user = call.params["user_id"]
    if not thread.thread:
        raise Refused(400, 50024)
    if user not in discord.users:
        raise Refused(404, 10013)
    if user not in discord.guilds[thread.guild].members:
        raise Refused(403, 50001)
    if thread.archived:
        raise Refused(400, 50083)
    if user not in thread.people:
        thread.people.append(user)


def thread_members(discord: Sockets, call: Call) -> list[Body]:
    """`GET /channels/{}/thread-members`."""
    thread = talk.place(discord, call)
    known = {"id": thread.id, "join_timestamp": discord.now(), "flags": 0}
    return [{**known, "user_id": user} for user in thread.people]


def remove_channel(discord: Sockets, channel: Channel) -> None:
    """A channel is deleted, with its threads and messages."""
    told = payloads.channel(discord, channel)
    for thread in discord.threads(channel.id):
        del discord.channels[thread.id]
    del discord.channels[channel.id]
    discord.posts[:] = [post for post in discord.posts if post.channel in discord.channels]
    if channel.kind != DM:
        discord.dispatch("CHANNEL_DELETE", told, channel.guild)

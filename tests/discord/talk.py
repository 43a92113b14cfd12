"""Discord's side of what is said: messages, edits, pictures and reactions."""

import copy
import re
from typing import Any
from urllib.parse import unquote

from tests.discord import payloads
from tests.discord.checks import flaws_of_message, pings
from tests.discord.gateway import Sockets
from tests.discord.lines import without_content
from tests.discord.marks import CONTENT, DM, EPHEMERAL, FLAGS, FORUM
from tests.discord.nouns import CLICKED, Body, Call, Channel, Post, Refused, User, nodes, paths, words_of
from tests.discord.state import APPLICATION, BOT, Memory
from tests.discord.valid import flaws_of

KEPT_FLAGS = EPHEMERAL | 1 << 2 | 1 << 12 | 1 << 15
EVERY_FILE = 10 * 2**20
EMOJI = re.compile(r"[^\w\s]+|\w+:\d+|[\d#*]\ufe0f?\u20e3")


def place(discord: Sockets, call: Call, *needs: str) -> Channel:
    """The channel that a call names, when this bot may use it so."""
    found = discord.channels.get(call.params["channel_id"])
    if found is None or (found.guild and not discord.guilds[found.guild].present):
        raise Refused(404, 10003)
    rights = discord.rights(found)
    if not rights & FLAGS["view"]:
        raise Refused(403, 50001)
    if any(not rights & FLAGS[name] for name in needs):
        raise Refused(403, 50013)
    return found


def refused_if(discord: Sockets, what: str, flaws: list[str]) -> None:
    """A body with flaws is noted and turned away, each flaw with its place."""
    if not flaws:
        return
    discord.violations += [f"{what}: {flaw}" for flaw in flaws]
    errors: Body = {}
    for flaw in flaws:
        path, _, words = flaw.partition(": ")
        node = errors
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": "INVALID", "message": words or path})
    raise Refused(400, 50035, errors=errors)


def checked(discord: Sockets, call: Call, described: str, body: Any = None, whole: bool = True) -> Body:
    """What is to be said, when Discord takes it; `whole` when nothing is there yet that it could add to."""
    args = call.args if body is None else body
    flaws = flaws_of(described, call.args, flaws_of_message, args)
    flaws += _flaws_of_files(call, args) + _strangers(discord, args) + _unknown_commands(discord, args)
    refused_if(discord, call.route, flaws)
    said = call.files or any(args.get(name) for name in ("content", "embeds", "components", "sticker_ids", "poll"))
    if whole and not said:
        discord.violations.append(f"{call.route}: an empty message")
        raise Refused(400, 50006)
    return args


def _flaws_of_files(call: Call, args: Body) -> list[str]:
    """Each attachment that is listed comes along, and each that comes along is listed."""
    if sum(len(content) for _name, content in call.files.values()) > EVERY_FILE:
        raise Refused(413, 40005)
    listed = {f"files[{one['id']}]" for one in args.get("attachments") or [] if int(one["id"]) < 1000}
    if "attachments" not in args:
        return []
    return [f"attachments: {name} is listed or sent, not both" for name in sorted(listed ^ set(call.files))]


def _strangers(discord: Sockets, args: Body) -> list[str]:
    users, loud = pings(args)
    return [f"content: {flaw}" for flaw in loud] + [
        f"content: it mentions {one}, who is nobody" for one in users if one not in discord.users
    ]


def _unknown_commands(discord: Sockets, args: Body) -> list[str]:
    """Whatever can be clicked is a command, by its whole name."""
    clicked = {found.groups() for found in CLICKED.finditer(words_of(args))} if isinstance(args, dict) else set()
    known = {(path, one["id"]) for one in discord.commands.get("", []) for path in paths(one)}
    return [f"content: it names a command that is not there: {one}" for one in sorted(clicked - known)]


def made(discord: Sockets, channel: str, args: Body, files: dict[str, tuple[str, bytes]], only: str = "") -> Post:
    """A message of the bot appears; nobody hears of it yet."""
    post = Post(channel, blank(discord, channel, discord.bot), only, str(args.get("nonce") or ""), discord.clock())
    post.body["application_id"] = APPLICATION
    post.body["flags"] = (args.get("flags") or 0) & KEPT_FLAGS
    changed(discord, post, args, files)
    discord.posts.append(post)
    return post


def blank(discord: Memory, channel: str, author: User) -> Body:
    """A message with nothing in it yet."""
    known = {"id": discord.snowflake(), "channel_id": channel, "type": 0, "author": author.described()}
    text = {"content": "", "embeds": [], "components": [], "attachments": [], "mentions": [], "mention_roles": []}
    flags = {"pinned": False, "tts": False, "mention_everyone": False, "timestamp": discord.now(), "flags": 0}
    return {**known, **text, **flags, "edited_timestamp": None}


def changed(discord: Sockets, post: Post, args: Body, files: dict[str, tuple[str, bytes]]) -> None:
    """What a body says is now in the message; what it leaves out is kept."""
    for name in ("content", "embeds", "components"):
        if name in args:
            post.body[name] = copy.deepcopy(args[name]) or ("" if name == "content" else [])
    _finished(post.body)
    _attached(discord, post, args, files)
    users, _loud = pings(args if "content" in args else {})
    post.pings = users
    if "content" in args:
        post.body["mentions"] = [discord.users[one].described() for one in users if one in discord.users]
    if args.get("message_reference"):
        post.body["message_reference"] = dict(args["message_reference"])
        post.body["type"] = 19


def _finished(body: Body) -> None:
    """Embeds get a type and components a number, as Discord gives them."""
    for embed in body["embeds"]:
        embed["type"] = "rich"
    for number, one in enumerate(nodes(body["components"]), start=1):
        one.setdefault("id", number)


def _attached(discord: Sockets, post: Post, args: Body, files: dict[str, tuple[str, bytes]]) -> None:
    if not files and "attachments" not in args:
        return
    told = {f"files[{one['id']}]": one for one in args.get("attachments") or []}
    kept = [one for one in post.body["attachments"] if any(str(known["id"]) == one["id"] for known in told.values())]
    for name, (filename, content) in files.items():
        key = discord.snowflake()
        url = f"{discord.url}/files/{key}/{filename}"
        about = {"description": told.get(name, {}).get("description")}
        kept.append({"id": key, "filename": filename, "size": len(content), "url": url, "proxy_url": url, **about})
        post.files[filename] = content
    post.body["attachments"] = kept


def told(discord: Sockets, post: Post, event: str = "MESSAGE_CREATE") -> None:
    """The gateway hears of a message that everybody sees."""
    if not post.only:
        nonce = {"nonce": post.nonce} if post.nonce and event == "MESSAGE_CREATE" else {}
        guild = discord.channels[post.channel].guild
        discord.dispatch(event, {**payloads.in_event(discord, post), **nonce}, guild)


def post_message(discord: Sockets, call: Call) -> Body:
    """`POST /channels/{}/messages`."""
    channel = _writable(discord, call)
    args = checked(discord, call, call.route)
    if args.get("enforce_nonce") and (known := _nonce(discord, channel.id, str(args.get("nonce") or ""))):
        return known.body
    if channel.archived:
        channel.archived = False
    post = made(discord, channel.id, args, call.files)
    told(discord, post)
    return post.body


def _writable(discord: Sockets, call: Call) -> Channel:
    room = discord.channels.get(call.params["channel_id"])
    channel = place(discord, call, "send in threads" if room and room.thread else "send")
    if channel.kind == FORUM:
        raise Refused(400, 50008)
    if channel.kind == DM:
        _open(discord, channel.people[0])
    if channel.archived and channel.locked:
        raise Refused(400, 50083)
    return channel


def _open(discord: Sockets, user: str) -> None:
    if not any(user in guild.members for guild in discord.guilds.values() if guild.present):
        raise Refused(403, 50278)
    if not discord.users[user].dms:
        raise Refused(403, 50007)


def _nonce(discord: Sockets, channel: str, nonce: str) -> Post | None:
    """A message with this nonce of the last minutes."""
    for post in discord.posts:
        fresh = discord.clock() - post.at < discord.nonce_seconds
        if nonce and post.nonce == nonce and post.channel == channel and fresh:
            return post
    return None


def post_of(discord: Sockets, call: Call, *needs: str) -> Post:
    """The message that a call names."""
    channel = place(discord, call, *needs)
    post = discord.found(channel.id, call.params["message_id"])
    if post is None:
        raise Refused(404, 10008)
    return post


def get_message(discord: Sockets, call: Call) -> Body:
    """`GET /channels/{}/messages/{}`."""
    return _read(discord, post_of(discord, call, "read"))


def _read(discord: Sockets, post: Post) -> Body:
    """A message without the words that the app may not read."""
    room = discord.channels[post.channel]
    return post.body if not room.guild or discord.granted & CONTENT else without_content(post.body, BOT)


def get_messages(discord: Sockets, call: Call) -> list[Body]:
    """`GET /channels/{}/messages`: the newest first."""
    channel = place(discord, call, "read")
    every = [_read(discord, post) for post in discord.posts if post.channel == channel.id and not post.only]
    return every[::-1][: int(call.query.get("limit", "50"))]


def edit_message(discord: Sockets, call: Call) -> Body:
    """`PATCH /channels/{}/messages/{}`."""
    post = post_of(discord, call)
    if post.body["author"]["id"] != BOT:
        raise Refused(403, 50005)
    if discord.channels[post.channel].archived:
        raise Refused(400, 50083)
    changed(discord, post, checked(discord, call, call.route, whole=False), call.files)
    post.body["edited_timestamp"] = discord.now()
    told(discord, post, "MESSAGE_UPDATE")
    return post.body


def delete_message(discord: Sockets, call: Call) -> None:
    """`DELETE /channels/{}/messages/{}`."""
    post = post_of(discord, call)
    if (
        post.body["author"]["id"] != BOT
        and not discord.rights(discord.channels[post.channel]) & FLAGS["manage messages"]
    ):
        raise Refused(403, 50013)
    gone(discord, post)


def gone(discord: Sockets, post: Post) -> None:
    """A message is deleted."""
    discord.posts.remove(post)
    if not post.only:
        guild = discord.channels[post.channel].guild
        where = {"guild_id": guild} if guild else {}
        discord.dispatch("MESSAGE_DELETE", {"id": post.id, "channel_id": post.channel, **where}, guild)


def react(discord: Sockets, call: Call) -> None:
    """`PUT .../reactions/{}/@me`."""
    post = post_of(discord, call, "read", "react")
    emoji = unquote(call.params["emoji_name"])
    if not EMOJI.fullmatch(emoji):
        discord.violations.append(f"{call.route}: {emoji!r} is no emoji")
        raise Refused(400, 10014)
    if reacted(post, emoji, BOT):
        guild = discord.channels[post.channel].guild
        discord.dispatch("MESSAGE_REACTION_ADD", payloads.reaction(discord, BOT, post, emoji, True), guild)


def unreact(discord: Sockets, call: Call) -> None:
    """`DELETE .../reactions/{}/@me`."""
    post = post_of(discord, call)
    emoji = unquote(call.params["emoji_name"])
    if unreacted(post, emoji, BOT):
        guild = discord.channels[post.channel].guild
        discord.dispatch("MESSAGE_REACTION_REMOVE", payloads.reaction(discord, BOT, post, emoji, False), guild)


def reacted(post: Post, emoji: str, user: str) -> bool:
    """Puts somebody's reaction on a message; false when it is there already."""
    who = post.reactors.setdefault(emoji, [])
    if user in who:
        return False
    who.append(user)
    _counted(post)
    return True


def unreacted(post: Post, emoji: str, user: str) -> bool:
    """Takes somebody's reaction back; false when it is not there."""
    if user not in post.reactors.get(emoji, []):
        return False
    post.reactors[emoji].remove(user)
    _counted(post)
    return True


def _counted(post: Post) -> None:
    post.body["reactions"] = [
        {"emoji": {"id": None, "name": emoji}, "count": len(who), "me": BOT in who, "me_burst": False,
         "count_details": {"normal": len(who), "burst": 0}, "burst_colors": []}
        for emoji, who in post.reactors.items() if who
    ]  # fmt: skip

"""Discord's side of everything around talk: the app, users, servers, members and commands."""

from tests.discord import payloads, talk
from tests.discord.checks import flaws_of_commands
from tests.discord.gateway import Sockets
from tests.discord.marks import CONTENT, MEMBERS, PRESENCES
from tests.discord.nouns import Body, Call, Guild, Refused
from tests.discord.state import APPLICATION, BOT
from tests.discord.valid import flaws_of

GRANTED = {PRESENCES: 1 << 12, MEMBERS: 1 << 14, CONTENT: 1 << 18}
LIMITED = {PRESENCES: 1 << 13, MEMBERS: 1 << 15, CONTENT: 1 << 19}


def gateway(discord: Sockets, call: Call) -> Body:
    """`GET /gateway`."""
    return {"url": discord.gateway_url}


def gateway_bot(discord: Sockets, call: Call) -> Body:
    """`GET /gateway/bot`."""
    starts = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 16}
    return {"url": discord.gateway_url, "shards": discord.shards, "session_start_limit": starts}


def application(discord: Sockets, call: Call) -> Body:
    """`GET /oauth2/applications/@me` and `GET /applications/@me`."""
    flags = sum(flag for intent, flag in GRANTED.items() if discord.granted & intent) | discord.flags
    owner = {**discord.bot.described(), "id": "900000000000000003", "username": "operator", "bot": False}
    known = {"id": APPLICATION, "name": "Manyhands", "icon": None, "description": "", "summary": "", "type": None}
    use = {"bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": flags, "hook": True}
    return {**known, **use, "owner": owner, "bot": discord.bot.described(), "team": None, "rpc_origins": []}


def edit_application(discord: Sockets, call: Call) -> Body:
    """`PATCH /applications/@me`: of the flags, those of limited intents alone can be changed."""
    talk.refused_if(discord, call.route, flaws_of(call.route, call.args, lambda _told: [], call.args))
    if "flags" in call.args:
        known = application(discord, call)["flags"]
        if (call.args["flags"] ^ known) & ~sum(LIMITED.values()):
            raise Refused(400, 50035)
        discord.flags = call.args["flags"] & sum(LIMITED.values())
        for intent, flag in LIMITED.items():
            discord.granted |= intent if discord.flags & flag else 0
    return application(discord, call)


def me(discord: Sockets, call: Call) -> Body:
    """`GET /users/@me`."""
    return {**discord.bot.described(), "verified": True, "mfa_enabled": True, "email": None, "flags": 0}


def user(discord: Sockets, call: Call) -> Body:
    """`GET /users/{}`."""
    if call.params["user_id"] not in discord.users:
        raise Refused(404, 10013)
    return discord.users[call.params["user_id"]].described()


def home(discord: Sockets, call: Call) -> Guild:
    """The server that a call names, when the bot is in it."""
    found = discord.guilds.get(call.params["guild_id"])
    if found is None or not found.present:
        raise Refused(404 if found is None else 403, 10004 if found is None else 50001)
    return found


def guild(discord: Sockets, call: Call) -> Body:
    """`GET /guilds/{}`."""
    told = payloads.guild(discord, home(discord, call), ())
    left_out = ("members", "channels", "threads", "presences", "voice_states", "member_count", "joined_at", "large")
    return {name: value for name, value in told.items() if name not in left_out}


def channels(discord: Sockets, call: Call) -> list[Body]:
    """`GET /guilds/{}/channels`: without threads."""
    return payloads.guild(discord, home(discord, call), ())["channels"]


def roles(discord: Sockets, call: Call) -> list[Body]:
    """`GET /guilds/{}/roles`."""
    return [one.described() for one in home(discord, call).roles.values()]


def member(discord: Sockets, call: Call) -> Body:
    """`GET /guilds/{}/members/{}`."""
    found = home(discord, call).members.get(call.params["user_id"])
    if found is None:
        raise Refused(404, 10007 if call.params["user_id"] in discord.users else 10013)
    return found.whole()


def members(discord: Sockets, call: Call) -> list[Body]:
    """`GET /guilds/{}/members`: a page, by id."""
    found = sorted(home(discord, call).members.values(), key=lambda one: int(one.user.id))
    if not discord.granted & MEMBERS:
        raise Refused(403, 50001)
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "1"))
    return [one.whole() for one in found if int(one.user.id) > after][:limit]


def set_commands(discord: Sockets, call: Call) -> list[Body]:
    """`PUT /applications/{}/commands`, also of one server: all of them at once."""
    where = _mine(discord, call)
    talk.refused_if(discord, call.route, flaws_of(call.route, call.args, flaws_of_commands, call.args))
    known = {(one["type"], one["name"]): one["id"] for one in discord.commands.get(where, [])}
    version = discord.snowflake()
    discord.commands[where] = [_registered(discord, one, where, known, version) for one in call.args]
    return discord.commands[where]


def _mine(discord: Sockets, call: Call) -> str:
    if call.params["application_id"] != APPLICATION:
        raise Refused(403, 20012)
    return call.params.get("guild_id", "")


def _registered(discord: Sockets, one: Body, where: str, known: dict[tuple[int, str], str], version: str) -> Body:
    kind = one.get("type", 1)
    filled = {"type": kind, "description": "", "nsfw": False, "default_member_permissions": None, "contexts": None}
    key = known.get((kind, one["name"])) or discord.snowflake()
    home = {"guild_id": where} if where else {"integration_types": [0]}
    return {**filled, **home, **one, "id": key, "application_id": APPLICATION, "version": version}


def get_commands(discord: Sockets, call: Call) -> list[Body]:
    """`GET /applications/{}/commands`, also of one server."""
    return discord.commands.get(_mine(discord, call), [])


def leave_guild(discord: Sockets, call: Call) -> None:
    """`DELETE /users/@me/guilds/{}`."""
    left = home(discord, call)
    left.present = False
    left.members.pop(BOT, None)
    discord.dispatch("GUILD_DELETE", {"id": left.id}, left.id)

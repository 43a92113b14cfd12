"""Slack's side of what is said: messages, conversations and reactions."""

from tests.slack.checks import flaws_of_message, flaws_of_words
from tests.slack.nouns import Body, Call, Channel, Post, Refused
from tests.slack.state import Workspace

KEPT = ("text", "blocks", "attachments", "thread_ts", "metadata")


def place(slack: Workspace, call: Call, key: str = "channel", write: bool = False) -> Channel:
    """The channel that a call names, when this bot may use it."""
    named = str(call.args[key])
    found = slack.channels.get(slack.dm(named) if named in slack.users else named)
    if found is None or call.team is None or found.team != call.team.id or (found.private and not found.member):
        raise Refused("channel_not_found")
    if write and found.archived:
        raise Refused("is_archived")
    if write and not found.member:
        raise Refused("not_in_channel")
    return found


def checked(slack: Workspace, call: Call) -> Body:
    """What is to be said, as Slack would keep it."""
    args = call.args
    if not (args.get("text") or args.get("blocks") or args.get("attachments")):
        raise Refused("no_text")
    flaws = flaws_of_message(args)
    slack.problems += [f"{call.method}: {flaw}" for flaw in (*flaws, *flaws_of_words(args, slack.users))]
    if flaws and args.get("blocks"):
        raise Refused("invalid_blocks", errors=flaws, response_metadata={"messages": flaws})
    return {name: args[name] for name in KEPT if args.get(name)}


def _mine(call: Call) -> Body:
    assert call.team
    return {"user": call.team.bot_user, "bot_id": call.team.bot, "team": call.team.id, "app_id": "A0"}


def _thread(slack: Workspace, channel: Channel, call: Call) -> None:
    thread = call.args.get("thread_ts")
    if thread and slack.found(channel.id, thread) is None:
        raise Refused("thread_not_found")


def post_message(slack: Workspace, call: Call) -> Body:
    """`chat.postMessage`."""
    channel = place(slack, call, write=True)
    _thread(slack, channel, call)
    said = slack.with_ids({"text": "", **_mine(call), **checked(slack, call)})
    made = slack.post(channel.id, said)
    return {"ok": True, "channel": channel.id, "ts": made.body["ts"], "message": made.body}


def post_ephemeral(slack: Workspace, call: Call) -> Body:
    """`chat.postEphemeral`."""
    channel, user = place(slack, call, write=True), str(call.args["user"])
    if user not in slack.users or (channel.people is not None and user not in channel.people):
        raise Refused("user_not_in_channel")
    made = slack.post(channel.id, slack.with_ids({**_mine(call), **checked(slack, call)}), only=user)
    return {"ok": True, "message_ts": made.body["ts"]}


def _own(slack: Workspace, call: Call, refusal: str) -> Post:
    channel = place(slack, call, write=True)
    found = slack.found(channel.id, str(call.args["ts"]))
    if found is None or found.only:
        raise Refused("message_not_found")
    if call.team is None or found.body.get("user") != call.team.bot_user:
        raise Refused(refusal)
    return found


def update(slack: Workspace, call: Call) -> Body:
    """`chat.update`; blocks that are not named are kept."""
    found = _own(slack, call, "cant_update_message")
    found.body.update(slack.with_ids(checked(slack, call)))
    found.body["edited"] = {"user": found.body["user"], "ts": slack.ts()}
    answer = {"channel": found.channel, "ts": found.body["ts"], "text": found.body.get("text", "")}
    return {"ok": True, **answer, "message": found.body}


def delete(slack: Workspace, call: Call) -> Body:
    """`chat.delete`."""
    found = _own(slack, call, "cant_delete_message")
    slack.posts.remove(found)
    return {"ok": True, "channel": found.channel, "ts": found.body["ts"]}


def history(slack: Workspace, call: Call) -> Body:
    """`conversations.history`: the newest first; metadata only when asked for, threads' replies never."""
    channel = place(slack, call)
    if not channel.member:
        raise Refused("not_in_channel")
    known = [one for one in slack.messages(channel.id) if one.get("thread_ts", one["ts"]) == one["ts"]]
    known = _until(known, call)
    limit = int(call.args.get("limit") or 100)
    hidden = () if call.args.get("include_all_metadata") in (True, "1", "true") else ("metadata",)
    shown = [{name: one[name] for name in one if name not in hidden} for one in reversed(known)][:limit]
    more = {"next_cursor": ""}
    return {"ok": True, "messages": shown, "has_more": len(known) > limit, "response_metadata": more}


def _until(known: list[Body], call: Call) -> list[Body]:
    """Up to `latest`, that one itself only with `inclusive`."""
    latest, with_it = str(call.args.get("latest") or ""), call.args.get("inclusive") in (True, "1", "true")
    return [one for one in known if not latest or one["ts"] < latest or (with_it and one["ts"] == latest)]


def replies(slack: Workspace, call: Call) -> Body:
    """`conversations.replies`: a thread from its beginning; of a reply's own `ts`, that reply."""
    channel, ts = place(slack, call), str(call.args["ts"])
    if not channel.member:
        raise Refused("not_in_channel")
    if slack.found(channel.id, ts) is None:
        raise Refused("thread_not_found")
    known = [one for one in slack.messages(channel.id) if ts in (one["ts"], one.get("thread_ts"))]
    return {"ok": True, "messages": _until(known, call), "has_more": False, "response_metadata": {"next_cursor": ""}}


def permalink(slack: Workspace, call: Call) -> Body:
    """`chat.getPermalink`."""
    channel, ts = place(slack, call), str(call.args["message_ts"])
    found = slack.found(channel.id, ts)
    if found is None:
        raise Refused("message_not_found")
    thread = f"?thread_ts={found.body['thread_ts']}" if found.body.get("thread_ts") else ""
    url = f"https://collective.slack.com/archives/{channel.id}/p{ts.replace('.', '')}{thread}"
    return {"ok": True, "channel": channel.id, "permalink": url}


def mine(slack: Workspace, call: Call) -> Body:
    """`users.conversations`: the public channels that the bot is in, a page at a time."""
    return _paged(call, [one for one in slack.channels.values() if one.member])


def every(slack: Workspace, call: Call) -> Body:
    """`conversations.list`: all public channels, a page at a time."""
    return _paged(call, list(slack.channels.values()))


def _paged(call: Call, channels: list[Channel]) -> Body:
    team = str(call.args.get("team_id") or (call.team.id if call.team else ""))
    found = [one for one in channels if one.kind == "channel" and not one.private]
    here = [one.described() for one in found if not one.archived and one.team == team]
    first, most = int(call.args.get("cursor") or 0), int(call.args.get("limit") or 100)
    following = str(first + most) if len(here) > first + most else ""
    return {"ok": True, "channels": here[first : first + most], "response_metadata": {"next_cursor": following}}


def info(slack: Workspace, call: Call) -> Body:
    """`conversations.info`."""
    return {"ok": True, "channel": place(slack, call).described()}


def open_conversation(slack: Workspace, call: Call) -> Body:
    """`conversations.open`: one person, or up to eight."""
    if call.args.get("channel"):
        return {"ok": True, "channel": {"id": place(slack, call).id}}
    named = call.args.get("users") or ""
    users = [one for one in (named if isinstance(named, list) else str(named).split(",")) if one]
    _meetable(slack, call, users)
    key = slack.dm(users[0]) if len(users) == 1 else slack.room(users)
    return {"ok": True, "no_op": False, "already_open": False, "channel": {"id": key}}


def _meetable(slack: Workspace, call: Call, users: list[str]) -> None:
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 8:
        raise Refused("too_many_users")
    people = [slack.users.get(user) for user in users]
    if any(person is None or call.team is None or person.team != call.team.id for person in people):
        raise Refused("user_not_found" if len(users) == 1 else "users_not_found")
    if any(person and person.deleted for person in people):
        raise Refused("user_disabled")
    if len(users) == 1 and people[0] and people[0].bot:
        raise Refused("cannot_dm_bot")


def react(slack: Workspace, call: Call) -> Body:
    """`reactions.add`."""
    channel = place(slack, call, write=True)
    found = slack.found(channel.id, str(call.args["timestamp"]))
    name = str(call.args["name"])
    if found is None:
        raise Refused("message_not_found")
    if not name or ":" in name:
        raise Refused("invalid_name")
    assert call.team
    if not reacted(found.body, name, call.team.bot_user):
        raise Refused("already_reacted")
    return {"ok": True}


def reacted(body: Body, name: str, user: str) -> bool:
    """Puts somebody's reaction on a message; false when it is there already."""
    every = body.setdefault("reactions", [])
    one: Body | None = next((one for one in every if one["name"] == name), None)
    if one is None:
        one = {"name": name, "users": [], "count": 0}
        every.append(one)
    if user in one["users"]:
        return False
    one["users"].append(user)
    one["count"] += 1
    return True


def reactions(slack: Workspace, call: Call) -> Body:
    """`reactions.get`."""
    channel = place(slack, call)
    found = slack.found(channel.id, str(call.args.get("timestamp")))
    if found is None:
        raise Refused("message_not_found")
    return {"ok": True, "type": "message", "channel": channel.id, "message": found.body}

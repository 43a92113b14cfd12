"""Slack's side of the rest: views, files, people, tokens and installations."""

import hashlib
import json
import time
from typing import Any

from tests.slack.checks import flaws_of_view, flaws_of_words
from tests.slack.nouns import Body, Call, Refused, Team, Upload, User
from tests.slack.state import Workspace
from tests.slack.talk import place

MOST_VIEWS = 3


def _home(call: Call) -> Team:
    assert call.team
    return call.team


def auth_test(slack: Workspace, call: Call) -> Body:
    """`auth.test`."""
    team = _home(call)
    known = {"team": team.name, "team_id": team.id, "user": "manyhands", "user_id": team.bot_user, "bot_id": team.bot}
    grid = {"enterprise_id": team.enterprise} if team.enterprise else {}
    return {"ok": True, "url": f"https://{team.domain}.example/", **known, **grid, "is_enterprise_install": False}


def auth_revoke(slack: Workspace, call: Call) -> Body:
    """`auth.revoke`."""
    really = call.args.get("test") not in (True, "1", "true")
    if really:
        slack.revoked.add(call.token)
    return {"ok": True, "revoked": really}


def bots_info(slack: Workspace, call: Call) -> Body:
    """`bots.info`."""
    team = _home(call)
    if call.args.get("bot", team.bot) != team.bot:
        raise Refused("bot_not_found")
    bot = {"id": team.bot, "app_id": slack.app_id, "user_id": team.bot_user, "name": "Manyhands", "deleted": False}
    return {"ok": True, "bot": bot}


def team_info(slack: Workspace, call: Call) -> Body:
    """`team.info`."""
    team = _home(call)
    return {"ok": True, "team": {"id": team.id, "name": team.name, "domain": team.domain}}


def person(slack: Workspace, call: Call, key: str) -> User:
    """The user whom a call names, strangers of a shared channel included."""
    found = slack.users.get(str(call.args[key]))
    if found is None or (found.team != _home(call).id and not found.stranger):
        raise Refused("user_not_found")
    return found


def user_info(slack: Workspace, call: Call) -> Body:
    """`users.info`."""
    return {"ok": True, "user": person(slack, call, "user").described()}


def group_users(slack: Workspace, call: Call) -> Body:
    """`usergroups.users.list`."""
    if call.args["usergroup"] not in slack.groups:
        raise Refused("no_such_subteam")
    return {"ok": True, "users": slack.groups[call.args["usergroup"]]}


def connections_open(slack: Workspace, call: Call) -> Body:
    """`apps.connections.open`: a socket's address, good once."""
    return {"ok": True, "url": slack.ticket()}


def oauth_access(slack: Workspace, call: Call) -> Body:
    """`oauth.v2.access`: a code becomes a token, once."""
    if (call.args.get("client_id"), call.args.get("client_secret")) != (slack.client_id, slack.client_secret):
        raise Refused("invalid_client_id" if call.args.get("client_id") != slack.client_id else "bad_client_secret")
    granted = slack.codes.pop(str(call.args["code"]), None)
    if granted is None:
        raise Refused("invalid_code")
    if granted.pop("redirect_uri", None) not in (None, call.args.get("redirect_uri")):
        raise Refused("bad_redirect_uri")
    return {"ok": True, **granted}


def checked_view(slack: Workspace, where: str, view: Any, kind: str) -> Body:
    """A view that Slack accepts."""
    flaws = flaws_of_view(view, kind)
    if flaws:
        slack.problems += [f"{where}: {flaw}" for flaw in flaws]
        raise Refused("invalid_arguments", response_metadata={"messages": flaws})
    slack.problems += [f"{where}: {flaw}" for flaw in flaws_of_words(view, slack.users)]
    return slack.with_ids(view)


def made_view(slack: Workspace, team: Team, view: Body, previous: Body | None = None) -> Body:
    """A view as Slack keeps it."""
    key = f"V{slack.number()}"
    known = {"id": key, "team_id": team.id, "app_id": slack.app_id, "bot_id": team.bot, "state": {"values": {}}}
    root = previous["root_view_id"] if previous else key
    chain = {"root_view_id": root, "previous_view_id": previous["id"] if previous else None}
    filled = {"callback_id": "", "private_metadata": "", "external_id": "", "clear_on_close": False}
    return hashed({**filled, "notify_on_close": False, **view, **known, **chain})


def hashed(view: Body) -> Body:
    """With the hash by which a view that changed meanwhile is known."""
    text = json.dumps({name: view[name] for name in view if name != "hash"}, sort_keys=True)
    return {**view, "hash": f"{int(time.time())}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"}


def spent(slack: Workspace, call: Call) -> str:
    """Whose trigger it is; it works once, within three seconds."""
    known = slack.triggers.get(str(call.args.get("trigger_id")))
    if known is None or known.team != _home(call).id:
        raise Refused("invalid_trigger_id")
    if known.used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - known.at > slack.trigger_seconds:
        raise Refused("expired_trigger_id")
    known.used = True
    return known.user


def view_open(slack: Workspace, call: Call) -> Body:
    """`views.open`."""
    user = spent(slack, call)
    view = made_view(slack, _home(call), checked_view(slack, call.method, call.args["view"], "modal"))
    slack.stacks[user] = [view]
    slack.refusals.pop(user, None)
    return {"ok": True, "view": view}


def view_push(slack: Workspace, call: Call) -> Body:
    """`views.push`: onto what is open, three at most."""
    user = spent(slack, call)
    return {"ok": True, "view": pushed(slack, call.method, _home(call), user, call.args["view"])}


def pushed(slack: Workspace, where: str, team: Team, user: str, view: Any) -> Body:
    """Another view on somebody's stack."""
    stack = slack.stacks.get(user) or []
    if not stack:
        raise Refused("not_found")
    if len(stack) >= MOST_VIEWS:
        raise Refused("push_limit_reached")
    stack.append(made_view(slack, team, checked_view(slack, where, view, "modal"), stack[-1]))
    return stack[-1]


def view_update(slack: Workspace, call: Call) -> Body:
    """`views.update`: by its id or its external id."""
    wanted = {name: call.args[name] for name in ("view_id", "external_id") if call.args.get(name)}
    field, value = ("id", wanted.get("view_id")) if "view_id" in wanted else ("external_id", wanted.get("external_id"))
    for user, stack in slack.stacks.items():
        for old in stack:
            if value and old[field] == value:
                return {"ok": True, "view": _changed(slack, call, user, old)}
    raise Refused("not_found")


def _changed(slack: Workspace, call: Call, user: str, old: Body) -> Body:
    if call.args.get("hash") not in (None, old["hash"]):
        raise Refused("hash_conflict")
    return replaced(slack, call.method, user, old, call.args["view"])


def replaced(slack: Workspace, where: str, user: str, old: Body, view: Any) -> Body:
    """A view in the place of another, which keeps its id."""
    new = made_view(slack, slack.teams[old["team_id"]], checked_view(slack, where, view, "modal"))
    kept = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
    stack = slack.stacks[user]
    stack[stack.index(old)] = made = hashed({**new, **kept, "state": {"values": _still(old, new)}})
    slack.refusals.pop(user, None)
    return made


def _still(old: Body, new: Body) -> Body:
    """What was typed into fields that are still there, which Slack keeps."""
    fields = {block["block_id"]: block["element"]["action_id"] for block in new["blocks"] if block["type"] == "input"}
    typed = old["state"]["values"]
    return {name: value for name, value in typed.items() if fields.get(name) in value}


def view_publish(slack: Workspace, call: Call) -> Body:
    """`views.publish`: somebody's home tab."""
    user = person(slack, call, "user_id").id
    before = slack.homes.get(user)
    if call.args.get("hash") and (before is None or before["hash"] != call.args["hash"]):
        raise Refused("hash_conflict")
    view = made_view(slack, _home(call), checked_view(slack, call.method, call.args["view"], "home"))
    slack.homes[user] = view
    return {"ok": True, "view": view}


def upload_url(slack: Workspace, call: Call) -> Body:
    """`files.getUploadURLExternal`."""
    length = int(call.args["length"])
    if length <= 0:
        raise Refused("invalid_arguments")
    alt = str(call.args.get("alt_txt") or call.args.get("alt_text") or "")
    key = f"F{slack.number()}"
    slack.uploads[key] = Upload(key, str(call.args["filename"]), length, alt)
    return {"ok": True, "upload_url": f"{slack.url}/upload/{key}", "file_id": key}


def complete_upload(slack: Workspace, call: Call) -> Body:
    """`files.completeUploadExternal`: what was uploaded appears in its channel."""
    files = [_uploaded(slack, one) for one in call.args["files"]]
    told = [{"id": one.id, "title": one.title or one.name, "name": one.name} for one in files]
    if call.args.get("channel_id"):
        channel = _shared(slack, call)
        body = {"text": str(call.args.get("initial_comment") or ""), "user": _home(call).bot_user, "files": told}
        thread = {"thread_ts": call.args["thread_ts"]} if call.args.get("thread_ts") else {}
        slack.post(channel, {**body, **thread})
        for one in files:
            one.channel, one.thread = channel, str(call.args.get("thread_ts") or "")
    return {"ok": True, "files": told}


def _shared(slack: Workspace, call: Call) -> str:
    channel = place(slack, call, "channel_id", write=True).id
    thread = call.args.get("thread_ts")
    if thread and slack.found(channel, thread) is None:
        raise Refused("thread_not_found")
    return channel


def _uploaded(slack: Workspace, named: Body) -> Upload:
    found = slack.uploads.get(named.get("id", ""))
    if found is None or found.content is None:
        raise Refused("file_not_found")
    found.title = named.get("title") or ""
    return found

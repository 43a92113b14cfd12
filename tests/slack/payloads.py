"""What Slack sends, field by field as Slack sends it."""

import time
from typing import Any

from tests.slack.nouns import Body, Post, User
from tests.slack.state import Workspace

VERIFICATION = "deprecated-verification-token"


def command(slack: Workspace, user: User, name: str, text: str, channel: str) -> Body:
    """A slash command's form fields."""
    team, room = slack.teams[user.team], slack.channels[channel]
    named = "directmessage" if room.kind == "im" else room.name
    where = {"team_id": team.id, "team_domain": team.domain, "channel_id": channel, "channel_name": named}
    who = {"user_id": user.id, "user_name": user.name, "api_app_id": slack.app_id, "token": VERIFICATION}
    grid = {"enterprise_id": team.enterprise, "enterprise_name": "Org"} if team.enterprise else {}
    whole = "true" if team.enterprise in slack.organisations else "false"
    said = {"command": name, "text": text, "is_enterprise_install": whole}
    back = {"response_url": slack.hook(user.id, channel), "trigger_id": slack.trigger(user.id)}
    return {**where, **who, **grid, **said, **back}


def interaction(slack: Workspace, user: User, kind: str) -> Body:
    """What every interaction has."""
    team = slack.teams["T1" if user.stranger else user.team]
    who = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}
    grid = {"id": team.enterprise, "name": "Org"} if team.enterprise else None
    whole = team.enterprise in slack.organisations
    home = None if whole else {"id": team.id, "domain": team.domain}
    place = {"team": home, "enterprise": grid, "is_enterprise_install": whole}
    return {"type": kind, "user": who, "api_app_id": slack.app_id, "token": VERIFICATION, **place}


def in_message(slack: Workspace, user: User, post: Post) -> Body:
    """Where an element stands that is in a message; an ephemeral message itself is not sent along."""
    ts, channel = post.body["ts"], slack.channels[post.channel]
    under = {"thread_ts": post.body["thread_ts"]} if post.body.get("thread_ts") else {}
    held = {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": bool(post.only), **under}
    message = {} if post.only else {"message": post.body}
    back = {"response_url": slack.hook(user.id, channel.id, ts)}
    return {"container": held, "channel": {"id": channel.id, "name": channel.name}, **message, **back}


def in_view(view: Body) -> Body:
    """Where an element stands that is in a modal or in a home tab."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def pressed(slack: Workspace, user: User, where: Body, block: Body, element: Body, chosen: Body) -> Body:
    """`block_actions`: one element was used."""
    known = {name: element[name] for name in ("text", "value", "style", "placeholder") if name in element}
    acted = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    action = {**acted, **known, **chosen, "action_ts": slack.ts()}
    state = where.get("view", {}).get("state", {"values": {}})
    more = {"trigger_id": slack.trigger(user.id), "state": state, "actions": [action]}
    return {**interaction(slack, user, "block_actions"), **where, **more}


def suggestion(slack: Workspace, user: User, where: Body, block: Body, element: Body, typed: str) -> Body:
    """`block_suggestion`: somebody types into an external select."""
    asked = {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    placed = {name: value for name, value in where.items() if name != "response_url"}
    return {**interaction(slack, user, "block_suggestion"), **placed, **asked}


def submission(slack: Workspace, user: User, view: Body) -> Body:
    """`view_submission`: a form was sent."""
    more = {"trigger_id": slack.trigger(user.id), "view": view, "response_urls": []}
    return {**interaction(slack, user, "view_submission"), **more}


def closed(slack: Workspace, user: User, view: Body) -> Body:
    """`view_closed`: a form was left."""
    return {**interaction(slack, user, "view_closed"), "view": view, "is_cleared": False}


def shortcut(slack: Workspace, user: User, callback: str, post: Post | None) -> Body:
    """`shortcut` from anywhere, `message_action` on a message."""
    known = {"callback_id": callback, "trigger_id": slack.trigger(user.id), "action_ts": slack.ts()}
    if post is None:
        return {**interaction(slack, user, "shortcut"), **known}
    placed = in_message(slack, user, post)
    del placed["container"]
    return {**interaction(slack, user, "message_action"), **known, **placed, "message_ts": post.body["ts"]}


def event(slack: Workspace, team: str, happened: dict[str, Any]) -> Body:
    """`event_callback`: something happened."""
    known, number = slack.teams[team], slack.number()
    grid = known.enterprise or None
    whole = known.enterprise in slack.organisations
    seen = {"enterprise_id": grid, "team_id": None if whole else team, "user_id": known.bot_user, "is_bot": True}
    allowed = {"authorizations": [{**seen, "is_enterprise_install": whole}], "is_ext_shared_channel": False}
    name = {"event_id": f"Ev{number}", "event_time": int(time.time()), "event_context": f"4-{number}"}
    full = {"event_ts": slack.ts(), **happened}
    whose = {"team_id": team, "api_app_id": slack.app_id, "token": VERIFICATION, "context_team_id": team}
    org = {"enterprise_id": grid} if grid else {}
    return {**whose, **org, "event": full, "type": "event_callback", **name, **allowed}

"""Slack's app manifest, made from the declarations: what Slack must know about the app, and the least it may do."""

import json
from typing import Any, Literal

import yaml

from bot.catalogue import Catalogue
from bot.command import Command, Param

Mode = Literal["socket", "http"]
EVENTS, REDIRECT = "/slack/events", "/slack/oauth_redirect"

# Built-in commands of Slack's clients, by its help page slack.com/help/articles/201259356 and its earlier versions.
# A manifest with one of them is refused as a whole, or the client answers instead of us; so rather one too many.
# fmt: off
RESERVED = frozenset({
    "active", "apps", "archive", "away", "call", "close", "collapse", "dm", "dnd", "expand", "feed", "feedback",
    "help", "huddle", "invite", "invite_people", "join", "keys", "kick", "leave", "list", "lists", "me", "msg",
    "mute", "open", "part", "prefs", "pro", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star",
    "status", "topic", "unarchive", "who",
})
# fmt: on

SCOPES = {
    "commands": "slash commands, and entries in the menus of messages",
    "chat:write": "posts in the channels that it is invited to, and writes to people",
    "im:write": "begins direct messages: private answers, tips, intros",
    "mpim:write": "opens the conversation of three in which two people meet",
    "im:history": "hears what people write to it; sees whether its message arrived before it tries again",
    "mpim:history": "sees whether an introduction arrived before it tries again",
    "channels:read": "knows which channel is for everybody, where it is in that, and which one a typed name means",
    "channels:history": "the same in public channels that it is invited to, and there what is thanked for by a "
    "reaction or by `@ana ++ why`, work that is told of in its channel, and which messages were deleted; it sees "
    "nothing of the others",
    "groups:history": "the same in private channels that it is invited to",
    "app_mentions:read": "answers when it is mentioned",
    "reactions:read": "a reaction on a kudos joins in the thanks, on another message it thanks the author",
    "usergroups:read": "knows who is in a group that is thanked",
    "users:read": "knows names and time zones, who is a guest, an app or an admin, and who left",
    "files:read": "reads a file that somebody hands over in a form or by direct message: a list of skills",
    "files:write": "shows pictures: the skill map, the boards",
}

HEARD = {
    "app_home_opened": "shows the home tab",
    "app_mention": "a mention is a line",
    "member_joined_channel": "knows when it may post in the channel for everybody",
    "message.channels": "thanks by `@ana ++ why` and work, where admins want it; what a deleted message gave goes",
    "message.groups": "the same in private channels",
    "message.im": "a direct message is a line",
    "reaction_added": "thanks, or joins in thanks",
    "reaction_removed": "takes that back",
    "team_join": "knows a new member's name",
    "user_change": "names, time zones and rights change, and people leave",
    "app_uninstalled": "forgets the token, and tells the operator",
    "tokens_revoked": "forgets the token, and tells the operator",
}

ABOUT = "Who can do what here, thanks, introductions and work: one bot for a professional collective."
LONG_ABOUT = (
    "Manyhands helps independent professionals to be a collective: it knows who can do what and who has seen them do "
    "it, passes on thanks, introduces people who can help each other, brings work to those whom it fits, and sums up "
    "the week. Answers are private to the one who asked; what all may see goes to the channels that your admins choose."
)
MOST_COMMANDS, MOST_SHORTCUTS = 50, 10
LONGEST_DESCRIPTION, LONGEST_HINT = 140, 1000
LONGEST_NAME, LONGEST_ABOUT = 24, 150


def manifest(catalogue: Catalogue, mode: Mode, public_url: str = "") -> dict[str, Any]:
    """The whole manifest; over HTTP it needs the address at which Slack reaches this bot."""
    if mode == "http" and not public_url.startswith("https://"):
        raise ValueError(
            "PUBLIC_URL is missing: over HTTP Slack must know this bot's address, which begins with https://"
        )
    base = public_url.rstrip("/") if mode == "http" else ""
    return {
        "display_information": {
            "name": "Manyhands",
            "description": ABOUT,
            "long_description": LONG_ABOUT,
            "background_color": "#2f4858",
        },
        "features": _features(catalogue, base),
        "oauth_config": {**({"redirect_urls": [base + REDIRECT]} if base else {}), "scopes": {"bot": list(SCOPES)}},
        "settings": _settings(base),
    }


def _features(catalogue: Catalogue, base: str) -> dict[str, Any]:
    url = {"url": base + EVENTS} if base else {}
    home = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    return {
        "app_home": home,
        "bot_user": {"display_name": "Manyhands", "always_online": True},
        "shortcuts": [_shortcut(one) for one in catalogue.menus()][:MOST_SHORTCUTS],
        "slash_commands": [{**one, **url} for one in _slashes(catalogue)][:MOST_COMMANDS],
    }


def _settings(base: str) -> dict[str, Any]:
    request = {"request_url": base + EVENTS} if base else {}
    options = {"message_menu_options_url": base + EVENTS} if base else {}
    return {
        "event_subscriptions": {**request, "bot_events": list(HEARD)},
        "interactivity": {"is_enabled": True, **request, **options},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not base,
        "token_rotation_enabled": False,
    }


def _slashes(catalogue: Catalogue) -> list[dict[str, Any]]:
    """`/manyhands LINE` first, because it always works; then a command for every group whose name an app may have."""
    groups: dict[str, list[Command]] = {}
    for one in catalogue.visible():
        groups.setdefault(one.group, []).append(one)
    named = [_group(name, commands) for name, commands in groups.items() if name not in RESERVED]
    return [_slash("manyhands", "Anything you want of Manyhands, in one line", "LINE, or help"), *named]


def _slash(name: str, about: str, hint: str) -> dict[str, Any]:
    return {"command": f"/{name}", "description": about, "usage_hint": hint, "should_escape": True}


def _group(name: str, commands: list[Command]) -> dict[str, Any]:
    hints = [one.brief.removeprefix(name).strip() for one in commands]
    hint = _fitting([hint for hint in hints if hint], " | ", LONGEST_HINT)
    return _slash(name, _sum(name, commands), hint or commands[0].usage.removeprefix(name).strip())


def _sum(name: str, commands: list[Command]) -> str:
    """What the group is for: as many of its commands' own words as a line holds."""
    first, *others = [one.about.removeprefix(f"{name.capitalize()}: ") for one in commands]
    return _fitting([first, *(about[0].lower() + about[1:] for about in others)], "; ", LONGEST_DESCRIPTION)


def _fitting(parts: list[str], between: str, longest: int) -> str:
    said = parts[0][:longest] if parts else ""
    for part in parts[1:]:
        if len(said) + len(between) + len(part) > longest:
            break
        said += between + part
    return said


def _shortcut(command: Command) -> dict[str, Any]:
    """On a message when it is about that or its author, else from anywhere."""
    return {
        "name": command.menu[:LONGEST_NAME],
        "type": "message" if command.of_message or any(_is_person(one) for one in command.params) else "global",
        "callback_id": command.name.replace(" ", "-"),
        "description": command.about[:LONGEST_ABOUT],
    }


def _is_person(param: Param) -> bool:
    return param.kind.name == "member" and param.required


def as_json(made: dict[str, Any]) -> str:
    """As Slack's JSON tab takes it."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def as_compact(made: dict[str, Any]) -> str:
    """The same in as few characters as there can be, for a link."""
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)


def as_yaml(made: dict[str, Any]) -> str:
    """As Slack's YAML tab takes it."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=1000)

"""The link that invites the bot: what it may do in a server, and why."""

import base64
import binascii
from urllib.parse import urlencode

import discord

AUTHORIZE = "https://discord.com/oauth2/authorize"
SCOPES = {
    "bot": "is a member of the server, and takes direct messages",
    "applications.commands": "slash commands, and entries in the menus of people and messages",
}
PERMISSIONS = {
    "view_channel": "sees the channels where it shall post, and the reactions there",
    "send_messages": "posts where the admins choose, in a forum too, where it is called Create Posts",
    "send_messages_in_threads": "posts in threads, and in the posts of forums",
    "create_public_threads": "opens a thread under a message that is thanked for, when admins want thanks there",
    "create_private_threads": "opens a private thread for two people whom it introduces",
    "embed_links": "shows its cards",
    "attach_files": "shows pictures: the skill map, the boards",
    "read_message_history": "sees the message under which somebody reacts",
}


class NoApplication(ValueError):
    """The link needs the application's id: set DISCORD_TOKEN, or pass it with --application."""


def application_of(token: str) -> str:
    """The application's id, which is the first part of its bot's token."""
    first = token.partition(".")[0]
    try:
        found = base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        found = ""
    if not (found.isdecimal() and len(found) >= 15):
        raise NoApplication(NoApplication.__doc__)
    return found


def permissions() -> int:
    """The number in which Discord writes permissions."""
    return discord.Permissions(**dict.fromkeys(PERMISSIONS, True)).value


def invitation(application: str) -> str:
    """The link for those who manage a server."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": permissions()}
    return f"{AUTHORIZE}?{urlencode(asked)}"

"""Slack's Web API as a table: what each method takes, which token, in which form, and who answers."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.slack import apps, talk, things
from tests.slack.nouns import Body, Call
from tests.slack.state import Workspace


@dataclass(frozen=True)
class Method:
    """One method's contract; `json` says whether Slack reads a JSON body for it."""

    answer: Callable[[Workspace, Call], Body]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    json: bool = True
    token: str = "xoxb"


_SAID = ("text", "blocks", "attachments", "thread_ts", "parse", "link_names", "username", "icon_emoji", "icon_url")
_POSTED = (*_SAID, "metadata", "mrkdwn", "reply_broadcast", "unfurl_links", "unfurl_media", "client_msg_id")
_PAGE = ("cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata")

METHODS: dict[str, Method] = {
    "apps.connections.open": Method(things.connections_open, token="xapp"),
    "apps.manifest.create": Method(apps.manifest_create, ("manifest",), token="xoxe"),
    "apps.manifest.update": Method(apps.manifest_update, ("manifest", "app_id"), token="xoxe"),
    "auth.revoke": Method(things.auth_revoke, (), ("test",), json=False),
    "auth.test": Method(things.auth_test),
    "bots.info": Method(things.bots_info, (), ("bot", "team_id"), json=False),
    "chat.delete": Method(talk.delete, ("channel", "ts")),
    "chat.getPermalink": Method(talk.permalink, ("channel", "message_ts"), json=False),
    "chat.postEphemeral": Method(talk.post_ephemeral, ("channel", "user"), _SAID),
    "chat.postMessage": Method(talk.post_message, ("channel",), _POSTED),
    "chat.update": Method(talk.update, ("channel", "ts"), (*_SAID, "metadata", "reply_broadcast", "file_ids")),
    "conversations.history": Method(talk.history, ("channel",), _PAGE),
    "conversations.info": Method(talk.info, ("channel",), ("include_locale", "include_num_members"), json=False),
    "conversations.list": Method(
        talk.every, (), ("cursor", "exclude_archived", "limit", "team_id", "types"), json=False
    ),
    "conversations.open": Method(talk.open_conversation, (), ("users", "channel", "return_im", "prevent_creation")),
    "conversations.replies": Method(talk.replies, ("channel", "ts"), _PAGE, json=False),
    "files.completeUploadExternal": Method(
        things.complete_upload, ("files",), ("channel_id", "channels", "initial_comment", "thread_ts", "blocks")
    ),
    "files.getUploadURLExternal": Method(
        things.upload_url, ("filename", "length"), ("alt_txt", "alt_text", "snippet_type"), json=False
    ),
    "oauth.v2.access": Method(
        things.oauth_access, ("code",), ("client_id", "client_secret", "redirect_uri", "grant_type"), False, ""
    ),
    "reactions.add": Method(talk.react, ("channel", "name", "timestamp")),
    "reactions.get": Method(talk.reactions, (), ("channel", "timestamp", "full", "file"), json=False),
    "team.info": Method(things.team_info, (), ("team", "domain"), json=False),
    "usergroups.users.list": Method(things.group_users, ("usergroup",), ("include_disabled", "team_id"), json=False),
    "users.conversations": Method(
        talk.mine, (), ("cursor", "exclude_archived", "limit", "team_id", "types", "user"), json=False
    ),
    "users.info": Method(things.user_info, ("user",), ("include_locale",), json=False),
    "views.open": Method(things.view_open, ("view",), ("trigger_id", "interactivity_pointer")),
    "views.publish": Method(things.view_publish, ("user_id", "view"), ("hash",)),
    "views.push": Method(things.view_push, ("view",), ("trigger_id", "interactivity_pointer")),
    "views.update": Method(things.view_update, ("view",), ("view_id", "external_id", "hash")),
}

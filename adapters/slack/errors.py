"""What Slack's errors mean for a delivery: wait, or give up with words that say what to do."""

from slack_sdk.errors import SlackApiError

from bot.carriage import Later, Undeliverable

REMEDIES = {
    "channel_not_found": "The channel is gone, or I may not see it. Invite me there, or choose another in `settings`.",
    "not_in_channel": "I am not in that channel. Invite me with `/invite @Manyhands`, or choose another in `settings`.",
    "is_archived": "The channel is archived. Choose another in `settings`.",
    "restricted_action": "An owner of the workspace allows only some people to post there. Choose another channel.",
    "account_inactive": "The app was removed from the workspace. Install Manyhands again.",
    "token_revoked": "The app's access was taken back. Install Manyhands again.",
    "token_expired": "The app's access has run out. Install Manyhands again.",
    "not_authed": "There is no token for Slack. Check `SLACK_BOT_TOKEN`, or install Manyhands again.",
    "invalid_auth": "Slack does not accept the token. Check `SLACK_BOT_TOKEN`, or install Manyhands again.",
    "user_disabled": "The person's account is switched off.",
    "cannot_dm_bot": "An app cannot be written to.",
    "user_not_found": "The person is not in this workspace any more.",
    "users_not_found": "The people are not in this workspace any more.",
    "missing_scope": "A permission is missing. Update the app with the current manifest and install it again.",
    "cant_update_message": "The message that was to be changed is not mine any more.",
    "edit_window_closed": "The workspace does not allow the message to be changed any more.",
    "msg_too_long": "The message is longer than Slack allows.",
    "invalid_blocks": "Slack does not accept the form of the message.",
}

NOWHERE = frozenset({"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"})
LIMITED, TOO_MANY, UNSAID = frozenset({"ratelimited", "rate_limited"}), 429, "30"
NOT_INSTALLED = "Manyhands is not in this workspace any more. Whoever looks after it can add it again."


def code_of(error: SlackApiError) -> str:
    """Slack's own word for it; an answer that is none of Slack's has none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "unknown_error")) if isinstance(data, dict) else "unknown_error"


def wait_of(error: SlackApiError) -> float | None:
    """How long Slack asks to wait, s; none where it is something else that it says."""
    if getattr(error.response, "status_code", 0) != TOO_MANY and code_of(error) not in LIMITED:
        return None
    wait = error.response.headers.get("Retry-After", UNSAID)
    return float(wait[0] if isinstance(wait, list) else wait)


def raised(error: SlackApiError) -> Later | Undeliverable:
    """The exception that the courier understands."""
    code, wait = code_of(error), wait_of(error)
    if wait is not None:
        return Later("Slack asks to wait.", wait)
    if code in REMEDIES:
        return Undeliverable(f"{REMEDIES[code]} ({code})", everywhere=code in NOWHERE)
    return Later(f"Slack says {code}.")

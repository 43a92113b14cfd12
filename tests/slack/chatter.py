"""What people say to each other in channels where the bot only listens, and what they delete."""

from tests.slack.acks import Ack
from tests.slack.nouns import Body
from tests.slack.server import Slack


def said(slack: Slack, user: str, text: str, channel: str = "C1", thread: str = "") -> Body:
    """A message that stands there; the app heard nothing of it."""
    more = {"thread_ts": thread} if thread else {}
    return slack.post(slack.channels[channel].id, {"user": user, "text": text, **more}).body


async def talks(slack: Slack, user: str, text: str, channel: str = "C1", thread: str = "") -> tuple[Body, Ack]:
    """The same, told to an app that hears the messages of its channels; a mention of the bot comes twice."""
    body = said(slack, user, text, channel, thread)
    told = {**body, "channel": channel, "event_ts": body["ts"]}
    kind = "group" if slack.channels[channel].private else "channel"
    ack = await slack.event({**told, "type": "message", "channel_type": kind})
    if f"<@{slack.teams['T1'].bot_user}" in text:
        await slack.event({**told, "type": "app_mention"})
    return body, ack


async def deletes(slack: Slack, body: Body, channel: str = "C1") -> Ack:
    """Somebody deletes a message; one with replies leaves a tombstone."""
    with_replies = any(one.get("thread_ts") == body["ts"] for one in slack.messages(channel) if one is not body)
    slack.posts[:] = [one for one in slack.posts if one.body is not body]
    about = {"type": "message", "channel": channel, "channel_type": "channel", "hidden": True, "ts": slack.ts()}
    if with_replies:
        stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": body["ts"], "text": "deleted"}
        return await slack.event({**about, "subtype": "message_changed", "message": stone, "previous_message": body})
    gone = {"subtype": "message_deleted", "deleted_ts": body["ts"], "previous_message": body}
    return await slack.event({**about, **gone})

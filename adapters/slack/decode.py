"""What Slack sends, as what the core is asked: pure functions from payloads to `Incoming`."""

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.slack.directory import Home
from adapters.slack.files import in_view, shared_in
from adapters.slack.incoming import DIRECT, Incoming, Instead, Payload, remembered
from adapters.slack.render import TURN
from adapters.slack.words import but_people, unescaped, words
from bot.command import Command
from bot.ctx import Given
from bot.identity import of_form
from bot.kinds import Part
from bot.listening import WORK
from bot.references import SIGN

_TYPED = (None, "file_share")


def command(body: Payload) -> Incoming:
    """A slash command: `/manyhands LINE` is any line, `/kudos give ...` begins with its group."""
    name = str(body["command"]).lstrip("/")
    text = unescaped(str(body.get("text") or "").replace("\u00a0", " "))
    line = text if name == "manyhands" else f"{name} {text}"
    return Incoming(
        body["trigger_id"],
        body["team_id"],
        body["user_id"],
        line.strip() or "help",
        body.get("channel_id", ""),
        response_url=body.get("response_url", ""),
        trigger=body["trigger_id"],
        enterprise=body.get("enterprise_id") or "",
    )


def action(body: Payload) -> Incoming:
    """A press: the button's value is a line, or the key of one."""
    pressed = body["actions"][0]
    container = body.get("container", {})
    line = pressed.get("value", "")
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id", "")
    return Incoming(
        f"{body['trigger_id']}-{pressed.get('action_ts', '')}",
        _team(body),
        body["user"]["id"],
        line,
        channel,
        response_url=body.get("response_url", ""),
        trigger=body["trigger_id"],
        thread=_thread(body),
        enterprise=_enterprise(body),
        stored=line.startswith(SIGN),
        instead=_instead(container, channel) if pressed["action_id"].startswith(TURN) else "",
    )


def _instead(container: Payload, channel: str) -> Instead:
    """What was pressed, if it is theirs alone: others read what stands in a channel."""
    if container.get("type") == "view":
        return "home"
    return "message" if container.get("is_ephemeral") or channel.startswith(DIRECT) else ""


def submission(body: Payload, answers: Mapping[str, Given]) -> Incoming:
    """A form that was filled in; where it was opened stands in its metadata."""
    return Incoming(
        of_form(body["view"]["id"], answers),
        _team(body),
        body["user"]["id"],
        given=answers,
        trigger=body.get("trigger_id", ""),
        enterprise=_enterprise(body),
        files=in_view(body["view"]),
        **remembered(body["view"]),
    )


def suggestion(body: Payload) -> tuple[Incoming, str, str]:
    """What is typed so far into one field: the form's line, the field's name, the text."""
    said = Incoming("suggest", _team(body), body["user"]["id"], **remembered(body["view"]))
    return said, body["block_id"], body.get("value", "")


def shortcut(body: Payload, command: Command) -> Incoming:
    """A menu entry: on a message its author is the person meant, and what it says may be, too."""
    message = body.get("message") or {}
    author = message.get("user", "")
    person = next((param for param in command.params if param.kind.name == "member"), None)
    mention = f"<@{author}>"
    given: dict[str, Given] = {person.name: [mention] if person.many else mention} if person and author else {}
    given |= {param.name: _part(param.ask.of, body) for param in command.params if param.ask.of}
    return Incoming(
        body["trigger_id"],
        _team(body),
        body["user"]["id"],
        command.name,
        (body.get("channel") or {}).get("id", ""),
        given,
        response_url=body.get("response_url", ""),
        trigger=body["trigger_id"],
        thread=_thread(body),
        enterprise=_enterprise(body),
    )


def _part(part: Part, body: Payload) -> str:
    """What a command wants to know of the message in whose menu it stands."""
    message = body["message"]
    match part:
        case "author":
            return f"<@{message['user']}>" if message.get("user") and not message.get("bot_id") else ""
        case "message":
            return f"{body['channel']['id']}/{message['ts']}"
        case _:
            return words(str(message.get("text", "")), {})


def overheard(body: Payload, names: Mapping[str, str]) -> Incoming:
    """A message that may tell of work."""
    event = body["event"]
    given = {"text": words(event["text"], names), "message": f"{event['channel']}/{event['ts']}"}
    return _heard(body, event["user"], WORK, given, event["channel"])


def team_of(body: Payload) -> str:
    """The workspace where the app is, which hears an event; in a shared channel it may have happened in another."""
    return next((one["team_id"] for one in body.get("authorizations") or [] if one.get("team_id")), body["team_id"])


def organisation_of(body: Payload) -> str:
    """The Enterprise Grid organisation that hears an event, if there is one."""
    heard = (one["enterprise_id"] for one in body.get("authorizations") or [] if one.get("enterprise_id"))
    return next(heard, body.get("enterprise_id") or "")


def home_of(body: Payload) -> Home:
    """Both of it."""
    return Home(team_of(body), organisation_of(body))


def bot_of(body: Payload) -> str:
    """The bot's own user, as an event names whom it was sent to; it changes when the app is installed anew."""
    return next((one["user_id"] for one in body.get("authorizations") or [] if one.get("is_bot")), "")


def message(body: Payload) -> Incoming | None:
    """A direct message or a mention of the bot as a line; nothing for what people did not type."""
    event, bot_user = body["event"], bot_of(body)
    if event.get("bot_id") or event.get("subtype") not in _TYPED or not event.get("user") or event["user"] == bot_user:
        return None
    line = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", "", unescaped(event.get("text", ""))).strip()
    said = _of_event(body, event["user"], line or "help", event.get("channel", ""), event.get("thread_ts", ""))
    return replace(said, files=shared_in(event.get("files") or ()))


def home(body: Payload) -> Incoming:
    """The home tab is the profile."""
    return _of_event(body, body["event"]["user"], "profile show", "", "")


def reaction(body: Payload, key: str) -> Incoming:
    """A reaction on a message that carries a key."""
    event = body["event"]
    verb = "react" if event["type"] == "reaction_added" else "unreact"
    line = f"kudos {verb} {key} :{event['reaction']}:"
    return _of_event(body, event["user"], line, event["item"]["channel"], "")


def cheer(body: Payload, message: Payload, words: str, link: str) -> Incoming:
    """The reaction that says thanks, under anybody's message."""
    event, item = body["event"], body["event"]["item"]
    thread = str(message.get("thread_ts", ""))
    given = {
        "author": f"<@{message['user']}>",
        "emoji": f":{event['reaction']}:",
        "message": f"{item['channel']}/{item['ts']}",
        "words": words,
        "link": link,
        "thread": thread,
    }
    return _heard(body, event["user"], "kudos cheer", given, item["channel"], thread)


def uncheer(body: Payload) -> Incoming:
    """The same, taken off."""
    event, item = body["event"], body["event"]["item"]
    given = {"emoji": f":{event['reaction']}:", "message": f"{item['channel']}/{item['ts']}"}
    return _heard(body, event["user"], "kudos uncheer", given, item["channel"])


def plus(body: Payload, link: str) -> Incoming:
    """A message that may thank by `++`."""
    event, thread = body["event"], body["event"].get("thread_ts", "")
    given = {"text": but_people(event["text"]), "message": f"{event['channel']}/{event['ts']}", "link": link}
    return _heard(body, event["user"], "kudos plus", {**given, "thread": thread}, event["channel"], thread)


def gone(body: Payload) -> Incoming:
    """A message was deleted, by whomever."""
    event = body["event"]
    ts = event.get("deleted_ts") or event["message"]["ts"]
    said = _heard(body, "", "message gone", {"message": f"{event['channel']}/{ts}"}, event["channel"])
    return replace(said, by_itself=True)


def is_deletion(event: Payload) -> bool:
    """Whether a message event tells of one that is gone; one with a thread under it leaves a tombstone."""
    is_tombstone = (event.get("message") or {}).get("subtype") == "tombstone"
    return event.get("subtype") == "message_deleted" or (event.get("subtype") == "message_changed" and is_tombstone)


def _heard(body: Payload, user: str, line: str, given: Mapping[str, str], channel: str, thread: str = "") -> Incoming:
    return replace(_of_event(body, user, line, channel, thread), given=given)


def _of_event(body: Payload, user: str, line: str, channel: str, thread: str) -> Incoming:
    return Incoming(
        body["event_id"],
        team_of(body),
        user,
        line,
        channel,
        thread=thread,
        enterprise=organisation_of(body),
    )


def _team(body: Payload) -> str:
    """The workspace where the app is; in an organisation-wide installation the user's own."""
    installed = (body.get("view") or {}).get("app_installed_team_id")
    return installed or (body.get("team") or {}).get("id") or body["user"].get("team_id", "")


def _thread(body: Payload) -> str:
    """The thread of the message that was touched; of one that only one person sees, its container knows."""
    return (body.get("message") or {}).get("thread_ts") or body.get("container", {}).get("thread_ts", "")


def _enterprise(body: Payload) -> str:
    return (body.get("enterprise") or {}).get("id", "")

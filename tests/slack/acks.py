"""What Slack makes of an ack: whether it is valid, and what changes on somebody's screen."""

import copy
from dataclasses import dataclass
from typing import Any

from tests.slack.checks import flaws_of_message, flaws_of_options
from tests.slack.nouns import Body, Hook, Refused
from tests.slack.state import Workspace
from tests.slack.things import pushed, replaced

ACTIONS = ("errors", "update", "push", "clear")


@dataclass
class Sent:
    """One thing that Slack sent; `kind` is command, interactive or event."""

    kind: str
    payload: Body

    def __post_init__(self) -> None:
        self.payload = copy.deepcopy(self.payload)

    @property
    def name(self) -> str:
        """What to call it in a complaint."""
        known = self.payload.get("command") or self.payload.get("event", {}).get("type")
        return str(known or self.payload["type"])


@dataclass
class Ack:
    """What came back, and how long it took; the status is 0 when nothing came in time."""

    status: int
    body: Any
    seconds: float
    sent: Sent

    @property
    def options(self) -> list[Body]:
        """The suggestions in it."""
        return self.body["options"]

    @property
    def errors(self) -> dict[str, str]:
        """The refusals beside fields in it."""
        return self.body["errors"]


def judged(slack: Workspace, ack: Ack) -> None:
    """Notes what is wrong with an ack, and shows what is right in it."""
    kind = ack.sent.payload.get("type") if ack.sent.kind == "interactive" else ack.sent.kind
    if kind == "command":
        _command(slack, ack)
    elif kind == "view_submission":
        _submission(slack, ack)
    elif kind == "block_suggestion":
        slack.problems += [f"suggestions: {flaw}" for flaw in flaws_of_options(ack.body)]
    elif kind != "event" and ack.body not in (None, "", {}):
        slack.problems.append(f"the ack of {ack.sent.name} has a body that nobody reads: {ack.body}")


def _command(slack: Workspace, ack: Ack) -> None:
    body = {"text": ack.body} if isinstance(ack.body, str) and ack.body else ack.body
    if not body:
        return
    flaws = flaws_of_message(body)
    slack.problems += [f"{ack.sent.name}: {flaw}" for flaw in flaws]
    if not flaws:
        sent = ack.sent.payload
        shown(slack, Hook(sent["team_id"], sent["user_id"], sent["channel_id"], "", 0.0), body)


def shown(slack: Workspace, hook: Hook, body: Body) -> None:
    """An answer by response URL or ack: private unless it says otherwise, or in the place of its message."""
    kind = _kind(hook, body)
    slack.replies.append((kind, hook.channel, hook.user, body))
    original = next((one for one in slack.posts if one.body["ts"] == hook.original), None)
    if kind == "delete" and original:
        slack.posts.remove(original)
    elif kind == "replace" and original:
        original.body.update(slack.with_ids(_said(body)))
        slack.turned.append(original)
    elif kind in ("ephemeral", "in_channel"):
        only = hook.user if kind == "ephemeral" else ""
        slack.post(hook.channel, slack.with_ids({"user": slack.teams[hook.team].bot_user, **_said(body)}), only)


def _kind(hook: Hook, body: Body) -> str:
    if body.get("delete_original"):
        return "delete"
    if body.get("replace_original") and hook.original:
        return "replace"
    return str(body.get("response_type", "ephemeral"))


def _said(body: Body) -> Body:
    return {name: body[name] for name in ("text", "blocks", "attachments", "thread_ts") if body.get(name)}


def _submission(slack: Workspace, ack: Ack) -> None:
    """The form closes, shows refusals, changes or makes way, as the ack says."""
    user, body = ack.sent.payload["user"]["id"], ack.body or {}
    stack = slack.stacks.get(user) or []
    view = next((one for one in stack if one["id"] == ack.sent.payload["view"]["id"]), None)
    action = body.get("response_action") if isinstance(body, dict) else "nonsense"
    if body and action not in ACTIONS:
        slack.problems.append(f"a form was answered with {body}")
    elif view is not None and action == "errors":
        _refused(slack, user, view, body.get("errors"))
    elif view is not None:
        _moved(slack, user, view, action, body)


def _refused(slack: Workspace, user: str, view: Body, errors: Any) -> None:
    fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not errors or not set(errors) <= fields or not all(errors.values()):
        slack.problems.append(f"refusals {errors} do not fit the fields {sorted(fields)}")
    else:
        slack.refusals[user] = errors


def _moved(slack: Workspace, user: str, view: Body, action: str | None, body: Body) -> None:
    slack.refusals.pop(user, None)
    if action is None:
        slack.stacks[user].remove(view)
    elif action == "clear":
        slack.stacks[user].clear()
    else:
        _shown_view(slack, user, view, action, body.get("view"))


def _shown_view(slack: Workspace, user: str, view: Body, action: str, new: Any) -> None:
    try:
        if action == "update":
            replaced(slack, "response_action", user, view, new)
        else:
            pushed(slack, "response_action", slack.teams[view["team_id"]], user, new)
    except Refused as refused:
        slack.problems.append(f"response_action {action}: {refused}")

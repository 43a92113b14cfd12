"""Slack's side of apps themselves: made from a manifest, and brought up to date."""

import json
from typing import Any

from tests.slack.nouns import Body, Call, Refused
from tests.slack.state import Workspace

BUILT_IN = ("/help", "/me", "/remind", "/who")
SECRETS = ("client_id", "client_secret", "verification_token", "signing_secret")


def manifest_create(slack: Workspace, call: Call) -> Body:
    """`apps.manifest.create`: another app, which nobody has installed yet."""
    made = _read(call.args["manifest"])
    app = f"A{slack.number()}"
    slack.apps[app] = made
    kept = {name: f"{name}-of-{app}" for name in SECRETS}
    return {"ok": True, "app_id": app, "credentials": kept, "oauth_authorize_url": f"https://slack.example/{app}"}


def manifest_update(slack: Workspace, call: Call) -> Body:
    """`apps.manifest.update`: it is as the manifest says from now on."""
    app, made = call.args["app_id"], _read(call.args["manifest"])
    if app not in slack.apps:
        raise Refused("invalid_app_id")
    before, slack.apps[app] = slack.apps[app], made
    return {"ok": True, "app_id": app, "permissions_updated": _scopes(before) != _scopes(made)}


def _scopes(made: Body) -> Any:
    return made.get("oauth_config", {}).get("scopes")


def _read(written: Any) -> Body:
    """The manifest, which must come as a string of JSON."""
    try:
        made = json.loads(written)
    except (TypeError, ValueError) as error:
        raise Refused("invalid_manifest") from error
    named = [one["command"] for one in made.get("features", {}).get("slash_commands", [])]
    taken = [
        {"message": f"{name} is reserved", "pointer": f"/features/slash_commands/{at}"}
        for at, name in enumerate(named)
        if name in BUILT_IN
    ]
    if taken:
        raise Refused("invalid_manifest", errors=taken)
    return made

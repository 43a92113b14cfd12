"""What an operator hands to a platform: Slack's app manifest, printed, as a link or given to Slack itself, and the link
that invites the bot to Discord; each says what is next."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from adapters.discord import manifest as discord
from adapters.discord.intents import NotSwitched, switch_on
from adapters.slack.manifest import Mode, as_compact, as_json, as_yaml, manifest
from adapters.slack.publish import APPS, NotPublished, Published, app_of, publish
from bot.features import catalogue
from jobs.environment import Environment, Incomplete
from jobs.platforms import secret

Form = Literal["yaml", "json", "link"]
NEW = f"{APPS}?new_app=1"
AGAIN = "An app that is there already takes it under App Manifest."


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked for, and what to do next."""

    text: str
    next: str


def shown(env: Environment, mode: Mode, form: Form) -> Told:
    """The manifest to paste, or the link that brings it along; raises `Incomplete` when something is missing for it."""
    made = _made(env, mode)
    if form == "link":
        link = f"{NEW}&manifest_json={quote(as_compact(made))}"
        return Told(f"{link}\n", "Next: open it. Should the page be empty, paste there what --json prints.")
    written = as_json(made) if form == "json" else as_yaml(made)
    return Told(written, f"Next: {NEW}, From a manifest, choose the workspace, paste this, Create. {AGAIN}")


async def published(env: Environment, mode: Mode, app_id: str) -> Told:
    """Creates the app, or brings the one whose tokens are set up to date; raises `Incomplete` with Slack's reason."""
    made = _made(env, mode)
    url = env.slack_api_url
    app_id = app_id or await app_of(secret(env.slack_app_token), secret(env.slack_bot_token), url)
    try:
        done = await publish(made, secret(env.slack_config_token), url, app_id)
    except NotPublished as error:
        raise Incomplete(str(error)) from error
    said = "Created the app" if done.is_new else "Brought up to date: the app"
    return Told(f"{said} {done.app_id}.\n", "\n".join(_steps(done, mode)))


async def invited(env: Environment, application: str, only_link: bool) -> Told:
    """The link that invites the bot; with its token, what it may hear is switched on before. Raises `Incomplete`."""
    token = secret(env.discord_token)
    try:
        link = discord.invitation(application or discord.application_of(token))
        done = await switch_on(token, env.discord_api_url) if token and not only_link else []
    except (discord.NoApplication, NotSwitched) as error:
        raise Incomplete(str(error)) from error
    said = f"Switched on: {' and '.join(done)}. A bot that runs hears of it when it starts again.\n" if done else ""
    return Told(f"{link}\n", f"{said}Next: open the link, choose the server, Authorise. Then `manyhands run`.")


def _made(env: Environment, mode: Mode) -> dict[str, Any]:
    try:
        return manifest(catalogue(), mode, env.public_url)
    except ValueError as error:
        raise Incomplete(str(error)) from error


def _steps(done: Published, mode: Mode) -> list[str]:
    """What is left to be clicked, in order."""
    page = f"{APPS}/{done.app_id}"
    install = f"{page}/install-on-team, Install to Workspace, Allow"
    if not done.is_new:
        return [f"Next: its permissions have changed, so {install}."] if done.must_install else ["Nothing else to do."]
    if mode == "socket":
        key = f"{page}/general, App-Level Tokens, Generate Token, scope connections:write: SLACK_APP_TOKEN (xapp-)."
    else:
        key = f"{page}/general, App Credentials, Signing Secret: SLACK_SIGNING_SECRET."
    return [
        f"Next: 1. {install}: SLACK_BOT_TOKEN (xoxb-).",
        f"      2. {key}",
        "      3. Put both into .env, and run `manyhands run`.",
    ]

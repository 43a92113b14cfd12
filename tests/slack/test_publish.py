"""`manyhands manifest slack`: what it prints, and what it does with a configuration token."""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from adapters.slack.manifest import as_json, manifest
from adapters.slack.publish import NotPublished, publish
from bot import features
from jobs.environment import Environment, Incomplete
from jobs.manifest import published, shown
from tests.slack.process import SECONDS, straight

PUBLIC = "https://bot.example.org"


def env(slack=None, **more):
    known = {"slack_config_token": slack.config_token, "slack_api_url": slack.api_url} if slack else {}
    return Environment(_env_file=None, **{**known, **more})


def made(mode="socket"):
    return manifest(features.catalogue(), mode, PUBLIC if mode == "http" else "")


def test_it_is_printed_to_be_pasted_and_says_where():
    told = shown(env(), "socket", "yaml")
    assert yaml.safe_load(told.text) == made()
    assert "https://api.slack.com/apps?new_app=1" in told.next
    assert json.loads(shown(env(), "socket", "json").text) == made()


def test_a_link_brings_all_of_it_along():
    link = urlsplit(shown(env(), "socket", "link").text.strip())
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert json.loads(parse_qs(link.query)["manifest_json"][0]) == made()


def test_over_http_the_address_that_is_missing_is_named():
    with pytest.raises(Incomplete, match="PUBLIC_URL"):
        shown(env(), "http", "yaml")


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_with_a_token_the_app_is_made_and_the_rest_is_told_step_by_step(people, mode):
    told = await published(env(people, public_url=PUBLIC), mode, "")
    (app,) = people.apps
    assert people.apps[app] == made(mode)
    assert app in told.text
    steps = ["SLACK_BOT_TOKEN", "connections:write" if mode == "socket" else "SLACK_SIGNING_SECRET", "manyhands run"]
    assert all(one in told.next for one in steps)
    assert f"https://api.slack.com/apps/{app}/install-on-team" in told.next
    assert "signing_secret-of" not in told.text + told.next


@pytest.mark.parametrize(
    "tokens",
    [{"slack_app_token": "xapp-1-A0-1-loopback"}, {"slack_bot_token": "xoxb-T1-loopback"}],
    ids=["the app's", "the bot's"],
)
async def test_the_app_whose_tokens_are_set_is_brought_up_to_date(people, tokens):
    people.apps["A0"] = {}
    told = await published(env(people, **tokens), "socket", "")
    assert people.apps == {"A0": made()}
    assert "install-on-team" in told.next
    again = await published(env(people, **tokens), "socket", "")
    assert again.next == "Nothing else to do."


async def test_an_app_may_be_named(people):
    people.apps["A7"] = {}
    await published(env(people), "socket", "A7")
    assert people.apps == {"A7": made()}
    with pytest.raises(Incomplete, match="A8"):
        await published(env(people), "socket", "A8")


@pytest.mark.parametrize("token", ["xoxe.xoxp-1-old", "xoxb-T1-loopback"])
async def test_a_token_that_slack_does_not_take_is_told_with_where_to_get_another(people, token):
    with pytest.raises(Incomplete, match=r"SLACK_CONFIG_TOKEN .* twelve hours"):
        await published(env(people, slack_config_token=token), "socket", "")
    assert not people.apps


async def test_what_slack_does_not_like_in_it_is_told(people):
    wrong = {"features": {"slash_commands": [{"command": "/remind"}]}}
    with pytest.raises(NotPublished, match="/features/slash_commands/0: /remind is reserved"):
        await publish(wrong, people.config_token, people.api_url)


async def test_a_slack_that_is_out_of_reach_is_told(people):
    with pytest.raises(Incomplete, match="cannot be reached"):
        await published(env(people, slack_api_url="http://127.0.0.1:1/api/"), "socket", "")


async def run(*args, **more):
    command = (sys.executable, "-m", "manyhands", "manifest", "slack", *args)
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        *command, env={**straight(), **more}, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    out, said = await asyncio.wait_for(running.communicate(), SECONDS)
    return running.returncode, out.decode(), said.decode()


async def test_the_command_prints_nothing_but_the_manifest_and_the_next_step_beside_it():
    code, out, said = await run("--json")
    assert (code, out) == (0, as_json(made()))
    assert said.startswith("Next: ")


async def test_the_command_creates_the_app(people):
    code, out, said = await run(SLACK_CONFIG_TOKEN=people.config_token, SLACK_API_URL=people.api_url)
    assert (code, list(people.apps.values())) == (0, [made()]), said
    assert out.startswith("Created the app A")
    code, out, said = await run(SLACK_CONFIG_TOKEN="xoxe.xoxp-1-old", SLACK_API_URL=people.api_url)
    assert (code, out) == (2, "")
    assert "SLACK_CONFIG_TOKEN" in said
    assert "Traceback" not in said

"""`manyhands doctor` in a workspace: tokens, scopes and channels, each with what to do, and nothing posted."""

import asyncio
import os
import sys

import pytest

from bot.ctx import Request, Who
from jobs.doctor import examine
from jobs.environment import Environment
from jobs.house import House
from storage.db import transaction
from storage.installations import Installation
from storage.secrets import Safe
from tests.world import BEGINNING

KEY = "a-key-of-sixteen-characters"


def configured(slack, tmp_path, **more):
    known = {"slack_bot_token": slack.bot_token, "slack_app_token": slack.app_token, "slack_api_url": slack.api_url}
    return Environment(_env_file=None, database_url=f"sqlite:///{tmp_path / 'doctor.db'}", **{**known, **more})


@pytest.fixture
def env(people, tmp_path):
    """A workspace in which an admin chose three channels: one that is fine, one without the bot, one that is gone."""
    made = configured(people, tmp_path)
    with House(made) as house:
        place = house.app.place("slack", "T1", "Slack", BEGINNING)
        chosen = {"kudos": "C1", "skills": "C2", "digest": "C9"}
        for feature, channel in chosen.items():
            line = f"settings {feature} channel:<#{channel}>"
            house.app.handle(Request(feature, place.id, Who("U1", "ana", admin=True), line, BEGINNING))
    return made


async def looks(env, state):
    """What was found in that state."""
    return {one.about: one.words for one in await examine(env, with_model=False) if one.state == state}


async def test_a_workspace_that_works_is_fine_and_hears_nothing(people, env):
    said = await looks(env, "fine")
    assert "Collective" in said["Slack"]
    assert {"Slack socket", "Slack scopes", "Slack kudos", "Database", "Database writes"} <= set(said)
    assert {call.method for call in people.calls} == {"auth.test", "conversations.history", "apps.connections.open"}


async def test_channels_where_the_bot_cannot_post_are_named_with_the_remedy(people, env):
    said = await looks(env, "wrong")
    assert set(said) == {"Slack skills", "Slack digest"}
    assert "C2" in said["Slack skills"]
    assert "/invite" in said["Slack skills"]
    assert "C9" in said["Slack digest"]
    assert "settings" in said["Slack digest"]


async def test_a_scope_that_is_missing_is_told_with_what_it_is_for(people, env):
    people.scopes = tuple(one for one in people.scopes if one != "files:write")
    said = await looks(env, "wrong")
    assert "files:write (shows pictures" in said["Slack scopes"]
    assert "manyhands manifest slack" in said["Slack scopes"]


async def test_a_token_that_is_not_accepted_is_named(people, tmp_path):
    said = await looks(configured(people, tmp_path, slack_bot_token="xoxb-of-nobody"), "wrong")
    assert "SLACK_BOT_TOKEN" in said["Slack"]


async def test_the_wrong_token_for_the_socket_is_named(people, tmp_path):
    said = await looks(configured(people, tmp_path, slack_app_token=people.bot_token), "wrong")
    assert "SLACK_APP_TOKEN" in said["Slack socket"]
    assert "connections:write" in said["Slack socket"]


async def test_an_app_that_was_removed_is_told(people, env):
    people.revoked.add(people.bot_token)
    assert "Install Manyhands again" in (await looks(env, "wrong"))["Slack"]


async def test_offline_is_told_in_words(people, tmp_path):
    said = await looks(configured(people, tmp_path, slack_api_url="http://127.0.0.1:9/api/"), "wrong")
    assert "cannot be reached" in said["Slack"]
    assert "HTTPS_PROXY" in said["Slack"]


async def test_every_workspace_that_installed_the_app_is_looked_at(people, tmp_path):
    other = people.team("T2", "Another")
    more = {"slack_client_id": "1.1", "slack_client_secret": "s", "slack_signing_secret": "s", "secret_key": KEY}
    env = configured(people, tmp_path, slack_mode="http", public_url="https://bot.example.org", **more)
    with House(env) as house:
        place = house.app.place("slack", "T1", "Slack", BEGINNING)
        with transaction(house.engine) as db:
            for team in (people.teams["T1"], other):
                kept = Safe(KEY).encrypt(team.token)
                row = Installation(platform="slack", team_key=team.id, place_id=place.id, bot_token=kept)
                row.installed_at = BEGINNING
                db.add(row)
    people.revoked.add(other.token)
    assert "Slack T1" in await looks(env, "fine")
    assert set(await looks(env, "wrong")) == {"Slack T2"}
    lost = env.model_copy(update={"secret_key": type(env.secret_key)("another-key-of-some-length")})
    assert "SECRET_KEY" in (await looks(lost, "wrong"))["Slack"]


@pytest.mark.parametrize(("scopes", "status"), [(None, 0), (("chat:write",), 1)])
async def test_its_exit_status_tells_scripts(people, tmp_path, scopes, status):
    people.scopes = scopes or people.scopes
    env = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "DATABASE_URL": f"sqlite:///{tmp_path / 'doctor.db'}",
        "SLACK_BOT_TOKEN": people.bot_token,
        "SLACK_APP_TOKEN": people.app_token,
        "SLACK_API_URL": people.api_url,
    }
    command = (sys.executable, "-m", "manyhands", "doctor", "--no-model")
    running = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
    out, _ = await running.communicate()
    assert running.returncode == status, out.decode()
    assert ("WRONG" in out.decode()) == bool(status)
    assert people.bot_token not in out.decode()

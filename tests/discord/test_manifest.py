"""The link that invites the bot, as `manyhands manifest discord` prints it."""

import asyncio
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from typer.testing import CliRunner

from adapters.discord.manifest import PERMISSIONS, SCOPES, NoApplication, application_of
from jobs.environment import Environment, Incomplete
from jobs.manifest import invited
from manyhands import cli
from tests.discord.marks import CONTENT, MEMBERS, PRESENCES
from tests.slack.process import SECONDS, straight

APPLICATION = "700000000000000001"
TOKEN = "NzAwMDAwMDAwMDAwMDAwMDAx.x.y"
PAGE = (Path(__file__).parents[2] / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_link_asks_for_the_scopes_and_permissions_that_the_page_explains(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    printed = CliRunner().invoke(cli, ["manifest", "discord", "--link"]).stdout.strip()
    asked = parse_qs(urlsplit(printed).query)
    assert asked["client_id"] == [APPLICATION]
    assert asked["scope"] == [" ".join(SCOPES)]
    given = discord.Permissions(int(asked["permissions"][0]))
    assert all(getattr(given, name) for name in PERMISSIONS)
    assert given.value.bit_count() == len(PERMISSIONS)
    assert not given.administrator
    assert all(one in PAGE for one in SCOPES)
    assert [one for one in PERMISSIONS if f"*{one.replace('_', ' ')}" not in PAGE.casefold()] == []


@pytest.mark.parametrize("token", ["", "nonsense", "YWJj.x.y", "ÄÖ.x.y"])
def test_a_token_that_tells_no_application_says_what_to_pass(token):
    with pytest.raises(NoApplication, match="--application"):
        application_of(token)


@pytest.fixture
def env(discord):
    """How the loopback is reached, by a bot to which no privileged intent is granted yet."""
    discord.token, discord.granted = TOKEN, PRESENCES
    return Environment(_env_file=None, discord_token=TOKEN, discord_api_url=discord.api_url)


async def test_what_the_bot_uses_is_switched_on_and_nothing_else(discord, env):
    discord.granted = 0
    told = await invited(env, "", only_link=False)
    assert told.text.startswith("https://discord.com/oauth2/authorize?client_id=" + APPLICATION)
    assert "Switched on: Server Members and Message Content." in told.next
    assert discord.granted == MEMBERS | CONTENT


async def test_what_is_on_already_is_left_alone(discord, env):
    discord.granted = MEMBERS | CONTENT | PRESENCES
    told = await invited(env, "", only_link=False)
    assert "Switched on" not in told.next
    assert discord.called("PATCH /applications/@me") == []


async def test_only_the_link_asks_discord_for_nothing(discord, env):
    await invited(env, "", only_link=True)
    assert discord.calls == []


@pytest.mark.parametrize(
    ("status", "code", "why"), [(403, 50001, "does not switch"), (401, 0, "not accept DISCORD_TOKEN")]
)
async def test_discords_no_is_told_with_what_to_do(discord, env, status, code, why):
    discord.fail("PATCH /applications/@me", status, code)
    with pytest.raises(Incomplete, match=why):
        await invited(env, "", only_link=False)


async def test_flags_that_discord_takes_and_does_not_set_are_told_by_name(env, monkeypatch):
    async def members_only(*_asked):
        return {"flags": 1 << 14}

    monkeypatch.setattr("adapters.discord.intents._asked", members_only)
    with pytest.raises(Incomplete, match="leaves Message Content off"):
        await invited(env, "", only_link=False)


async def test_a_discord_that_cannot_be_reached_is_named(env):
    away = env.model_copy(update={"discord_api_url": "http://127.0.0.1:9/api/v10"})
    with pytest.raises(Incomplete, match="cannot be reached"):
        await invited(away, "", only_link=False)


@pytest.mark.parametrize("words", [("manifest", "discord"), ("run",)])
async def test_a_wrong_token_is_one_sentence_and_exit_status_2(discord, env, tmp_path, words):
    database, model = f"sqlite:///{tmp_path / 'run.db'}", str(tmp_path / "no-model")
    known = {
        "DISCORD_TOKEN": f"{TOKEN}x",
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
    }
    known |= {"DATABASE_URL": database, "EMBEDDING_MODEL": model}
    started = asyncio.create_subprocess_exec
    command = (sys.executable, "-m", "manyhands", *words)
    streams = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    process = await started(*command, env={**straight(), **known}, cwd=tmp_path, **streams)
    out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    assert (process.returncode, out) == (2, b"")
    assert len(err.decode().strip().splitlines()) == 1
    assert "does not accept DISCORD_TOKEN" in err.decode()

"""What an operator sets: half a configuration is refused with the name that is missing."""

import re
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.discord.gateway import Shards
from jobs.environment import Environment, Incomplete, parts_of, read
from jobs.house import House
from jobs.platforms import OnDiscord

ROOT = Path(__file__).parent.parent
BOT = "xoxb-1"
NAMES = ["DATABASE_URL", "LOG_LEVEL", "PORT", "EMBEDDING_MODEL", "SECRET_KEY", "PUBLIC_URL"]
NAMES += [f"SLACK_{one}" for one in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "MODE", "HTTP_PORT")]
NAMES += [f"DISCORD_{one}" for one in ("TOKEN", "GUILDS", "API_URL", "GATEWAY_URL", "SHARD_COUNT", "SHARD_IDS")]


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Neither the shell nor a file nearby says anything."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def env(**names) -> Environment:
    return Environment(_env_file=None, **names)


def test_nothing_configured_is_no_platform():
    assert parts_of(read(), "") == {"jobs"}


def test_the_defaults_suit_a_laptop():
    assert read().database_url == "sqlite:///manyhands.db"
    assert read().log_level == "INFO"


def test_names_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    assert read().database_url == "sqlite:///other.db"
    assert parts_of(read(), "") == {"jobs", "discord"}


def test_names_are_read_from_a_file(nowhere):
    (nowhere / ".env").write_text("DISCORD_TOKEN=t\nSOMETHING_ELSE=1\n")
    assert read().has_discord


def test_an_empty_name_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    assert parts_of(read(), "") == {"jobs"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api", "http://127.0.0.1:1/api/"])
def test_slacks_address_may_end_in_a_slash_or_not(url):
    client = AsyncWebClient(base_url=env(slack_api_url=url).slack_api_url)
    assert client.base_url == "http://127.0.0.1:1/api/"


def test_a_port_is_a_number(monkeypatch):
    monkeypatch.setenv("PORT", "8080")
    assert read().port == 8080


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"slack_bot_token": BOT}, "SLACK_APP_TOKEN"),
        ({"slack_app_token": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"slack_bot_token": BOT, "slack_mode": "http"}, "SLACK_SIGNING_SECRET"),
        ({"slack_signing_secret": "s", "slack_mode": "http"}, "SLACK_BOT_TOKEN"),
        ({"slack_bot_token": BOT, "slack_signing_secret": "s"}, "SLACK_APP_TOKEN"),
        ({"slack_signing_secret": "s"}, "SLACK_BOT_TOKEN"),
    ],
)
def test_a_half_configured_slack_names_what_is_missing(given, missing):
    with pytest.raises(Incomplete, match=f"{missing}.* missing"):
        parts_of(env(**given), "")


def test_what_is_there_is_not_called_missing():
    with pytest.raises(Incomplete) as half:
        parts_of(env(slack_bot_token=BOT), "")
    assert "SLACK_BOT_TOKEN" not in str(half.value)


def test_a_refusal_says_what_is_missing_where_to_get_it_and_what_to_run_then():
    with pytest.raises(Incomplete) as half:
        parts_of(env(slack_bot_token=BOT), "")
    for words in ("SLACK_APP_TOKEN is missing", "https://api.slack.com/apps", "docs/slack.md", "`manyhands run`"):
        assert words in str(half.value)
    assert "\n" not in str(half.value)


@pytest.mark.parametrize(
    ("own", "assigned", "port"), [(None, None, 3000), (None, 8080, 8080), (4000, 8080, 4000), (4000, None, 4000)]
)
def test_the_port_is_its_own_else_the_assigned_one_else_3000(own, assigned, port):
    assert env(slack_http_port=own, port=assigned).http_port == port


def test_several_missing_names_are_several():
    with pytest.raises(Incomplete, match="SLACK_BOT_TOKEN, SLACK_APP_TOKEN"):
        parts_of(env(slack_signing_secret="s"), "")


def test_a_half_configured_discord_names_what_is_missing():
    with pytest.raises(Incomplete, match="DISCORD_TOKEN"):
        parts_of(env(discord_api_url="http://127.0.0.1:1"), "")


@pytest.mark.parametrize(
    ("count", "ids", "words"),
    [
        (None, "0", "DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT"),
        (0, "", "1 or more"),
        (4, "0,4", "0 to 3, not 4"),
        (4, "one", "not one"),
    ],
)
def test_shards_that_cannot_be_are_refused(count, ids, words):
    with pytest.raises(Incomplete, match=words):
        parts_of(env(discord_token="t", discord_shard_count=count, discord_shard_ids=ids), "")


def test_the_shards_of_a_process_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    with House(read()) as house:
        assert OnDiscord(read(), house).discord.keys.shards is None
        monkeypatch.setenv("DISCORD_SHARD_COUNT", "4")
        assert OnDiscord(read(), house).discord.keys.shards == Shards(4)
        monkeypatch.setenv("DISCORD_SHARD_IDS", "0, 2")
        assert OnDiscord(read(), house).discord.keys.shards == Shards(4, (0, 2))


@pytest.mark.parametrize(
    "given",
    [
        {"slack_bot_token": BOT, "slack_app_token": "xapp-1"},
        {"slack_bot_token": BOT, "slack_signing_secret": "s", "slack_mode": "http"},
    ],
)
def test_a_whole_slack_runs(given):
    assert parts_of(env(**given), "") == {"jobs", "slack"}


def test_only_some_parts_run_where_asked():
    whole = env(slack_bot_token=BOT, slack_app_token="xapp-1", discord_token="t")
    assert parts_of(whole, "") == {"jobs", "slack", "discord"}
    assert parts_of(whole, "slack") == {"slack"}
    assert parts_of(whole, "jobs") == {"jobs"}


def test_sockets_go_with_the_gateway_for_both_need_no_port():
    discord = {"slack_bot_token": BOT, "discord_token": "t"}
    assert parts_of(env(slack_app_token="xapp-1", **discord), " jobs , discord ") == {"jobs", "discord", "slack"}
    assert parts_of(env(slack_signing_secret="s", slack_mode="http", **discord), "discord") == {"discord"}


@pytest.mark.parametrize(
    ("given", "parts", "told"),
    [
        ({}, {"jobs"}, None),
        ({"port": 5000}, {"jobs"}, 5000),
        ({"port": 5000}, {"discord"}, 5000),
        ({"port": 5000, "metrics_port": 9000}, {"discord"}, 9000),
        ({"port": 5000, "slack_mode": "socket"}, {"slack"}, 5000),
        ({"port": 5000, "slack_mode": "http"}, {"slack"}, None),
        ({"port": 5000, "slack_mode": "http", "slack_http_port": 5001}, {"slack"}, 5000),
        ({"port": 5000, "slack_mode": "http"}, {"jobs"}, 5000),
    ],
)
def test_every_process_that_has_a_port_tells_there_how_it_is(given, parts, told):
    assert env(**given).watch_port(parts) == told


def test_an_only_that_names_nothing_asks_for_nothing_less():
    assert parts_of(env(discord_token="t"), " , ") == {"jobs", "discord"}


@pytest.mark.parametrize(("only", "missing"), [("slack", "SLACK_BOT_TOKEN"), ("discord,jobs", "DISCORD_TOKEN")])
def test_a_part_that_is_asked_for_and_not_configured_is_named(only, missing):
    with pytest.raises(Incomplete, match=missing):
        parts_of(env(), only)


def test_a_part_that_does_not_exist_is_refused():
    with pytest.raises(Incomplete, match="not web"):
        parts_of(env(), "web")


def test_every_name_is_in_the_example_and_on_the_page():
    names = {name.upper() for name in Environment.model_fields}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE)) == names
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_the_example_says_nothing_until_it_is_filled_in(nowhere):
    (nowhere / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert read() == env()


def test_secrets_are_not_shown():
    assert "hidden-value" not in repr(env(discord_token="hidden-value", secret_key="hidden-value"))

"""`manyhands doctor` at home and in Discord: what is wrong, in words, with the remedy."""

import sqlite3
from contextlib import asynccontextmanager, closing

import pytest
from aiohttp import web

from adapters.discord.check import application, permissions
from bot.finding import Chosen
from jobs.doctor import examine, look_at_database
from jobs.environment import Environment
from storage.db import connect
from storage.upgrade import upgrade

SEE, SEND, EMBED, ATTACH, ADMIN = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 3
ALL = SEE | SEND | EMBED | ATTACH
INTENTS = 1 << 15 | 1 << 19


def env(tmp_path, **more):
    return Environment(_env_file=None, **{"database_url": f"sqlite:///{tmp_path / 'doctor.db'}", **more})


async def looks(env, with_model=False):
    return {one.about: (one.state, one.words) for one in await examine(env, with_model)}


def made(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'doctor.db'}")
    upgrade(engine)
    engine.dispose()


async def test_nothing_configured_is_told_and_makes_no_file(tmp_path):
    said = await looks(env(tmp_path))
    assert said["Configuration"][0] == "doubtful"
    assert said["Database"][0] == "fine"
    assert list(tmp_path.iterdir()) == []


async def test_half_a_platform_is_named_and_the_rest_is_looked_at(tmp_path):
    made(tmp_path)
    said = await looks(env(tmp_path, slack_bot_token="xoxb-1"))
    assert said["Configuration"][0] == "wrong"
    assert "SLACK_APP_TOKEN" in said["Configuration"][1]
    assert said["Database writes"][0] == "fine"


@pytest.mark.soak
async def test_a_model_that_cannot_be_loaded_is_told_with_its_variable(tmp_path):
    said = await looks(env(tmp_path, embedding_model=str(tmp_path / "no-model")), with_model=True)
    assert said["Language model"][0] == "wrong"
    assert "EMBEDDING_MODEL" in said["Language model"][1]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "DATABASE_URL"),
        ("mysql://nobody@127.0.0.1/x", "DATABASE_URL"),
        ("postgresql+psycopg://me:hidden-word@127.0.0.1:9/x", "does not answer"),
        ("sqlite:////nowhere/at/all.db", "nothing can be written"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(url, words):
    (found,) = look_at_database(url)
    assert found.state == "wrong"
    assert words in found.words
    assert "hidden-word" not in found.words
    assert "\n" not in found.words


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "doctor.db").write_text("This is a letter, and not a database at all.\n" * 99)
    (found,) = look_at_database(f"sqlite:///{tmp_path / 'doctor.db'}")
    assert (found.about, found.state) == ("Database", "wrong")


def test_a_database_that_is_read_only_is_told(tmp_path):
    made(tmp_path)
    found = {one.about: one for one in look_at_database(f"sqlite:///file:{tmp_path / 'doctor.db'}?mode=ro&uri=true")}
    assert any(one.state == "wrong" for one in found.values())


def test_older_tables_are_brought_up_to_date_by_the_next_start(tmp_path):
    made(tmp_path)
    with closing(sqlite3.connect(tmp_path / "doctor.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0000'")
    (found,) = look_at_database(f"sqlite:///{tmp_path / 'doctor.db'}")
    assert "0000" in found.words
    assert found.state == "fine"


def pages(flags, changes):
    """Just enough of Discord's API: who I am, what I may do, and a channel."""
    channel = {"id": "1", "guild_id": "100", "name": "plans", "permission_overwrites": list(changes)}
    roles = [{"id": "100", "permissions": str(SEE)}, {"id": "20", "permissions": str(ALL)}]
    return {
        "/users/@me": (200, {"id": "7", "username": "manyhands"}),
        "/applications/@me": (200, {"id": "7", "flags": flags}),
        "/channels/1": (200, channel),
        "/channels/closed": (403, {"message": "Missing Access", "code": 50001}),
        "/guilds/100/members/7": (200, {"roles": ["20"]}),
        "/guilds/100/roles": (200, roles),
    }


@asynccontextmanager
async def discord(flags=INTENTS, changes=()):
    """A loopback Discord."""

    async def answer(request):
        if request.headers.get("Authorization") != "Bot right":
            return web.json_response({"message": "401: Unauthorized"}, status=401)
        status, body = pages(flags, changes).get(request.path, (404, {"message": "Unknown"}))
        return web.json_response(body, status=status)

    site = web.Application()
    site.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(site)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def _straight(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def finds(url, *channels, token="right"):
    found = await application(token, url, [Chosen("kudos", channel) for channel in channels])
    return [(one.state, one.words) for one in found]


async def test_a_bot_that_works_is_fine():
    async with discord() as url:
        assert {state for state, _ in await finds(url, "1")} == {"fine"}


async def test_a_wrong_token_is_named():
    async with discord() as url:
        ((state, words),) = await finds(url, token="wrong")
    assert state == "wrong"
    assert "DISCORD_TOKEN" in words


async def test_intents_that_are_off_are_told_with_what_is_lost():
    async with discord(flags=0) as url:
        found = await finds(url)
    assert [state for state, _ in found] == ["fine", "doubtful", "doubtful"]
    assert "++" in found[2][1]


@pytest.mark.parametrize(("channel", "words"), [("closed", "View Channel"), ("gone", "is gone")])
async def test_a_channel_that_cannot_be_seen_is_told(channel, words):
    async with discord() as url:
        state, said = (await finds(url, channel))[-1]
    assert state == "wrong"
    assert words in said


async def test_a_channel_where_the_bot_may_not_post_is_told_with_what_it_lacks():
    changes = [
        {"id": "100", "type": 0, "allow": "0", "deny": "0"},
        {"id": "20", "type": 0, "allow": "0", "deny": str(SEND)},
    ]
    async with discord(changes=changes) as url:
        state, said = (await finds(url, "1"))[-1]
    assert state == "wrong"
    assert "Send Messages" in said
    assert "View Channel" not in said


async def test_offline_is_told_in_words():
    ((state, words),) = await finds("http://127.0.0.1:9")
    assert state == "wrong"
    assert "cannot be reached" in words


def change(key, allow=0, deny=0):
    return {"id": key, "allow": str(allow), "deny": str(deny)}


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ([], ALL),
        ([change("100", deny=SEND)], ALL & ~SEND),
        ([change("100", deny=SEND), change("20", allow=SEND)], ALL),
        ([change("20", allow=SEND), change("100", deny=SEND)], ALL),
        ([change("20", deny=SEND), change("7", allow=SEND)], ALL),
        ([change("20", deny=SEND), change("21", allow=SEND)], ALL),
        ([change("99", deny=ALL)], ALL),
    ],
)
def test_permissions_are_reckoned_as_discord_does(changes, may):
    roles = [
        {"id": "100", "permissions": str(SEE)},
        {"id": "20", "permissions": str(ALL)},
        {"id": "21", "permissions": "0"},
    ]
    assert permissions("100", "7", ["20", "21"], roles, changes) == may


def test_an_administrator_may_everything():
    assert permissions("100", "7", ["20"], [{"id": "20", "permissions": str(ADMIN)}], [change("100", deny=ALL)]) & ALL

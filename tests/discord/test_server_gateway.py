"""The loopback Discord's gateway, held against the real discord.py."""

import json
import zlib
from contextlib import asynccontextmanager

import aiohttp
import discord as library
import pytest

from tests.discord.bare import Bare, running
from tests.discord.state import BOT


@asynccontextmanager
async def raw(server, query="v=10&encoding=json"):
    """A socket without discord.py."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{server.gateway_url}?{query}") as socket,
    ):
        yield socket


def identity(server, **more):
    """An IDENTIFY."""
    known = {"token": server.token, "intents": 1, "properties": {"os": "linux", "browser": "b", "device": "d"}}
    return {"op": 2, "d": {**known, **more}}


async def test_a_client_comes_online_and_knows_its_server_and_people(people):
    async with running(people) as client:
        (guild,) = client.guilds
        assert guild.name == "Collective"
        assert {member.name for member in guild.members} == {"manyhands", "olga", "ana", "ben", "cleo"}
        assert [line.zlib is not None for line in people.lines] == [True]
        assert client.application_id


async def test_a_slash_command_is_answered(people):
    async with running(people):
        met = await people.types("ana", "/kudos give", to="@ben", weight=2)
        assert met.content == "ok"
        assert met.payload["data"]["resolved"]["users"]


async def test_what_happens_during_a_broken_connection_is_replayed_in_order(people):
    async with running(people) as client:
        people.drop()
        for number in range(5):
            await people.says("ana", f"word {number}", "general")
        await people.until(lambda: client.of("resumed"))
        assert [message.content for message in client.of("message")] == [f"word {number}" for number in range(5)]
        (resumed,) = people.resumed
        assert resumed["session_id"] in people.sessions
        assert len(people.identified) == 1


async def test_nothing_is_replayed_twice(people):
    async with running(people) as client:
        await people.says("ana", "before", "general")
        await people.until(lambda: client.of("message"))
        people.drop()
        await people.until(lambda: client.of("resumed"))
        await people.says("ana", "after", "general")
        await people.until(lambda: len(client.of("message")) > 1)
        assert [message.content for message in client.of("message")] == ["before", "after"]


async def test_op_7_makes_a_client_come_again_and_resume(people):
    async with running(people) as client:
        people.reconnect()
        await people.until(lambda: client.of("resumed"))
        assert len(people.identified) == 1


@pytest.mark.parametrize(("resumable", "identified"), [(True, 1), (False, 2)])
async def test_op_9_ends_a_session_or_has_it_resumed(people, resumable, identified):
    async with running(people) as client:
        people.invalidate(resumable)
        await people.until(lambda: len(people.identified) + len(people.resumed) == 2)
        await people.connected()
        assert len(people.identified) == identified
        await people.says("ana", "still there?", "general")
        await people.until(lambda: client.of("message"))


async def test_a_session_that_is_not_known_any_more_starts_anew(people):
    async with running(people) as client:
        people.sessions.clear()
        people.drop()
        for line in list(people.lines):
            line.cut()
        await people.says("ana", "lost", "general")
        await people.until(lambda: len(people.identified) == 2)
        await people.connected()
        await people.says("ana", "heard", "general")
        await people.until(lambda: client.of("message"))
        assert [message.content for message in client.of("message")] == ["heard"]


async def test_two_shards_hear_their_own_servers_and_the_first_hears_direct_messages(discord):
    for number in (2, 3):
        discord.guild(f"Server {number}", key=str(number << 22), owner=f"owner{number}")
        discord.channel(f"room{number}", f"Server {number}")
    async with running(discord, shard_count=2, shard_ids=[0, 1]) as client:
        assert sorted(one["shard"] for one in discord.identified) == [[0, 2], [1, 2]]
        assert {guild.name: guild.shard_id for guild in client.guilds} == {"Server 2": 0, "Server 3": 1}
        for number in (2, 3):
            await discord.says(f"owner{number}", "hello", f"room{number}")
        await discord.says("owner3", "psst", "dm")
        await discord.until(lambda: len(client.of("message")) == 3)
        sequences = {one.shard: [sent["t"] for sent in one.sent] for one in discord.sessions.values()}
        assert sequences[0, 2].count("MESSAGE_CREATE") == 2
        assert sequences[1, 2].count("MESSAGE_CREATE") == 1


async def test_each_event_carries_the_next_number(people):
    async with running(people):
        await people.says("ana", "one", "general")
        (session,) = people.sessions.values()
        assert [payload["s"] for payload in session.sent] == list(range(1, session.sequence + 1))
        assert [payload["t"] for payload in session.sent][:2] == ["READY", "GUILD_CREATE"]


async def test_members_are_asked_for_in_chunks(people):
    async with running(people, chunk_guilds_at_startup=False) as client:
        (guild,) = client.guilds
        ben = people.who("ben")
        assert [one.name for one in await guild.query_members(user_ids=[int(ben)])] == ["ben"]
        assert [one.name for one in await guild.query_members("cl")] == ["cleo"]
        assert len(await guild.chunk()) == 5


async def test_a_server_shows_only_the_bot_itself_to_whom_does_not_see_presences(people):
    intents = library.Intents(guilds=True, members=True)
    async with running(people, intents=intents, chunk_guilds_at_startup=False) as client:
        assert [one.id for one in client.guilds[0].members] == [int(BOT)]


async def test_a_direct_message_names_no_server(people):
    async with running(people) as client:
        await people.dms("ben", "hello", wait=False)
        await people.until(lambda: client.of("message"))
        (session,) = people.sessions.values()
        told = session.sent[-1]["d"]
        assert "guild_id" not in told
        assert "member" not in told
        assert client.of("message")[0].guild is None


async def test_words_are_withheld_from_whom_does_not_ask_for_them(people):
    intents = library.Intents.all()
    intents.message_content = False
    async with running(people, intents=intents) as client:
        await people.says("ana", "secret", "general")
        await people.says("ana", f"open <@{BOT}>", "general")
        await people.dms("ana", "private", wait=False)
        await people.until(lambda: len(client.of("message")) == 3)
        assert [one.content for one in client.of("message")] == ["", f"open <@{BOT}>", "private"]


async def test_events_outside_the_intents_are_not_told(people):
    async with running(people, intents=library.Intents(guilds=True), chunk_guilds_at_startup=False) as client:
        await people.says("ana", "hello", "general")
        await people.member_leaves("ben")
        assert (await people.types("ana", "/hello")).content == "ok"
        assert [kind for kind, _one in client.heard if kind != "interaction"] == []


async def test_a_privileged_intent_that_is_not_granted_ends_the_start(people):
    people.granted = 0
    with pytest.raises(library.PrivilegedIntentsRequired):
        async with running(people):
            pass


async def test_a_wrong_token_is_turned_away_at_the_door_and_at_the_gateway(people):
    client = Bare()
    with pytest.raises(library.LoginFailure):
        await client.login("forged")
    await client.close()
    async with raw(people) as socket:
        await socket.receive_json()
        await socket.send_json(identity(people, token="forged"))
        assert (await socket.receive()).data == 4004


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"op": 8, "d": {}}', 4003),
        ("no json", 4002),
        ('{"op": 2, "d": {"token": "T", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 2, "d": {"token": "T", "intents": 1073741824}}', 4013),
    ],
)
async def test_a_client_that_breaks_the_rules_is_closed(people, said, code):
    people.token = "T"
    async with raw(people) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(said)
        assert (await socket.receive()).data == code


async def test_a_second_identify_and_an_unknown_op_are_closed(people):
    for said, code in ((identity(people), 4005), ({"op": 99, "d": None}, 4001)):
        async with raw(people) as socket:
            await socket.receive_json()
            await socket.send_json(identity(people))
            assert [(await socket.receive_json())["t"] for _event in range(2)] == ["READY", "GUILD_CREATE"]
            await socket.send_json(said)
            assert (await socket.receive()).data == code


async def test_one_stream_of_zlib_runs_through_a_whole_connection(people):
    unpacker = zlib.decompressobj()
    async with raw(people, "v=10&encoding=json&compress=zlib-stream") as socket:
        first = await socket.receive_bytes()
        assert first.endswith(b"\x00\x00\xff\xff")
        assert json.loads(unpacker.decompress(first))["op"] == 10
        await socket.send_json(identity(people))
        assert json.loads(unpacker.decompress(await socket.receive_bytes()))["t"] == "READY"


async def test_an_address_that_is_not_the_gateways_is_a_violation(people):
    async with raw(people, "v=6&encoding=etf") as socket:
        await socket.receive_json()
    people.forgive("the gateway was asked for")


async def test_heartbeats_are_acknowledged_unless_the_gateway_is_deaf(people):
    people.heartbeat_seconds = 0.05
    async with running(people) as client:
        await people.until(lambda: people.beats >= 3)
        await people.until(lambda: client.latency < 5)
        assert not people.resumed


async def test_a_slow_network_keeps_the_order(people):
    async with running(people) as client:
        people.latency = 0.05
        for number in range(4):
            await people.says("ana", str(number), "general")
        await people.until(lambda: len(client.of("message")) == 4)
        assert [one.content for one in client.of("message")] == ["0", "1", "2", "3"]


async def test_servers_and_people_come_and_go(people):
    async with running(people) as client:
        new = people.guild("Other", owner="zoe", present=False)
        await people.joins_guild(new)
        await people.until(lambda: client.of("guild"))
        await people.leaves_guild("Other")
        await people.until(lambda: client.of("no guild"))
        await people.member_leaves("ben")
        left = await people.until(lambda: client.of("left"))
        assert left[0].user.name == "ben"
        people.user("dora")
        await people.member_joins("dora", nick="Dodo")
        await people.until(lambda: client.guilds[0].get_member_named("Dodo"))


async def test_a_closed_connection_ends_what_was_resumable_only_when_the_client_meant_it(people):
    async with running(people):
        await people.connected()
    await people.until(lambda: not people.lines)
    assert people.sessions == {}

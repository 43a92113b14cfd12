"""The gateway as the bot uses it: least intents, what a granted one adds, shards, servers that go."""

import asyncio

import pytest

from adapters.discord import serve
from adapters.discord.gateway import Shards
from bot.places import places_on
from tests.discord.marks import CONTENT, MEMBERS
from tests.discord.served import Served, does, words

SEND_MESSAGES = 1 << 11
LEAST = 1 << 0 | 1 << 9 | 1 << 10 | 1 << 12


@pytest.fixture
async def started(people, tmp_path):
    """Starts a process on the same database as often as asked; each ends at the end."""
    running = []

    async def start(**keys):
        made = Served(people, tmp_path / "gateway.db", **keys)
        running.append(made)
        await made.start()
        return made

    yield start
    for one in running:
        await one.leave()


async def switches_plus_on(served):
    await does(served, "ana", "/settings kudos", channel="general", plus=True)
    await served.leave()


async def test_it_asks_for_the_least(people, started):
    people.granted = 0
    await started()
    assert people.identified[-1]["intents"] == LEAST


async def test_words_are_heard_only_where_plus_is_on(people, started):
    people.granted = CONTENT
    first = await started()
    assert people.identified[-1]["intents"] == LEAST
    await switches_plus_on(first)
    again = await started()
    assert people.identified[-1]["intents"] == LEAST | CONTENT
    await people.says("ana", "@ben ++ for the night with the cluster", "general")
    await again.settle()
    assert "for the night with the cluster" in words(people.messages("general")[1:])


async def test_work_is_heard_in_its_channel_and_goes_with_its_message(people, started):
    people.granted = CONTENT
    first = await started()
    await does(first, "ana", "/settings opportunities", channel="general", overhear=True)
    await first.leave()
    again = await started()
    assert people.identified[-1]["intents"] == LEAST | CONTENT
    message = await people.says("ben", "Looking for a Kubernetes person for a client, €700 a day", "general")
    await again.settle()
    assert "That sounds like work" in words(people.letters("ben"))
    await people.presses("ben", None, "Post it")
    await again.settle()
    await people.deletes(message)
    await again.settle()
    assert "is deleted" in words(people.letters("ben"))
    assert "This is closed" in words(people.messages("general"))


async def test_plus_without_the_intent_is_told_to_admins_with_the_remedy(people, started):
    people.granted = 0
    await switches_plus_on(await started())
    again = await started()
    await again.settle()
    assert people.identified[-1]["intents"] == LEAST
    assert "Message Content" in words(people.letters("ana"))


async def test_plus_that_is_switched_on_while_it_runs_is_told_too(people, started, monkeypatch):
    monkeypatch.setattr(serve, "LOOK_SECONDS", 0.05)
    people.granted = 0
    served = await started()
    await does(served, "ana", "/settings kudos", channel="general", plus=True)
    await people.until(lambda: served.bot._unheard)
    await served.settle()
    assert words(people.letters("ana")).count("Message Content") == 1
    assert people.identified[-1]["intents"] == LEAST


async def test_an_intent_that_is_refused_is_done_without(people, started, monkeypatch):
    people.granted = CONTENT
    await switches_plus_on(await started())
    people.granted = 0
    monkeypatch.setattr(serve, "granted", lambda _client: serve.Granted(content=True))
    again = await started()
    met = await people.types("ben", "/skill mine")
    await again.settle()
    assert met.ephemeral
    assert people.identified[-1]["intents"] == LEAST
    assert "Message Content" in words(people.letters("ana"))


def home(served) -> str:
    return places_on(served.engine, "discord")[0].home


async def test_the_servers_own_channel_is_where_work_from_a_direct_message_stands(people, started):
    server = next(iter(people.guilds.values()))
    server.system = next(one.id for one in people.channels.values() if one.name == "general")
    served = await started()
    await people.until(lambda: home(served) == server.system)


async def test_a_channel_where_the_bot_may_not_write_is_no_home(people, started):
    server = next(iter(people.guilds.values()))
    server.system = next(one.id for one in people.channels.values() if one.name == "general")
    for role in server.roles.values():
        role.permissions &= ~SEND_MESSAGES
    served = await started()
    await people.until(served.bot.gateway.is_ready)
    await served.settle()
    assert home(served) == ""


async def test_whoever_leaves_has_left(people, started):
    people.granted = MEMBERS
    served = await started()
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    await people.member_leaves("ben")
    await served.settle()
    met = await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    assert "has left" in met.content


async def test_two_processes_share_the_servers(people, started):
    people.shards = 2
    second = people.guild("Second", owner="petra", present=False)
    while (int(second.id) >> 22) % 2 == (int(next(iter(people.guilds))) >> 22) % 2:
        await asyncio.sleep(0.002)
        second = people.guild(f"Second {len(people.guilds)}", owner="petra", present=False)
    people.admit(second)
    people.channel("lobby", second.name)
    one = await started(shards=Shards(2, (0,)))
    await people.until(one.bot.gateway.is_ready)
    two = Served(people, one.engine.url.database, shards=Shards(2, (1,)))
    two.running = asyncio.create_task(serve.over_gateway(two.bot, two.stop))
    await people.connected(2)
    assert sorted(one["shard"] for one in people.identified[-2:]) == [[0, 2], [1, 2]]
    for where in ("general", "lobby"):
        met = await people.types("ana" if where == "general" else "petra", "/skill mine", where=where)
        assert met.ephemeral
    people.person("quentin", second.name)
    assert "What would you like to do?" in words([await people.dms("quentin", "help")])
    assert "Settings" in words([await people.dms("petra", "settings")]), "she owns a server of the other process"
    assert "for the admins here" in words([await people.dms("quentin", "settings")])
    await two.leave()


async def test_a_wrong_token_is_named(people, tmp_path):
    people.token = "MTAx.another.token"
    served = Served(people, tmp_path / "gateway.db")
    people.token = "MTAx.right.token"
    with pytest.raises(serve.Refused, match="DISCORD_TOKEN"):
        await served.start()
    await served.bot.close()


async def test_a_server_that_throws_it_out_keeps_nothing_on_its_way(people, started):
    served = await started()
    await does(served, "ben", "/kudos give", to="ana", reason="for the first long night")
    await people.leaves_guild(next(iter(people.guilds)))
    await served.settle()
    assert not list(served.bot.gateway.guilds)
    await people.until(lambda: not served.bot.running)


async def test_admins_hear_in_another_server_that_it_was_thrown_out_and_find_all_as_it_was_when_it_returns(
    people, started
):
    first, second = next(iter(people.guilds.values())), people.guild("Second", owner="petra")
    people.join(second, "ana", admin=True)
    people.channel("lobby", second.name)
    served = await started(servers=frozenset({first.id, second.id}))
    await does(served, "ana", "/settings digest", channel="general", where="general")
    await does(served, "ana", "/kudos give", to="petra", reason="for the first long night", where="lobby")
    await people.leaves_guild(first)
    await does(served, "ana", "/digest now", where="lobby")
    await served.settle()
    assert "I am not in that server any more" in words(people.letters("ana"))
    await people.joins_guild(first)
    met = await does(served, "ana", "/outbox retry", where="lobby")
    assert "I try 1 message again now" in met.content
    assert "first long night" in words(people.messages("general"))


async def test_a_discord_that_is_out_of_order_at_the_start_is_tried_again(people, tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "RETRY_SECONDS", 0.05)
    people.fail("GET /users/@me", 503, times=2)
    people.fail("GET /gateway/bot", 503, times=2)
    served = Served(people, tmp_path / "gateway.db")
    await served.start()
    assert all(one.times == 0 for one in people.failures)
    assert (await people.types("ben", "/skill mine")).ephemeral
    await served.leave()


async def test_a_gateway_whose_door_is_shut_just_then_is_tried_again(people, tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "RETRY_SECONDS", 0.05)
    served = Served(people, tmp_path / "gateway.db")
    await served.bot.client()
    people.fail("GET /users/@me", 503)
    await served.start()
    assert people.failures[0].times == 0
    assert (await people.types("ben", "/skill mine")).ephemeral
    await served.leave()


async def test_commands_that_discord_does_not_take_stop_nothing_and_are_told_at_the_next_start(people, started):
    route = "PUT /applications/{application_id}/commands"
    people.fail(route, 503)
    first = await started()
    assert people.commands == {}
    asked = await people.dms("ben", "skill claim Kubernetes expert")
    assert "Kubernetes, expert: it is on your profile" in words([asked])
    await first.leave()
    await started()
    assert len(people.called(route)) == 2
    assert (await people.types("ben", "/skill mine")).ephemeral

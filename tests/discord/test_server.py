"""The loopback Discord's HTTP API: strict where Discord is strict, held against the real discord.py."""

import asyncio
import io

import aiohttp
import discord as library
import pytest
from discord.http import Route

from tests.discord.bare import COMMANDS, Bare, row, running
from tests.discord.marks import PRIVATE_THREAD, PUBLIC_THREAD
from tests.discord.state import APPLICATION, BOT

PLAIN = {"allowed_mentions": {"parse": []}}
POST = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def client(people):
    """discord.py, logged in, without the gateway."""
    made = Bare()
    await made.login(people.token)
    yield made
    await made.close()


async def error_of(call):
    """The status and code with which Discord answers."""
    with pytest.raises(library.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code


async def test_a_posted_message_stands_in_its_channel_and_an_edit_changes_it(people, client):
    general = people.where("general")
    made = await client.post(general, content="hello", components=[row("Yes")])
    await client.call("PATCH", f"/channels/{general}/messages/{made['id']}", json={"content": "goodbye", **PLAIN})
    (message,) = people.messages("general")
    assert (message["content"], bool(message["edited_timestamp"])) == ("goodbye", True)
    assert message["components"][0]["components"][0]["label"] == "Yes"
    assert (await client.call("GET", f"/channels/{general}/messages/{made['id']}"))["content"] == "goodbye"
    await client.call("DELETE", f"/channels/{general}/messages/{made['id']}")
    assert people.messages("general") == []
    gone = client.call("PATCH", f"/channels/{general}/messages/{made['id']}", json={"content": "x"})
    assert await error_of(gone) == (404, 10008)


async def test_the_same_nonce_makes_one_message_for_some_minutes(people, client):
    general = people.where("general")
    sent = [await client.post(general, content="once", nonce="7-0", enforce_nonce=True) for _time in range(3)]
    assert len({one["id"] for one in sent}) == len(people.messages("general")) == 1
    await client.post(general, content="another", nonce="7-1", enforce_nonce=True)
    await client.post(general, content="loose", nonce="7-1")
    assert len(people.messages("general")) == 3
    people.later(people.nonce_seconds + 1)
    await client.post(general, content="again", nonce="7-0", enforce_nonce=True)
    assert len(people.messages("general")) == 4


@pytest.mark.parametrize(
    ("lacks", "error"),
    [({"view"}, (403, 50001)), ({"send"}, (403, 50013)), (set(), None)],
    ids=["view", "send", "none"],
)
async def test_a_channel_where_the_bot_cannot_write_says_why(people, client, lacks, error):
    people.channels[people.where("general")].lacks = lacks
    call = client.post(people.where("general"), content="x")
    assert await (error_of(call) if error else no_error(call)) == error


async def no_error(call):
    """Nothing went wrong."""
    await call


async def test_what_is_not_there_is_told_by_its_own_code(people, client):
    assert await error_of(client.post("1", content="x")) == (404, 10003)
    assert await error_of(client.call("GET", "/guilds/1")) == (404, 10004)
    home = people.server("Collective")
    assert await error_of(client.call("GET", f"/guilds/{home}/members/1")) == (404, 10013)
    people.user("stranger")
    assert await error_of(client.call("GET", f"/guilds/{home}/members/{people.who('stranger')}")) == (404, 10007)
    assert await error_of(client.call("GET", "/guilds/1/nonsense")) == (404, 0)
    people.forgive("is not a route")


async def test_direct_messages_go_to_whom_takes_them(people, client):
    ben, cleo = people.who("ben"), people.who("cleo")
    room = await client.call("POST", "/users/@me/channels", json={"recipient_id": ben})
    again = await client.call("POST", "/users/@me/channels", json={"recipient_id": int(ben)})
    assert room["id"] == again["id"]
    await client.post(room["id"], content="psst")
    assert [one["content"] for one in people.letters("ben")] == ["psst"]
    closed = await client.call("POST", "/users/@me/channels", json={"recipient_id": cleo})
    assert await error_of(client.post(closed["id"], content="psst")) == (403, 50007)
    await people.member_leaves("ben")
    assert await error_of(client.post(room["id"], content="psst")) == (403, 50278)
    assert await error_of(client.call("POST", "/users/@me/channels", json={"recipient_id": "1"})) == (400, 10013)


async def test_nobody_edits_what_others_wrote(people, client):
    said = await people.says("ana", "mine", "general")
    path = f"/channels/{said['channel_id']}/messages/{said['id']}"
    assert await error_of(client.call("PATCH", path, json={"content": "yours"})) == (403, 50005)


async def test_a_picture_comes_along_with_its_description(people, client):
    payload = {"content": "look", "attachments": [{"id": 0, "filename": "map.png", "description": "A map"}], **PLAIN}
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=people.where("general"))
    form = [
        {"name": "payload_json", "value": library.utils._to_json(payload)},
        {"name": "files[0]", "value": b"\x89PNG", "filename": "map.png", "content_type": "image/png"},
    ]
    made = await client.http.request(route, form=form)
    (attachment,) = made["attachments"]
    assert (attachment["filename"], attachment["description"], attachment["size"]) == ("map.png", "A map", 4)
    assert people.post_of(made).files == {"map.png": b"\x89PNG"}
    async with aiohttp.ClientSession() as http, http.get(attachment["url"]) as answer:
        assert await answer.read() == b"\x89PNG"
    form[1]["name"] = "files[1]"
    assert await error_of(client.http.request(route, form=form)) == (400, 50035)
    people.forgive("files[0] is listed or sent, not both")
    people.forgive("files[1] is listed or sent, not both")


async def test_discord_pys_own_files_are_read_too(people):
    async with running(people) as client:
        channel = client.get_channel(int(people.where("general")))
        none = library.AllowedMentions.none()
        await channel.send("look", file=library.File(io.BytesIO(b"abc"), "a.txt"), allowed_mentions=none)
        assert people.messages("general")[0]["attachments"][0]["size"] == 3


async def test_reactions_are_put_and_taken_back(people, client):
    said = await people.says("ana", "done", "general")
    path = f"/channels/{said['channel_id']}/messages/{said['id']}/reactions/%F0%9F%8E%89/@me"
    await client.call("PUT", path)
    await client.call("PUT", path)
    assert people.post_of(said).reactors == {"🎉": [BOT]}
    assert people.messages("general")[0]["reactions"][0]["count"] == 1
    await client.call("DELETE", path)
    assert people.messages("general")[0]["reactions"] == []
    assert await error_of(client.call("PUT", path.replace("%F0%9F%8E%89", "tada"))) == (400, 10014)
    people.forgive("is no emoji")


async def test_a_private_thread_is_opened_for_some_and_seen_by_nobody_else(people, client):
    general, ben = people.where("general"), people.who("ben")
    thread = await client.call("POST", f"/channels/{general}/threads", json={"name": "Ana and Ben", "type": 12})
    await client.call("PUT", f"/channels/{thread['id']}/thread-members/{ben}")
    made = await client.post(thread["id"], content="meet")
    assert (thread["type"], thread["thread_metadata"]["archived"]) == (PRIVATE_THREAD, False)
    assert people.sees(ben, people.post_of(made))
    assert not people.sees(people.who("ana"), people.post_of(made))
    members = await client.call("GET", f"/channels/{thread['id']}/thread-members")
    assert {one["user_id"] for one in members} == {BOT, ben}
    people.channels[general].lacks = {"private threads"}
    again = client.call("POST", f"/channels/{general}/threads", json={"name": "x", "type": 12})
    assert await error_of(again) == (403, 50013)


async def test_an_archived_thread_takes_messages_but_no_edits(people, client):
    general = people.where("general")
    thread = await client.call("POST", f"/channels/{general}/threads", json={"name": "t", "type": 11})
    made = await client.post(thread["id"], content="x")
    people.channels[thread["id"]].archived = True
    edit = ("PATCH", f"/channels/{thread['id']}/messages/{made['id']}")
    assert await error_of(client.call(*edit, json={"content": "y"})) == (400, 50083)
    await client.call("PATCH", f"/channels/{thread['id']}", json={"archived": False})
    await client.call(*edit, json={"content": "y"})
    people.channels[thread["id"]].archived = True
    await client.post(thread["id"], content="awake")
    assert not people.channels[thread["id"]].archived
    people.channels[thread["id"]].archived = people.channels[thread["id"]].locked = True
    assert await error_of(client.post(thread["id"], content="z")) == (400, 50083)


async def test_a_forum_takes_posts_and_no_messages(people, client):
    forum = people.where("forum")
    assert await error_of(client.post(forum, content="x")) == (400, 50008)
    body = {"name": "A logo", "message": {"content": "wanted", **PLAIN}}
    thread = await client.call("POST", f"/channels/{forum}/threads", json=body)
    assert (thread["type"], thread["id"]) == (PUBLIC_THREAD, thread["message"]["id"])
    assert [one["content"] for one in people.messages(thread["id"])] == ["wanted"]
    assert await error_of(client.call("POST", f"/channels/{forum}/threads", json={"name": "x"})) == (400, 50035)
    people.violations.clear()


async def test_a_thread_under_a_message_has_its_id_and_there_is_one(people, client):
    said = await people.says("ana", "topic", "general")
    path = f"/channels/{said['channel_id']}/messages/{said['id']}/threads"
    assert (await client.call("POST", path, json={"name": "Topic"}))["id"] == said["id"]
    assert await error_of(client.call("POST", path, json={"name": "Topic"})) == (400, 160004)


async def test_commands_keep_their_ids_when_they_are_told_again(people, client):
    path = f"/applications/{APPLICATION}/commands"
    first = await client.call("PUT", path, json=COMMANDS)
    second = await client.call("PUT", path, json=COMMANDS[:2])
    assert [one["id"] for one in second] == [one["id"] for one in first[:2]]
    assert await client.call("GET", path) == second
    home = people.server("Collective")
    here = await client.call("PUT", f"/applications/{APPLICATION}/guilds/{home}/commands", json=COMMANDS[:1])
    assert here[0]["guild_id"] == home
    assert await error_of(client.call("PUT", "/applications/1/commands", json=[])) == (403, 20012)


async def test_who_and_where_is_told(people, client):
    home = people.server("Collective")
    assert (await client.call("GET", f"/guilds/{home}"))["owner_id"] == people.who("olga")
    assert len(await client.call("GET", f"/guilds/{home}/roles")) == 3
    assert (await client.call("GET", f"/guilds/{home}/members/{people.who('ana')}"))["user"]["username"] == "ana"
    page = await client.call("GET", f"/guilds/{home}/members?limit=2")
    assert len(page) == 2
    assert {one["name"] for one in await client.call("GET", f"/guilds/{home}/channels")} == {"general", "forum"}
    assert (await client.call("GET", f"/channels/{people.where('forum')}"))["type"] == 15
    assert (await client.application_info()).id == int(APPLICATION)
    assert (await client.fetch_user(int(people.who("ben")))).name == "ben"


async def test_words_are_withheld_over_http_too(people, client):
    said = await people.says("ana", "secret", "general")
    path = f"/channels/{said['channel_id']}/messages"
    assert (await client.call("GET", path))[0]["content"] == "secret"
    people.granted = 0
    assert (await client.call("GET", path))[0]["content"] == ""
    assert (await client.call("GET", f"{path}/{said['id']}"))["content"] == ""


async def test_only_the_bots_token_and_only_json_are_let_in(people):
    url = f"{people.api_url}/channels/{people.where('general')}/messages"
    own = {"Authorization": f"Bot {people.token}"}
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json={"content": "x"}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, 0)
            assert answer.headers["Content-Type"] == "application/json"
        async with http.post(url, data={"content": "x"}, headers=own) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)
        broken = {**own, "Content-Type": "application/json"}
        async with http.post(url, data="{", headers=broken) as answer:
            assert (await answer.json())["code"] == 50109
    people.forgive("a body of type")


async def test_a_scripted_error_meets_its_channel_and_ends(people, client):
    people.channel("random")
    people.fail(POST, 403, 50013, channel_id=people.where("general"))
    await client.post(people.where("random"), content="x")
    assert await error_of(client.post(people.where("general"), content="x")) == (403, 50013)
    await client.post(people.where("general"), content="x")


async def test_discord_py_waits_as_long_as_one_route_says(people, client):
    people.channel("random")
    people.fail(POST, retry_after=1.5, channel_id=people.where("general"))
    slow = asyncio.create_task(client.post(people.where("general"), content="late"))
    await client.post(people.where("random"), content="soon")
    assert people.messages("general") == []
    await slow
    assert people.early == []
    assert len(people.messages("general")) == 1


async def test_discord_py_leaves_an_empty_bucket_alone(people, client):
    people.buckets[POST] = (2, 0.4)
    await asyncio.gather(*(client.post(people.where("general"), content=str(number)) for number in range(6)))
    assert len(people.messages("general")) == 6
    assert people.early == []


async def test_a_bucket_that_overflows_answers_429_and_says_so(people):
    people.buckets[POST] = (1, 30.0)
    url = f"{people.api_url}/channels/{people.where('general')}/messages"
    own = {"Authorization": f"Bot {people.token}"}
    async with aiohttp.ClientSession(headers=own) as http:
        for status in (200, 429):
            async with http.post(url, json={"content": "x"}) as answer:
                assert answer.status == status
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert int(answer.headers["Retry-After"]) <= 30
        assert "Via" in answer.headers
    assert len(people.early) == 1


async def test_a_global_limit_holds_every_route(people, client):
    people.fail(POST, retry_after=0.3, everywhere=True)
    first = asyncio.create_task(client.post(people.where("general"), content="x"))
    await people.until(lambda: people.failures[0].times == 0)
    await people.until(lambda: not client.http._global_over.is_set())
    await client.call("GET", f"/channels/{people.where('general')}")
    await first
    assert people.early == []

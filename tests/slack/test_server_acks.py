"""The loopback Slack on late acks, forged requests, and sockets that end."""

import asyncio

import pytest

from tests.slack.bare import Bare, over_http, over_socket


async def test_an_ack_that_comes_too_late_is_a_problem(people, bare):
    people.ack_seconds = 0.2
    bare.answers = {"late": 0.6}
    ack = await people.command("U1", "/kudos")
    assert ack.status == 0
    people.forgive("/kudos was not acked within")


async def test_forged_and_stale_requests_are_turned_away(people):
    bare = Bare(people)
    bare.listen()
    async with over_http(people, bare):
        await people.command("U1", "/kudos", secret="wrong", expects=401)
        await people.command("U1", "/kudos", age=400, expects=401)
        await people.command("U1", "/unknown")
    assert bare.heard == []
    people.forgive("/unknown was answered with 404")


async def test_a_dropped_socket_is_opened_again_and_heard(people):
    bare = Bare(people)
    bare.listen()
    async with over_socket(people, bare):
        people.drop()
        await people.connected(2)
        await people.command("U1", "/kudos")
        assert len(bare.heard) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_that_is_asked_to_make_way_does(people, reason):
    bare = Bare(people)
    bare.listen()
    async with over_socket(people, bare):
        await people.disconnect(reason)
        await people.connected(2)
        await people.command("U1", "/kudos")
        assert len(bare.heard) == 1


async def test_a_socket_needs_a_fresh_ticket(people, client):
    opened = await client.apps_connections_open(app_token=people.app_token)
    async with people.http.ws_connect(opened["url"]) as socket:
        assert (await socket.receive_json())["type"] == "hello"
    async with people.http.get(opened["url"].replace("ws", "http", 1)) as answer:
        assert answer.status == 404
    people.forgive("without a fresh ticket")


async def test_acks_of_unknown_envelopes_and_payloads_that_nobody_takes_are_problems(people, client):
    people.mode = "socket"
    opened = await client.apps_connections_open(app_token=people.app_token)
    async with people.http.ws_connect(opened["url"]) as socket:
        await socket.receive_json()
        await socket.send_json({"envelope_id": "forged"})
        await people.until(lambda: people.problems)
        people.forgive("names no envelope")
        sending = asyncio.create_task(people.opens_home("U1", retry=1))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["retry_attempt"]) == ("events_api", 1)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "x"}})
        await sending
    people.forgive("carries a payload")

"""Over HTTP nobody but Slack is heard, whatever they send; and what Slack sends goes through."""

import asyncio
import json
import time
from io import BytesIO
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.slack import gate
from adapters.slack.gate import MOST_BYTES, Gate
from tests.slack.inbound import signed

pytestmark = [pytest.mark.parametrize("served", ["http"], indirect=True), pytest.mark.sampled(6)]


@pytest.fixture
async def heard(served):
    """Posts bytes where Slack posts, over HTTP."""

    async def post(body, headers, path="/slack/events"):
        url = served.slack.app_url.replace("/slack/events", path)
        async with aiohttp.ClientSession() as http, http.post(url, data=_stream(body), headers=headers) as answer:
            return answer.status

    post.served = served
    return post


def _stream(body):
    return BytesIO(body) if isinstance(body, bytes) else body


def proof(served, body, at=None):
    made = signed(served.slack.signing_secret, body, time.time() if at is None else at)
    return {"Content-Type": "application/json", **made}


CHALLENGE = json.dumps({"type": "url_verification", "token": "x", "challenge": "abc"})


async def test_what_slack_signed_goes_through(heard):
    assert await heard(CHALLENGE.encode(), proof(heard.served, CHALLENGE)) == 200


@pytest.mark.parametrize("at", ["", "soon", "1e9", "²", "9" * 5000, "-1", "0x10"])
async def test_a_timestamp_that_is_none_is_turned_away(heard, at):
    headers = {**proof(heard.served, CHALLENGE), "X-Slack-Request-Timestamp": at}
    assert await heard(CHALLENGE.encode(), headers) == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v0=é", "v0=" + "0" * 64])
async def test_a_signature_that_is_none_is_turned_away(heard, signature):
    headers = {**proof(heard.served, CHALLENGE), "X-Slack-Signature": signature}
    assert await heard(CHALLENGE.encode(), headers) == 401


async def test_without_any_proof_nothing_is_heard(heard):
    assert await heard(CHALLENGE.encode(), {"Content-Type": "application/json"}) == 401


@pytest.mark.parametrize("body", [b"{", b"payload=%7B", b"ssl_check=2", b"\x00", b""])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_nobody_gets_a_fault_out_of_it_without_a_signature(heard, body, kind):
    assert await heard(body, {"Content-Type": kind}) == 401


async def test_slack_may_look_at_the_certificate(heard):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert await heard(b"token=x&ssl_check=1", kind) == 200


@pytest.mark.parametrize("age", [301, 3600, -301])
async def test_what_is_stale_is_turned_away(heard, age):
    assert await heard(CHALLENGE.encode(), proof(heard.served, CHALLENGE, time.time() - age)) == 401


async def test_what_is_no_text_is_turned_away(heard):
    assert await heard(b"\xff\xfe{}", proof(heard.served, CHALLENGE)) == 400


async def test_more_than_slack_sends_is_not_read(heard):
    body = b"x" * (MOST_BYTES + 1)
    assert await heard(body, proof(heard.served, CHALLENGE)) == 413


async def test_nor_where_it_does_not_say_how_much_it_is(heard):
    async def pieces():
        for _piece in range(5):
            yield b"x" * 2**20

    assert await heard(pieces(), proof(heard.served, CHALLENGE)) == 413


async def test_the_most_that_a_form_holds_goes_through(heard):
    body = urlencode({"payload": json.dumps({"type": "nothing", "text": "😀" * 280_000}, ensure_ascii=False)})
    assert 3 * 2**20 < len(body) <= MOST_BYTES
    made = {**proof(heard.served, body), "Content-Type": "application/x-www-form-urlencoded"}
    assert await heard(body.encode(), made) == 404


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/", "/slack/install"])
async def test_there_is_nothing_behind_other_doors(heard, path):
    assert await heard(CHALLENGE.encode(), proof(heard.served, CHALLENGE), path) == 404


async def test_what_never_comes_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr(gate, "READ_SECONDS", 0.05)
    said = []

    async def nothing():
        await asyncio.Event().wait()

    async def send(message):
        said.append(message)

    await Gate(None, served.slack.signing_secret)({"headers": []}, nothing, send)
    assert said[0]["status"] == 408

"""The end of an installation, its keys, and the pages that a browser sees."""

from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.door import Door
from storage.installations import OauthState
from storage.secrets import Safe, WrongKey
from tests.slack.install.granting import KEY, NEWER, NOON, added, begun, made_of, rows, visit


@pytest.mark.parametrize(
    ("event", "left"),
    [
        ({"type": "app_uninstalled"}, None),
        ({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}, None),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, "xoxb-1"),
    ],
)
async def test_slack_tells_when_the_bot_is_taken_out(installs, slack, clock, event, left):
    await added(installs, slack.team("c", "T1", "xoxb-1"))

    async def authorize(**_known: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")

    bolt = AsyncApp(
        signing_secret="s", authorize=authorize, request_verification_enabled=False, process_before_response=True
    )
    installs.listen(bolt)
    body = {"type": "event_callback", "team_id": "T1", "event": event, "event_time": int(NOON.timestamp()) + 5}
    answer = await bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200
    assert await installs.token_for("T1", "") == left


async def test_an_old_key_still_opens_until_all_is_kept_with_the_new_one(engine, slack, clock):
    await added(made_of(engine, slack, clock), slack.team("c", "T1", "xoxb-1"))
    both = made_of(engine, slack, clock, f"{NEWER},{KEY}")
    assert await both.token_for("T1", "") == "xoxb-1"
    assert await both.renew() == 1
    assert await made_of(engine, slack, clock, NEWER).token_for("T1", "") == "xoxb-1"
    with pytest.raises(WrongKey):
        await made_of(engine, slack, clock, KEY).token_for("T1", "")


async def test_a_wrong_key_is_named_with_what_to_do(engine, slack, clock):
    await added(made_of(engine, slack, clock), slack.team("c", "T1", "xoxb-1"))
    with pytest.raises(WrongKey, match="SECRET_KEY=new,old"):
        await made_of(engine, slack, clock, NEWER).token_for("T1", "")


@pytest.mark.parametrize(("key", "words"), [("", "missing"), (" , ", "missing"), ("short", "shorter than 16")])
def test_a_key_that_protects_nothing_is_refused(key, words):
    with pytest.raises(WrongKey, match=words):
        Safe(key)


async def test_a_browser_is_taken_through_the_whole_installation(installs, slack):
    door = Door(installs)
    status, headers, _body = await visit(door, "/slack/install")
    cookie = headers["set-cookie"].split(";")[0].partition("=")[2]
    state = parse_qs(urlsplit(headers["location"]).query)["state"][0]
    assert status == 302
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(headers["set-cookie"].split("; "))
    slack.team("c", "T1", "xoxb-1")
    status, headers, body = await visit(door, "/slack/oauth_redirect", f"code=c&state={state}", cookie)
    assert status == 200
    assert "https://app.slack.com/client/T1" in body
    assert "Max-Age=0" in headers["set-cookie"]
    assert await installs.token_for("T1", "") == "xoxb-1"


async def test_who_says_no_at_slack_is_told_that_nothing_has_changed(installs, slack):
    door = Door(installs)
    _status, headers, _body = await visit(door, "/slack/install")
    cookie = headers["set-cookie"].split(";")[0].partition("=")[2]
    state = parse_qs(urlsplit(headers["location"]).query)["state"][0]
    status, _headers, body = await visit(door, "/slack/oauth_redirect", f"error=access_denied&state={state}", cookie)
    assert status == 400
    assert "nothing has changed" in body
    assert 'href="install"' in body


async def test_nothing_that_comes_with_the_address_is_on_the_page(installs):
    query = "error=%3Cscript%3Ealert(1)%3C/script%3E&state=%3Cb%3E&code=%3Ci%3E"
    status, headers, body = await visit(Door(installs), "/slack/oauth_redirect", query, "x")
    assert status == 400
    assert [said for said in ("<script", "alert", "<b>", "<i>") if said in body] == []
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_team_key_cannot_break_out_of_the_page(installs, slack):
    slack.team("c", 'T1"><script>', "xoxb-1")
    state, cookie = await begun(installs)
    _status, _headers, body = await visit(Door(installs), "/slack/oauth_redirect", f"code=c&state={state}", cookie)
    assert "<script>" not in body
    assert "with you now" in body


async def test_only_a_browsers_visit_begins_an_installation(installs, engine):
    status, _headers, _body = await visit(Door(installs), "/slack/install", method="POST")
    assert status == 405
    assert rows(engine, OauthState) == []


async def test_a_broken_cookie_is_no_cookie(installs):
    status, _headers, _body = await visit(Door(installs), "/slack/install", cookie='"\\x; =;;')
    assert status == 302

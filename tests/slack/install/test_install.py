"""Workspaces and organisations install the bot: tokens, communities, states."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.install import NotInstalled
from bot.people import found_place
from storage.db import everywhere
from storage.installations import Installation, OauthState
from storage.models import Community, Place
from tests.slack.install.granting import NOON, PUBLIC, added, begun, made_of, rows


async def test_the_browser_is_sent_to_slack_with_what_the_app_needs(installs):
    url, _cookie = await installs.begin()
    asked = parse_qs(urlsplit(url).query)
    assert url.startswith("https://slack.com/oauth/v2/authorize?")
    assert asked["client_id"] == ["12.34"]
    assert "chat:write" in asked["scope"][0].split(",")
    assert asked["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]


async def test_a_workspace_that_adds_the_bot_has_a_token_and_a_community(installs, slack, engine):
    await added(installs, slack.team("c", "T1", "xoxb-1"))
    assert await installs.token_for("T1", "") == "xoxb-1"
    assert [(one.key, one.name) for one in rows(engine, Place)] == [("T1", "Ants")]
    assert [one.name for one in rows(engine, Community)] == ["Ants"]
    assert slack.asked[0]["redirect_uri"] == f"{PUBLIC}/slack/oauth_redirect"


async def test_each_workspace_founds_its_own_community(installs, slack, engine):
    await added(installs, slack.team("a", "T1", "xoxb-1"))
    await added(installs, slack.team("b", "T2", "xoxb-2", "Bees"))
    homes = {one.key: one.community_id for one in rows(engine, Place)}
    assert homes["T1"] != homes["T2"]
    assert await installs.token_for("T1", "") == "xoxb-1"
    assert await installs.token_for("T2", "") == "xoxb-2"


async def test_a_workspace_that_was_configured_before_keeps_its_community(installs, slack, engine):
    with everywhere(engine) as db:
        found_place(db, "slack", "T1", "Old name", NOON)
    await added(installs, slack.team("c", "T1", "xoxb-1"))
    assert [one.name for one in rows(engine, Community)] == ["Old name"]


async def test_who_never_added_the_bot_has_no_token(installs):
    assert await installs.token_for("T9", "") is None


async def test_adding_it_again_takes_the_new_token_and_the_same_community(installs, slack, engine):
    await added(installs, slack.team("a", "T1", "xoxb-1"))
    assert await installs.token_for("T1", "") == "xoxb-1"
    await added(installs, slack.team("b", "T1", "xoxb-2"))
    assert await installs.token_for("T1", "") == "xoxb-2"
    assert len(rows(engine, Installation)) == len(rows(engine, Community)) == 1


async def test_what_is_stored_cannot_be_read_without_the_key(installs, slack, engine, tmp_path):
    await added(installs, slack.team("c", "T1", "xoxb-secret"))
    engine.dispose()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("many.db*"))
    assert b"xoxb-secret" not in stored
    assert b"T1" in stored


async def test_a_state_is_good_once(installs, slack, engine):
    state, cookie = await begun(installs)
    await installs.finish(slack.team("a", "T1", "xoxb-1"), state, cookie)
    with pytest.raises(NotInstalled, match="used already"):
        await installs.finish(slack.team("b", "T2", "xoxb-2"), state, cookie)
    assert len(rows(engine, Installation)) == 1
    assert len(slack.asked) == 1


async def test_a_state_is_good_for_ten_minutes(installs, slack, clock):
    early, cookie = await begun(installs)
    late, other = await begun(installs)
    clock.now += timedelta(minutes=9, seconds=59)
    await installs.finish(slack.team("a", "T1", "xoxb-1"), early, cookie)
    clock.now += timedelta(seconds=1)
    with pytest.raises(NotInstalled, match="too old"):
        await installs.finish(slack.team("b", "T2", "xoxb-2"), late, other)


@pytest.mark.parametrize("cookie", ["", "of another browser"])
async def test_a_state_is_good_in_the_browser_that_began_it(installs, slack, cookie):
    state, own = await begun(installs)
    with pytest.raises(NotInstalled, match="another browser"):
        await installs.finish(slack.team("c", "T1", "xoxb-1"), state, cookie)
    assert await installs.finish("c", state, own)


async def test_a_state_that_nobody_made_is_refused_before_slack_is_asked(installs, slack):
    _state, cookie = await begun(installs)
    with pytest.raises(NotInstalled):
        await installs.finish("c", "forged", cookie)
    assert slack.asked == []


async def test_two_tabs_of_a_browser_may_both_finish(installs, slack):
    first, cookie = await begun(installs)
    url, again = await installs.begin(cookie)
    assert again == cookie
    await installs.finish(slack.team("a", "T1", "xoxb-1"), first, cookie)
    await installs.finish(slack.team("b", "T2", "xoxb-2"), parse_qs(urlsplit(url).query)["state"][0], cookie)


async def test_a_cookie_that_is_not_ours_is_replaced(installs):
    _url, cookie = await installs.begin("made up; Path=/")
    assert cookie != "made up; Path=/"


async def test_what_nobody_finished_is_forgotten(installs, engine, clock):
    await installs.begin()
    clock.now += timedelta(days=2)
    await installs.begin()
    assert [one.made_at for one in rows(engine, OauthState)] == [clock.now]


async def test_a_code_that_slack_does_not_know_changes_nothing(installs, engine):
    with pytest.raises(NotInstalled, match="did not confirm"):
        await added(installs, "unknown")
    assert rows(engine, Community) == []


async def test_a_wrong_client_secret_is_the_operators_to_mend(engine, slack, clock):
    with pytest.raises(NotInstalled, match="log") as refused:
        await added(made_of(engine, slack, clock, secret="wrong"), slack.team("c", "T1", "xoxb-1"))
    assert refused.value.status == 502


async def test_when_slack_does_not_answer_it_is_said(engine, slack, clock):
    slack.url = "http://127.0.0.1:9/api/"
    with pytest.raises(NotInstalled, match="does not answer"):
        await added(made_of(engine, slack, clock), "c")


async def test_a_revoked_token_is_forgotten_and_the_community_is_not(installs, slack, engine):
    await added(installs, slack.team("c", "T1", "xoxb-1"))
    await installs.token_for("T1", "")
    await installs.revoked("T1")
    assert await installs.token_for("T1", "") is None
    assert [one.bot_token for one in rows(engine, Installation)] == [""]
    await added(installs, slack.team("d", "T1", "xoxb-2"))
    assert await installs.token_for("T1", "") == "xoxb-2"
    assert len(rows(engine, Community)) == 1


async def test_the_news_of_an_end_that_comes_after_a_new_beginning_ends_nothing(installs, slack, clock):
    await added(installs, slack.team("a", "T1", "xoxb-1"))
    removed = clock.now = NOON + timedelta(minutes=1)
    clock.now += timedelta(minutes=1)
    await added(installs, slack.team("b", "T1", "xoxb-2"))
    await installs.revoked("T1", at=removed)
    assert await installs.token_for("T1", "") == "xoxb-2"


async def test_an_organisation_serves_all_of_its_workspaces_in_one_community(installs, slack, engine):
    await added(installs, slack.team("a", "T0", "xoxb-0"))
    await added(installs, slack.organisation("o", "E1", "xoxb-org"))
    assert await installs.token_for("T1", "E1") == "xoxb-org"
    assert await installs.token_for("T1", "E1") == "xoxb-org"
    homes = {one.key: one.community_id for one in rows(engine, Place)}
    assert homes["T1"] == homes["E1"] != homes["T0"]


async def test_couriers_know_the_workspaces_and_the_organisation_by_their_place_alone(installs, slack, engine, clock):
    await added(installs, slack.organisation("o", "E1", "xoxb-org"))
    await installs.token_for("T1", "E1")
    later = made_of(engine, slack, clock)
    assert await later.token_for("T1") == "xoxb-org"
    assert await later.token_for("E1") == "xoxb-org"
    assert await later.token_for("T2") is None


async def test_a_workspace_of_another_organisation_gets_nothing(installs, slack, engine):
    await added(installs, slack.organisation("o", "E1", "xoxb-org"))
    assert await installs.token_for("T5", "E2") is None
    assert [one.key for one in rows(engine, Place)] == ["E1"]


async def test_a_workspace_with_its_own_token_uses_that_until_it_is_gone(installs, slack):
    await added(installs, slack.organisation("o", "E1", "xoxb-org"))
    await added(installs, slack.team("t", "T1", "xoxb-1", enterprise="E1"))
    assert await installs.token_for("T1", "E1") == "xoxb-1"
    await installs.revoked("T1", "E1")
    assert await installs.token_for("T1", "E1") == "xoxb-org"


async def test_an_organisation_that_removes_the_bot_removes_it_everywhere(installs, slack):
    await added(installs, slack.organisation("o", "E1", "xoxb-org"))
    await installs.token_for("T1", "E1")
    await installs.revoked("", "E1")
    assert await installs.token_for("T1", "E1") is None
    assert await installs.token_for("T1") is None

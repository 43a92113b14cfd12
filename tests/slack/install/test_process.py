"""Workspaces and organisations add the bot to one running process, by a browser, and are served."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.slack.process import SECONDS, Process
from tests.slack.server import Slack
from tests.slack.serving import shown, words

KEY = "a key that is long enough"


@pytest.fixture
async def slack():
    """A workspace, and two of one organisation."""
    async with Slack() as made:
        made.user("U1", "ana", admin=True)
        made.user("U2", "ben")
        made.channel("C1", "general")
        for team, user, channel in (("T2", "W2", "C2"), ("T3", "W3", "C3")):
            made.team(team, f"Hill {team}", enterprise="E1")
            made.user(user, f"wanda{team}", team=team, admin=True)
            made.channel(channel, f"room-{team}", team=team)
        yield made
        assert made.problems == []


def running(slack, tmp_path, key=KEY):
    oauth = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "SLACK_AUTHORIZE_URL": f"{slack.url}/oauth/v2/authorize",
        "SECRET_KEY": key,
    }
    made = Process(slack, tmp_path, "http", **oauth)
    made.environment["PUBLIC_URL"] = made.url = f"http://127.0.0.1:{made.port}"
    return made


async def adds(slack, process, **grant):
    """A browser goes to the installation page, on to Slack, and back."""
    async with slack.http.get(f"{process.url}/slack/install", allow_redirects=False) as out:
        assert out.status == 302
        asked = parse_qs(urlsplit(out.headers["location"]).query)
        cookie = out.headers["set-cookie"].partition(";")[0]
    (back,) = asked["redirect_uri"]
    answer = {"code": slack.grant(redirect_uri=back, **grant), "state": asked["state"][0]}
    async with slack.http.get(back, params=answer, headers={"cookie": cookie}) as done:
        return done.status, await done.text()


async def test_a_workspace_adds_the_bot_and_is_served_by_it(slack, tmp_path):
    async with running(slack, tmp_path) as process:
        status, page = await adds(slack, process, team="T1")
        assert (status, "with you now" in page) == (200, True)
        await slack.command("U1", "/skill", "claim Kubernetes expert")
        await slack.until(lambda: "Kubernetes, expert: it is on your profile" in words(slack.ephemerals("U1")), SECONDS)
        await slack.event({"type": "app_uninstalled"})
        slack.revoked.add(slack.bot_token)
        process.expected = "the app should be installed into this workspace"
        await slack.command("U1", "/skill", "mine")
        await slack.until(lambda: "not in this workspace" in str(slack.ephemerals("U1")), SECONDS)
        again = slack.team("T1", "Collective", bot_user="UNEW")
        again.token = "xoxb-T1-again"
        assert (await adds(slack, process, team="T1"))[0] == 200
        await slack.says("U1", "<@UNEW> skill mine", "C1")
        await slack.until(lambda: "Kubernetes" in shown(slack.ephemerals("U1")[-1:]), SECONDS)


@pytest.mark.soak
async def test_an_organisation_adds_the_bot_to_all_its_workspaces_at_once(slack, tmp_path):
    async with running(slack, tmp_path) as process:
        assert (await adds(slack, process, team="T1"))[0] == 200
        slack.organisation("E1")
        assert (await adds(slack, process, team="T2", user="W2"))[0] == 200
        await slack.says("W2", "skill claim Byzantine chant")
        await slack.until(lambda: "Byzantine" in shown(slack.direct("W2")), SECONDS)
        await slack.command("W3", "/skill", "find Byzantine chant", channel="C3")
        await slack.until(lambda: "wandaT2" in shown(slack.ephemerals("W3")), SECONDS)
        await slack.command("U1", "/skill", "find Byzantine chant")
        await slack.until(lambda: "Nobody" in shown(slack.ephemerals("U1")), SECONDS)
        await slack.command("W3", "/kudos", "give", channel="C3")
        await slack.until(lambda: slack.modals("W3"), SECONDS)


@pytest.mark.soak
async def test_another_key_than_the_tokens_were_kept_with_stops_the_start_in_words(slack, tmp_path):
    async with running(slack, tmp_path) as process:
        await adds(slack, process, team="T1")
    wrong = running(slack, tmp_path, "another key that is as long")
    await wrong.begin()
    code, out = await wrong.ended()
    assert code == 2
    assert out.splitlines()[-1].startswith("manyhands: SECRET_KEY is not the key that the Slack tokens were kept with.")
    async with running(slack, tmp_path, f"another key that is as long,{KEY}"):
        await slack.command("U1", "/help", "")
        await slack.until(lambda: slack.ephemerals("U1"), SECONDS)

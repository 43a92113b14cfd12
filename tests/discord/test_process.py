"""`manyhands run` as an operator starts it: alone on Discord, and on Slack and Discord at once as one community."""

import asyncio
import os
import signal
import sys

from tests.discord.nouns import said
from tests.slack.test_app import words as slack_words

SECONDS = 60.0


class Process:
    """One running `manyhands run`."""

    def __init__(self, discord, tmp_path, **more):
        self.discord = discord
        straight = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        self.environment = {
            **straight,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'run.db'}",
            "EMBEDDING_MODEL": str(tmp_path / "no-model"),
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            **more,
        }

    async def __aenter__(self):
        command = (sys.executable, "-m", "manyhands", "run")
        pipe = asyncio.subprocess.PIPE
        self.running = await asyncio.create_subprocess_exec(*command, env=self.environment, stdout=pipe, stdin=pipe)
        await self.discord.until(lambda: any(one.line for one in self.discord.sessions.values()), SECONDS)
        return self

    async def __aexit__(self, *_error):
        self.running.send_signal(signal.SIGTERM)
        out, _ = await asyncio.wait_for(self.running.communicate(), SECONDS)
        assert self.running.returncode == 0, out.decode()
        assert '"level": "error"' not in out.decode(), out.decode()


def shows(people, where, text):
    """Whether a channel says this."""
    return lambda: text in "\n".join(said(one) for one in people.messages(where)).replace("\u200b", "")


async def test_one_process_serves_a_server_and_its_buttons_outlive_it(people, tmp_path):
    async with Process(people, tmp_path):
        await people.types("ana", "/settings skills", channel="general")
        await people.types("ana", "/skill claim", skill="Kubernetes", level="expert")
        await people.until(shows(people, "general", "Kubernetes"), SECONDS)
    async with Process(people, tmp_path):
        met = await people.presses("ben", None, "Vouch")
        assert "hears that you have seen them do" in met.content
    assert len(people.called("PUT /applications/{application_id}/commands")) == 1


async def test_slack_and_discord_are_one_community_in_one_process(people, slack, tmp_path):
    keys = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
    async with Process(people, tmp_path, **keys):
        await asyncio.wait_for(slack.connected(), SECONDS)
        await slack.command("U1", "/kudos", slack.typed("give @ben for the night with the cluster"))
        await slack.until(lambda: "night with the cluster" in slack_words(slack.messages("C1")), SECONDS)
        await people.types("ana", "/settings digest", channel="general", empty=True)
        await people.types("ana", "/digest now")
        await people.until(shows(people, "general", "night with the cluster"), SECONDS)
        await _linked(people, slack)
        met = await people.types("ben", "/kudos mine")
        assert "night with the cluster" in met.content


async def _linked(people, slack):
    """Ben shows on Discord that he is also Ben on Slack."""
    await slack.command("U2", "/profile", slack.typed("link"))
    found = await slack.until(lambda: _code(slack_words(slack.ephemerals("U2"))), SECONDS)
    del found
    asked = await people.types("ben", "/profile link", code=_code(slack_words(slack.ephemerals("U2"))))
    assert "Are these both you?" in asked.content
    done = await people.presses("ben", None, "Yes, both are me")
    assert "Now you are one member" in done.content


def _code(text):
    _, found, rest = text.partition("profile link ")
    return rest.split("`")[0].split()[0] if found else ""

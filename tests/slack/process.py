"""`manyhands run` as an operator starts it, before a loopback workspace."""

import asyncio
import os
import signal
import sys

from tests.ports import free_port
from tests.slack.serving import opened

SECONDS = 120.0


def straight():
    """This environment without a proxy, and without what configures another Manyhands."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name[:6] != "SLACK_"}


class Process:
    """One running `manyhands run`; `more` is set in its environment, or left out where it is empty."""

    def __init__(self, slack, tmp_path, mode, **more):
        self.slack = slack
        self.killed = False
        self.expected = ""
        self.port = free_port()
        slack.mode = mode
        slack.app_url = f"http://127.0.0.1:{self.port}/slack/events"
        self.database = f"sqlite:///{tmp_path / 'run.db'}"
        self.environment = {
            **straight(),
            "DATABASE_URL": self.database,
            "EMBEDDING_MODEL": str(tmp_path / "no-model"),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_MODE": mode,
            "SLACK_HTTP_PORT": str(self.port),
            **({"SLACK_APP_TOKEN": slack.app_token} if mode == "socket" else {}),
            **({"SLACK_SIGNING_SECRET": slack.signing_secret} if mode == "http" else {}),
            **more,
        }

    async def begin(self):
        """Starts it, and waits for nothing."""
        command = (sys.executable, "-m", "manyhands", "run")
        pipe = asyncio.subprocess.PIPE
        streams = {"stdin": pipe, "stdout": pipe, "stderr": asyncio.subprocess.STDOUT}
        self.running = await asyncio.create_subprocess_exec(*command, env=self.environment, **streams)

    async def __aenter__(self):
        await self.begin()
        if self.slack.mode == "socket":
            await asyncio.wait_for(self.slack.connected(seconds=SECONDS), SECONDS)
        else:
            await opened(self.port, SECONDS)
        return self

    async def asks(self, path):
        """What it answers on the port on which Slack reaches it."""
        async with self.slack.http.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status, await answer.text()

    async def kill(self):
        """As when the machine loses its power."""
        self.killed = True
        self.running.kill()
        await self.running.wait()

    async def ended(self):
        """What it said, and how it ended by itself."""
        out, _ = await asyncio.wait_for(self.running.communicate(), SECONDS)
        return self.running.returncode, out.decode()

    async def __aexit__(self, *_error):
        if self.killed:
            return
        self.running.send_signal(signal.SIGTERM)
        code, out = await self.ended()
        assert code == 0, out
        secrets = (self.slack.bot_token, self.slack.app_token, self.slack.signing_secret)
        said = ("Kubernetes", "Vouch", "@ana", "ben ")
        assert [one for one in (*secrets, *said) if one in out] == []
        errors = [one for one in out.splitlines() if '"level": "error"' in one]
        assert [one for one in errors if not self.expected or self.expected not in one] == []

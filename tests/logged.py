"""What a process logs, as a test reads it: every line, and the secrets that must not stand in any."""

import io
import json

from jobs.environment import Environment

BOT, APP, SIGNING = "xoxb-1234567890-abcdef", "xapp-1-A0-1-abcdef", "a-signing-secret"
DISCORD = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4OQ", "GabcdE", "x" * 38))


class Loud:
    """A stream that is no terminal."""

    def __init__(self):
        self.written = io.StringIO()

    def write(self, text):
        return self.written.write(text)

    def flush(self):
        """Nothing waits."""

    def isatty(self):
        return False

    @property
    def text(self):
        return self.written.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]


def env():
    return Environment(
        _env_file=None,
        slack_bot_token=BOT,
        slack_app_token=APP,
        slack_signing_secret=SIGNING,
        discord_token="a-token-of-another-form",
        secret_key="new-key-0123456789,old-key-0123456789",
        database_url="postgresql://manyhands:p%40ssword@db.example/manyhands",
    )

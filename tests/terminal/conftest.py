"""The community in which these scenarios play."""

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.local.complete import Lines, Seat
from adapters.local.session import Session
from adapters.local.terminal import Sitting, Terminal
from bot import features
from bot.app import App
from jobs.clock import Clock
from jobs.courier import Courier
from storage.db import connect
from storage.upgrade import upgrade
from tests.encoders import Words
from tests.terminal.steps import QUIT


class Local:
    """One community at one keyboard."""

    def __init__(self, folder: Path) -> None:
        self.engine = connect(f"sqlite:///{folder / 'terminal.db'}")
        upgrade(self.engine)
        self.app = App(self.engine, features.catalogue(), Words(), features.welcome)
        self.clock = Clock(self.app)
        self.courier = Courier(self.engine, {})
        self.place = self.app.place("local", "local", "Manyhands", datetime.now(UTC))
        self.out = io.StringIO()
        self.session = self.sits(Sitting)

    def sits(self, kind: type[Session]) -> Session:
        session = kind(self.app, self.place, self.drain, self.out)
        self.courier.carriers = {"local": session}
        return session

    def drain(self, now: datetime) -> None:
        while self.clock.tick(now) + asyncio.run(self.courier.drain(now)):
            continue

    def types(self, *keys: str, name: str = "ana") -> str:
        """What is on the screen after these keys and `quit`."""
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text("".join(keys) + QUIT)
            assert Terminal(self.session, name).run() == 0
        return self.out.getvalue()

    def completes(self, line: str, who: str = "ana") -> dict[str, str]:
        """Each suggestion, and the line that taking it gives."""
        found = Lines(Seat(self.session, who)).get_completions(Document(line), CompleteEvent())
        return {one.display_text: line[: len(line) + one.start_position] + one.text for one in found}


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Local]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm-256color")
    made = Local(tmp_path)
    yield made
    made.engine.dispose()

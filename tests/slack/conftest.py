"""What every test over the wire needs: no proxy between it and the loopback."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.bare import Bare, over_http, over_socket
from tests.slack.nouns import PROXIES
from tests.slack.server import Slack
from tests.slack.serving import WAYS, Served


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk reads `HTTPS_PROXY` and ignores `NO_PROXY`."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace; at the end nothing may have offended it."""
    async with Slack() as made:
        yield made
        assert made.problems == []


@pytest.fixture
async def people(slack: Slack) -> Slack:
    """The workspace with three people and three channels."""
    slack.user("U1", "ana", admin=True)
    slack.user("U2", "ben")
    slack.user("U3", "cleo", deleted=True)
    slack.channel("C1", "general")
    slack.channel("C2", "quiet", member=False)
    slack.channel("C3", "past", archived=True)
    return slack


@pytest.fixture
def client(people: Slack) -> AsyncWebClient:
    """The app's client there."""
    return AsyncWebClient(people.bot_token, base_url=people.api_url)


@pytest.fixture(params=["http", "socket"])
async def bare(request: pytest.FixtureRequest, people: Slack) -> AsyncIterator[Bare]:
    """An app that only acks, over each way in."""
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
    made = Bare(people)
    made.listen()
    way = over_http if request.param == "http" else over_socket
    async with way(people, made):
        yield made


@pytest.fixture(params=WAYS)
async def served(request: pytest.FixtureRequest, people: Slack, tmp_path: Path) -> AsyncIterator[Served]:
    """Our own app before the workspace, over each way in."""
    made = Served(people, tmp_path / "slack.db")
    await made.start(request.param)
    yield made
    await made.leave()

"""An empty database, a clock that is moved by hand, and a Slack that grants."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from storage.db import connect
from storage.upgrade import upgrade
from tests.slack.install.granting import Clock, Granting, made_of


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[Granting]:
    made = Granting()
    app = web.Application()
    app.router.add_post("/api/oauth.v2.access", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield made
    await runner.cleanup()


@pytest.fixture
def engine(tmp_path):
    made = connect(f"sqlite:///{tmp_path / 'many.db'}")
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def installs(engine, slack, clock):
    return made_of(engine, slack, clock)

"""A second model of another size, made from the one that ships: prepared and put into service without a gap."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from bot import embedding
from bot.ctx import Request
from jobs import backlog, calibrate
from jobs.embed import DEFAULT_MODEL, Encoder, path_of
from jobs.environment import Environment
from jobs.house import House
from jobs.swap import work_ahead
from storage.db import reading
from storage.machinery import Vector
from tests.world import who

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SMALLER = """
import sys, torch
from sentence_transformers import SentenceTransformer, models
base = SentenceTransformer(sys.argv[1], device="cpu")
narrow = models.Dense(384, 64, bias=False, activation_function=torch.nn.Identity())
torch.manual_seed(7)
torch.nn.init.orthogonal_(narrow.linear.weight)
prompts = {"query": "somebody asks for: ", "document": ""}
made = SentenceTransformer(modules=[*base, narrow, models.Normalize()], device="cpu", prompts=prompts)
made.save(sys.argv[2])
"""
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def smaller(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a model of 64 dimensions that asks for a prompt before a query."""
    folder = tmp_path_factory.mktemp("models") / "smaller"
    subprocess.run([sys.executable, "-W", "ignore", "-c", SMALLER, path_of(DEFAULT_MODEL), str(folder)], check=True)
    return str(folder)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few skills are known, and no vector is left over in the process."""
    monkeypatch.setattr(embedding, "_warm", {})
    monkeypatch.setattr(backlog, "spelled", lambda db: ["Docker", "Kubernetes", "Baking"])
    entries = [one for one in calibrate.builtin() if one.aliases][:40]
    monkeypatch.setattr(calibrate, "builtin", lambda: entries)


@pytest.fixture
def opened(tmp_path: Path):
    """Opens the same database with a model, as each start of the bot does."""
    made: list[House] = []

    def house(model: str) -> House:
        env = Environment(_env_file=None, database_url=f"sqlite:///{tmp_path}/house.db", embedding_model=model)
        made.append(House(env, ahead=True))
        made[-1].place = made[-1].local_place()
        return made[-1]

    yield house
    for one in made:
        one.__exit__(None, None, None)


def says(house: House, name: str, line: str, at: datetime = NOW) -> str:
    request = Request(f"{name}: {line} {at}", house.place.id, who(name), line, at, {}, "#general")
    return str(house.app.handle(request).reply)


@pytest.mark.soak
def test_it_is_asked_with_its_own_prompts(smaller: str):
    encoder = Encoder(smaller)
    try:
        asked, known = encoder.encode(["Docker"], "query"), encoder.encode(["Docker", "somebody asks for: Docker"])
    finally:
        encoder.close()
    assert known.shape == (2, 64)
    assert np.allclose(asked[0], known[1], atol=1e-5)
    assert not np.allclose(asked[0], known[0], atol=1e-2)


@pytest.mark.soak
def test_people_are_found_all_the_while(smaller: str, opened, small: None, monkeypatch: pytest.MonkeyPatch):
    old = opened("")
    says(old, "ben", "skill claim Docker expert")
    work_ahead(old, NOW)
    old.close_models()
    house = opened(smaller)
    found: list[bool] = []

    def finds() -> bool:
        at = NOW + timedelta(seconds=1 + len(found))
        return "expert" in says(house, "ana", f"skill find number {len(found)}: a Docker image", at)

    parts = backlog._parts

    def parts_with_questions(some):
        for one in parts(some):
            found.append(finds())
            yield one

    monkeypatch.setattr(backlog, "_parts", parts_with_questions)
    found.append(finds())
    work_ahead(house, NOW + timedelta(hours=1))
    assert house.encoder.model == smaller
    found.append(finds())
    assert len(found) >= 3
    assert all(found)
    with reading(house.engine) as db:
        sizes = {len(one.point) for one in db.exec(select(Vector)).all() if one.point is not None}
    assert sizes == {384, 64}

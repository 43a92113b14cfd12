"""Another language model: the old one serves until the new one has every vector, and nobody notices the change."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlmodel import func, select

from bot import embedding
from bot.calibration import SHIPPED, UNKNOWN, Scale
from bot.ctx import Request
from bot.encoder import EncoderDown
from jobs import backlog, calibrate
from jobs import house as houses
from jobs.backlog import backlogs
from jobs.doctor import look_at_vectors
from jobs.environment import Environment
from jobs.house import House
from jobs.swap import follow, work_ahead
from storage import language
from storage.db import everywhere, reading, transaction
from storage.machinery import LanguageModel, Outbox, Vector
from tests.encoders import Words
from tests.world import who

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NAMES = ["Docker", "Kubernetes", "Baking", "Sewing"]
OLD, NEW = "words-256", "words-90"
DOWN: set[str] = set()


class Sized(Words):
    """Counts words in as many dimensions as its name says, and writes down what it was asked."""

    def __init__(self, model: str = "") -> None:
        self.model = model or OLD
        self.scale = SHIPPED if self.model == OLD else UNKNOWN
        self.asked: list[str] = []
        self.closed = False

    @property
    def state(self) -> str:
        return "down" if self.model in DOWN else "ready"

    def encode(self, texts, kind="document"):
        if self.model in DOWN or self.closed:
            raise EncoderDown(f"{self.model} is not there")
        self.asked += texts
        rows = super().encode(texts, kind)[:, : int(self.model.split("-")[1])] + 1e-6
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few skills are known, and no vector is left over in the process."""
    DOWN.clear()
    monkeypatch.setattr(embedding, "_warm", {})
    monkeypatch.setattr(houses, "Encoder", Sized)
    monkeypatch.setattr(backlog, "spelled", lambda db: NAMES)
    entries = [one for one in calibrate.builtin() if one.aliases][:40]
    monkeypatch.setattr(calibrate, "builtin", lambda: entries)


@pytest.fixture
def opened(tmp_path):
    """Opens the same database with a model, as each start of the bot does."""
    made: list[House] = []

    def house(model: str = OLD) -> House:
        env = Environment(_env_file=None, database_url=f"sqlite:///{tmp_path}/house.db", embedding_model=model)
        made.append(House(env, ahead=True))
        made[-1].place = made[-1].local_place()
        return made[-1]

    yield house
    for one in made:
        one.__exit__(None, None, None)


@pytest.fixture
def lived_in(opened):
    """A community that an old model serves."""
    house = opened()
    for name, line in (("admin", "help"), ("ben", "skill claim Docker expert"), ("ana", "help")):
        says(house, name, line)
    work_ahead(house, NOW)
    return house


def says(house, name, line, at=NOW):
    request = Request(f"{name}: {line} {at}", house.place.id, who(name), line, at, {}, "#general")
    return str(house.app.handle(request).reply)


def finds(house, at=NOW) -> bool:
    """Somebody asks, with words that nobody used before."""
    return "expert" in says(house, "ana", f"skill find my Docker image number {at:%M%S%f}", at)


def vectors(house, model) -> int:
    with reading(house.engine) as db:
        return db.exec(select(func.count()).select_from(Vector).where(Vector.model == model)).one()


def told(house) -> list[str]:
    with everywhere(house.engine) as db:
        return [one.card for one in db.exec(select(Outbox)).all()]


def test_the_first_model_serves_at_once_and_is_noted(lived_in):
    assert (lived_in.encoder.model, lived_in.coming) == (OLD, None)
    with reading(lived_in.engine) as db:
        assert language.serving(db) == OLD
    assert not [one for one in told(lived_in) if "language model" in one]


def test_the_old_one_serves_until_the_new_one_has_every_vector(lived_in, opened):
    house = opened(NEW)
    assert (house.encoder.model, house.coming.model) == (OLD, NEW)
    assert finds(house)
    assert house.coming.asked == []
    assert work_ahead(house, LATER) >= len(NAMES)
    assert (house.encoder.model, house.coming) == (NEW, None)
    assert house.app.encoder is house.encoder
    assert sum(one.missing for one in backlogs(house.engine, house.encoder)) == 0


def test_people_are_found_before_amid_and_after_though_the_size_changes(lived_in, opened, monkeypatch):
    house = opened(NEW)
    house.coming.scale = SHIPPED
    amid: list[bool] = []
    assert finds(house)
    parts = backlog._parts

    def parts_with_questions(found):
        for one in parts(found):
            amid.append(finds(house, NOW + timedelta(seconds=1 + len(amid))))
            yield one

    monkeypatch.setattr(backlog, "_parts", parts_with_questions)
    work_ahead(house, LATER)
    assert len(amid) >= 1
    assert all(amid)
    assert finds(house, NOW + timedelta(minutes=1))
    assert {len(one.point) for one in points(house)} == {256, 90}


def points(house):
    with reading(house.engine) as db:
        return [one for one in db.exec(select(Vector)).all() if one.point is not None]


def test_who_is_being_answered_keeps_the_old_model_until_the_next_round(lived_in, opened):
    house = opened(NEW)
    old = house.encoder
    work_ahead(house, LATER)
    assert not old.closed
    work_ahead(house, LATER)
    assert old.closed


def test_another_process_follows_when_the_vectors_are_there(lived_in, opened):
    works, serves = opened(NEW), opened(NEW)
    follow(serves)
    assert serves.encoder.model == OLD
    work_ahead(works, LATER)
    follow(serves)
    assert (serves.encoder.model, serves.app.encoder.model) == (NEW, NEW)


def test_going_back_encodes_nothing_again(lived_in, opened):
    work_ahead(opened(NEW), LATER)
    house = opened(OLD)
    assert (house.encoder.model, house.coming.model) == (NEW, OLD)
    back = house.coming
    assert work_ahead(house, NOW + timedelta(days=1)) == 0
    assert (house.encoder.model, back.asked) == (OLD, [])


def test_a_new_model_that_cannot_be_loaded_changes_nothing_and_admins_hear_why(lived_in, opened):
    DOWN.add(NEW)
    house = opened(NEW)
    for _ in range(2):
        work_ahead(house, LATER)
    assert (house.encoder.model, house.coming.model) == (OLD, NEW)
    assert len([one for one in told(house) if "cannot change to" in one and NEW in one]) == 1
    assert finds(house)


def test_when_the_old_model_is_gone_the_new_one_does_not_wait(lived_in, opened):
    house = opened(NEW)
    says(house, "ben", "skill claim =Glass harmonica")
    DOWN.add(OLD)
    work_ahead(house, LATER)
    assert house.encoder.model == NEW


def test_admins_hear_that_nobody_measured_the_new_one_and_the_doctor_says_so(lived_in, opened):
    house = opened(NEW)
    work_ahead(house, LATER)
    assert [one for one in told(house) if NEW in one and "manyhands calibrate" in one]
    assert "Nobody has measured" in " ".join(one.words for one in look_at_vectors(house.env))


def test_a_measured_one_is_announced_as_such(lived_in, opened):
    scale = Scale((0.5, 0.6, 0.7, 0.8, 0.9), basis="data")
    with transaction(lived_in.engine) as db:
        language.calibrate(db, NEW, scale.written(), 100, NOW)
    house = opened(NEW)
    work_ahead(house, LATER)
    assert [one for one in told(house) if NEW in one and "know what its likenesses are worth" in one]
    assert look_at_vectors(house.env) == []


def test_the_doctor_tells_how_far_it_is(lived_in, opened):
    house = opened(NEW)
    said = " ".join(one.words for one in look_at_vectors(house.env))
    assert f"{NEW} has 0 of " in said
    assert f"{OLD} serves" in said


def test_an_unmeasured_model_is_guessed_by_names_once(lived_in, opened):
    house = opened(NEW)
    work_ahead(house, LATER)
    with reading(house.engine) as db:
        row = db.get_one(LanguageModel, NEW)
    scale = Scale.read(row.scale)
    assert (scale.basis, row.cases) == ("names", 0)
    assert list(scale.windows) == sorted(scale.windows)


def test_without_any_model_the_worker_says_so(opened):
    house = opened()
    says(house, "admin", "help")
    DOWN.add(OLD)
    with pytest.raises(EncoderDown):
        work_ahead(house, LATER)

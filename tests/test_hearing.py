"""What words ask for: skills named or meant in a text, and what an unknown name may mean."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Thread
from typing import Literal

import pytest
from sqlmodel import Session, select

from bot import embedding, hearing
from bot.ctx import Ctx, Request, Who
from bot.encoder import EncoderDown, Matrix
from jobs.backlog import embed_backlog
from storage.db import transaction
from storage.models import Community, Member, Skill
from tests.encoders import Down, Words
from tests.world import World

NOW = datetime(2026, 10, 5, tzinfo=UTC)


def ctx_of(world: World, db: Session) -> Ctx:
    """The world as a command sees it."""
    request = Request("asked", world.place.id, Who("ana"), "", NOW)
    community = db.get_one(Community, world.place.community_id)
    return Ctx(db, request, community, world.place, db.exec(select(Member)).all()[-1], world.encoder)


@pytest.fixture
def heard(world: World):
    """Skills asked for in a text, once every known name has a vector."""
    world.joins("ana")
    world.says("ana", "skill claim =Glass harmonica")
    embed_backlog(world.engine, world.encoder)

    def ask(text: str):
        with world.db() as db:
            return hearing.skills_asked(ctx_of(world, db), text)

    return ask


def test_what_is_named_comes_first(heard):
    found = heard("Somebody has to move our Kubernetes cluster before the winter")
    assert (found[0].skill, found[0].match) == ("Kubernetes", 1.0)


def test_a_skill_that_the_community_coined_is_heard_too(heard):
    assert heard("who plays the glass harmonica at our party?")[0].skill == "Glass harmonica"


def test_every_known_skill_has_a_score_and_few_are_worth_asking_about(heard):
    found = heard("Somebody has to move our Kubernetes cluster")
    assert len(found) > 900
    worth = hearing.worth_asking(found)
    assert worth[0].skill == "Kubernetes"
    assert len(worth) <= 5


@pytest.mark.parametrize("text", ["", " \n ", "..."])
def test_nothing_asks_for_nothing(heard, text: str):
    assert not hearing.worth_asking(heard(text))


def test_an_unknown_name_is_asked_about_when_its_meaning_is_near(world: World):
    world.joins("ana")
    embed_backlog(world.engine, world.encoder)
    asked = world.hears("ana", "skill claim Kubernetes cluster")
    assert "Which one?" in asked or "Did you mean" in asked
    world.presses("ana", "No,")
    with world.db() as db:
        assert "Kubernetes cluster" in db.exec(select(Skill.name)).all()


def test_a_name_far_from_all_others_is_new_without_a_question(world: World):
    world.joins("ana")
    embed_backlog(world.engine, world.encoder)
    assert "Xyzzy plugh" in world.hears("ana", "skill claim Xyzzy plugh")
    assert world.count(Skill, Skill.name == "Xyzzy plugh") == 1


def test_without_the_model_nobody_is_asked_about_meaning(world: World):
    world.joins("ana")
    embed_backlog(world.engine, world.encoder)
    world.encoder = world.app.encoder = Down()
    world.says("ana", "skill claim Kubernetes cluster")
    assert world.count(Skill, Skill.name == "Kubernetes cluster") == 1


class Meanwhile(Words):
    """Lets something happen while it encodes."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens = happens

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        self.happens()
        return super().encode(texts, kind)


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """No vector is left over in the process."""
    monkeypatch.setattr(embedding, "_warm", {})


@pytest.mark.usefixtures("cold")
def test_nobody_who_writes_waits_while_the_model_thinks_about_a_word(world: World):
    world.joins("ana")
    embed_backlog(world.engine, world.encoder)
    turns = list[bool]()

    def writes() -> None:
        with transaction(world.engine, world.place.community_id) as db:
            db.add(Skill(name="Written meanwhile", normal="writtenmeanwhile"))
        turns.append(True)

    def happens() -> None:
        other = Thread(target=writes, daemon=True)
        other.start()
        other.join(60)

    world.encoder = world.app.encoder = Meanwhile(happens)
    assert "Unheard of wordsmithery" in world.hears("ana", "skill claim Unheard of wordsmithery")
    assert turns == [True]


@pytest.mark.usefixtures("cold")
def test_a_model_that_stops_over_a_word_is_done_without(world: World):
    world.joins("ana")
    embed_backlog(world.engine, world.encoder)

    def stops() -> None:
        world.encoder.ready = False
        raise EncoderDown("it stopped")

    world.encoder = world.app.encoder = Meanwhile(stops)
    assert "Entirely unknown craft" in world.hears("ana", "skill claim Entirely unknown craft")

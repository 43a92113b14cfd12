"""Without the language model, and what is encoded only once."""

from collections.abc import Sequence
from typing import Literal

from sqlmodel import select

from bot import embedding
from bot.ctx import Who
from bot.encoder import Matrix
from storage.machinery import Vector
from tests.encoders import Down, Words
from tests.fit.steps import DOCKER, names, posts, speaks
from tests.world import World


class Counting(Words):
    """Remembers what it was asked to encode."""

    model = "counting-256"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.batches: list[int] = []

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Writes down the texts first."""
        self.asked += texts
        self.batches.append(len(texts))
        return super().encode(texts, kind)


def test_without_the_model_names_still_find_people_and_the_reader_is_told(world: World):
    speaks(world, Down())
    said = world.hears("ana", "skill find Docker")
    assert names(said) == ["ben"]
    assert "Docker (expert)" in said
    assert "by words alone" in said


def test_without_the_model_other_names_count_too(world: World):
    world.says("carol", "skill claim Kubernetes proficient")
    speaks(world, Down())
    assert names(world.hears("ana", "skill find help with k8s")) == ["carol"]


def test_without_the_model_admins_are_told_once_a_day_and_why(world: World):
    speaks(world, Down())
    world.outbox()
    world.hears("ana", f"skill find {DOCKER}")
    heard = world.outbox()
    assert [where for where, _text in heard] == ["admin"]
    assert "the model could not be loaded" in heard[0][1]
    world.restarts()
    world.hears("carol", f"skill find {DOCKER}")
    assert world.outbox() == []
    world.passes(days=1)
    world.hears("carol", f"skill find {DOCKER}")
    assert [where for where, _text in world.outbox()] == ["admin"]


def test_when_the_model_is_back_nothing_is_said_of_it(world: World):
    speaks(world, Down()).hears("ana", f"skill find {DOCKER}")
    speaks(world, Words())
    world.outbox()
    said = world.hears("ana", f"skill find {DOCKER}")
    assert "by words alone" not in said
    assert names(said) == ["ben"]
    assert world.outbox() == []


def test_what_was_encoded_before_needs_no_model(world: World):
    first = world.hears("ana", f"skill find {DOCKER}")
    embedding._warm.clear()
    assert speaks(world, Down()).hears("ana", f"skill find {DOCKER}") == first


def test_the_same_question_is_encoded_once(world: World):
    encoder = Counting()
    speaks(world, encoder).hears("ana", f"skill find {DOCKER}")
    assert {"Docker", DOCKER} <= set(encoder.asked)
    encoder.asked.clear()
    world.hears("carol", f"skill find {DOCKER}")
    assert encoder.asked == []


def test_after_a_restart_the_database_remembers_the_vectors(world: World):
    encoder = Counting()
    speaks(world, encoder)
    first = world.hears("ana", f"skill find {DOCKER}")
    encoder.asked.clear()
    embedding._warm.clear()
    world.restarts()
    assert world.hears("ana", f"skill find {DOCKER}") == first
    assert encoder.asked == []


def test_only_what_is_new_is_encoded(world: World):
    encoder = Counting()
    speaks(world, encoder).hears("ana", f"skill find {DOCKER}")
    world.says("carol", "skill claim Sewing expert")
    encoder.asked.clear()
    world.hears("ana", f"skill find {DOCKER}")
    assert encoder.asked == ["Sewing"]


def test_another_model_has_its_own_vectors(world: World):
    world.hears("ana", f"skill find {DOCKER}")
    speaks(world, Counting()).hears("ana", f"skill find {DOCKER}")
    with world.db() as db:
        stored = db.exec(select(Vector.model, Vector.digest)).all()
    by_model = {model: {digest for one, digest in stored if one == model} for model in (Words.model, Counting.model)}
    assert by_model[Words.model] == by_model[Counting.model] != set()


def test_a_long_list_of_texts_is_encoded_in_parts(world: World):
    encoder = Counting()
    speaks(world, encoder)
    for number in range(6):
        posts(world, f"Work {number}", " ".join(f"word{number}x{at}" for at in range(120)))
    world.hears("ana", f"skill find {DOCKER}")
    assert sum(encoder.batches) > 2 * embedding.AT_ONCE
    assert max(encoder.batches) <= embedding.AT_ONCE


def test_guests_are_offered_and_bots_are_not(world: World):
    for key, kind in (("gwen", {"guest": True}), ("robo", {"bot": True})):
        world.says(Who(key, key, **kind), "skill claim Docker proficient")
    assert names(world.hears("ana", f"skill find {DOCKER}")) == ["ben", "gwen"]

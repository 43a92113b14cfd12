"""People are found by what they claim, the best first."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest

from bot.calibration import SHIPPED
from bot.encoder import Matrix
from tests.fit.steps import DOCKER, names, posts, speaks
from tests.world import World

CLUSTER = "We move everything before the winter comes"


class Siblings:
    """Java and JavaScript have a cosine of .95; every other word has a direction of its own."""

    model = "siblings-64"
    ready = True
    scale = SHIPPED
    known = ("java", "javascript")

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """The mean of the words' vectors, as unit rows (n, 64)."""
        rows = np.stack([np.sum([self._word(word) for word in _words(text)], axis=0) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _word(self, word: str) -> np.ndarray:
        row = np.zeros(64)
        if word in self.known:
            row[:2] = (1, 0) if word == "java" else (0.95, np.sqrt(1 - 0.95**2))
        else:
            row[2 + sum(word.encode()) % 62] = 0.3
        return row


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold()) or ["nothing"]


def tells_a_long_story(world: World, who: str) -> None:
    for skill in (
        "Excel",
        "Writing",
        "Accounting",
        "Photography",
        "Zither",
        "German",
        "Go",
        "Sewing",
        "Public speaking",
    ):
        world.says(who, f'skill claim "={skill}" expert')


def test_who_can_help_is_found_with_the_reason(world: World):
    said = world.hears("ana", f"skill find {DOCKER}")
    assert names(said) == ["ben"]
    assert "Docker (expert)" in said


def test_a_reason_names_the_claim_and_the_words_it_fits(world: World):
    world.says("carol", 'skill claim "Beekeeping" proficient')
    said = world.hears("ana", "skill find someone with beekeeping experience for beekeeping")
    assert "Beekeeping (proficient) for “" in said
    assert re.search(r"for “[^”]*beekeeping[^”]*”", said)


def test_a_reason_names_who_has_seen_it(world: World):
    for voucher in ("carol", "dave"):
        world.says(voucher, "skill vouch @ben Docker")
    assert "Docker (expert, seen by @carol and @dave)" in world.hears("ana", f"skill find {DOCKER}")


def test_who_still_learns_it_is_not_offered(world: World):
    world.says("carol", "skill claim Docker learning")
    assert names(world.hears("ana", f"skill find {DOCKER}")) == ["ben"]


def test_who_has_dropped_it_is_not_offered(world: World):
    world.says("ben", "skill drop Docker")
    assert "ben" not in world.hears("ana", f"skill find {DOCKER}")


def test_who_has_left_is_not_offered(world: World):
    world.leaves("ben")
    assert "ben" not in world.hears("ana", f"skill find {DOCKER}")


def test_nobody_finds_themselves(world: World):
    assert names(world.hears("ben", f"skill find {DOCKER}")) == []


def test_an_unnamed_skill_is_found_by_what_it_is_called_elsewhere(world: World):
    world.says("carol", "skill claim Kubernetes proficient")
    assert names(world.hears("ana", "skill find k8s")) == ["carol"]


def test_without_anyone_the_answer_says_what_to_do(world: World):
    said = world.hears("ana", "skill find zither tuning")
    assert names(said) == []
    assert "opportunity" in said


def test_the_same_words_in_another_community_find_nobody(world: World):
    assert names(world.hears("ana", f"skill find {DOCKER}", place=world.second)) == []


def test_a_sibling_is_not_the_skill(world: World):
    speaks(world, Siblings())
    world.says("ben", "skill claim Java expert")
    world.says("carol", "skill claim JavaScript practising")
    posts(world, "New shop window", CLUSTER, "JavaScript")
    assert names(world.hears("ana", "opportunity matches o1")) == ["carol"]
    posts(world, "Old accounts", "They stand still since the summer went", "Java")
    assert names(world.hears("ana", "opportunity matches o2")) == ["ben"]


def test_a_sibling_is_not_the_skill_in_a_sentence(world: World):
    speaks(world, Siblings())
    world.says("ben", "skill claim Java expert")
    world.says("carol", "skill claim JavaScript practising")
    assert names(world.hears("ana", "skill find the JavaScript")) == ["carol"]


def test_one_who_can_do_both_siblings_is_found_for_either(world: World):
    speaks(world, Siblings())
    for skill in ("Java", "JavaScript"):
        world.says("ben", f"skill claim {skill} expert")
    for need in ("Java", "JavaScript"):
        said = world.hears("ana", f"skill find {need}")
        assert names(said) == ["ben"]
        assert f" {need} (expert)" in said


@pytest.mark.parametrize("skill", ["C++", "C#", ".NET", "Beekeeping", "書道"])
def test_a_need_that_is_named_finds_who_claims_it(world: World, skill: str):
    world.says("carol", f'skill claim "={skill}" practising')
    posts(world, "Late summer", CLUSTER, f"={skill}")
    said = world.hears("ana", "opportunity matches o1")
    assert names(said)[0] == "carol"
    assert f"{skill} (practising)" in said


def test_a_higher_level_goes_first(world: World):
    world.says("carol", "skill claim Docker practising")
    world.says("dave", "skill claim Docker proficient")
    assert names(world.hears("ana", f"skill find {DOCKER}")) == ["ben", "dave", "carol"]


def test_vouches_go_before_none(world: World):
    for one in ("carol", "dave"):
        world.says(one, "skill claim Docker expert")
    world.says("ben", "skill vouch @dave Docker")
    world.passes(minutes=1)
    assert names(world.hears("ana", f"skill find {DOCKER}"))[0] == "dave"


def test_a_long_profile_does_not_outrank_a_focused_one(world: World):
    world.says("carol", "skill claim Docker expert")
    tells_a_long_story(world, "ben")
    for number in range(4):
        world.says(f"gardener{number}", "skill claim Gardening expert")
    assert names(world.hears("ana", f"skill find {DOCKER}")) == ["carol", "ben"]


def test_a_long_profile_does_not_outrank_a_focused_one_among_few(world: World):
    world.says("carol", "skill claim Docker expert")
    tells_a_long_story(world, "ben")
    assert names(world.hears("ana", f"skill find {DOCKER}")) == ["carol", "ben"]


def test_a_vague_posting_does_not_outrank_a_specific_one(world: World):
    posts(
        world, "All hands", "We need help with an image, a server, some tools and many other things we do", by="carol"
    )
    posts(world, "Smaller images", "Someone has to shrink a Docker image", "Docker", by="dave")
    said = world.hears("ben", "opportunity for-me")
    assert "Smaller images" in said
    assert "All hands" not in said.partition("Smaller images")[0]


def test_no_percentage_is_shown(world: World):
    posts(world, "Smaller images", "Someone has to shrink a Docker image", "Docker", by="carol")
    asked = (("ana", f"skill find {DOCKER}"), ("ben", "opportunity for-me"), ("carol", "opportunity matches o1"))
    for speaker, said in asked:
        assert "%" not in world.hears(speaker, said)

"""Feedback that teaches: answers shift the weights a little, silence does not, admins see it and start over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import embedding, taste
from bot.taste import PRIOR, Answers
from bot.ui import Card, No
from storage.machinery import Audit
from tests.world import World

NOTHING = Answers(np.zeros((0, 5)), np.zeros(0, np.bool_))
MATCH, NEEDS = taste.NAMES.index("match"), taste.NAMES.index("needs")


def answered(number: int, cover: float, yes: bool) -> Answers:
    """So many answers of one kind to a match of .8."""
    x = taste.cases([0.8] * number, [cover] * number, [0.0] * number, [1.0] * number)
    return Answers(x, np.full(number, yes))


def both(one: Answers, other: Answers) -> Answers:
    return Answers(np.concatenate([one.cases, other.cases]), np.concatenate([one.yes, other.yes]))


def chance(weights: tuple[float, ...], cover: float) -> float:
    return float(taste.chances(weights, taste.cases([0.8], [cover], [0.0], [1.0]))[0])


def test_with_no_answers_it_says_what_is_generally_true():
    assert taste.learn(NOTHING) == pytest.approx(PRIOR, abs=0.01)


def test_before_it_learned_a_plain_match_is_worth_its_calibrated_chance():
    x = taste.cases([0.70, 0.80, 0.90], [0.5] * 3, [0.0] * 3, [1.0] * 3)
    assert taste.chances(PRIOR, x) == pytest.approx([0.195, 0.42, 0.665], abs=1e-6)


def test_a_community_that_takes_only_what_is_covered_teaches_that():
    weights = taste.learn(both(answered(30, 1.0, True), answered(30, 0.0, False)))
    assert weights[NEEDS] > PRIOR[NEEDS] + 0.3
    assert chance(weights, 1.0) > chance(PRIOR, 1.0)
    assert chance(weights, 0.0) < chance(PRIOR, 0.0)


def test_a_few_answers_move_it_little_and_many_move_it_far():
    before = chance(PRIOR, 0.5)
    few, many = (chance(taste.learn(answered(n, 0.5, False)), 0.5) for n in (2, 200))
    assert many < few < before
    assert before - few < 0.05
    assert many < 0.15


@given(number=st.integers(1, 40), cover=st.sampled_from([0.0, 0.5, 1.0]), yes=st.booleans())
@settings(deadline=None, max_examples=15)
def test_an_answer_moves_its_own_case_its_own_way(number: int, cover: float, yes: bool):
    before, after = chance(PRIOR, cover), chance(taste.learn(answered(number, cover, yes)), cover)
    assert after > before if yes else after < before


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three members have been told of o1."""
    monkeypatch.setattr(embedding, "_warm", {})
    world.joins("admin", "ana", "ben", "carol", "dave")
    for who in ("ben", "carol", "dave"):
        world.says(who, "skill claim Kubernetes expert")
    world.says("admin", "settings digest channel:#news")
    world.says("ana", 'opportunity post "Cluster move" "There is a season of it" needs:Kubernetes')
    world.passes(days=7)
    world.outbox()
    return world


def learned(world: World) -> str:
    world.passes(hours=2)
    return world.hears("admin", "digest learned")


def test_answers_to_tips_are_learned_from_and_shown(told: World):
    told.says("ben", "opportunity interest o1")
    told.says("carol", "opportunity pass o1 why:field")
    said = learned(told)
    assert "What 2 answers taught the matching" in said
    assert "1 said yes, 1 said no" in said
    assert "How many of the needs are covered" in said


def test_silence_teaches_nothing(told: World):
    assert "learned nothing" in learned(told)


@pytest.mark.parametrize("why", ["busy", "pay"])
def test_no_time_and_too_little_pay_are_not_held_against_a_match(told: World, why: str):
    told.says("ben", f"opportunity pass o1 why:{why}")
    assert "learned nothing" in learned(told)


@pytest.mark.parametrize(("why", "verdict"), [("skills", "0 said yes, 1 said no"), ("found", "1 said yes, 0 said no")])
def test_a_posters_reason_counts_when_it_is_about_the_fit(told: World, why: str, verdict: str):
    told.says("ben", "opportunity interest o1")
    told.says("ana", f"opportunity decline o1 1 why:{why}")
    assert verdict in learned(told)


def test_an_answer_without_a_tip_teaches_nothing(told: World):
    told.joins("erin")
    told.says("erin", "opportunity interest o1")
    assert "learned nothing" in learned(told)


def test_admins_start_over_and_earlier_answers_count_no_more(told: World):
    told.says("ben", "opportunity interest o1")
    learned(told)
    assert isinstance(told.presses("admin", "Start over"), Card)
    assert "learned nothing" in learned(told)
    told.says("carol", "opportunity interest o1")
    assert "learned nothing" in learned(told)
    assert told.count(Audit, Audit.line == "digest unlearn") == 1


@pytest.mark.parametrize("line", ["digest learned", "digest unlearn", "digest learn"])
def test_only_admins_see_and_undo_it(told: World, line: str):
    assert isinstance(told.says("ben", line), No)

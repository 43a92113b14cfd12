"""What a model's cosines mean: scales that keep the order, found again from cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import matching
from bot.calibration import KNOTS, SHIPPED, UNKNOWN, Scale, TooFew, knots
from bot.matching import LOOK, chance

rising = (
    st.lists(st.floats(-0.9, 0.99), min_size=5, max_size=5, unique=True)
    .map(sorted)
    .filter(lambda found: min(np.diff(found)) > 0.001)
)


def cases(number: int, seed: int = 5):
    """Cosines as the model that ships gives them, and whether each was right, by its own chances."""
    rng = np.random.default_rng(seed)
    cosines = rng.beta(4, 5, number).astype(np.float32)
    return cosines, rng.random(number) < chance(cosines)


def test_the_model_that_ships_is_the_measure():
    cosines = np.linspace(-1, 1, 9, dtype=np.float32)
    assert SHIPPED.match(cosines) is cosines
    assert SHIPPED.cosine(LOOK) == pytest.approx(LOOK)


@given(rising)
def test_a_scale_keeps_every_order_and_both_ends(found):
    scale = Scale(tuple(found), tuple(found), "data")
    cosines = np.linspace(-1, 1, 400, dtype=np.float32)
    for said in (scale.match(cosines), scale.likeness(cosines)):
        assert (np.diff(said) >= 0).all()
        assert said[[0, -1]].tolist() == [-1, 1]
    assert [scale.cosine(knot) for knot in KNOTS] == pytest.approx(found)


def test_chances_are_found_again_from_cases():
    found = knots(*cases(200_000))
    assert found == pytest.approx(KNOTS, abs=0.04)


def test_another_models_cosines_become_the_same_matches():
    cosines, right = cases(200_000)
    crowded = (0.7 + 0.3 * cosines**2).astype(np.float32)
    scale = Scale(knots(crowded, right), basis="data")
    near = (cosines > 0.5) & (cosines < 0.9)
    assert scale.match(crowded)[near] == pytest.approx(cosines[near], abs=0.06)


def test_a_model_that_is_never_sure_has_no_sure_cosine_below_one():
    cosines, right = cases(50_000)
    unsure = right & (np.random.default_rng(1).random(len(right)) < 0.3)
    found = knots(cosines, unsure)
    assert (np.diff(found) > 0).all()
    assert found[-1] < 1
    assert found[2] > KNOTS[2]


@pytest.mark.parametrize("right", [0, 19])
def test_too_few_cases_are_no_measure(right: int):
    cosines, _right = cases(1000)
    with pytest.raises(TooFew, match=f"^{right} cases"):
        knots(cosines, np.arange(1000) < right)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_cases_the_scale_rises_within_bounds(seed: int):
    rng = np.random.default_rng(seed)
    cosines = np.round(rng.uniform(-1, 1, 120), int(rng.integers(0, 3))).astype(np.float32)
    found = np.array(knots(cosines, rng.random(120) < rng.uniform(0.3, 1)))
    assert (np.diff(found) > 0).all()
    assert (np.abs(found) <= 1).all()


def test_what_nobody_measured_is_not_worth_a_look():
    said = UNKNOWN.match(np.array([0.2, 0.69, 0.9, 1.0], np.float32))
    assert said.tolist() == pytest.approx([0.2, 0.69, 0.69, 0.69])
    assert said.max() < matching.LOOK
    assert not UNKNOWN.is_calibrated


def test_a_scale_is_read_as_it_was_written():
    scale = Scale((0.1, 0.2, 0.3, 0.4, 0.5), (0.2, 0.3, 0.4, 0.5, 0.6), "answers")
    assert Scale.read(scale.written()) == scale

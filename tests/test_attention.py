"""Whom to tell: caps hold, every text finds people, and no other assignment is worth more."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bot import attention
from bot.attention import spread


@st.composite
def weeks(draw):
    """At most three members and three texts: worth (m, o), caps (m,), least and most."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    worth = draw(arrays.arrays(np.float32, shape, elements=st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.55, 0.8, 0.9])))
    cap = draw(arrays.arrays(np.int64, shape[0], elements=st.integers(0, 3)))
    return worth, cap, draw(st.integers(0, 1)), draw(st.integers(1, 3))


def gain(worth, chosen, least: int, new=()) -> float:
    """What an assignment (m, o) is worth: a text's first person earns three bonuses, each up to `least` one, and so
    does the first text of a newcomer (`new`, their rows)."""
    found = chosen.sum(axis=0)
    bonuses = 3 * np.minimum(found, 1) + np.clip(np.minimum(found, least) - 1, 0, None)
    welcomed = (chosen[list(new)].sum(axis=1) > 0).sum()
    return float((worth * chosen).sum() + (bonuses.sum() + welcomed) * worth.max(initial=0.0))


def best_gain(worth, cap, least: int, most: int, new=()) -> float:
    """The same for the best of all assignments, by trying every one."""
    places = np.argwhere(worth > 0)
    found = 0.0
    for picks in product((0, 1), repeat=len(places)):
        chosen = np.zeros(worth.shape, int)
        chosen[tuple(places.T)] = picks
        if (chosen.sum(axis=1) <= cap).all() and (chosen.sum(axis=0) <= most).all():
            found = max(found, gain(worth, chosen, least, new))
    return found


def assigned(worth, cap, least: int, most: int, new=()):
    """Spreads a matrix of worths (m, o): what was chosen (m, o), and what was lost."""
    member, text = np.nonzero(worth > 0)
    found = spread(member, text, worth[member, text], cap, least, most, np.isin(np.arange(len(cap)), list(new)))
    chosen = np.zeros(worth.shape, int)
    chosen[member[found.chosen], text[found.chosen]] = 1
    return chosen, found.lost


@given(weeks())
@settings(deadline=None)
def test_nobody_is_flooded_and_no_text_reaches_too_many(week):
    worth, cap, least, most = week
    chosen, lost = assigned(worth, cap, least, most)
    assert (chosen.sum(axis=1) <= cap).all()
    assert (chosen.sum(axis=0) <= most).all()
    assert (worth[chosen > 0] > 0).all()
    assert 0 <= lost <= 1


@given(weeks())
@settings(deadline=None, max_examples=60)
def test_no_other_assignment_is_worth_more(week):
    worth, cap, least, most = week
    chosen, _lost = assigned(worth, cap, least, most)
    assert gain(worth, chosen, least) == pytest.approx(best_gain(worth, cap, least, most), abs=1e-4)


@given(weeks(), st.sets(st.integers(0, 2)))
@settings(deadline=None, max_examples=60)
def test_no_other_assignment_is_worth_more_where_newcomers_have_a_floor(week, some):
    worth, cap, least, most = week
    new = sorted(one for one in some if one < len(cap))
    chosen, _lost = assigned(worth, cap, least, most, new)
    assert (chosen.sum(axis=1) <= cap).all()
    assert gain(worth, chosen, least, new) == pytest.approx(best_gain(worth, cap, least, most, new), abs=1e-4)


def test_a_newcomer_hears_of_something_before_others_hear_of_more():
    worth = np.array([[0.9, 0.9], [0.8, 0.8], [0.3, 0.3]], np.float32)
    caps = np.array([3, 3, 3])
    assert assigned(worth, caps, 1, 2)[0].sum(axis=1).tolist() == [2, 2, 0]
    assert assigned(worth, caps, 1, 2, new=[2])[0][2].sum() == 1


def test_a_star_leaves_something_to_the_others():
    worth = np.array([[0.9, 0.9, 0.9, 0.9], [0.6, 0.6, 0.6, 0.6]], np.float32)
    chosen, _lost = assigned(worth, np.array([2, 2]), 1, 1)
    assert chosen.sum(axis=0).tolist() == [1, 1, 1, 1]
    assert chosen.sum(axis=1).tolist() == [2, 2]


def test_every_text_finds_someone_before_one_finds_many():
    worth = np.array([[0.9, 0.3], [0.9, 0.3], [0.9, 0.3]], np.float32)
    chosen, _lost = assigned(worth, np.ones(3, np.int64), 1, 3)
    assert chosen.sum(axis=0).tolist() == [2, 1]


def test_room_for_everything_costs_nothing():
    worth = np.array([[0.9, 0.4], [0.2, 0.8]], np.float32)
    chosen, lost = assigned(worth, np.array([3, 3]), 2, 5)
    assert chosen.sum() == 4
    assert lost == pytest.approx(0, abs=1e-6)


def test_a_cap_that_keeps_something_back_says_what_it_cost():
    chosen, lost = assigned(np.array([[0.75, 0.25]], np.float32), np.array([1]), 1, 5)
    assert chosen.tolist() == [[1, 0]]
    assert lost == pytest.approx(0.25)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 2)])
def test_with_nothing_to_tell_nobody_is_told(shape: tuple[int, int]):
    chosen, lost = assigned(np.zeros(shape, np.float32), np.full(shape[0], 3), 2, 5)
    assert (chosen.sum(), lost) == (0, 0)


def test_whoever_wants_nothing_hears_nothing():
    chosen, lost = assigned(np.full((2, 2), 0.9, np.float32), np.zeros(2, np.int64), 2, 5)
    assert (chosen.sum(), lost) == (0, 1)


@pytest.mark.parametrize(("members", "texts"), [(300, 12), (60, 12)])
def test_the_best_few_of_each_text_are_nearly_as_good_as_all(members: int, texts: int, monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(members)
    worth = (rng.random((members, 1)) * rng.random((members, texts))).astype(np.float32)
    caps, new = rng.integers(0, 4, members), (1, 5)
    few, _lost = assigned(worth, caps, 2, 5, new)
    monkeypatch.setattr(attention, "MANY", members)
    whole, _lost = assigned(worth, caps, 2, 5, new)
    assert gain(worth, few, 2, new) == pytest.approx(gain(worth, whole, 2, new), rel=1e-3)


def test_where_the_best_may_hear_of_nothing_the_others_do():
    worth = np.linspace(0.9, 0.3, 40, dtype=np.float32)[:, None]
    caps = np.where(np.arange(40) < attention.MANY, 0, 3)
    chosen, _lost = assigned(worth, caps, 2, 5)
    assert np.flatnonzero(chosen[:, 0]).tolist() == [30, 31, 32, 33, 34]

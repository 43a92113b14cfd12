"""Standing is what the formulas give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.voices import Graph
from tests.voices.steps import EXACT, LEDGERS, PEOPLE, SIZES, crowd, everyone, kudos, ledger

CROWDED = st.integers(0, 10_000)


def by_hand(entries, member, vetted=(0, 1, 2)):
    """The formulas as they are written: the member's row and column taken out, the totals anew, the eigenvalues."""
    amount, faded = np.zeros((2, EXACT, EXACT))
    for giver, receiver, _, weight, age in entries:
        if giver != receiver:
            amount[giver, receiver] += weight
            faded[giver, receiver] += weight * 2 ** (-age / 90)
    amount[member] = amount[:, member] = 0
    x = amount / (amount + 1)
    share = x / np.maximum(8, x.sum(axis=1))[:, None]
    trust = np.linalg.solve(np.eye(EXACT) - 0.75 * share.T, np.isin(np.arange(EXACT), vetted).astype(float))
    circle = x * np.where((x > 0) & (x.T > 0), 4, 1) + 0.3 * np.eye(EXACT)
    circle[member] = circle[:, member] = 0
    profile = np.column_stack([circle @ circle, np.ones(EXACT)])
    profile /= np.linalg.norm(profile, axis=1)[:, None]
    weight = faded[:, member] / (faded[:, member] + 1) * trust / (trust + 0.04)
    waves = np.linalg.eigvalsh(20 * np.sqrt(np.outer(weight, weight)) * (profile @ profile.T))
    return 1.05 * (waves / (1 + waves)).sum()


def leaning(seed):
    """Weak voices for 13, all trusted through 0 alone: the hard worlds, where shares that thin would cost 13."""
    rng = np.random.default_rng(seed)
    web = [(int(i), int(v)) for i, v in rng.integers(1, 13, (rng.integers(0, 60), 2))]
    strong = kudos(*((0, other) for other in range(1, 13)), *web[::2], weight=50.0)
    weak = kudos(*((other, 13) for other in range(1, 13)), weight=0.1)
    return [*strong, *kudos(*web[1::2]), *weak, *kudos((0, 13), weight=20.0)]


@settings(deadline=None)
@given(LEDGERS, PEOPLE)
def test_the_standing_is_what_the_written_formulas_give(entries, member):
    assert Graph(ledger(entries)).standing(member, None) == pytest.approx(by_hand(entries, member), abs=1e-9)


@settings(deadline=None)
@given(CROWDED, PEOPLE)
def test_the_standing_is_what_the_written_formulas_give_in_a_busy_community(seed, member):
    entries = crowd(seed)
    assert Graph(ledger(entries)).standing(member, None) == pytest.approx(by_hand(entries, member), abs=1e-9)


@settings(deadline=None)
@given(CROWDED)
def test_one_member_is_reckoned_quickly_to_the_same_number(seed):
    entries = ledger(crowd(seed))
    whole, quick = Graph(entries), Graph(entries, for_one=True)
    for member in range(EXACT):
        assert quick.standing(member, None) == pytest.approx(whole.standing(member, None), abs=1e-11)
        assert [one.overlaps for one in quick.voices(member, None)] == [
            one.overlaps for one in whole.voices(member, None)
        ]


@SIZES
@settings(deadline=None)
@given(CROWDED, PEOPLE, PEOPLE, st.sampled_from([0.01, 1.0, 50.0]), st.sampled_from([-1, 3]))
def test_receiving_never_lowers(size, seed, giver, receiver, weight, skill):
    entries = crowd(seed)
    before = Graph(ledger(entries, size=size)).standing(receiver, None)
    after = Graph(ledger([*entries, (giver, receiver, skill, weight, 0)], size=size)).standing(receiver, None)
    assert after >= before - 1e-9


@SIZES
def test_receiving_never_lowers_where_one_vetted_giver_holds_up_all_the_other_voices(size):
    for seed in range(130):
        entries = leaning(seed)
        before = Graph(ledger(entries, vetted=[0], size=size)).standing(13, None)
        after = Graph(ledger([*entries, *kudos((0, 13), weight=50.0)], vetted=[0], size=size)).standing(13, None)
        assert after >= before - 1e-9


@SIZES
@settings(deadline=None)
@given(LEDGERS, PEOPLE, st.lists(PEOPLE, min_size=1, max_size=20))
def test_own_giving_changes_nothing_for_oneself(size, entries, member, receivers):
    before = Graph(ledger(entries, size=size))
    after = Graph(ledger([*entries, *kudos(*((member, other) for other in receivers), weight=7.0)], size=size))
    for skill in (None, 0, 1, 2):
        assert after.standing(member, skill) == pytest.approx(before.standing(member, skill), abs=1e-9)


@SIZES
@settings(deadline=None)
@given(LEDGERS)
def test_the_lines_add_up_to_the_standing(size, entries):
    graph = Graph(ledger(entries, size=size))
    for member, skill, value, count in graph.all():
        lines = graph.voices(member, skill)
        assert sum(line.adds for line in lines) == pytest.approx(value, abs=1e-9)
        assert graph.standing(member, skill) == pytest.approx(value, abs=1e-9)
        assert count == sum(line.weight > 0 for line in lines)
        assert all(line.adds >= 0 for line in lines)


@settings(deadline=None)
@given(LEDGERS)
def test_everyone_who_received_anything_is_there_once_overall_and_once_a_skill(entries):
    found = [(member, skill) for member, skill, _, _ in Graph(ledger(entries)).all()]
    others = [(receiver, skill) for giver, receiver, skill, _, _ in entries if giver != receiver]
    expected = {(receiver, None) for receiver, _ in others} | {(who, skill) for who, skill in others if skill >= 0}
    assert len(found) == len(set(found))
    assert set(found) == expected


@settings(deadline=None)
@given(LEDGERS, st.randoms(use_true_random=False))
def test_the_order_of_the_ledger_does_not_matter(entries, random):
    shuffled = random.sample(entries, len(entries))
    assert everyone(Graph(ledger(shuffled))) == pytest.approx(everyone(Graph(ledger(entries))), abs=1e-9)

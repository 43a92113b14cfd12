"""What those who want more standing than they earn can do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks import worlds
from bot.voices import Graph
from tests.voices.steps import EXACT, LEDGERS, PEOPLE, SIZES, TRUNCATED, crowd, everyone, kudos, ledger


def ring_percentiles(seed):
    world = worlds.planted(seed)
    members = worlds.weakest(world, seed, 10)
    both = (world.ledger, worlds.ring(world.ledger, members))
    scores = [np.array([graph.standing(member, None) for member in range(200)]) for graph in map(Graph, both)]
    return [100 * np.mean([(score < score[member]).mean() for member in members]) for score in scores]


def moves(seed, giver, receiver):
    """How much everyone but the receiver moved, relative to before, after one further kudos."""
    before = worlds.planted(seed).ledger
    after = worlds.with_entries(before, np.array([giver]), np.array([receiver]))
    old, new = everyone(Graph(before)), everyone(Graph(after))
    return [abs(new[who] - value) / value for who, value in old.items() if who[0] != receiver and value > 0]


@settings(deadline=None)
@given(LEDGERS, PEOPLE)
def test_what_one_gives_oneself_is_ignored(entries, member):
    selfish = [*entries, (member, member, 1, 50.0, 0)]
    assert everyone(Graph(ledger(selfish))) == everyone(Graph(ledger(entries)))


@SIZES
@pytest.mark.parametrize("count", [1, 30, 300])
def test_fake_accounts_fed_by_their_owner_gain_exactly_nothing(size, count):
    before = ledger([*crowd(1), *kudos((0, 9), (3, 9))], size=size)
    after = Graph(worlds.sybils(before, 9, count))
    assert after.standing(9, None) == pytest.approx(Graph(before).standing(9, None), rel=1e-9)
    assert len(after.voices(9, None)) >= count


def test_a_ring_gains_little_more_than_one_voice():
    world = worlds.planted(3)
    members = worlds.weakest(world, 3, 10)
    before, after = Graph(world.ledger), Graph(worlds.ring(world.ledger, members))
    gained = [after.standing(int(one), None) - before.standing(int(one), None) for one in members]
    assert np.mean(gained) < 1.5


def test_ten_who_go_all_in_on_an_accomplice_raise_it_by_about_one_voice():
    world = worlds.planted(4)
    chosen = worlds.weakest(world, 4, 11)
    accomplice = int(chosen[10])
    after = Graph(worlds.spies(world.ledger, accomplice, chosen[:10])).standing(accomplice, None)
    assert 0 < after - Graph(world.ledger).standing(accomplice, None) < 1.5


def test_a_ring_of_ten_stays_within_its_limits_over_several_communities():
    before, after = zip(*(ring_percentiles(seed) for seed in range(4)), strict=True)
    assert np.mean(after) - np.mean(before) <= 12


def test_bystanders_move_by_less_than_a_hundredth_all_but_one_in_a_hundred():
    moved = np.concatenate([moves(5, giver, giver + 100) for giver in range(0, 80, 20)])
    assert (moved < 0.01).mean() >= 0.99
    assert moved.max() < 0.05
    assert moved.mean() < 0.001


@SIZES
def test_two_strangers_are_two_voices_and_share_alike(size):
    circles = [(0, 6), (0, 7), (6, 7), (7, 6), (1, 8), (1, 9), (8, 9), (9, 8)]
    apart = kudos((0, 5), (1, 5), *circles, weight=50.0)
    graph = Graph(ledger(apart, size=size))
    first, second = graph.voices(5, None)
    assert (first.giver, second.giver) == (0, 1)
    assert first.adds == pytest.approx(second.adds, abs=1e-9)
    assert first.overlaps == second.overlaps == ()
    assert 1.3 < graph.standing(5, None) < 2


@SIZES
def test_ten_of_one_circle_count_as_little_more_than_one_and_are_named_as_overlapping(size):
    members = range(10)
    circle = [(giver, receiver) for giver in members for receiver in (*members, 12) if giver != receiver]
    graph = Graph(ledger(kudos(*circle, weight=50.0), size=size))
    assert [line.giver for line in graph.voices(12, None)] == [*members]
    assert all(set(line.overlaps) == {*members} - {line.giver} for line in graph.voices(12, None))
    assert graph.standing(12, None) < 1.3


@SIZES
def test_whom_nobody_trusts_takes_nothing_from_others_and_overlaps_with_nobody(size):
    alike = kudos((0, 7), (0, 8), (1, 7), (1, 8), (9, 7), (9, 8), (0, 12), (1, 12))
    without, graph = (Graph(ledger(some, vetted=(0, 1), size=size)) for some in (alike, [*alike, *kudos((9, 12))]))
    lines = {line.giver: line for line in graph.voices(12, None)}
    assert (lines[0].overlaps, lines[1].overlaps, lines[9].overlaps) == ((1,), (0,), ())
    assert (lines[9].adds, lines[9].weight) == (0, 0)
    assert graph.standing(12, None) == pytest.approx(without.standing(12, None), abs=1e-12)


def test_the_lines_come_with_what_adds_most_first_and_ties_in_a_fixed_order():
    entries = [*kudos((2, 5), (0, 5)), *kudos((1, 5), weight=9.0)]
    assert [line.giver for line in Graph(ledger(entries)).voices(5, None)] == [1, 0, 2]


def test_without_entries_nobody_is_listed_and_everyone_stands_at_nothing():
    for size in (EXACT, TRUNCATED):
        graph = Graph(ledger([], size=size))
        assert list(graph.all()) == []
        assert graph.standing(3, None) == 0
        assert graph.voices(3, 1) == ()
    assert list(Graph(ledger([], size=0)).all()) == []


def test_someone_who_received_nothing_in_a_skill_stands_at_nothing_there():
    graph = Graph(ledger([(0, 5, 1, 1.0, 0)]))
    assert graph.standing(5, 1) == graph.standing(5, None) > 0
    assert graph.standing(5, 2) == 0
    assert graph.voices(5, 2) == ()


def test_reception_counts_by_skill_and_overall_adds_the_skills_of_a_pair_first():
    graph = Graph(ledger([(0, 5, 0, 1.0, 0), (0, 5, 1, 1.0, 0)]))
    assert [line.pair for line in graph.voices(5, 0)] == [0.5]
    assert [line.pair for line in graph.voices(5, None)] == [pytest.approx(2 / 3)]


def test_when_nobody_is_vetted_everyone_counts_as_vetted():
    entries = crowd(7)
    nobody, all_of_them = Graph(ledger(entries, vetted=())), Graph(ledger(entries, vetted=range(EXACT)))
    assert everyone(nobody) == everyone(all_of_them)
    assert all(value > 0 for value in everyone(nobody).values())


@SIZES
def test_a_team_that_no_vetted_member_reaches_stands_at_nothing_until_one_does(size):
    team = kudos((8, 9), (9, 10), (10, 8), (9, 8), (0, 3), weight=9.0)
    alone, reached = Graph(ledger(team, size=size)), Graph(ledger([*team, *kudos((0, 9))], size=size))
    assert [alone.standing(one, None) for one in (8, 9, 10)] == [0, 0, 0]
    assert [line.adds for line in alone.voices(8, None)] == [0, 0]
    assert all(reached.standing(one, None) > 0 for one in (8, 9, 10))


def test_one_huge_giver_is_at_most_one_voice_to_anyone():
    giant = kudos(*((0, other) for other in range(1, EXACT)), weight=1e6)
    values = everyone(Graph(ledger(giant))).values()
    assert len(values) == EXACT - 1
    assert all(0.9 < value <= 1 + 1e-9 for value in values)


def test_giving_again_makes_one_voice_stronger_and_not_two():
    once, thrice = Graph(ledger(kudos((0, 5)))), Graph(ledger(kudos(*[(0, 5)] * 3)))
    assert len(thrice.voices(5, None)) == 1
    assert thrice.voices(5, None)[0].pair == pytest.approx(0.75)
    assert once.standing(5, None) < thrice.standing(5, None) <= 1 + 1e-9


def test_a_kudos_counts_half_after_one_half_life_and_trust_does_not_fade():
    old = ledger([(0, 5, -1, 1.0, 45), (5, 6, -1, 1.0, 0)])
    assert Graph(old, half_life=45.0).voices(5, None)[0].pair == pytest.approx(1 / 3)
    faded = replace(old, age=np.array([40_000.0, 0.0]))
    assert Graph(faded).standing(5, None) == pytest.approx(0, abs=1e-9)
    assert Graph(faded).standing(6, None) == pytest.approx(Graph(old).standing(6, None))


def test_an_entry_from_a_clock_ahead_of_ours_counts_as_of_today():
    ahead, today = ledger([(0, 5, -1, 1.0, -30)]), ledger([(0, 5, -1, 1.0, 0)])
    assert Graph(ahead).standing(5, None) == Graph(today).standing(5, None)


def test_the_truncation_agrees_with_the_full_inverse_where_trust_is_near():
    entries = crowd(2)
    exact, truncated = everyone(Graph(ledger(entries))), everyone(Graph(ledger(entries, size=TRUNCATED)))
    assert truncated == pytest.approx(exact, rel=0.05)

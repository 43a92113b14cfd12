"""The pure ranking: windows, words, scores, and whom to tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bot import matching
from bot.matching import MOST_WINDOWS, core, terms, windows, words_scores
from bot.pool import Pool

HOSTILE = ["." * 3000, "!" * 2999 + "x", "((((" * 700, "a," * 1500, "\x00\u202e\u200b", "😀" * 1500, " \n\t ", "-'.&/"]
cosines = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 6), st.integers(0, 60)), elements=st.floats(-1, 1, width=32)
)


def pool(claims: list[list[int]]) -> Pool:
    """Members by the skills (0..3) that they claim as proficient, without vouches."""
    member = np.repeat(np.arange(len(claims)), [len(some) for some in claims])
    skill = np.array([one for some in claims for one in some], np.int64)
    level, none = np.full(len(skill), 2), np.zeros(len(skill), np.int64)
    standing, weight = np.zeros(len(claims), np.float32), np.ones(len(claims), np.float32)
    return Pool(np.arange(len(claims)), list("abcd"), np.arange(4), member, skill, level, none, standing, weight)


lists = arrays.arrays(np.float32, st.integers(1, 30), elements=st.floats(-100, 100, width=32))


@given(lists, st.data())
def test_the_scores_of_a_few_are_those_they_have_among_all(values: np.ndarray, data: st.DataObject):
    rows = np.array(data.draw(st.lists(st.integers(0, len(values) - 1), max_size=5)), np.int64)
    found = matching.norm_of(values, np.ones(len(values))).z(values[rows])
    assert found == pytest.approx(matching.z(values)[rows], abs=2e-3)


def test_a_value_that_stands_for_several_counts_as_often():
    few, weight = np.array([3.0, 1.0, 0.0, 2.0, 5.0, 0.5], np.float32), np.array([1, 3, 10, 1, 1, 2], np.float32)
    many = np.repeat(few, weight.astype(int))
    at = np.cumsum(weight.astype(int)) - 1
    assert matching.norm_of(few, weight.astype(float)).z(few) == pytest.approx(matching.z(many)[at], abs=1e-5)


def test_windows_are_the_whole_its_clauses_and_runs_of_two_and_four_words():
    found = windows("Move a big cluster today, please")
    assert found[0] == "Move a big cluster today, please"
    assert {"Move a big cluster today", "please"} <= set(found)
    assert {"Move a", "big cluster", "a big cluster today"} <= set(found)
    assert not {"Move", "cluster", "Move a big", "today please"} & set(found)


def test_every_need_in_a_list_is_a_window_of_its_own():
    assert {"Kubernetes", "C++", "CI/CD", "Node.js"} <= set(windows("Help wanted\nKubernetes, C++, CI/CD, Node.js"))


def test_no_window_comes_twice():
    found = windows("ship it, ship it, ship it. ship it")
    assert len(found) == len(set(found))


def test_no_text_has_more_windows_than_the_limit():
    text = " ".join(f"word{number}" for number in range(3000))
    assert len(windows(text)) == MOST_WINDOWS
    assert windows(text)[0] == text


def test_of_a_long_text_the_end_is_looked_at_like_the_beginning():
    words = [f"word{number}" for number in range(400)]
    runs = [one.split() for one in windows(" ".join(words))[1:]]
    for size in (2, 4):
        starts = [words.index(run[0]) for run in runs if len(run) == size]
        assert max(np.diff([0, *starts, len(words)])) <= 6


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_cut_into_windows_like_any_other(text: str):
    found = windows(text)
    assert len(found) <= MOST_WINDOWS
    assert all(one.strip() for one in found)


@given(st.text(max_size=300))
def test_windows_of_any_text_are_few_and_never_empty(text: str):
    found = windows(text)
    assert len(found) <= MOST_WINDOWS
    assert all(one and one == " ".join(one.split()) for one in found)


def test_nothing_has_no_windows():
    assert windows("") == windows(" \n ") == []


@pytest.mark.parametrize(
    ("window", "quoted"),
    [
        ("to shrink a Docker image", "shrink a Docker image"),
        ("a cluster for us", "cluster"),
        ("We move to Kubernetes", "move to Kubernetes"),
        ("the and of", ""),
        ("", ""),
    ],
)
def test_a_quote_has_no_small_words_at_its_ends(window: str, quoted: str):
    assert core(window) == quoted


def test_words_keep_their_signs_and_lose_a_plural():
    said = "C++, C#, .NET and (dashboards): class, CI/CD."
    assert terms(said) == ["c++", "c#", ".net", "and", "dashboard", "class", "ci/cd"]


@pytest.mark.parametrize(("asked", "wins"), [("c++", 0), ("c#", 1), (".net", 2), ("C", 3)])
def test_names_with_signs_are_words_of_their_own(asked: str, wins: int):
    scores = words_scores([f"someone for {asked}, please"], ["C++", "C#", ".NET", "C"])[:, 0]
    assert scores[wins] > 0
    assert np.count_nonzero(scores) == 1


def test_a_rare_word_weighs_more_than_a_common_one():
    people = ["Python", "Python", "Python", "Beekeeping", "Writing"]
    scores = words_scores(["python beekeeping"], people)[:, 0]
    assert scores[3] > scores[0] > scores[4] == 0


def test_words_nobody_claims_score_nothing():
    assert not words_scores(["zither", ""], ["Python", ""]).any()


def test_no_documents_and_no_queries_are_no_scores():
    assert words_scores(["python"], []).shape == (0, 1)
    assert words_scores([], ["Python"]).shape == (1, 0)


def test_the_best_window_of_each_skill_is_found():
    skills = np.eye(3, dtype=np.float32)[:2]
    rows = np.array([[0, 0, 1], [0.6, 0.8, 0], [0.8, 0.6, 0]], np.float32)
    found = matching.best_of_each(skills, [rows, rows[:1]], [[0, 1, 2], [0]])
    assert found.match == pytest.approx(np.array([[0.8, 0.0], [0.8, 0.0]]))
    assert {where: who.tolist() for where, who in found.won.items()} == {
        (0, 0): [],
        (0, 1): [1],
        (0, 2): [0],
        (1, 0): [0, 1],
    }


@given(st.lists(st.integers(0, 300), max_size=8), st.integers(0, 2**32 - 1))
def test_texts_multiplied_together_give_what_each_gives_alone(sizes: list[int], seed: int):
    rng = np.random.default_rng(seed)
    skills = rng.standard_normal((5, 4), dtype=np.float32)
    texts = [rng.standard_normal((size, 4), dtype=np.float32) for size in sizes]
    alone = [(skills @ rows.T).max(axis=1) if len(rows) else np.zeros(5) for rows in texts]
    assert matching.best_of_each(skills, texts).match.T.tolist() == [pytest.approx(one, abs=1e-5) for one in alone]


def test_an_empty_text_matches_nothing():
    found = matching.best_of_each(np.eye(2, dtype=np.float32), [np.zeros((0, 0), np.float32)])
    assert found.match.tolist() == [[0], [0]]
    assert matching.best_of_each(np.zeros((0, 2), np.float32), [np.eye(2, dtype=np.float32)]).match.shape == (0, 1)


@given(cosines)
def test_rarity_lies_between_nothing_and_one(match):
    rare = matching.rarity(match)
    assert rare.shape == (len(match),)
    assert ((rare > 0) & (rare < 1)).all()


def test_what_many_texts_ask_for_is_less_telling():
    match = np.zeros((3, 40), np.float32)
    match[1, :10], match[2, :] = 0.7, 0.7
    never, often, always = matching.rarity(match)
    assert never > often > always


def test_one_strong_claim_tells_more_than_several_vague_ones():
    match, rare = np.array([[0.9], [0.5], [0.5], [0.5]], np.float32), np.full(4, 0.8, np.float32)
    telling = matching.telling(match, rare)
    summed = pool([[0], [1, 2, 3]]).total(telling[:, 0])
    assert summed[0] > 2 * summed[1]


def test_below_the_floor_nothing_is_told():
    assert not matching.telling(np.array([[0.4, 0.1, -0.9]], np.float32), np.ones(1, np.float32)).any()


def opened(match: float, rare: float, texts: int | None = 1000) -> float:
    """What one skill's match with one text comes to at the gate."""
    return float(matching.gated(np.array([[match]], np.float32), np.array([rare], np.float32), texts)[0, 0])


def test_the_rarer_a_skill_the_sooner_it_opens_the_gate():
    assert opened(0.72, 0.1) < matching.LOOK < opened(0.72, 0.37) < matching.WRITE < opened(0.72, 0.7)


def test_while_few_texts_are_on_file_every_match_is_raised_alike():
    assert opened(0.75, 0.9, texts=0) == opened(0.75, 0.3, texts=0) == pytest.approx(0.80)
    assert opened(0.71, 0.9, texts=50) < opened(0.71, 0.9, texts=500)


def test_where_nobody_has_calibrated_a_model_the_match_alone_decides():
    assert opened(0.69, 0.9, texts=None) == pytest.approx(0.69)


def test_a_name_that_means_what_every_text_asks_for_opens_no_gate():
    assert opened(matching.NAMED, 0.2) == 0
    assert opened(matching.NAMED, 0.3) == 1


def test_a_sibling_of_what_is_named_opens_no_gate_however_rare_it_is():
    assert opened(float(matching.VETOED), 1.0) < matching.LOOK < opened(0.56, 1.0)


def test_what_most_of_many_members_claim_tells_nobody_apart():
    assert matching.shared(np.array([1, 59, 61, 100]), 100).tolist() == [False, False, True, True]
    assert not matching.shared(np.array([20]), 20).any(), "in a small circle everybody knows what it is about"


def test_a_name_inside_a_sentence_is_worth_a_look_and_no_more():
    assert opened(float(matching.HEARD), 0.87) == pytest.approx(matching.LOOK)


@given(st.floats(-1, 1, width=32), st.floats(0, 1, width=32), st.integers(0, 10_000))
def test_the_gate_is_never_below_nothing(match: float, rare: float, texts: int):
    assert opened(match, rare, texts) >= 0


def test_a_member_is_judged_by_the_best_of_their_claims():
    value = np.array([[0.2, 0.9], [0.8, 0.1]], np.float32)
    people = pool([[0, 1], [0]])
    assert people.highest(value[:, 0]) == pytest.approx([0.8, 0.2])
    assert people.highest(value[:, 1]) == pytest.approx([0.9, 0.9])
    assert people.highest_of(np.array([1, 0, 1]), value[:, 0]) == pytest.approx([0.2, 0.8, 0.2])


@given(st.integers(1, 20), st.floats(-100, 100, width=32))
def test_a_list_of_equals_is_not_ordered_by_z(length: int, value: float):
    assert matching.z(np.full(length, value, np.float32)) == pytest.approx(np.zeros(length), abs=1e-3)


def test_differences_in_a_short_list_count_half():
    four, five = np.array([0, 0, 1, 1], np.float32), np.array([0, 0, 1, 1, 0.5], np.float32)
    assert matching.z(four) == pytest.approx([-0.5, -0.5, 0.5, 0.5])
    assert matching.z(five)[2] > 1


@given(lists)
def test_z_never_turns_an_order_round(values):
    scores = matching.z(values)
    order = np.argsort(values, kind="stable")
    assert (np.diff(scores[order]) >= -1e-4).all()
    assert np.isfinite(scores).all()


def test_skill_outweighs_words_and_standing_breaks_ties():
    skill, words = np.array([3, 1, 1, 1, 1], np.float32), np.array([0, 3, 0, 0, 0], np.float32)
    score = matching.mixed(skill, words)
    assert score[0] > score[1] > score[2]
    known = matching.mixed(skill, words, np.array([0, 0, 0, 1, 0], np.float32))
    assert known[3] > known[2]
    assert known[3] < known[0]


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_better_match_never_has_a_lower_chance(one: float, other: float):
    low, high = sorted((one, other))
    assert 0 <= matching.chance(low) <= matching.chance(high) < 1


@pytest.mark.parametrize(("match", "about"), [(0.55, 0.03), (0.65, 0.10), (0.75, 0.29), (0.85, 0.55), (0.95, 0.78)])
def test_the_chance_is_the_measured_one(match: float, about: float):
    assert matching.chance(match) == pytest.approx(about)

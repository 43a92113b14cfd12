"""What admins see of how standing comes about: how it is spread, who speaks for whom, what a setting would change."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from benchmarks import worlds
from bot import portraits
from bot.concentration import circles, gini, lorenz, reciprocity
from bot.ui import Card, Image, No
from bot.voices import Ledger
from storage.machinery import Audit
from storage.models import Member, Standing
from storage.records import Correction
from tests.world import World

WORD = "kudos give @{} for the work on {}"
AMOUNTS = st.lists(st.just(0.0) | st.floats(1e-3, 1e6), min_size=1, max_size=40).map(np.array)


def ledger(n, *pairs):
    """Words from i to v, so many times."""
    giver, receiver, times = (np.array(one, np.int64) for one in zip(*pairs, strict=True))
    ones = np.ones(len(pairs))
    return Ledger(giver, receiver, np.full(len(pairs), -1), ones * times, ones * 0, n, np.zeros(n, dtype=bool))


def test_all_alike_is_no_concentration_and_one_with_everything_is_all_of_it():
    assert gini(np.full(10, 3.0)) == pytest.approx(0)
    assert gini(np.array([0.0] * 99 + [5.0])) == pytest.approx(0.99)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert gini(np.zeros(4)) == gini(np.zeros(0)) == 0


@given(AMOUNTS)
def test_the_gini_is_twice_the_area_between_the_curve_and_the_diagonal(values):
    people, share = lorenz(values)
    area = np.trapezoid(people - share, people) if values.sum() > 0 else 0
    assert gini(values) == pytest.approx(2 * area, abs=1e-6)
    assert -1e-9 <= gini(values) < 1


def test_words_that_are_returned():
    assert reciprocity(ledger(4, (0, 1, 1), (1, 0, 1), (2, 3, 1))) == (pytest.approx(2 / 3), pytest.approx(0.25))
    assert reciprocity(ledger(4, (0, 0, 5)))[0] == 0
    assert reciprocity(ledger(4, (0, 1, 1), (0, 1, 2), (1, 0, 1), (1, 1, 1))) == (1, pytest.approx(1 / 6))


def test_what_is_returned_among_a_hundred_thousand_takes_no_square_of_them():
    pairs = np.arange(100_000)
    many = Ledger(pairs, (pairs + 1) % 100_000, pairs * 0 - 1, pairs * 0 + 1.0, pairs * 0.0, 100_000, pairs == 0)
    assert reciprocity(many) == (0, pytest.approx(1 / 99_999))


def test_a_ring_is_found_among_honest_members_and_nobody_else_is():
    world = worlds.planted(2, 120)
    members = sorted(int(one) for one in worlds.weakest(world, 2, 6))
    (found, *others) = circles(worlds.ring(world.ledger, np.array(members)))
    assert list(found.members) == members
    assert found.share == pytest.approx(1.0)
    assert all(one.share < 0.95 for one in others)


def test_a_ring_in_which_nobody_returns_anything_is_found_too():
    world = worlds.planted(2, 120)
    members = sorted(int(one) for one in worlds.weakest(world, 2, 5))
    assert members in [list(one.members) for one in circles(worlds.chained(world.ledger, np.array(members)))]


def test_honest_worlds_have_few_circles():
    assert all(len(circles(worlds.planted(seed, 120).ledger)) <= 6 for seed in range(3))


def test_the_evidence_of_a_circle_is_what_was_given():
    (found,) = circles(ledger(6, (0, 1, 9), (1, 0, 8), (0, 4, 1), (4, 1, 1), (5, 0, 1), (4, 3, 2)))
    assert (found.members, found.inside, found.given, found.outside_voices) == ((0, 1), 17, 18, 2)


@pytest.fixture
def lively(world: World) -> World:
    """Dave and Erin speak for each other alone; the others for many."""
    world.joins("admin", "ana", "ben", "carol", "dave", "erin")
    world.says("admin", "settings kudos allowance:50")
    pairs = [("admin", "ana"), ("admin", "ben"), ("ana", "ben"), ("ana", "carol"), ("ben", "carol"), ("ben", "dave")]
    pairs += [("dave", "erin"), ("erin", "dave")] * 3
    for at, (giver, to) in enumerate(pairs):
        assert isinstance(world.says(giver, WORD.format(to, f"part {at}")), Card)
    world.passes(seconds=1)
    world.outbox()
    return world


def image(reply) -> Image:
    assert isinstance(reply, Card)
    (found,) = [node for node in reply.body if isinstance(node, Image)]
    return found


def test_admins_see_who_mostly_speaks_for_each_other(lively: World):
    reply = lively.says("admin", "reputation circles")
    said = lively.reads(reply)
    assert "@dave and @erin: 100% of what they give stays among them; 1 person outside" in said
    assert "(Gini)" in said
    assert "Nothing follows by itself" in said
    assert image(reply).png.startswith(b"\x89PNG")
    assert image(reply).alt.endswith("1 tight circle")


def test_circles_and_previews_are_for_admins_and_change_nothing(lively: World):
    def kept():
        with lively.db() as db:
            return [row.model_dump() for row in db.exec(select(Standing)).all()]

    before = kept()
    for line in ("reputation circles", "reputation preview half_life:30", "reputation vet @ben"):
        assert isinstance(lively.says("ana", line), No)
    lively.says("admin", "reputation circles")
    lively.says("admin", "reputation preview half_life:30")
    assert kept() == before


def test_in_a_large_community_standing_is_told_as_last_kept_and_no_preview_is_reckoned(lively: World, monkeypatch):
    small = lively.hears("admin", "reputation circles")
    monkeypatch.setattr("bot.circles.LARGEST", 2)
    monkeypatch.setattr("bot.circles.MOST_PREVIEWED", 2)
    monkeypatch.setattr("bot.circles.scores_of", None)
    large = lively.hears("admin", "reputation circles")
    assert "I look for circles among up to 2 members" in large
    concentration = re.compile(r"Concentration\W+[\d.]+")
    assert concentration.search(large)[0] == concentration.search(small)[0]
    assert "among more than 2" in lively.hears("admin", "reputation preview half_life:30")


def test_a_community_in_which_nothing_was_said_has_nothing_to_show(world: World):
    assert "Nobody has spoken" in world.hears("admin", "reputation circles")
    assert "nothing would change" in world.hears("admin", "reputation preview half_life:30")


def test_a_preview_says_who_would_move(lively: World):
    said = lively.hears("admin", "reputation preview vet:@erin")
    assert "@dave:" in said
    assert "Nothing is changed yet" in said
    assert "What would you change" in lively.hears("admin", "reputation preview")


def test_a_preview_is_what_happens(lively: World):
    said = lively.hears("admin", "reputation preview vet:@erin")
    foretold = float(said.split("@dave: ")[1].split(" to ")[1].split()[0])
    lively.says("admin", "reputation vet @erin")
    lively.passes(seconds=1)
    with lively.db() as db:
        kept = db.exec(
            select(Standing.value).join(Member).where(Member.name == "dave", col(Standing.skill_id).is_(None))
        )
        assert kept.one() == pytest.approx(foretold, abs=0.01)


def test_who_is_vetted_is_audited(lively: World):
    said = lively.hears("admin", "reputation vet @ben")
    assert "Trust flows from @admin and @ben" in said
    assert isinstance(lively.says("admin", "reputation vet @ben"), No)
    lively.says("admin", "reputation unvet @ben")
    with lively.db() as db:
        lines = [row.line for row in db.exec(select(Audit)).all() if "vet" in row.line]
    assert lines == ["reputation vet @m3", "reputation unvet @m3"]


def test_trust_always_flows_from_somebody(lively: World):
    assert "vet another member first" in lively.hears("admin", "reputation unvet @admin")


def test_a_correction_stands_apart_from_what_was_earned(lively: World):
    before = lively.hears("ben", "reputation").split(": ")[1].split()[0]
    lively.says("admin", "reputation correct @ben -0.5 thanks that were given twice")
    assert "corrected your standing by -0.50" in lively.told("ben")
    lively.passes(seconds=1)
    said = lively.hears("ben", "reputation")
    assert said.split(": ")[1].split()[0] == before
    assert "Corrected by @admin on Mon 5 Oct 2026: -0.50 (thanks that were given twice)" in said
    assert f"Earned {before}, with corrections {float(before) - 0.5:.2f}" in said
    assert lively.count(Audit, col(Audit.line).startswith("reputation correct")) == 1


def test_who_left_can_be_corrected(lively: World):
    lively.leaves("ben")
    assert isinstance(lively.says("admin", "reputation correct @ben 1 they were forgotten"), Card)
    assert lively.count(Correction) == 1
    assert lively.outbox() == []


@pytest.mark.parametrize("line", ["@admin 1 for myself", "@ben 0 for nothing", "@ben 1000 far too much", "@ben 1 no"])
def test_corrections_that_make_no_sense_are_refused(lively: World, line: str):
    assert isinstance(lively.says("admin", f"reputation correct {line}"), No)
    assert lively.count(Correction) == 0


def test_the_card_is_a_picture_that_names_nobody_else(lively: World):
    lively.says("ben", "skill claim Docker expert")
    lively.says("admin", "skill vouch @ben Docker")
    drawn = image(lively.says("ben", "reputation card"))
    assert drawn.png.startswith(b"\x89PNG")
    assert "independent voices" in drawn.alt
    assert "Docker:" in drawn.alt
    assert "admin" not in drawn.alt


def test_without_voices_there_is_no_card(world: World):
    world.joins("admin", "ana")
    assert isinstance(world.says("ana", "reputation card"), No)


@pytest.mark.parametrize("name", ["$x$", "日本語", r"\frac{a}", "x" * 80, "{who}", ""])
@pytest.mark.parametrize("skills", [0, 1, 20])
def test_any_name_and_any_number_of_skills_is_drawn(name: str, skills: int):
    past = [(date(2026, 1, 1) + timedelta(days=9 * at), float(at)) for at in range(skills)]
    rows = [(f"{name}{at}", 1.0 + at, at) for at in range(skills)]
    drawn = portraits.Portrait(name, name, 3.2, 1, rows, past, date(2026, 10, 5))
    assert portraits.standing(drawn).startswith(b"\x89PNG")
    groups = [portraits.Ring((name, "b"), 0.7, np.ones((2, 2)))] * skills
    assert portraits.circles(lorenz(np.arange(9.0)), 0.4, groups, name).startswith(b"\x89PNG")

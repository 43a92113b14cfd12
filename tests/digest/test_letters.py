"""Whom the digest brings work to by direct message, and when it leaves people in peace."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest
from sqlmodel import select

from bot import exposure
from bot.calibration import SHIPPED
from bot.encoder import Matrix
from storage.dealings import LeftOut, Reach
from storage.models import Digest, Member, Tip
from tests.digest.steps import claims, edited, tips, work
from tests.world import World

SKILLS = ("Kubernetes", "Beekeeping", "Accounting", "Photography", "Zither", "German")


class Measured:
    """A text that says `close72` has a cosine of .72 with Docker; everything else has nothing to do with it."""

    model = "measured-3"
    ready = True
    scale = SHIPPED

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Unit rows (n, 3)."""
        return np.array([self._row(text.casefold()) for text in texts], np.float32).reshape(-1, 3)

    def _row(self, text: str) -> tuple[float, float, float]:
        if text == "docker":
            return (1.0, 0.0, 0.0)
        if said := re.search(r"close(\d\d)", text):
            cosine = int(said[1]) / 100
            return (cosine, (1 - cosine**2) ** 0.5, 0.0)
        return (0.0, 0.0, 1.0)


@pytest.fixture
def busy(world: World) -> World:
    """Six pieces of work, each for Ben."""
    claims(world, "ben", *SKILLS)
    for skill in SKILLS:
        work(world, skill)
    return world


def test_work_that_fits_comes_by_dm_with_the_reason_and_the_buttons(match: World):
    match.passes(days=7)
    said = match.told("ben")
    assert "one piece of work fits you this week" in said
    assert "Why you: Kubernetes (expert)" in said
    match.presses("ben", "Interested")
    assert "is interested in" in match.told("ana")


def test_nobody_hears_of_more_than_three_a_week(busy: World):
    busy.passes(days=7)
    assert [where for where, _text in busy.outbox() if where == "ben"] == ["ben"]
    assert tips(busy) == 3
    busy.passes(days=7)
    assert tips(busy) == 6


def test_the_limit_holds_across_an_early_and_a_weekly_digest(busy: World):
    busy.at("2026-10-08T12:00")
    busy.says("admin", "digest now")
    assert tips(busy) == 3
    busy.at("2026-10-12T10:00")
    assert tips(busy) == 3
    busy.at("2026-10-19T10:00")
    assert tips(busy) == 6


def test_one_who_wants_one_a_week_hears_of_one(busy: World):
    edited(busy, "ben", "tips:1")
    busy.passes(days=7)
    assert tips(busy) == 1
    assert "At most one a week" in busy.told("ben")


@pytest.mark.parametrize("said", ["tips:0", "hours:0"])
def test_who_wants_none_or_has_no_time_hears_nothing(match: World, said: str):
    edited(match, "ben", said)
    match.passes(days=7)
    assert "ben" not in [where for where, _text in match.outbox()]
    assert tips(match) == 0


def test_nobody_hears_of_their_own_post(world: World):
    claims(world, "ana", "Kubernetes")
    work(world, "Kubernetes", by="ana")
    world.passes(days=7)
    heard = world.outbox()
    assert [where for where, _text in heard] == ["#news"]
    assert "@ana: Kubernetes" not in heard[0][1]


@pytest.mark.parametrize("answer", ["opportunity interest o1", "opportunity pass o1 why:field"])
def test_nobody_hears_of_what_they_answered(match: World, answer: str):
    match.says("ben", answer)
    match.outbox()
    match.passes(days=7)
    assert "ben" not in [where for where, _text in match.outbox()]


def test_nobody_hears_of_the_same_work_twice(match: World):
    match.passes(days=21)
    assert [where for where, _text in match.outbox()].count("ben") == 1
    assert tips(match) == 1


def test_who_left_hears_nothing(match: World):
    match.leaves("ben")
    match.passes(days=7)
    assert [where for where, _text in match.outbox()] == ["#news"]


@pytest.mark.parametrize(
    ("threshold", "cosine", "is_told"),
    [
        ("careful", 82, True),
        ("careful", 78, False),
        ("balanced", 77, True),
        ("balanced", 73, False),
        ("generous", 67, True),
        ("generous", 63, False),
    ],
)
def test_only_what_is_sure_enough_is_written(world: World, threshold: str, cosine: int, is_told: bool):
    world.encoder = Measured()
    world.restarts()
    world.says("admin", f"settings digest threshold:{threshold}")
    world.says("ben", "skill claim Docker expert")
    world.says("ana", f'opportunity post "Work" "Something close{cosine} to what you do"')
    world.passes(days=7)
    assert tips(world) == int(is_told)


def test_what_is_near_is_named_to_all_though_nobody_is_written_to(world: World):
    world.encoder = Measured()
    world.restarts()
    world.says("ben", "skill claim Docker expert")
    world.says("ana", 'opportunity post "Work" "Something close72 to what you do"')
    world.outbox()
    world.passes(days=7)
    heard = dict(world.outbox())
    assert set(heard) == {"#news"}
    assert "@ben (Docker)" in heard["#news"]


def test_no_work_goes_without_while_other_work_finds_two(world: World):
    for who in ("ben", "carol", "dave"):
        claims(world, who, *SKILLS[:3])
        edited(world, who, "tips:1")
    for skill in SKILLS[:3]:
        work(world, skill)
    world.passes(days=7)
    with world.db() as db:
        told = db.exec(select(Tip.member_id, Tip.opportunity_id)).all()
    assert len({member for member, _work in told}) == len({one for _member, one in told}) == len(told) == 3


def test_what_spreading_cost_is_shown_and_kept(busy: World):
    edited(busy, "ben", "tips:3")
    said = busy.hears("admin", "digest preview")
    shown = re.search(r"costs (\d+)% of relevance", said)
    assert shown
    busy.passes(days=7)
    with busy.db() as db:
        (lost,) = db.exec(select(Digest.relevance_lost)).all()
    assert lost == pytest.approx(0.5, abs=0.05)
    assert int(shown[1]) == pytest.approx(100 * lost, abs=1)


def test_every_digest_keeps_how_far_it_told_and_whom_it_left_out(busy: World):
    busy.passes(days=7)
    with busy.db() as db:
        (digest,) = db.exec(select(Digest)).all()
        reach = db.exec(select(Reach.fitting, Reach.told)).all()
        left = db.exec(select(LeftOut.opportunity_id, LeftOut.member_id)).all()
        ben = db.exec(select(Member.id).where(Member.name == "ben")).one()
    assert digest.written == 1
    assert sorted(reach) == [(1, 0)] * 3 + [(1, 1)] * 3
    assert {member for _work, member in left} == {ben}
    assert len(left) == 3


def test_a_preview_says_what_would_go_to_how_many(busy: World):
    edited(busy, "ben", "tips:1")
    said = busy.hears("admin", "digest preview")
    assert "I would write to 1 person, of 1 piece of work at most" in said
    assert said.count("goes to 1 of 1 who fit") == 1
    assert said.count("goes to 0 of 1 who fit") == 5


def test_where_only_the_best_were_looked_at_the_preview_does_not_claim_to_have_counted_all(
    busy: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exposure, "MOST_A_TEXT", 1)
    assert "of 1 or more who fit" in busy.hears("admin", "digest preview")


def test_where_nothing_fits_the_preview_says_that_silence_is_fine(world: World):
    work(world, "Zither")
    said = world.hears("admin", "digest preview")
    assert "write to nobody" in said
    assert "Silence is fine" in said


@pytest.mark.parametrize(
    ("zone", "wakes"),
    [("Asia/Tokyo", "2026-10-12T09:00"), ("America/Los_Angeles", "2026-10-12T14:00"), ("", "2026-10-12T09:00")],
)
def test_what_comes_at_night_waits_until_the_members_morning(match: World, zone: str, wakes: str):
    edited(match, "ben", f'zone:"{zone}"' if zone else 'zone:""')
    match.at("2026-10-12T09:00")
    before = [where for where, _text in match.outbox()]
    assert "#news" in before
    assert ("ben" in before) == (wakes == "2026-10-12T09:00")
    match.at(wakes)
    assert tips(match) == 1
    assert before.count("ben") + [where for where, _text in match.outbox()].count("ben") == 1


def test_quiet_hours_are_the_members_own(match: World):
    assert "8:00 to 12:00" in match.hears("ben", "profile notify quiet_from:8 quiet_to:12")
    match.at("2026-10-12T11:59")
    assert "ben" not in [where for where, _text in match.outbox()]
    match.restarts()
    match.at("2026-10-12T12:00")
    assert "Kubernetes wanted" in match.told("ben")


def test_the_same_hour_twice_means_no_quiet_hours(match: World):
    match.says("ben", "profile notify quiet_from:9 quiet_to:9")
    match.at("2026-10-12T09:00")
    assert "Kubernetes wanted" in match.told("ben")


@pytest.mark.parametrize("answer", ["opportunity close o1 cancelled", "opportunity edit o1 title:Renamed"])
def test_what_changes_over_night_is_told_as_it_is_in_the_morning(match: World, answer: str):
    match.says("ben", "profile notify quiet_from:8 quiet_to:12")
    match.at("2026-10-12T10:00")
    match.says("ana", answer)
    match.outbox()
    match.at("2026-10-12T13:00")
    said = match.told("ben")
    assert said == "" if "close" in answer else "Renamed" in said


def test_who_wants_to_hear_every_third_week_does(world: World):
    claims(world, "ben", *SKILLS)
    world.says("ben", "profile notify tips:1 every:3")
    for skill in SKILLS:
        work(world, skill)
    heard: list[int] = []
    for _week in range(5):
        world.passes(days=7)
        heard.append(tips(world))
    assert heard == [1, 1, 1, 2, 2]
    assert "At most one in 3 weeks" in world.told("ben")


def test_a_newcomer_hears_of_something_though_others_know_more(world: World):
    for who in ("ben", "carol", "dave", "erin", "frank"):
        claims(world, who, "Kubernetes", "German")
    world.passes(days=61)
    world.joins("gina")
    claims(world, "gina", "Kubernetes")
    for name in ("ben", "carol", "dave", "erin", "frank"):
        world.says("admin", f"skill vouch @{name} Kubernetes")
    work(world, "Kubernetes")
    world.passes(days=7)
    assert tips(world, "gina") == 1
    assert sum(tips(world, who) for who in ("ben", "carol", "dave", "erin", "frank")) == 4


def test_who_heard_of_it_from_a_peer_is_not_told_again(match: World):
    match.says("carol", "opportunity refer o1 @ben You ran our first cluster")
    match.outbox()
    match.passes(days=7)
    assert "ben" not in [where for where, _text in match.outbox()]

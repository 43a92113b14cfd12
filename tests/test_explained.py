"""Standing explained: the lines add up, private thanks stay private, nothing fades unannounced."""

import re

import pytest
from sqlmodel import col, select

from adapters.local.render import buttons_of
from bot import reputation
from bot.explained import hundredths
from bot.ui import Card, No
from storage.db import transaction
from storage.models import Entry, Member, Standing
from storage.records import Reconfirmation, Snapshot
from tests.world import World

WORD = "kudos give @{} the docs were splendid"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin, from whom trust flows; Ben can do Docker and is known for it."""
    world.joins("admin", "ana", "ben", "carol", "dave")
    world.says("ben", "skill claim Docker expert")
    for giver, line in (
        ("admin", WORD.format("ana")),
        ("admin", WORD.format("carol")),
        ("admin", "skill vouch @ben Docker"),
        ("ana", WORD.format("ben")),
        ("carol", WORD.format("ben")),
        ("dave", WORD.format("ben")),
    ):
        assert isinstance(world.says(giver, line), Card)
    world.passes(seconds=1)
    world.outbox()


def lines(said: str) -> dict[str, float]:
    """What each voice adds, as it is read."""
    return {name: float(adds) for name, adds in re.findall(r"- (@\w+|Someone(?: who left)?) adds (\d\.\d\d)", said)}


def number(said: str) -> float:
    """The standing in the title."""
    return float(re.search(r": (\d\.\d\d) independent voices", said)[1])


def crowd(world: World, count: int) -> None:
    """So many more people join."""
    with transaction(world.engine, world.place.community_id) as db:
        known = len(db.exec(select(Member)).all())
        for at in range(known + 10, known + 10 + count):
            db.add(Member(number=at, name=f"m{at}", joined_at=world.now))


def test_the_lines_that_people_read_add_up_to_the_number(world: World):
    said = world.hears("ben", "reputation")
    assert set(lines(said)) == {"@admin", "@ana", "@carol", "@dave"}
    assert sum(lines(said).values()) == pytest.approx(number(said), abs=1e-9)
    assert f"(The lines add up to {number(said):.2f}.)" in said


def test_the_number_is_what_is_kept_for_everybody(world: World):
    said = number(world.hears("ana", "reputation show @ben"))
    with world.db() as db:
        kept = db.exec(
            select(Standing.value).join(Member).where(Member.name == "ben", col(Standing.skill_id).is_(None))
        )
        assert round(kept.one(), 2) == said


@pytest.mark.parametrize(
    ("parts", "told"), [([0.333, 0.333, 0.334], [33, 33, 34]), ([0.005, 0.005], [1, 0]), ([], []), ([0.996], [100])]
)
def test_rounded_lines_sum_to_the_rounded_whole(parts: list[float], told: list[int]):
    assert hundredths(parts) == told


def test_who_is_not_trusted_yet_is_listed_and_adds_nothing(world: World):
    said = world.hears("ben", "reputation")
    assert lines(said)["@dave"] == 0
    assert "not trusted here yet" in said


def test_one_skill_by_itself(world: World):
    said = world.hears("ana", "reputation show @ben Docker")
    assert "@ben in Docker" in said
    assert set(lines(said)) == {"@admin"}


def test_work_done_together_is_said(world: World):
    world.says("admin", 'opportunity post "Data pipeline" Ten sensors, one dashboard')
    world.says("ben", "opportunity interest o1")
    world.says("admin", "opportunity meet o1 1")
    world.says("admin", "opportunity close o1 filled @ben")
    said = world.hears("ben", "reputation")
    line = next(one for one in said.splitlines() if "@admin adds" in one)
    assert "finished work together" in line


def test_a_newcomer_hears_what_is_missing_and_no_rank(world: World):
    crowd(world, 60)
    assert "4 voices" not in world.hears("ben", "reputation")
    assert "3 voices, 2 more to rank" in world.hears("ben", "reputation")


def test_who_has_no_voice_yet_is_offered_nothing_that_would_be_refused(world: World):
    world.says("gus", "help")
    reply = world.says("gus", "reputation")
    assert [one.label for one in buttons_of(reply)] == []
    assert "Voices" not in world.reads(reply)
    crowd(world, 60)
    assert "no voices, 5 more to rank" in world.hears("gus", "reputation")


def test_small_communities_have_no_ranks_at_all(world: World):
    assert "rank" not in world.hears("ben", "reputation")


def test_who_has_voices_enough_is_ranked_among_those_who_have(world: World, monkeypatch: pytest.MonkeyPatch):
    crowd(world, 60)
    monkeypatch.setattr("bot.reasons.RANKED_FROM", 1)
    assert "number 1 of 3 who are ranked" in world.hears("ben", "reputation")
    assert "number 2 of 3 who are ranked" in world.hears("ana", "reputation show @carol")


def test_nobody_is_ranked_by_nothing(world: World):
    said = world.hears("dave", "reputation")
    assert "no independent voices yet" in said
    assert "It begins when someone thanks you" in said


def test_a_thank_you_given_in_private_names_nobody_to_others(world: World):
    world.says("admin", "settings kudos replies:private")
    others = world.hears("dave", "reputation show @ben")
    assert "@carol" not in others
    assert "Someone adds" in others
    assert "@admin adds" in others, "a vouch is public"
    assert "@carol adds" in world.hears("ben", "reputation")


def test_who_left_the_boards_is_not_named_to_others(world: World):
    world.says("ana", "profile edit boards:no")
    assert "@ana" not in world.hears("dave", "reputation show @ben")
    refused = world.says("dave", "reputation show @ana")
    assert isinstance(refused, No)
    assert "keeps their standing to themselves" in world.reads(refused)
    assert "Standing" not in world.hears("dave", "profile show @ana")
    assert "Standing" in world.hears("ana", "profile show")
    assert isinstance(world.says("ana", "reputation show"), Card)
    assert isinstance(world.says("admin", "reputation show @ana"), Card)


def test_who_left_is_a_voice_without_a_name(world: World):
    world.leaves("carol")
    said = world.hears("ben", "reputation")
    assert "@carol" not in said
    assert "Someone who left adds" in said


def test_change_over_a_month_is_shown_from_snapshots(world: World):
    for days in (1, 10, 25):
        world.passes(days=days)
    world.says("admin", "kudos give @ben for the second release")
    world.passes(seconds=1)
    said = world.hears("ben", "reputation")
    assert re.search(r"Change: [+-]0\.\d\d in 30 days", said)


def test_one_snapshot_a_day_of_what_changed(world: World):
    before = world.count(Snapshot)
    for reason in ("for the first release", "for the second release"):
        world.says("dave", f"kudos give @ana {reason}")
        world.passes(seconds=1)
    with world.db() as db:
        days = db.exec(select(Snapshot.member_id, Snapshot.skill_id, Snapshot.day)).all()
    assert before > 0
    assert len(days) == len(set(days))


def test_standing_fades_by_itself(world: World):
    def kept() -> float:
        with world.db() as db:
            return db.exec(select(Standing.value).join(Member).where(Member.name == "ana")).one()

    before = kept()
    world.passes(days=200)
    assert kept() < before - 0.01


def test_a_skill_is_announced_before_it_fades_and_only_once(world: World):
    world.passes(days=75)
    assert world.told("ben") == ""
    world.passes(days=3)
    (told,) = [text for where, text in world.outbox() if where == "ben"]
    assert "Your standing in Docker is about to fade" in told
    assert "90 days" in told
    world.passes(days=100)
    assert world.told("ben") == ""


def test_admins_may_switch_the_announcement_off(world: World):
    world.says("admin", "settings reputation remind:no")
    world.passes(days=100)
    assert world.told("ben") == ""


def test_one_tap_asks_and_one_tap_reconfirms(world: World):
    world.passes(days=120)
    stale = number(world.hears("ben", "reputation show skill:Docker"))
    world.outbox()
    world.presses("ben", "Ask admin")
    assert "asks whether you would still speak for their Docker" in world.told("admin")
    world.presses("admin", "Yes, still")
    assert "@admin still speaks for your Docker" in world.told("ben")
    world.passes(seconds=1)
    assert number(world.hears("ben", "reputation show skill:Docker")) > stale
    assert "reconfirmed" in world.hears("ben", "reputation")
    assert isinstance(world.presses("admin", "Yes, still"), No), "once"


def test_a_no_is_silent(world: World):
    world.says("ben", "reputation ask @admin")
    world.outbox()
    world.presses("admin", "Not this time")
    assert world.outbox() == []


def test_who_never_spoke_for_you_is_not_asked(world: World):
    assert isinstance(world.says("ana", "reputation ask @dave"), No)
    assert isinstance(world.says("ben", "reputation ask @ana skill:Docker"), No)
    assert world.count(Reconfirmation) == 0


def test_the_same_person_is_asked_once_a_month(world: World):
    assert isinstance(world.says("ben", "reputation ask @admin"), Card)
    refused = world.hears("ben", "reputation ask @admin")
    assert "you can again from" in refused
    world.passes(days=31)
    assert isinstance(world.says("ben", "reputation ask @admin"), Card)


def test_nobody_else_answers_a_question_and_it_lapses(world: World):
    world.says("ben", "reputation ask @admin")
    assert isinstance(world.says("dave", "reputation confirm 1"), No)
    assert isinstance(world.says("ben", "reputation confirm 1"), No)
    world.passes(days=31)
    assert isinstance(world.says("admin", "reputation confirm 1"), No)
    assert world.count(Entry, Entry.kind == "reconfirmation") == 0


def test_in_a_large_community_the_receiver_is_reckoned_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reputation, "SMALL_COMMUNITY", 3)
    world.says("admin", "kudos give @dave the docs were splendid")
    world.passes(seconds=1)
    with world.db() as db:
        assert db.exec(select(Standing.value).join(Member).where(Member.name == "dave")).one() > 0


def test_the_half_life_is_a_setting(world: World):
    world.passes(days=60)
    before = number(world.hears("ben", "reputation"))
    world.says("admin", "settings reputation half_life:14")
    assert number(world.hears("ben", "reputation")) < before

"""The weekly digest: posted once at the community's hour, and whom it writes to."""

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pytest
from sqlmodel import select

from bot import embedding, features
from bot.app import App, Thought
from bot.calibration import SHIPPED
from bot.ctx import Request
from bot.encoder import Matrix
from bot.timers import occurrence
from bot.ui import Card, Form, Image, No
from jobs.clock import SYSTEM, Clock
from storage.db import connect
from storage.dealings import LeftOut, Reach
from storage.machinery import Outbox, Timer
from storage.models import Digest, Member, Place, Tip
from tests.encoders import Down, Words
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


class Interrupted(App):
    """While the digest is being worked out, somebody says something."""

    meanwhile: tuple[Request, ...] = ()

    def _thought(self, place: Place, request: Request) -> Thought | None:
        thought = super()._thought(place, request)
        waiting, self.meanwhile = self.meanwhile, ()
        for one in waiting:
            self.handle(one)
        return thought


@pytest.fixture(autouse=True)
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four members and an admin who wants the digest in #news."""
    monkeypatch.setattr(embedding, "_warm", {})
    world.joins("admin", "ana", "ben", "carol", "dave")
    world.says("admin", "settings digest channel:#news")
    world.passes(minutes=1)


def work(world: World, skill: str, by: str = "ana", title: str = "") -> None:
    """Somebody posts work that needs a skill."""
    said = f'opportunity post "{title or skill + " wanted"}" "There is a season of {skill} to do" needs:"={skill}"'
    assert isinstance(world.says(by, said), Card)
    world.outbox()


def claims(world: World, who: str, *skills: str) -> None:
    for skill in skills:
        assert isinstance(world.says(who, f'skill claim "={skill}" expert'), Card)


@pytest.fixture
def match(world: World) -> World:
    """Ana has posted o1, which is for Ben."""
    claims(world, "ben", "Kubernetes")
    work(world, "Kubernetes")
    return world


@pytest.fixture
def busy(world: World) -> World:
    """Six pieces of work, each for Ben."""
    claims(world, "ben", *SKILLS)
    for skill in SKILLS:
        work(world, skill)
    return world


def news(world: World) -> list[str]:
    return [text for where, text in world.outbox() if where == "#news"]


def tips(world: World, who: str = "ben") -> int:
    with world.db() as db:
        found = select(Tip.id).join(Member, Member.id == Tip.member_id).where(Member.name == who)
        return len(db.exec(found).all())


def due(world: World) -> datetime | None:
    with world.db() as db:
        return db.exec(select(Timer.due).where(Timer.key == "digest")).first()


def edited(world: World, who: str, said: str) -> None:
    assert isinstance(world.says(who, f"profile edit {said}"), Card)


def test_it_is_posted_at_the_communitys_hour_and_not_before(match: World):
    match.at("2026-10-12T08:59")
    assert news(match) == []
    match.at("2026-10-12T09:00")
    (said,) = news(match)
    assert "The week of" in said
    assert "Kubernetes wanted" in said


def test_it_comes_once_every_week(match: World):
    match.passes(days=22)
    assert len(news(match)) == 3
    assert match.count(Digest) == 3


@pytest.mark.parametrize(
    ("answers", "moment"),
    [
        ("day:friday hour:16", "2026-10-09T16:00"),
        ("day:friday hour:16 zone:Asia/Tokyo", "2026-10-09T07:00"),
        ("day:monday hour:0", "2026-10-12T00:00"),
        ("day:sunday hour:23 zone:America/New_York", "2026-10-12T03:00"),
    ],
)
def test_admins_choose_day_hour_and_zone(match: World, answers: str, moment: str):
    match.says("admin", f"settings digest {answers}")
    assert due(match) == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    match.at(f"{moment}+00:00")
    assert len(news(match)) == 1


def test_it_keeps_its_local_hour_when_the_clocks_change(match: World):
    match.says("admin", "settings digest zone:Europe/Berlin")
    match.at("2026-10-19T07:00+00:00")
    assert len(news(match)) == 2
    match.at("2026-10-26T07:59+00:00")
    assert news(match) == []
    match.at("2026-10-26T08:00+00:00")
    assert len(news(match)) == 1


def test_when_the_community_moves_its_digest_moves_along(match: World):
    match.says("admin", "settings community zone:Asia/Tokyo")
    assert due(match) == datetime(2026, 10, 12, 0, tzinfo=UTC)


def test_a_zone_of_its_own_stays_when_the_community_moves(match: World):
    match.says("admin", "settings digest zone:Europe/Berlin")
    match.says("admin", "settings community zone:Asia/Tokyo")
    assert due(match) == datetime(2026, 10, 12, 7, tzinfo=UTC)


def test_without_a_channel_there_is_none(match: World):
    match.says("admin", 'settings digest channel:""')
    assert due(match) is None
    match.passes(days=14)
    assert news(match) == []
    assert tips(match) == 0


def test_a_channel_chosen_again_brings_it_back(match: World):
    match.says("admin", 'settings digest channel:""')
    match.says("admin", "settings digest channel:#other")
    match.passes(days=7)
    assert [where for where, _text in match.outbox() if where.startswith("#")] == ["#other"]


def test_two_clocks_post_it_once(match: World):
    moment, failures, ready = datetime(2026, 10, 12, 9, tzinfo=UTC), [], threading.Barrier(2)

    def ticks():
        app = App(connect(match.url), features.catalogue(), Words(), features.welcome)
        ready.wait()
        try:
            Clock(app).tick(moment)
        except Exception as error:
            failures.append(error)
        app.engine.dispose()

    threads = [threading.Thread(target=ticks) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    match.now = moment
    assert failures == []
    assert sorted(where for where, _text in match.outbox()) == ["#news", "ben"]
    assert (match.count(Digest), tips(match)) == (1, 1)


def test_a_crash_after_posting_does_not_post_it_again(match: World):
    match.now = datetime(2026, 10, 12, 9, tzinfo=UTC)
    with match.db() as db:
        timer = db.exec(select(Timer).where(Timer.key == "digest")).one()
    match.app.handle(Request(occurrence(timer), match.place.id, SYSTEM, timer.line, match.now, timer=True))
    match.restarts()
    match.passes(minutes=1)
    assert sorted(where for where, _text in match.outbox()) == ["#news", "ben"]
    assert match.count(Digest) == 1


def test_a_restart_in_between_changes_nothing(match: World):
    match.passes(days=3)
    match.restarts()
    match.passes(days=4)
    match.restarts()
    match.passes(hours=1)
    assert len(news(match)) == 1


def test_weeks_missed_in_an_outage_are_made_up_once_and_late(match: World):
    match.now += timedelta(days=16)
    match.restarts()
    match.passes(minutes=1)
    assert len(news(match)) == 1
    match.at("2026-10-26T08:59")
    assert news(match) == []
    match.at("2026-10-26T09:00")
    assert len(news(match)) == 1


def test_one_of_a_week_that_was_missed_does_not_come_twice_on_its_day(match: World):
    match.now = datetime(2026, 10, 19, 8, 30, tzinfo=UTC)
    match.passes(hours=1)
    assert len(news(match)) == 1


def test_now_posts_it_once_a_day_and_the_weekly_one_still_comes(match: World):
    match.says("admin", "digest now")
    assert "out already" in match.hears("admin", "digest now")
    assert len(news(match)) == 1
    match.passes(days=1)
    assert isinstance(match.says("admin", "digest now"), Card)
    assert len(news(match)) == 1
    match.at("2026-10-12T09:00")
    assert len(news(match)) == 1


def test_now_and_the_weekly_one_on_the_same_day_are_one(match: World):
    match.at("2026-10-12T08:00")
    match.says("admin", "digest now")
    match.at("2026-10-12T09:00")
    assert len(news(match)) == 1
    assert match.count(Timer, Timer.attempts > 0) == 0
    assert due(match) == datetime(2026, 10, 19, 9, tzinfo=UTC)


def test_a_day_is_the_communitys_own(match: World):
    match.says("admin", "settings community zone:Pacific/Auckland")
    match.at("2026-10-07T10:30+00:00")
    match.says("admin", "digest now")
    match.at("2026-10-07T11:30+00:00")
    assert isinstance(match.says("admin", "digest now"), Card)
    assert match.count(Digest) == 2


def test_now_without_a_channel_offers_to_choose_one(match: World):
    match.says("admin", 'settings digest channel:""')
    assert isinstance(match.says("admin", "digest now"), No)
    assert isinstance(match.presses("admin", "Choose one"), Form)


@pytest.mark.parametrize("line", ["digest now", "digest preview"])
def test_only_admins_see_or_post_it_early(match: World, line: str):
    assert isinstance(match.says("ana", line), No)
    assert match.outbox() == []


def test_nobody_says_the_clocks_line(match: World):
    assert isinstance(match.says("admin", "digest weekly"), No)
    assert news(match) == []


def test_a_preview_shows_it_and_posts_nothing(match: World):
    said = match.hears("admin", "digest preview")
    assert "Kubernetes wanted" in said
    assert "1 person" in said
    assert match.outbox() == []
    assert (match.count(Digest), match.count(Tip), match.count(Outbox, Outbox.state != "sent")) == (0, 0, 0)


def test_a_preview_says_how_many_and_not_who(match: World):
    edited(match, "ben", "named:no")
    match.passes(days=8)
    said = match.hears("admin", "digest preview")
    assert "Kubernetes" in said
    assert "ben" not in said


def test_an_empty_preview_says_what_the_digest_would_do(world: World):
    world.passes(days=8)
    assert "stay silent" in world.hears("admin", "digest preview")
    world.says("admin", "settings digest empty:yes")
    assert "say so" in world.hears("admin", "digest preview")


def test_with_nothing_to_say_it_stays_silent(world: World):
    world.at("2026-10-12T10:00")
    assert news(world) == []
    assert world.count(Digest) == 0


def test_where_the_setting_says_so_a_quiet_week_is_said(world: World):
    world.says("admin", "settings digest empty:yes")
    world.at("2026-10-12T10:00")
    (said,) = news(world)
    assert said.startswith("Quiet week: nothing new.")
    assert "kudos give" in said


def test_open_work_is_shown_with_who_fits_and_why(match: World):
    match.passes(days=7)
    (said,) = news(match)
    assert "Kubernetes wanted (o1), from @ana" in said
    assert "who could: @ben (Kubernetes)" in said
    assert "[1: Interested] [2: Not for me] [3: Pass to a peer]" in said


def test_who_has_seen_it_is_named_where_they_let_themselves_be(match: World):
    match.says("carol", "skill vouch @ben Kubernetes")
    match.says("dave", "skill vouch @ben Kubernetes")
    edited(match, "dave", "named:no")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "@ben (Kubernetes, seen by @carol and 1 other)" in said


def test_it_begins_with_how_much_is_open_and_how_much_of_it_is_new(match: World):
    match.passes(days=7)
    (first,) = news(match)
    assert "  1 new piece of work.\n" in first
    work(match, "Zither")
    match.passes(days=7)
    (second,) = news(match)
    assert "  1 new piece of work, 1 still open." in second
    match.says("dave", "kudos give @carol the docs were splendid")
    match.outbox()
    match.passes(days=7)
    (third,) = news(match)
    assert "  2 pieces of work are still open. 1 thank-you." in third


def test_where_nobody_fits_nobody_is_named(world: World):
    work(world, "Zither")
    world.passes(days=7)
    (said,) = news(world)
    assert "1 new piece of work." in said
    assert "who could" not in said


def test_who_does_not_want_to_be_named_is_written_to_and_not_named(match: World):
    edited(match, "ben", "named:no")
    match.passes(days=7)
    heard = dict(match.outbox())
    assert "ben" not in heard["#news"]
    assert "Kubernetes wanted" in heard["ben"]


def test_work_that_is_closed_is_not_shown(match: World):
    work(match, "German")
    match.says("ana", "opportunity close o1 cancelled")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "German wanted" in said
    assert "Kubernetes wanted" not in said
    assert tips(match) == 0


def test_work_that_closes_while_the_digest_is_worked_out_is_not_shown(match: World):
    work(match, "German")
    match.now = datetime(2026, 10, 12, 9, tzinfo=UTC)
    app = Interrupted(match.engine, match.catalogue, match.encoder, features.welcome)
    app.meanwhile = (match.request("ana", "opportunity close o1 cancelled"),)
    Clock(app).tick(match.now)
    heard = match.outbox()
    (said,) = (text for where, text in heard if where == "#news")
    assert "German wanted" in said
    assert "Kubernetes wanted" not in said
    assert "ben" not in [where for where, _text in heard]


def test_work_that_is_still_open_is_shown_again_after_the_new(match: World):
    match.passes(days=7)
    match.outbox()
    match.passes(days=1)
    work(match, "German")
    match.passes(days=6)
    (said,) = news(match)
    assert said.index("German wanted") < said.index("Kubernetes wanted")


def test_work_that_is_still_open_still_names_who_fits(match: World):
    match.passes(days=7)
    match.says("dave", "kudos give @carol the docs were splendid")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "@ben (Kubernetes)" in said


def test_a_week_with_nothing_new_is_one_line_that_tells_what_is_still_open(match: World):
    match.passes(days=7)
    match.outbox()
    match.passes(days=7)
    assert news(match) == ["Quiet week: nothing new. Still open: Kubernetes wanted (o1), needs Kubernetes."]


def test_many_pieces_of_work_are_shown_in_part_and_counted(world: World):
    for number in range(12):
        work(world, "German", title=f"Number {number} of the season {'xyzw'[number % 4] * (number + 9)}")
    world.passes(days=7)
    (said,) = news(world)
    assert said.count("Number") == 10
    assert "2 more open" in said


def test_thanks_are_counted_and_quoted(world: World):
    world.says("ana", "kudos give @ben @carol for the patience with my cluster")
    world.says("dave", "kudos give @ben the docs were splendid")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "  3 thanks." in said
    assert "patience with my cluster" in said


def test_thanks_that_were_taken_back_are_left_out(world: World):
    world.says("ana", "kudos give @ben for the patience with my cluster")
    world.says("ana", "kudos undo")
    world.says("dave", "kudos give @carol the docs were splendid")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "1 thank-you." in said
    assert "patience" not in said


@pytest.mark.parametrize("shy", ["ana", "ben"])
def test_who_wants_to_be_on_no_board_is_not_quoted(world: World, shy: str):
    edited(world, shy, "boards:no")
    world.says("ana", "kudos give @ben for the patience with my cluster")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "1 thank-you." in said
    assert "patience" not in said


def test_where_kudos_are_private_the_digest_has_none(match: World):
    match.says("admin", "settings kudos replies:private")
    match.says("ana", "kudos give @ben for the patience with my cluster")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "patience" not in said
    assert "thank" not in said.casefold()


def test_new_skills_and_arrivals_are_those_since_the_last_digest(world: World):
    claims(world, "ben", "Kubernetes")
    world.joins("erin")
    world.at("2026-10-12T10:00")
    (first,) = news(world)
    assert "Kubernetes (@ben)" in first
    assert "@erin" in first
    claims(world, "carol", "Kubernetes", "Zither")
    world.joins("frank")
    world.at("2026-10-19T10:00")
    (second,) = news(world)
    assert "Zither (@carol)" in second
    assert "@frank" in second
    assert "Kubernetes" not in second
    assert "@erin" not in second


def test_what_somebody_wants_to_learn_is_no_new_skill(world: World):
    world.says("ben", "skill claim Kubernetes learning")
    claims(world, "carol", "Zither")
    world.passes(days=7)
    (said,) = news(world)
    assert "Zither" in said
    assert "Kubernetes" not in said


def test_who_left_is_neither_welcomed_nor_named_nor_counted(world: World):
    world.joins("erin")
    claims(world, "erin", "Zither")
    claims(world, "ben", "German")
    world.leaves("erin")
    world.passes(days=7)
    (said,) = news(world)
    assert "German (@ben)" in said
    assert "erin" not in said
    assert "1 more" not in said


def test_what_nobody_and_what_only_one_can_do_is_said(match: World):
    work(match, "Zither")
    match.passes(days=7)
    (said,) = news(match)
    assert "rare here: Zither (once, nobody) and Kubernetes (once, one person). Worth learning together?" in said


def test_the_chart_is_a_picture_and_is_told_in_words(match: World):
    work(match, "Zither")
    match.passes(days=7)
    (card,) = [parcel.card for parcel in match.parcels if parcel.channel == "#news"]
    (image,) = [node for node in card.body if isinstance(node, Image)]
    assert image.png.startswith(b"\x89PNG")
    assert "Zither: asked for 1x, 0 can" in image.alt
    assert "Kubernetes: asked for 1x, 1 can" in image.alt


def test_another_communitys_work_and_people_stay_there(match: World):
    match.says("zoe", "skill claim Zither expert", place=match.second)
    match.says("zoe", 'opportunity post "Zither wanted" "There is a season of it"', place=match.second)
    match.outbox()
    match.passes(days=7)
    heard = match.outbox()
    assert sorted(where for where, _text in heard) == ["#news", "ben"]
    assert not any("Zither" in text or "zoe" in text for _where, text in heard)


def test_without_the_model_it_still_comes_and_says_so(match: World):
    match.encoder = Down()
    match.restarts()
    match.passes(days=7)
    heard = dict(match.outbox())
    assert "by words alone" in heard["#news"]
    assert "could not be loaded" in heard["admin"]
    assert "Kubernetes (expert)" in heard["ben"]
    assert match.count(Digest, Digest.by_words) == 1


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
        ("careful", 86, True),
        ("careful", 84, False),
        ("balanced", 81, True),
        ("balanced", 79, False),
        ("generous", 71, True),
        ("generous", 69, False),
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
    world.says("ana", 'opportunity post "Work" "Something close75 to what you do"')
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

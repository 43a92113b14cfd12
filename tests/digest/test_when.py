"""When the digest comes: at the community's hour, once a week, whatever happens."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot import features
from bot.app import App
from bot.ctx import Request
from bot.timers import occurrence
from bot.ui import Card, Form, No
from jobs.clock import SYSTEM, Clock
from storage.db import connect
from storage.machinery import Outbox, Timer
from storage.models import Digest, Tip
from tests.digest.steps import edited, news, tips
from tests.encoders import Words
from tests.world import World


def due(world: World) -> datetime | None:
    with world.db() as db:
        return db.exec(select(Timer.due).where(Timer.key == "digest")).first()


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
    assert "Quiet week: nothing new." in world.hears("admin", "digest preview")

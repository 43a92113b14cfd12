"""What is forgotten in time, and clocks side by side."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import outbox
from bot.command import command
from bot.ctx import Ctx, Request, Who
from bot.ui import Card, Reply
from jobs.clock import KEEP_SEEN, KEEP_SENT, LEASE
from storage.db import reading, transaction
from storage.machinery import Outbox, Seen
from storage.models import Member
from storage.trouble import Busy
from tests.clock.steps import MONDAY, later, rung, schedule, timer_of


def rows_of(house, model, place):
    with reading(house.engine, place.community_id) as db:
        return len(db.exec(select(model)).all())


def no_database(_request):
    raise Busy("gone for a moment")


def test_old_receipts_and_delivered_cards_are_swept(house):
    def remember(ctx: Ctx) -> None:
        for age in (timedelta(days=1), KEEP_SEEN - timedelta(days=1), KEEP_SENT + timedelta(days=1)):
            at = ctx.now - age
            ctx.db.add(Seen(place_id=ctx.place.id, key=f"seen-{age.days}", reply="null", seen_at=at))
            for state in ("sent", "waiting", "parked"):
                row = {"place_id": ctx.place.id, "channel": "#a", "card": "{}", "due": at, "written_at": at}
                ctx.db.add(Outbox(**row, state=state))

    schedule(house, remember)
    house.clock.sweep(MONDAY)
    with house.db() as db:
        assert db.exec(select(Seen.key)).all() == ["seen-1", "seen-29"]
        states = db.exec(select(Outbox.state)).all()
    assert sorted(states) == ["parked"] * 3 + ["sent"] * 2 + ["waiting"] * 3


def test_what_was_answered_is_kept_for_a_day_and_that_it_was_for_a_month(house):
    request = Request("r1", house.place.id, Who("ana", "ana"), "bell pull", MONDAY)
    first = house.app.handle(request).reply
    assert first is not None
    house.clock.sweep(MONDAY + timedelta(hours=23))
    assert house.app.handle(request).reply == first
    house.clock.sweep(MONDAY + timedelta(hours=25))
    assert house.app.handle(request).reply is None
    assert rows_of(house, Seen, house.place) == 1


def test_sweeping_forgets_all_that_is_old_however_much(house, monkeypatch):
    monkeypatch.setattr("jobs.clock.BATCH", 3)
    place = house.place
    with transaction(house.engine, place.community_id) as db:
        for number in range(8):
            seen_at = MONDAY - timedelta(days=31) if number else MONDAY
            db.add(Seen(place_id=place.id, key=f"r{number}", reply="null", seen_at=seen_at))
    house.clock.sweep(MONDAY)
    with transaction(house.engine, place.community_id) as db:
        assert db.exec(select(Seen.key)).all() == ["r0"]


def test_sweeping_reaches_every_community(house):
    old = MONDAY - KEEP_SEEN - timedelta(days=1)
    for place in (house.place, house.second):
        schedule(
            house,
            lambda ctx: ctx.db.add(Seen(place_id=ctx.place.id, key="old", reply="null", seen_at=old)),
            place,
        )
    house.clock.sweep(MONDAY)
    assert [rows_of(house, Seen, place) for place in (house.place, house.second)] == [0, 0]


def test_what_a_timer_says_to_others_is_delivered(house):
    @command("bell tell", "Tell", timer=True)
    def tell(ctx: Ctx) -> Reply:
        ana = ctx.db.exec(select(Member).where(Member.name == "ana")).one()
        outbox.dm(ctx, ana, Card((), (), "k1"))
        return None

    house.catalogue.add([tell])
    house.says("ana", "hello")
    later(house, "x", "bell tell", house.now)
    house.outbox()
    house.passes(minutes=1)
    assert [to for to, _text in house.outbox()] == ["ana"]


def test_what_one_clock_says_no_other_says_until_the_lease_ends(house):
    later(house, "x", "bell ring x", MONDAY)
    due = house.clock._claim(MONDAY)
    assert house.clock._claim(MONDAY + LEASE - timedelta(seconds=1)) is None
    assert house.clock._claim(MONDAY + LEASE) == due


def test_a_timer_that_is_set_anew_is_free_at_once(house):
    later(house, "x", "bell ring x", MONDAY)
    house.clock._claim(MONDAY)
    later(house, "x", "bell ring x", MONDAY)
    assert house.clock.tick(MONDAY) == 1


def test_a_clock_that_finds_no_database_says_the_line_when_there_is_one(house, monkeypatch):
    later(house, "x", "bell ring x", MONDAY)
    monkeypatch.setattr(house.app, "_answered", no_database)
    with pytest.raises(Busy):
        house.clock.tick(MONDAY)
    monkeypatch.undo()
    assert timer_of(house, "x").attempts == 0
    assert house.clock.tick(MONDAY) == 1
    assert rung(house, "x") == 1

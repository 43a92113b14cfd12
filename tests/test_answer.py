"""What a request gets: the reply with the faces on it, in one hop; and forms that say at once all that is wrong."""

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.ui import Card, Form, No
from storage.models import Kudos, Member
from tests.world import World, who

GIVE = "kudos give @ben for the docs"
FORM = "? kudos give to:@ben"


def asked(world: World, line: str, **more: str):
    """The whole answer, as adapters get it."""
    return world.app.handle(world.request("ana", line, **more))


def key_of(world: World, name: str) -> str:
    return world.speaker.account(who(name), world.place.id).key


def test_whoever_is_on_an_answer_comes_with_their_account(world: World):
    world.joins("ana", "ben")
    answer = asked(world, GIVE)
    with world.db() as db:
        ben = db.exec(select(Member).where(Member.name == "ben")).one().id
    assert isinstance(answer.reply, Card)
    assert answer.faces == {ben: key_of(world, "ben")}
    assert not answer.again


def test_a_redelivery_has_the_same_answer_and_says_that_it_is_one(world: World):
    world.joins("ana", "ben")
    first = asked(world, GIVE, request_id="one")
    second = asked(world, GIVE, request_id="one")
    assert second == replace(first, again=True)
    assert world.count(Kudos) == 1


def test_a_form_brings_the_accounts_of_the_members_on_it(world: World):
    world.joins("ana", "ben")
    with world.db() as db:
        number = db.exec(select(Member).where(Member.name == "ben")).one().number
    answer = asked(world, f"kudos give @m{number}")
    assert isinstance(answer.reply, Form)
    assert answer.written == {f"@m{number}": key_of(world, "ben")}


def test_a_question_mark_opens_a_form_although_nothing_is_missing(world: World):
    world.joins("ana", "ben")
    reply = asked(world, f"{FORM} reason:docs").reply
    assert isinstance(reply, Form)
    assert [one.values for one in reply.fields if one.name == "reason"] == [("docs",)]
    assert world.count(Kudos) == 0


def test_opening_a_form_is_no_way_to_join(world: World):
    world.joins("ben")
    assert isinstance(world.app.handle(world.request("stranger", FORM)).reply, Form)
    assert world.count(Member, Member.name == "stranger") == 0


def test_the_form_of_a_line_that_is_not_for_them_stays_closed(world: World):
    world.joins("ana", "admin")
    reply = asked(world, "? settings kudos").reply
    assert isinstance(reply, No)
    assert "admin" in world.reads(reply)


def test_a_form_opens_also_on_what_makes_no_sense_and_says_so_beside_it(world: World):
    world.joins("ana")
    reply = asked(world, "? opportunity edit o99").reply
    assert isinstance(reply, Form)
    assert [one.name for one in reply.fields if one.error] == ["opportunity"]


def test_a_form_that_broke_on_our_side_comes_back_as_it_was_typed(world: World, monkeypatch: pytest.MonkeyPatch):
    world.joins("ana", "ben")
    monkeypatch.setattr("bot.app.opened", lambda *_about: 1 / 0)
    reply = asked(world, f"{FORM} reason:docs").reply
    assert isinstance(reply, No)
    assert reply.again
    assert [one.values for one in reply.again.fields if one.name == "reason"] == [("docs",)]


def test_all_that_is_wrong_is_said_at_once_each_beside_its_field(world: World):
    world.joins("ana")
    work = 'title:"Fix the roof" description:"It leaks since the storm of October"'
    reply = world.says("ana", f"opportunity post {work} hours:many until:never")
    assert isinstance(reply, No)
    assert list(reply.errors) == ["hours", "until"]
    said = world.reads(reply)
    assert "whole number" in said
    assert "a date" in said


def test_what_is_wrong_stands_in_the_form_that_asks_for_the_rest(world: World):
    world.joins("ana")
    reply = world.says("ana", "kudos give to:@nobody")
    assert isinstance(reply, Form)
    assert [one.name for one in reply.fields if one.error] == ["to"]
    assert "nobody" in world.reads(reply)


def test_couriers_are_woken_by_what_there_is_to_deliver_and_by_nothing_else(world: World):
    world.joins("ana", "ben")
    woken: list[str] = []
    world.app.wake = lambda: woken.append("now")
    asked(world, "kudos mine")
    asked(world, "profile edit hours:3")
    assert woken == []
    asked(world, GIVE)
    assert woken == ["now"]

"""Editing, filling and closing work, and the thanks that follow."""

from bot.ui import Card, Form, No
from storage.models import Entry, Interest, Kudos, Vouch
from tests.opportunities.steps import POST, state
from tests.world import World


def test_an_edit_changes_what_was_said_and_leaves_the_rest(posted: World):
    posted.says("ana", "opportunity edit o1 seats:2")
    shown = posted.told("#general")
    assert "Seats: 2" in shown
    for word in ("Ten sensors", "Kubernetes (expert)", "600 a day"):
        assert word in shown
    assert posted.parcels[-1].edits


def test_the_form_of_an_edit_shows_what_is_known(posted: World):
    form = posted.says("ana", "opportunity edit o1")
    assert isinstance(form, Form)
    values = {field.name: field.value for field in form.fields}
    assert values["needs"] == "Kubernetes expert, Python"
    assert form.line == "opportunity edit opportunity:o1"
    posted.fills("ana", pay="")
    assert "600 a day" not in posted.hears("ben", "opportunity show o1")


def test_only_the_poster_and_admins_edit_and_close(posted: World):
    assert isinstance(posted.says("ben", "opportunity edit o1 seats:2"), No)
    assert isinstance(posted.says("ben", "opportunity close o1 cancelled"), No)
    assert isinstance(posted.says("admin", "opportunity close o1 cancelled"), Card)


def test_when_filled_it_is_remembered_who_did_it_and_thanks_are_one_tap_away(posted: World):
    posted.presses("ben", "Interested")
    posted.presses("carol", "Interested")
    posted.outbox()
    said = posted.hears("ana", "opportunity close o1 filled @ben")
    assert "Thank ben" in said
    told = dict(posted.outbox())
    assert "Thank ana" in told["ben"]
    assert "closed" in told["carol"]
    assert "ben" not in told["carol"]
    assert "filled" in told["#general"]
    assert "Interested" not in told["#general"]
    assert posted.count(Entry, Entry.kind == "work") == 1
    assert "@ana has it" in posted.reads(posted.presses("ben", "Thank ana"))
    assert "@ben has it" in posted.reads(posted.presses("ana", "Thank ben"))
    assert "for our work on Data pipeline" in posted.hears("ben", "kudos mine")


def test_each_who_took_part_gets_one_word_with_thanks_and_vouches_for_the_others(posted: World):
    posted.says("ana", "opportunity edit o1 needs:Python")
    posted.says("ben", "skill claim Python expert")
    posted.says("carol", "skill claim Python learning")
    posted.outbox()
    posted.says("admin", "opportunity close o1 filled @ben @carol")
    told = [(to, text) for to, text in posted.outbox() if to != "#general"]
    assert sorted(to for to, _text in told) == ["ana", "ben", "carol"]
    said = dict(told)
    assert "is filled, by @ben and @carol" in said["ana"]
    assert "Vouch: Python" in said["carol"]
    assert said["ana"].count("Vouch: Python") == 1
    assert "Vouch" not in said["ben"]
    posted.presses("carol", "Vouch: Python")
    posted.presses("carol", "Thank ben")
    assert posted.count(Vouch) == 1
    assert "Vouch: Python" not in posted.reads(posted.presses("ben", "Thank carol"))


def test_one_tap_thanks_once_however_often_it_is_pressed(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    posted.presses("ben", "Thank ana")
    assert "already" in posted.reads(posted.presses("ben", "Thank ana"))
    assert posted.count(Kudos) == 1
    posted.presses("ben", "Undo")
    assert "@ana has it" in posted.reads(posted.presses("ben", "Thank ana"))


def test_only_those_who_did_the_work_together_thank_for_it(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben")
    assert isinstance(posted.says("carol", "kudos work o1 @ben"), No)
    assert isinstance(posted.says("ben", "kudos work o1 @carol"), No)
    assert isinstance(posted.says("ben", "kudos work o1 @ben"), No)
    assert posted.count(Kudos) == 0


def test_thanks_for_common_work_obey_the_allowance_as_any(posted: World):
    posted.says("admin", "settings kudos allowance:1", where="")
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    posted.presses("ben", "Thank carol")
    assert isinstance(posted.presses("ben", "Thank ana"), No)


def test_whoever_left_meanwhile_is_neither_told_nor_thanked(posted: World):
    posted.outbox()
    posted.leaves("ana")
    posted.says("admin", "opportunity close o1 filled @ben")
    told = dict(posted.outbox())
    assert "ana" not in told
    assert "Thank ana" not in told.get("ben", "")


def test_several_can_have_taken_it(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    assert posted.count(Entry, Entry.kind == "work") == 2
    assert posted.count(Interest, Interest.state == "filled") == 2


def test_whoever_fills_their_own_post_gains_no_voice(posted: World):
    posted.says("ana", "opportunity close o1 filled @ana")
    assert state(posted) == "filled"
    assert posted.count(Entry) == 0


def test_nobody_takes_what_was_cancelled(posted: World):
    assert isinstance(posted.says("ana", "opportunity close o1 cancelled @ben"), No)
    assert state(posted) == "open"


def test_what_is_closed_is_closed(posted: World):
    posted.says("ana", "opportunity close o1 cancelled")
    for who, line in (
        ("ana", "opportunity close o1 filled @ben"),
        ("ana", "opportunity edit o1 seats:2"),
        ("ben", "opportunity interest o1"),
    ):
        assert "cancelled" in posted.hears(who, line), line


def test_a_post_that_was_closed_before_it_was_out_does_not_stand_open(world: World):
    world.app.handle(world.request("ana", POST))
    world.app.handle(world.request("ana", "opportunity close o1 cancelled"))
    shown = [text for to, text in world.outbox() if to == "#general"]
    assert not shown or "cancelled" in shown[-1]

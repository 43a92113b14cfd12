"""Who may say what, and what is answered once."""

import pytest
from sqlmodel import select

from bot.apology import BUSY
from bot.ctx import Request
from bot.line import write
from bot.ui import Card, No
from storage.db import transaction
from storage.dealings import Draft
from storage.machinery import Audit, Seen, Setting
from storage.models import Candidate, Interest, Intro, Kudos, Opportunity
from tests.contract.steps import ADMIN, CATALOGUE, COMMANDS, SAID, asks, by_name, deals
from tests.encoders import Words
from tests.world import World, who

MINE = (Audit, Candidate, Draft, Interest, Intro, Kudos, Opportunity, Setting)


FORGED = [
    "intro answer i1 yes",
    "intro answer i1 later",
    "intro answer i1 no",
    "intro choose i1 1",
    "intro withdraw i1",
    "opportunity meet o1 1",
    "opportunity decline o1 1",
    "opportunity edit o1 title:Stolen",
    "opportunity edit o1",
    "opportunity close o1 filled",
    "kudos tag k1 Python",
    "kudos undo",
    "skill unvouch @ben Python",
    "skill drop Python",
    "intro lapse i1",
    "intro open i1",
    "opportunity end o1",
    "opportunity extend o1",
    "opportunity reopen o1",
    "opportunity tend o1",
    "opportunity remind o1",
    "opportunity silence o1",
    "opportunity complete d1 seats:2",
    "opportunity publish d1",
    "opportunity discard d1",
    "digest tell 1",
    "digest bring 1",
    "digest unlearn",
    "opportunity warn o1",
    "settings kudos board:yes",
    "settings admins @mallory",
]


def stored(house):
    with house.db() as db:
        return {model.__name__: [row.model_dump() for row in db.exec(select(model)).all()] for model in MINE}


READS = [one for one in SAID if one.reads]


@pytest.fixture
def mallory(tmp_path):
    """The same community with a stranger in it, for one test."""
    made = World(tmp_path / "forged.db", Words())
    for name in ("admin", "ana", "ben", "mallory"):
        made.says(name, "help")
    deals(made)
    made.says("ana", "opportunity draft", title="A second thing", description="Work that is not ready to be seen")
    yield made
    made.close()


@pytest.mark.parametrize("one", [one for one in COMMANDS if one.timer], ids=by_name)
def test_nobody_says_what_happens_by_itself(house, one):
    reply = asks(house, f"{one.name} o1")
    assert isinstance(reply, No)
    assert "happens by itself" in house.reads(reply)


@pytest.mark.parametrize("one", [one for one in COMMANDS if one.admin], ids=by_name)
def test_nobody_else_says_what_is_for_admins(house, one):
    reply = asks(house, one.name, who("ana"))
    assert isinstance(reply, No)
    assert "for the admins" in house.reads(reply)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", FORGED)
def test_a_stranger_who_guesses_an_id_is_refused_and_changes_nothing(mallory, line):
    mallory.outbox()
    before = stored(mallory)
    reply = mallory.says("mallory", line)
    assert isinstance(reply, No), mallory.reads(reply)
    assert stored(mallory) == before
    assert mallory.outbox() == []


@pytest.mark.parametrize("line", FORGED[:3])
def test_a_stranger_does_not_learn_whether_an_intro_exists(mallory, line):
    real = mallory.hears("mallory", line)
    assert mallory.hears("mallory", line.replace("i1", "i77")) == real.replace("i1", "i77")


def test_the_asker_cannot_answer_for_the_one_who_was_asked(mallory):
    assert isinstance(mallory.says("ana", "intro answer i1 yes"), No)
    assert isinstance(mallory.says("ben", "intro answer i1 yes"), Card)


def test_a_written_line_means_the_same_when_it_is_pressed(mallory):
    with mallory.db() as db:
        kudos = db.exec(select(Kudos)).one()
    line = write(CATALOGUE.commands["kudos tag"], {"kudos": kudos})
    assert line == "kudos tag kudos:k1"
    assert isinstance(mallory.says("ana", f"{line} skill:Python"), Card)


def test_some_commands_only_read():
    assert {"help", "kudos mine", "profile show", "skill mine"} <= {one.name for one in READS}


@pytest.mark.parametrize("one", READS, ids=lambda one: one.name.replace(" ", "-"))
def test_what_reads_is_answered_beside_a_writer_and_leaves_no_receipt(house, one):
    given = {"member": "@ben", "opportunity": "o1"}
    request = Request(f"reads-{one.name}", house.place.id, ADMIN, one.name, house.now, given, "#general")
    with transaction(house.engine, house.place.community_id) as db:
        db.connection()
        reply = house.app.handle(request).reply
    assert isinstance(reply, Card) or (isinstance(reply, No) and reply.text != BUSY)
    assert house.count(Seen, Seen.key == request.id) == 0


def test_what_may_be_delivered_again_is_answered_once(house):
    request = Request("again", house.place.id, ADMIN, "skill mine", house.now, channel="#general", once=True)
    first, second = house.app.handle(request), house.app.handle(request)
    assert isinstance(first.reply, Card)
    assert (second.reply, first.again, second.again) == (first.reply, False, True)
    assert house.count(Seen, Seen.key == "again") == 1

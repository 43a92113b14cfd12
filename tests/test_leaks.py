"""Two communities on one database, with the same names and ids: neither learns anything of the other."""

import pytest
from sqlmodel import select

from bot import features
from bot.ctx import Request
from bot.ui import No, to_json
from storage.db import everywhere, transaction
from storage.machinery import Outbox
from storage.models import Skill
from tests.encoders import Words
from tests.world import World, who

VISIBLE = features.catalogue().visible()
ARGUMENTS = [(one, param) for one in VISIBLE for param in one.params]
SECRETS = ("zanzibar", "quokka", "marzipan", "obsidian", "wolpertinger", "saffron")
TYPED = ("", "z", "zanz", "quokka", "marz", "wolp", "o1", "@", "ana")
VALUES = {
    "skill": ["Python", "Rust"],
    "member": ["@ana", "@m1", "@m3", "@ben"],
    "text": ["Data pipeline", "something harmless"],
    "number": ["1"],
    "decimal": ["-1", "0.5"],
    "opportunity": ["o1", "o2"],
    "kudos": ["k1"],
    "intro": ["i1"],
    "url": ["https://example.org"],
    "date": ["2026-12-24"],
    "zone": ["Europe/Berlin"],
    "yes": ["yes"],
    "channel": ["#general"],
    "file": ["skills.csv"],
}


def fill(world):
    """Community A, full of words that nobody else may see."""
    for name in ("admin", "ana", "ben", "zanzibar"):
        world.says(name, "help")
    world.says("ana", "profile edit about:marzipan hours:12")
    world.says("ana", "skill claim Zanzibarology expert https://zanzibar.example/quokka")
    world.says("ana", "skill claim Python expert")
    world.says("ben", 'skill vouch @ana Python note:"quokka obsidian"')
    world.says("ben", "kudos give @ana for the quokka and the marzipan skill:Python")
    world.says("ana", 'opportunity post "Data pipeline" The quokka needs obsidian sensors pay:"saffron" needs:Python')
    world.says("ben", "opportunity interest o1")
    world.says("ben", 'intro ask who:@ana need:"a wolpertinger for my quokka"')
    world.says("admin", 'settings community name:"Saffron collective"', "")
    world.says("admin", "settings kudos board:yes channel:#zanzibar", "")


def settle(world):
    """Community B, with the same names; what it says is harmless."""
    for name in ("admin", "ana", "ben"):
        world.says(name, "help", place=world.second)
    world.says("admin", "settings kudos board:yes allowance:50", "", place=world.second)


def begin(world):
    """Things in community B with the same short ids as in community A."""
    for said in ("skill claim Python expert", 'opportunity post "Small job" Ten harmless little things', "skill mine"):
        world.says("ana", said, place=world.second)
    world.says("ben", "kudos give @ana for something harmless", place=world.second)


@pytest.fixture(scope="module", params=[False, True], ids=["empty", "alike"])
def both(request, tmp_path_factory):
    """Community B once with nothing in it, once with things of the same ids."""
    made = World(tmp_path_factory.mktemp("leaks") / "leaks.db", Words())
    fill(made)
    settle(made)
    if request.param:
        begin(made)
    yield made
    made.close()


def leaks(text):
    return [word for word in SECRETS if word in text.casefold()]


def lines(one):
    """The command alone, and with each value that one of its arguments could have."""
    yield {}
    for number in range(4):
        yield {
            param.name: (param.choices or VALUES[param.kind.name])[
                number % len(param.choices or VALUES[param.kind.name])
            ]
            for param in one.params
        }


@pytest.mark.sampled(7)
@pytest.mark.parametrize("speaker", ["admin", "ana", "stranger"])
@pytest.mark.parametrize("one", VISIBLE, ids=lambda one: one.name.replace(" ", "-"))
def test_no_command_answers_with_what_another_community_knows(both, one, speaker):
    for given in lines(one):
        reply = both.says(speaker, one.name, place=both.second, **given)
        assert leaks(both.reads(reply) + to_json(reply)) == [], both.reads(reply)


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("one", "param"), ARGUMENTS, ids=lambda one: one.name.replace(" ", "-"))
def test_no_suggestion_names_what_another_community_knows(both, one, param):
    for speaker in ("admin", "ana", "stranger"):
        for typed in TYPED:
            request = Request(f"s{both.requests}", both.second.id, who(speaker), one.name, both.now)
            found = both.app.suggest(request, param.name, typed)
            told = [one.label + one.value for one in found if one.value != typed]
            assert leaks(" ".join(told)) == []


@pytest.fixture
def world(database):
    """Both communities, fresh, for tests that change things."""
    made = World(database, Words())
    fill(made)
    settle(made)
    yield made
    made.close()


@pytest.mark.sampled(2)
def test_nothing_that_is_delivered_elsewhere_tells_of_here(world):
    begin(world)
    for one in VISIBLE:
        world.says("ana", one.name, place=world.second)
    world.passes(days=60)
    with everywhere(world.engine) as db:
        rows = db.exec(select(Outbox).where(Outbox.community_id == world.second.community_id)).all()
    assert rows
    assert [row.card for row in rows if leaks(row.card)] == []


def test_nothing_that_is_done_elsewhere_is_told_here(world):
    before = len([parcel for parcel in world.parcels if parcel.place.id == world.place.id])
    begin(world)
    world.says("ana", "intro ask who:@ben need:something", place=world.second)
    after = len([parcel for parcel in world.parcels if parcel.place.id == world.place.id])
    assert after == before


SOUGHT = [
    "skill find quokka obsidian",
    "skill find Zanzibarology",
    "skill vouch @ana Zanzibarology",
    "skill drop Zanzibarology",
    "kudos board skill:Zanzibarology",
    "intro ask a wolpertinger for my quokka",
    "help marzipan",
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", SOUGHT)
def test_searching_for_what_another_community_knows_finds_as_much_as_searching_for_nonsense(world, line):
    nonsense = line
    for number, word in enumerate(("Zanzibarology", "quokka", "obsidian", "wolpertinger", "marzipan")):
        nonsense = nonsense.replace(word, f"xqjv{number}".ljust(len(word), "w"))
    found = world.hears("ana", line, place=world.second)
    missed = world.hears("ana", nonsense, place=world.second)
    assert len(found) == len(missed)


THEIRS = [
    "opportunity show o1",
    "opportunity edit o1 title:Mine",
    "opportunity close o1 cancelled",
    "opportunity interest o1",
    "opportunity meet o1 1",
    "intro answer i1 yes",
    "intro withdraw i1",
    "kudos tag k1 Python",
    "profile show @zanzibar",
    "skill of @m4",
    "kudos give @zanzibar for the long docs",
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", THEIRS)
def test_things_of_another_community_are_unknown_by_id_and_by_name(world, line):
    reply = world.says("admin", line, place=world.second)
    assert isinstance(reply, No)
    assert leaks(world.reads(reply).replace("@zanzibar", "").replace("a “zanzibar” here", "")) == []


def test_a_button_of_another_community_does_nothing_here(world):
    for shown in list(world.visible):
        if shown.place == world.place.id and not isinstance(shown.said, No):
            for node in shown.said.body:
                for button in getattr(node, "buttons", ()):
                    assert leaks(world.hears("ana", button.line, place=world.second).replace(button.line, "")) == []


def test_the_same_request_id_in_two_places_is_two_requests(world):
    first = world.hears("ana", "profile show", request_id="same")
    second = world.hears("ana", "profile show", request_id="same", place=world.second)
    assert leaks(first)
    assert leaks(second) == []


def test_short_ids_begin_at_one_in_every_community(world):
    reply = world.hears("ana", 'opportunity post "Small job" Ten harmless little things', place=world.second)
    assert "o1" in reply


def test_admins_of_one_community_are_nobody_in_another(world):
    reply = world.says(who("newcomer"), "settings", place=world.second)
    assert isinstance(reply, No)
    world.says("admin", "settings admins @ana", "", place=world.second)
    assert isinstance(world.says("ana", "settings"), No)


def suggested(world, typed):
    request = Request(f"t{world.requests}{typed}", world.place.id, who("ana"), "skill claim", world.now)
    return [one.value for one in world.app.suggest(request, "skill", typed) if one.value != typed]


def test_a_skill_that_was_refused_in_the_end_is_not_remembered(world):
    post = 'opportunity post "Odd job" Something quite unusual needs:"Basketweaving, <@bad>"'
    assert isinstance(world.says("ana", post), No)
    with world.db() as db:
        assert db.exec(select(Skill).where(Skill.name == "Basketweaving")).first() is None
    world.says("ana", "skill claim Underwater-welding")
    assert suggested(world, "Basketw") == []
    assert suggested(world, "Underwater") == ["Underwater-welding"]


def test_skills_of_one_database_are_not_those_of_another(world, tmp_path):
    other = World(tmp_path / "other.db", Words())
    for name in ("admin", "ana", "ben", "zanzibar"):
        other.says(name, "help")
    with transaction(other.engine, other.place.community_id) as db, world.db() as here:
        for skill in here.exec(select(Skill)).all():
            db.add(Skill(name=f"Harmless {skill.id}", normal=f"harmless{skill.id}"))
    assert leaks(" ".join(suggested(other, "zanz"))) == []
    other.close()

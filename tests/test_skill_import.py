"""Lists of skills from a file: taken in beside everything else, careful with what is known, and taken back."""

import csv
import io

import pytest
from sqlmodel import select

from bot.ctx import Attached
from bot.names import Lexicon, normal
from bot.skill_lists import MOST_SKILLS, Unreadable, packed, plan, rows, unpacked
from bot.ui import Card, No
from storage.glossary import Import, Term
from storage.machinery import Audit
from storage.models import Skill
from tests.world import World

HEAD = ["conceptType", "conceptUri", "preferredLabel", "altLabels", "description"]
ESCO = [
    ("brew mead", "make honey wine\nmead brewing"),
    ("prune fruit trees", "pruning | cut back apple trees"),
    ("JavaScript", "JavaScript programming language\nclient side scripting"),
    ("Java (computer programming)", "js\ncomputer Java"),
]


def table(found=ESCO, head=HEAD, delimiter=","):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(head)
    writer.writerows(["Skill", "http://example.org/1", name, others, "Long,\nquoted"] for name, others in found)
    return out.getvalue().encode()


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An admin and two members."""
    world.joins("admin", "ana", "ben")


def brings(world: World, data: bytes, who: str = "admin", **more: str):
    return world.says(who, "skill import", files={"esco.csv": Attached("esco.csv", data)}, **more)


def imports(world: World, data: bytes = b"", **more: str) -> str:
    said = world.reads(brings(world, data or table(), **more))
    world.passes(minutes=1)
    return said


@pytest.fixture(autouse=True)
def by_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Direct speakers name the file themselves."""
    says = world.says

    def with_name(speaker, line, /, where="#general", **more):
        if more.get("files") and world.speaker.platform == "local":
            line = f"{line} esco.csv"
        return says(speaker, line, where, **more)

    monkeypatch.setattr(world, "says", with_name)


def test_imported_skills_are_known_by_all_their_names(world: World):
    said = imports(world)
    assert "3 skills and 7 other names are new here" in said
    assert "1 skill I know already" in said
    for name in ("Brew Mead", "mead brewing", "make honey wine", "pruning"):
        world.says("ana", f"skill claim {name}")
    mine = world.hears("ana", "skill mine")
    assert "brew mead" in mine
    assert "prune fruit trees" in mine
    assert world.count(Skill) == 2


def test_what_is_known_here_stays_what_it_is_and_gains_names(world: World):
    imports(world)
    world.says("ana", "skill claim js")
    world.says("ben", "skill claim client side scripting")
    assert "JavaScript" in world.hears("ana", "skill mine")
    assert "JavaScript" in world.hears("ben", "skill mine")
    assert "client side scripting" in world.hears("ana", "skill names JavaScript")


def test_a_misspelt_imported_skill_is_asked_about(world: World):
    imports(world)
    assert "prune fruit trees" in world.hears("ana", "skill claim prune friut trees")


def test_who_brought_it_hears_how_it_goes(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.skill_import.AT_ONCE", 3)
    many = [(f"craft {chr(97 + n % 26) * 3} {n}", "") for n in range(10)]
    brings(world, table(many))
    world.passes(minutes=1)
    heard = world.told("admin")
    assert "3 of 10" in heard
    assert "9 of 10" in heard
    assert "esco.csv is in: 10 skills" in heard
    assert world.count(Term) == 10


def test_after_a_restart_it_goes_on(world: World):
    brings(world, table())
    assert world.count(Term) == 0
    world.restarts()
    world.passes(minutes=1)
    assert world.count(Term) == 4
    world.says("ana", "skill claim mead brewing")
    assert "brew mead" in world.hears("ana", "skill mine")


def test_a_list_is_taken_back_and_what_is_claimed_of_it_stays(world: World):
    imports(world)
    world.says("ana", "skill claim mead brewing")
    world.presses("admin", "Take it back")
    assert (world.count(Import), world.count(Term)) == (0, 0)
    assert "brew mead" in world.hears("ana", "skill mine")
    world.says("ben", "skill claim pruning")
    assert "· pruning" in world.hears("ben", "skill mine") or "- pruning" in world.hears("ben", "skill mine")


def test_the_same_list_again_brings_nothing(world: World):
    imports(world)
    assert isinstance(brings(world, table()), No)
    assert world.count(Import) == 1


def test_a_later_list_adds_names_to_what_an_earlier_one_brought(world: World):
    imports(world)
    imports(world, table([("brew mead", "honey wine craft"), ("keep geese", "")]))
    world.says("ana", "skill claim honey wine craft")
    assert "brew mead" in world.hears("ana", "skill mine")
    assert world.count(Term) == 5


def test_only_admins_import_and_it_is_audited(world: World):
    refused = world.says("ben", "skill import esco.csv")
    assert isinstance(refused, No)
    imports(world)
    with world.db() as db:
        assert db.exec(select(Audit.line)).all() == ["skill import 1 esco.csv"]


def test_another_community_sees_nothing_of_it(world: World):
    imports(world)
    assert isinstance(world.says("zoe", "skill vouch @zoe mead brewing", place=world.second), No)
    assert "brew mead" not in [one.label for one in suggestions(world)]


def suggestions(world: World):
    return world.app.suggest(world.request("zoe", "skill claim", place=world.second), "skill", "brew")


def test_imported_skills_complete(world: World):
    imports(world)
    found = world.app.suggest(world.request("ana", "skill claim"), "skill", "brew")
    assert "brew mead" in [one.value for one in found]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"name,other\nbrewing,mead\n",
        "preferredLabel\nBr\u00fcnn".encode("latin-1"),
        b"preferredLabel,altLabels\n" + b'"' + b"x" * 200_000,
        b"PK\x03\x04zip",
        table([("@here", ""), ("<!channel>", ""), ("https://example.org", "")]),
    ],
    ids=["empty", "binary", "other columns", "latin-1", "no end", "zip", "no names"],
)
def test_what_is_no_list_of_skills_is_refused_in_words(world: World, data: bytes):
    refused = brings(world, data)
    assert isinstance(refused, No), world.reads(refused)
    assert "broke on my side" not in world.reads(refused)
    assert world.count(Import) == 0


def test_a_name_opens_no_file(world: World):
    refused = world.says("admin", "skill import /etc/hostname", where="")
    assert isinstance(refused, No)
    assert "attach" in world.reads(refused)


def test_a_file_that_comes_with_a_direct_message_is_taken(world: World):
    said = brings(world, table(), where="")
    assert isinstance(said, Card), world.reads(said)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_usual_delimiters_are_read(delimiter: str):
    assert [name for name, _others in rows(table(delimiter=delimiter))] == [name for name, _others in ESCO]


def test_a_mark_at_the_beginning_does_no_harm_and_spaces_in_headings_neither():
    data = b"\xef\xbb\xbfPreferred Label,Alt Labels\nbrew mead,a|b\n"
    assert list(rows(data)) == [("brew mead", ["a", "b"])]


def test_no_alias_takes_a_name_from_a_skill():
    made = plan(Lexicon({normal("Java"): "Java"}), [("mead", ["brewing", "Java", "cider"]), ("Cider", ["mead"])])
    assert {one.name: one.aliases for one in made.lines} == {"mead": ("brewing",), "Cider": ()}


def test_a_list_without_end_is_refused():
    with pytest.raises(Unreadable, match="more than"):
        plan(Lexicon({}), ((f"skill {n}", []) for n in range(MOST_SKILLS + 2)))


def test_what_waits_comes_back_as_it_was():
    lines = plan(Lexicon({}), [("日本語", ["japanese", "𝔘 script"])]).lines
    assert unpacked(packed(lines)) == lines
    assert unpacked(b"") == []

"""What people type is kept as they typed it, or as near as a database can; names stand in the same order everywhere."""

import pytest
from sqlmodel import col, select

from bot.ctx import Who
from bot.ui import Card
from storage.machinery import Outbox
from storage.models import Kudos, Member

NUL, HALF = "\x00", "\ud83d"
NO_HALVES = pytest.mark.local("a platform's bodies are UTF-8, which has no halves of characters")
BAD = pytest.mark.parametrize(
    "bad", [pytest.param(NUL, id="nul"), pytest.param(HALF, id="half a character", marks=NO_HALVES)]
)


@BAD
def test_what_no_database_keeps_is_left_out_of_a_line(world, bad):
    world.joins("ana", "ben")
    assert isinstance(world.says("ana", f"kudos give @ben for the {bad}night"), Card)
    with world.db() as db:
        assert db.exec(select(Kudos.reason)).all() == ["for the night"]


@BAD
def test_what_no_database_keeps_is_left_out_of_everything_else(world, bad):
    world.joins("ben")
    odd = Who(f"od{bad}d", f"Od{bad}d", zone="")
    known = {f"be{bad}n": Who(f"be{bad}n", "ben")}
    reply = world.says(
        odd, "kudos give", f"#gen{bad}eral", to="@ben", reason=f"the {bad}cake and candles", people=known
    )
    assert isinstance(reply, Card), world.reads(reply)
    for line in (f"profile show @be{bad}n", f"skill find {bad}", f"kudos give @{bad}", bad, f"help {bad}"):
        assert "my side" not in world.hears(odd, line), line
    assert world.app.suggest(world.request(odd, "kudos give"), "to", f"b{bad}")[0].label == "ben"
    with world.db() as db:
        assert db.exec(select(Member.name).where(Member.name == "Odd")).all() == ["Odd"]
        assert not any(bad in row.card + row.channel for row in db.exec(select(Outbox)).all())


@pytest.mark.parametrize(
    "text", ["naïve Ünïcode 日本語 עברית 👩‍🔬", "back\\slash %s %(x)s :name ' \" ; --", "{json} [1]"]
)
def test_text_comes_back_as_it_was(world, text):
    world.joins("ana", "ben")
    world.says("ana", "kudos give", to="@ben", reason=f"for {text}")
    with world.db() as db:
        assert db.exec(select(Kudos.reason)).all() == [f"for {text}"]
    assert text in "".join(part for _to, part in world.outbox()) + world.hears("ana", "kudos list @ben")


def test_names_stand_in_the_same_order_on_every_database(world):
    world.joins("_x", "Zoe", "ana", "émile", "Émile2", "Ben", "日本", "b-a", "b a", "ba", "10", "9")
    with world.db() as db:
        names = db.exec(select(Member.folded).where(Member.number > 0).order_by(col(Member.folded))).all()
    assert names == sorted(names)
    labels = [one.label for one in world.app.suggest(world.request("ana", "kudos give"), "to", "")]
    assert labels == sorted(labels, key=str.casefold)


def test_a_name_is_found_in_any_case(world):
    world.joins("Émile", "ana")
    assert "Émile" in world.hears("ana", "profile show @éMILE")


@pytest.mark.parametrize("number", [2**31, 2**63, 10**12 - 1])
def test_a_number_that_is_too_large_for_a_column_is_answered(world, number):
    world.joins("ana")
    for line in (
        f"opportunity show o{number}",
        f"kudos undo k{number}",
        f"profile show @m{number}",
        f"intro accept i{number}",
    ):
        assert "my side" not in world.hears("ana", line), line

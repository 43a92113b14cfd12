"""Export and import: everything comes back as it was, into an empty database only."""

from zipfile import ZipFile

import pytest
from sqlmodel import col, select

from bot.people import found_community
from storage.db import connect, everywhere, transaction
from storage.machinery import metadata
from storage.models import Community, Member
from storage.transfer import (
    NoExport,
    NoSuchCommunity,
    NotEmpty,
    NotTheSame,
    OtherVersion,
    export_to,
    import_from,
)
from storage.upgrade import upgrade
from tests.databases import postgres
from tests.encoders import Words
from tests.world import World


@pytest.fixture
def lively(world: World) -> World:
    world.says("ana", "skill claim Kubernetes expert https://example.org/talk")
    world.says("ben", 'skill vouch @ana Kubernetes note:"two lines,\n and a \\"quote\\""')
    world.says("ben", "kudos give @ana for the night with the cluster, NULL and \\N included")
    world.says("ben", "kudos undo")
    world.says("ben", r'profile edit about:"\\N"')
    world.says("ana", 'opportunity post "Data pipeline" Ten sensors, one dashboard, ¡olé! needs:"SQL expert"')
    world.passes(hours=1)
    return world


def rows_of(engine):
    with everywhere(engine) as db:
        return {
            table.name: sorted(map(repr, db.connection().execute(table.select()).all()))
            for table in metadata().sorted_tables
            if table.name != "embedding"
        }


@pytest.fixture(params=["to sqlite", "to postgres"])
def other_url(request, tmp_path):
    """An empty database to move to."""
    if request.param == "to sqlite":
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    with postgres() as url:
        yield url


@pytest.fixture
def other(other_url):
    engine = connect(other_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def test_everything_comes_back_as_it_was_row_by_row(lively, other, tmp_path):
    written = export_to(lively.engine, tmp_path / "all.zip")
    assert import_from(other, tmp_path / "all.zip") == written > 20
    before, after = rows_of(lively.engine), rows_of(other)
    assert {table for table, rows in before.items() if rows} >= {"member", "claim", "vouch", "kudos", "entry", "need"}
    for table, rows in before.items():
        assert after[table] == rows, table


def test_a_community_that_moved_lives_on_where_it_is(lively, other, other_url, tmp_path):
    export_to(lively.engine, tmp_path / "all.zip")
    import_from(other, tmp_path / "all.zip")
    moved = World(other_url, Words(), speaker=lively.speaker)
    moved.requests, moved.now = lively.requests, lively.now
    assert moved.place.id == lively.place.id
    for line in (
        "kudos give @ben for the move",
        "skill claim PostgreSQL expert",
        'opportunity post "Move" Everything goes',
    ):
        assert "my side" not in moved.hears("ana", line)
    moved.says("cleo", "help")
    for line in ("profile show @ana", "kudos list @ben", "opportunity list"):
        assert "my side" not in moved.hears("cleo", line)
    assert "Data pipeline" in moved.hears("cleo", "opportunity list")
    moved.engine.dispose()


def test_a_file_that_breaks_off_leaves_nothing_behind(lively, other, tmp_path):
    export_to(lively.engine, tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as whole, ZipFile(tmp_path / "part.zip", "w") as part:
        for name in whole.namelist()[:-3]:
            part.writestr(name, whole.read(name))
    before = rows_of(other)
    with pytest.raises(NoExport, match="not whole"):
        import_from(other, tmp_path / "part.zip")
    assert rows_of(other) == before


def test_whoever_is_the_same_as_a_later_member_stays_so(lively, other, tmp_path):
    with transaction(lively.engine, lively.place.community_id) as db:
        first = Member(number=900, name="ana elsewhere", joined_at=lively.now)
        db.add(first)
        db.flush()
        db.add_all([Member(number=1000 + at, name=f"m{at}", joined_at=lively.now) for at in range(600)])
        db.flush()
        last = db.exec(select(Member).order_by(col(Member.id).desc())).first()
        first.same_as_id = last.id
    export_to(lively.engine, tmp_path / "all.zip")
    import_from(other, tmp_path / "all.zip")
    assert rows_of(other)["member"] == rows_of(lively.engine)["member"]


def test_a_row_that_does_not_stand_as_in_the_file_undoes_it_all(lively, tmp_path):
    export_to(lively.engine, tmp_path / "all.zip")
    other = connect(f"sqlite:///{tmp_path}/other.db")
    upgrade(other)
    with other.begin() as connection:
        change = "UPDATE member SET about = 'other words' WHERE id = NEW.id"
        connection.exec_driver_sql(f"CREATE TRIGGER changes AFTER INSERT ON member BEGIN {change}; END")
    with pytest.raises(NotTheSame, match="member"):
        import_from(other, tmp_path / "all.zip")
    assert rows_of(other)["member"] == []
    other.dispose()


def test_one_of_several_communities_moves_alone(lively, other, tmp_path):
    with transaction(lively.engine) as db:
        second = found_community(db, "Second", lively.now, "UTC")
        db.add(Member(number=1, name="zoe", joined_at=lively.now))
    export_to(lively.engine, tmp_path / "second.zip", "Second")
    import_from(other, tmp_path / "second.zip")
    with everywhere(other) as db:
        assert db.exec(select(Community.name)).all() == ["Second"]
        assert set(db.exec(select(Member.community_id)).all()) == {second.id}
        assert set(db.exec(select(Member.name)).all()) == {"Manyhands", "zoe"}
    with pytest.raises(NoSuchCommunity, match=r"Second \(2\)"):
        export_to(lively.engine, tmp_path / "third.zip", "Third")
    assert not (tmp_path / "third.zip").exists()


def test_nobody_waits_while_everything_is_written_out(lively, tmp_path):
    with transaction(lively.engine, lively.place.community_id):
        assert export_to(lively.engine, tmp_path / "all.zip") > 20


def test_nothing_is_poured_over_a_community_that_stands(lively, tmp_path):
    export_to(lively.engine, tmp_path / "all.zip")
    before = rows_of(lively.engine)
    with pytest.raises(NotEmpty):
        import_from(lively.engine, tmp_path / "all.zip")
    assert rows_of(lively.engine) == before


def test_a_file_of_another_version_is_refused(lively, other, tmp_path, monkeypatch):
    monkeypatch.setattr("storage.transfer.HEAD", "9999")
    export_to(lively.engine, tmp_path / "all.zip")
    monkeypatch.undo()
    with pytest.raises(OtherVersion, match="9999"):
        import_from(other, tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as whole, ZipFile(tmp_path / "fewer.zip", "w") as fewer:
        for name in (one for one in whole.namelist() if one != "kudos.csv"):
            fewer.writestr(name, whole.read(name))
    with pytest.raises(OtherVersion, match="9999"):
        import_from(other, tmp_path / "fewer.zip")

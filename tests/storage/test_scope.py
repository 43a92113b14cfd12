"""A statement sees one community."""

import pytest
from sqlalchemy import delete, func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select

from storage.db import Unscoped, everywhere, owned_tables, reading, transaction
from storage.machinery import Setting, metadata
from storage.models import Community, Member, Skill
from tests.storage.steps import ana_of


def test_a_select_sees_one_community(two):
    with reading(two, 1) as db:
        assert [one.about for one in db.exec(select(Member).where(Member.name == "ana")).all()] == ["secret of A"]


def test_a_select_of_columns_sees_one_community(two):
    with reading(two, 2) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).all() == ["secret of B"]


def test_an_aggregate_counts_one_community(two):
    with reading(two, 1) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 2


def test_a_count_of_a_whole_table_counts_one_community(two):
    with reading(two, 1) as db:
        assert db.exec(select(func.count()).select_from(Member)).one() == 2


def test_a_join_and_an_alias_see_one_community(two):
    other = aliased(Member)
    with reading(two, 1) as db:
        pairs = db.exec(select(Member.about, other.about).join(other, other.name == Member.name)).all()
    assert "secret of B" not in {about for pair in pairs for about in pair}


def test_a_join_from_an_unscoped_table_sees_one_community(two):
    with reading(two, 1) as db:
        query = select(Community.name, Member.about).join(Member, col(Member.community_id) == Community.id)
        assert {name for name, _about in db.exec(query).all()} == {"A"}


def test_an_outer_join_sees_one_community(two):
    with reading(two, 1) as db:
        query = select(Community.name, Member.about).join(
            Member, col(Member.community_id) == Community.id, isouter=True
        )
        assert "secret of B" not in {about for _name, about in db.exec(query).all()}


def test_a_subquery_sees_one_community(two):
    inner = select(Member.id).where(Member.about == "secret of B")
    with reading(two, 1) as db:
        assert db.exec(select(Community.name).where(col(Community.id).in_(inner))).all() == []
        assert db.exec(select(Member).where(col(Member.id).in_(inner))).all() == []


def test_exists_sees_one_community(two):
    found = exists(select(Member.id).where(Member.about == "secret of B"))
    with reading(two, 1) as db:
        assert db.exec(select(Community.name).where(found)).all() == []


def test_a_union_sees_one_community(two):
    both = select(Member.about).union_all(select(Member.about))
    with reading(two, 1) as db:
        assert "secret of B" not in {row[0] for row in db.execute(both).all()}


def test_a_row_of_another_community_is_not_found_by_id(two):
    theirs = ana_of(two, 2)
    with reading(two, 1) as db:
        assert db.get(Member, theirs) is None


def test_an_update_reaches_one_community(two):
    with transaction(two, 1) as db:
        db.exec(update(Member).values(about="overwritten"))
    with reading(two, 2) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).one() == "secret of B"


def test_a_delete_reaches_one_community(two):
    with transaction(two, 1) as db:
        db.exec(delete(Member))
    with reading(two, 2) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 2
    with reading(two, 1) as db:
        assert db.exec(select(func.count(col(Member.id)))).one() == 0


@pytest.mark.parametrize("model", owned_tables(), ids=lambda model: model.__name__)
def test_no_owned_table_is_touched_without_a_community(engine, model):
    with reading(engine) as db, pytest.raises(Unscoped, match=model.__name__):
        db.exec(select(model)).all()


def test_a_delete_without_a_community_is_refused(two):
    with pytest.raises(Unscoped), transaction(two) as db:
        db.exec(delete(Member))


def test_everything_that_has_a_community_is_owned():
    named = {table.name for table in metadata().sorted_tables if "community_id" in table.columns}
    assert named - {model.__tablename__ for model in owned_tables()} == {"place"}


def test_everything_else_that_is_not_owned_is_known():
    owned = {model.__tablename__ for model in owned_tables()}
    assert set(metadata().tables) - owned == {
        "community",
        "embedding",
        "installation",
        "language_model",
        "oauthstate",
        "place",
        "registered",
    }


def test_new_rows_are_stamped_with_the_community_of_the_session(two):
    with transaction(two, 2) as db:
        db.add(Skill(name="Go", normal="go"))
    with everywhere(two) as db:
        assert db.exec(select(Skill.community_id)).all() == [2]


def test_a_row_cannot_be_written_into_another_community(two):
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.add(Skill(name="Go", normal="go", community_id=2))


def test_a_row_cannot_be_moved_to_another_community(two):
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.get_one(Member, ana_of(two, 1)).community_id = 2


def test_a_row_of_another_community_cannot_be_changed_or_deleted(two):
    with everywhere(two) as db:
        theirs = db.get_one(Member, ana_of(two, 2))
        db.expunge(theirs)
    with pytest.raises(Unscoped), transaction(two, 1) as db:
        db.delete(db.merge(theirs, load=False))


def test_a_row_without_any_community_is_refused(engine):
    with pytest.raises(Unscoped), transaction(engine) as db:
        db.add(Setting(feature="x", name="y", value="1"))


def test_the_clock_and_the_courier_see_everything(two):
    with everywhere(two) as db:
        assert {one.about for one in db.exec(select(Member)).all()} >= {"secret of A", "secret of B"}

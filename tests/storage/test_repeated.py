"""A statement that was made once costs little when it is asked again, and tells the same."""

import pytest
from psycopg import Cursor
from sqlalchemy.sql.annotation import Annotated
from sqlmodel import bindparam, col, select

from storage.db import connect, reading
from storage.models import Account, Member
from tests.databases import postgres

ABOUT = (
    select(Member.about, Account.key)
    .join(Account, col(Account.member_id) == Member.id, isouter=True)
    .where(Member.name == bindparam("name"))
)


def about(engine, community):
    with reading(engine, community) as db:
        return [row[0] for row in db.exec(ABOUT, params={"name": "ana"}).all()]


def refuse(*_whatever):
    raise AssertionError("worked out once more")


def test_nothing_of_the_criterion_is_compared_as_sql(two, monkeypatch):
    """A parameter that SQLAlchemy copies has its hash, and then each execution asks SQL whether the two are equal."""
    about(two, 1)
    monkeypatch.setattr(Annotated, "__eq__", refuse)
    assert about(two, 1) == ["secret of A"]
    assert about(two, 2) == ["secret of B"]


@pytest.fixture
def engine_there():
    with postgres() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def test_columns_are_described_to_whoever_asks(engine_there):
    with engine_there.connect() as connection:
        cursor = connection.connection.cursor()
        assert cursor.description is None
        cursor.execute("SELECT 1 AS one, 'x' AS two")
        assert [column.name for column in cursor.description] == ["one", "two"]
        assert len(cursor.description) == 2
        assert cursor.description[0].type_code == 23
        cursor.execute("SELECT WHERE false")
        assert cursor.description is not None
        assert list(cursor.description) == []
        cursor.execute("CREATE TEMPORARY TABLE nothing ()")
        assert cursor.description is None


def test_columns_are_worked_out_once_for_all_askings(engine_there, monkeypatch):
    def ask():
        with engine_there.connect() as connection:
            return [row.two for row in connection.execute(select(col(Member.id), col(Member.name).label("two")))]

    assert ask() == []
    monkeypatch.setattr(Cursor, "description", property(refuse))
    assert ask() == []

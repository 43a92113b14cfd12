"""What a transaction keeps, and who waits for whom."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select, update

from storage.db import Commits, connect, reading, transaction, undoing
from storage.machinery import Counter
from storage.models import Account, Community, Member, Place
from storage.rows import put
from tests.storage.steps import NOW, ana_of


def pragma(db, name):
    return db.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


def broken(engine):
    with transaction(engine) as db:
        db.add(Community(name="Gone", created_at=NOW))
        db.flush()
        raise RuntimeError("in the middle")


def count_up(engine, failures):
    try:
        for _ in range(25):
            with transaction(engine, 1) as db:
                row = db.exec(select(Counter).where(Counter.name == "n")).one()
                row.value += 1
                db.add(row)
    except Exception as error:
        failures.append(error)


def counted(two, engines):
    with transaction(two, 1) as db:
        db.add(Counter(name="n"))
    failures = []
    threads = [threading.Thread(target=count_up, args=(engine, failures)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(two, 1) as db:
        return db.exec(select(Counter.value).where(Counter.name == "n")).one(), failures


def test_what_a_transaction_writes_is_kept(engine):
    with transaction(engine) as db:
        db.add(Community(name="Kept", created_at=NOW))
    with reading(engine) as db:
        assert db.exec(select(Community.name)).all() == ["Kept"]


def test_what_a_broken_transaction_wrote_is_gone(engine):
    with pytest.raises(RuntimeError, match="in the middle"):
        broken(engine)
    with reading(engine) as db:
        assert db.exec(select(Community)).all() == []


def half(engine):
    with transaction(engine) as db:
        db.add(Community(name="Half", created_at=NOW))
        db.commit()


def test_nobody_keeps_a_part_of_a_transaction(engine):
    with pytest.raises(Commits):
        half(engine)
    with reading(engine) as db:
        assert db.exec(select(Community)).all() == []


def refused(db, name):
    with undoing(db):
        db.add(Counter(name=name))
        db.flush()
        raise LookupError


def test_what_is_refused_is_undone_and_what_was_before_stays(two):
    with transaction(two, 1) as db:
        db.add(Counter(name="before"))
        with pytest.raises(LookupError):
            refused(db, "refused")
        db.add(Counter(name="after"))
    assert names_of(two) == ["before", "after"]


def test_what_a_statement_changed_stays_as_well(two):
    with transaction(two, 1) as db:
        db.exec(update(Member).where(Member.name == "ana").values(about="changed"))
        with pytest.raises(LookupError):
            refused(db, "refused")
    with reading(two, 1) as db:
        assert db.exec(select(Member.about).where(Member.name == "ana")).one() == "changed"


def test_a_row_that_went_past_the_session_stays_as_well(two):
    with transaction(two, 1) as db:
        put(db, Counter, name="before", value=1)
        with pytest.raises(LookupError):
            refused(db, "refused")
    assert names_of(two) == ["before"]


def test_where_nothing_was_before_it_goes_on_in_a_transaction_of_its_own(two):
    with transaction(two, 1) as db:
        ana = db.get_one(Member, ana_of(two, 1))
        with pytest.raises(LookupError):
            refused(db, "refused")
        assert ana.name == "ana"
        db.add(Counter(name="after"))
    assert names_of(two) == ["after"]


def test_where_it_goes_on_it_is_still_alone(two):
    """Of two that count, each after a refusal, none overtakes the other."""
    failures = []
    with transaction(two, 1) as db:
        db.add(Counter(name="n"))
    threads = [threading.Thread(target=counts_after_a_refusal, args=(two, failures)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(two, 1) as db:
        assert db.exec(select(Counter.value).where(Counter.name == "n")).one() == 30


def counts_after_a_refusal(engine, failures):
    try:
        for _ in range(10):
            with transaction(engine, 1) as db:
                with suppress(LookupError):
                    refused(db, "refused")
                row = db.exec(select(Counter).where(Counter.name == "n")).one()
                row.value += 1
                db.add(row)
    except Exception as error:
        failures.append(error)


def names_of(engine):
    with reading(engine, 1) as db:
        return db.exec(select(Counter.name).order_by(Counter.id)).all()


def test_a_broken_transaction_does_not_block_the_next(engine):
    with pytest.raises(RuntimeError):
        broken(engine)
    with transaction(engine) as db:
        db.add(Community(name="Next", created_at=NOW))


def test_nothing_written_while_reading_is_kept(engine):
    with reading(engine) as db:
        db.add(Community(name="Gone", created_at=NOW))
        db.flush()
    with reading(engine) as db:
        assert db.exec(select(Community)).all() == []


def test_foreign_keys_are_on(engine):
    with pytest.raises(IntegrityError), transaction(engine) as db:
        db.add(Place(community_id=999, platform="local", key="x"))


def test_the_file_keeps_references_writes_ahead_and_waits_when_busy(file):
    with reading(file) as db:
        assert pragma(db, "foreign_keys") == 1
        assert pragma(db, "journal_mode") == "wal"
        assert pragma(db, "busy_timeout") == 30_000


def test_what_belongs_to_a_deleted_row_goes_with_it(two):
    with transaction(two, 1) as db:
        place = Place(community_id=1, platform="local", key="p")
        db.add(place)
        db.flush()
        db.add(Account(member_id=ana_of(two, 1), place_id=place.id, key="U1"))
    with transaction(two, 1) as db:
        db.delete(db.get_one(Member, ana_of(two, 1)))
    with reading(two, 1) as db:
        assert db.exec(select(Account)).all() == []


def test_two_writers_of_one_process_wait_for_each_other_and_lose_nothing(two):
    assert counted(two, [two, two, two]) == (75, [])


def test_two_writers_with_connections_of_their_own_wait_and_lose_nothing(two, database):
    other = connect(f"{database}?timeout=30" if database.startswith("sqlite") else database)
    assert counted(two, [two, other]) == (50, [])
    other.dispose()


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_there(two):
    with transaction(two, 1) as db:
        db.add(Counter(name="half"))
        db.flush()
        with reading(two, 1) as other:
            assert other.exec(select(Counter)).all() == []


def test_a_time_without_a_zone_is_refused(engine):
    with pytest.raises(StatementError, match="no time zone"), transaction(engine) as db:
        db.add(Community(name="x", created_at=NOW.replace(tzinfo=None)))


def test_a_time_comes_back_in_utc_whatever_its_zone_was(engine):
    at = datetime(2026, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with transaction(engine) as db:
        db.add(Community(name="x", created_at=at))
    with reading(engine) as db:
        found = db.exec(select(Community.created_at)).one()
    assert (found, found.tzinfo) == (at, UTC)


def test_times_compare_across_zones_in_the_database(engine):
    with transaction(engine) as db:
        db.add(Community(name="x", created_at=NOW))
    later = (NOW + timedelta(hours=1)).astimezone(timezone(-timedelta(hours=8)))
    with reading(engine) as db:
        assert db.exec(select(Community.name).where(Community.created_at < later)).all() == ["x"]
        assert db.exec(select(Community.name).where(Community.created_at > later)).all() == []

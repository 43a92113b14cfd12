"""Stored vectors: found by text and by nearness, with the same answers from a file and from pgvector."""

import threading

import numpy as np
import pytest
from sqlmodel import select

from storage.db import connect, reading, transaction, tune
from storage.machinery import Vector
from storage.upgrade import upgrade
from storage.vectors import INDEX, digest_of, keep, nearest, pack, stored, unpack
from tests.databases import postgres


@pytest.fixture
def engine(database):
    engine = connect(database)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def both(tmp_path):
    """A file and a PostgreSQL, with the same vectors in both."""
    with postgres() as url:
        engines = [connect(f"sqlite:///{tmp_path}/both.db"), connect(url)]
        for one in engines:
            upgrade(one)
        yield engines
        for one in engines:
            one.dispose()


def unit(rows, seed=1, size=384):
    made = np.random.default_rng(seed).normal(size=(rows, size)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_a_vector_survives_being_stored_almost_exactly():
    rows = unit(3)
    back = unpack(pack("m", "document", "text", rows))
    assert (back.dtype, back.shape) == (np.float32, (3, 384))
    assert np.abs(back @ rows.T - rows @ rows.T).max() < 0.001


def test_no_rows_survive_being_stored():
    assert len(unpack(pack("m", "document", "", np.zeros((0, 384), np.float32)))) == 0


def test_stored_vectors_are_found_by_model_kind_and_text(engine):
    with transaction(engine) as db:
        db.add(pack("m", "document", "one", unit(1)))
        db.add(pack("m", "query", "two", unit(1)))
        db.add(pack("other", "document", "two", unit(1)))
    with reading(engine) as db:
        assert set(stored(db, "m", "document", ["one", "two"])) == {"one"}
        assert set(stored(db, "m", "query", ["one", "two"])) == {"two"}
        assert stored(db, "m", "document", []) == {}


def test_more_texts_than_one_query_holds_are_all_found(engine):
    texts = [f"text {number}" for number in range(1201)]
    with transaction(engine) as db:
        db.add_all([pack("m", "document", text, unit(1, seed)) for seed, text in enumerate(texts)])
    with reading(engine) as db:
        found = stored(db, "m", "document", texts)
    assert set(found) == set(texts)
    assert found["text 900"] @ unit(1, 900).T == pytest.approx(1, abs=0.001)


def test_what_somebody_stored_is_left_and_the_rest_is_kept_once(engine):
    with transaction(engine) as db:
        keep(db, [pack("m", "document", "one", unit(1, 1))])
    with transaction(engine) as db:
        keep(db, [pack("m", "document", text, unit(1, 2)) for text in ("one", "two", "two")])
        keep(db, [])
    with reading(engine) as db:
        found = stored(db, "m", "document", ["one", "two"])
    assert np.array_equal(found["one"], unit(1, 1))
    assert np.array_equal(found["two"], unit(1, 2))


def test_many_who_store_the_same_at_once_do_not_fail(engine, database):
    engines = [connect(database) for _ in range(4)]
    failures = []
    threads = [threading.Thread(target=keep_some, args=(one, number, failures)) for number, one in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in engines:
        one.dispose()
    assert failures == []
    with reading(engine) as db:
        assert len(stored(db, "m", "skill", [f"text {number}" for number in range(40)])) == 40


def keep_some(engine, number, failures):
    texts = [f"text {one}" for one in range(40)][:: 1 if number % 2 else -1]
    try:
        with transaction(engine, number + 1) as db:
            keep(db, [pack("m", "skill", text, unit(1)) for text in texts])
    except Exception as error:
        failures.append(error)


def test_vectors_belong_to_texts_and_not_to_a_community(engine):
    with transaction(engine, 1) as db:
        db.add(pack("m", "document", "one", unit(1)))
    with reading(engine, 2) as db:
        assert len(db.exec(select(Vector)).all()) == 1


def fill(engines, texts, model="m", kind="skill", size=384):
    for engine in engines:
        with transaction(engine) as db:
            keep(db, [pack(model, kind, text, unit(1, seed, size)) for seed, text in enumerate(texts)])


def nearest_of(engine, query, model="m", kind="skill", most=10):
    with reading(engine) as db:
        return nearest(db, model, kind, query, most)


def test_the_nearest_are_the_same_from_both(both):
    fill(both, [f"skill {number}" for number in range(300)])
    for seed in range(1000, 1010):
        query = unit(1, seed)[0]
        by_numpy, by_pgvector = (nearest_of(engine, query) for engine in both)
        assert [digest for digest, _cosine in by_numpy] == [digest for digest, _cosine in by_pgvector]
        assert [c for _, c in by_numpy] == pytest.approx([c for _, c in by_pgvector], abs=1e-6)


def test_with_an_index_nearly_all_of_the_nearest_are_found(both):
    fill(both, [f"skill {number}" for number in range(2000)], size=32)
    for engine in both:
        tune(engine)
    found = 0
    for seed in range(5000, 5020):
        query = unit(1, seed, 32)[0]
        by_numpy, by_pgvector = ({digest for digest, _ in nearest_of(engine, query)} for engine in both)
        found += len(by_numpy & by_pgvector)
    assert found >= 190


def test_the_index_is_used_and_made_once_for_each_size(both):
    engine = both[1]
    fill([engine], [f"skill {number}" for number in range(500)], size=32)
    fill([engine], ["one", "two"], model="other", size=8)
    tune(engine)
    tune(engine)
    with engine.connect() as db:
        names = db.exec_driver_sql(f"SELECT indexname FROM pg_indexes WHERE indexname LIKE '{INDEX}%%'").scalars().all()
        db.exec_driver_sql("SET enable_seqscan = off")
        db.exec_driver_sql("SET enable_bitmapscan = off")
        db.exec_driver_sql("SET enable_indexscan = on")
        plan = db.exec_driver_sql(
            "EXPLAIN SELECT digest FROM embedding WHERE vector_dims(point) = 32 "
            f"ORDER BY (point::vector(32)) <=> '{[0.5] * 32}' LIMIT 5"
        )
        assert f"{INDEX}32" in str(plan.all())
    assert sorted(names) == [f"{INDEX}32", f"{INDEX}8"]


def test_the_nearest_are_of_that_model_kind_and_size(engine):
    fill([engine], ["mine"])
    fill([engine], ["theirs"], model="other")
    fill([engine], ["another kind"], kind="document")
    fill([engine], ["another size"], size=8)
    with transaction(engine) as db:
        keep(db, [pack("m", "skill", "several rows", unit(3))])
    assert [digest for digest, _cosine in nearest_of(engine, unit(1)[0])] == [digest_of("mine")]
    assert [digest for digest, _cosine in nearest_of(engine, unit(1, 1, 8)[0])] == [digest_of("another size")]
    assert nearest_of(engine, unit(1, 1, 16)[0]) == []
    assert nearest_of(engine, unit(1)[0], model="nobody's") == []


def test_a_vector_is_nearest_to_itself_and_no_more_are_told_than_wanted(engine):
    fill([engine], ["one", "two", "three"])
    (digest, cosine), *rest = nearest_of(engine, unit(1, 1)[0], most=2)
    assert digest == digest_of("two")
    assert cosine == pytest.approx(1, abs=1e-6)
    assert len(rest) == 1


def test_after_many_rows_came_the_database_knows_how_they_are_spread(both):
    engine = both[1]
    fill([engine], [f"skill {number}" for number in range(500)], size=8)
    tune(engine)
    with engine.connect() as db:
        rows = db.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'embedding'").scalar_one()
    assert rows >= 500

"""A power cut loses nothing that was answered, and those who write at once do not queue for the disk."""

import itertools
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from storage import durable
from storage.db import connect, transaction
from storage.models import Community
from storage.trouble import Unwritable
from storage.upgrade import upgrade

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_what_was_committed_is_on_disk_before_anybody_hears_of_it(tmp_path, monkeypatch):
    engine = connect(f"sqlite:///{tmp_path / 'durable.db'}")
    upgrade(engine)
    on_disk, real = [], durable._to_disk
    monkeypatch.setattr(durable, "_to_disk", lambda file: (real(file), on_disk.append(os.fstat(file).st_size)))
    for number in range(3):
        with transaction(engine) as db:
            db.add(Community(name=f"c{number}", created_at=NOW))
        assert on_disk[-1] == (tmp_path / "durable.db-wal").stat().st_size
    assert len(on_disk) == 3
    engine.dispose()


def test_a_disk_that_fails_is_said_to_be_unwritable(tmp_path, monkeypatch):
    engine = connect(f"sqlite:///{tmp_path / 'durable.db'}")
    upgrade(engine)

    def fails(_file):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(durable, "_to_disk", fails)
    with pytest.raises(Unwritable), transaction(engine) as db:
        db.add(Community(name="c", created_at=NOW))
    engine.dispose()


def test_many_who_commit_at_once_wait_for_the_disk_together():
    committed, kept = itertools.count(1), [0]
    latest, flushes = [0], []

    def flush():
        seen = latest[0]
        time.sleep(0.02)
        flushes.append(seen)
        kept[0] = max(kept[0], seen)

    shared = durable.Flush(flush)

    def commits(_number):
        mine = next(committed)
        latest[0] = max(latest[0], mine)
        shared.wait()
        return kept[0] >= mine

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(commits, range(40)))
    assert len(flushes) < 40


def test_a_flush_that_fails_is_tried_anew_by_the_next():
    tries = iter([OSError("full"), None])

    def flush():
        if error := next(tries):
            raise error

    shared = durable.Flush(flush)
    with pytest.raises(OSError, match="full"):
        shared.wait()
    shared.wait()

"""Whether a process is alive and ready."""

import asyncio
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from jobs import watch
from jobs.courier import Courier
from jobs.health import Health
from jobs.waiting import overdue
from jobs.watch import delivers, metered, ticks
from storage.db import connect, transaction
from storage.machinery import Outbox
from tests.front_door.steps import Machine, comes, leaves
from tests.ports import free_port
from tests.test_undelivered import writes
from tests.watch.steps import NOW, samples


def asked(health, path="/readyz"):
    status, _kind, body = asyncio.run(health.answer(path))
    return status, body.decode()


def gets(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


@contextmanager
def serving(machine, port, **env):
    process = machine.starts("run", "--only", "jobs", METRICS_PORT=str(port), **env)
    comes(lambda: process.poll() is not None or gets(port, "/healthz")[0] == 200)
    yield process


@pytest.fixture
def machine(tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    made = Machine(tmp_path)
    made.env |= {"EMBEDDING_MODEL": str(tmp_path / "no-model")}
    yield made
    made.close()


def test_a_process_with_its_database_is_ready(world):
    assert asked(Health(world.engine)) == (200, "ready\n")
    assert asked(Health(world.engine), "/healthz") == (200, "ok\n")
    assert asked(Health(world.engine), "/elsewhere")[0] == 404


def test_numbers_are_told_beside_a_platform_only_where_no_port_of_their_own_keeps_them(world):
    house = wired(world)
    assert house.health.paths == ("/healthz", "/readyz")
    house.health.tells_all = True
    assert house.health.paths == ("/healthz", "/readyz", "/metrics")


def wired(world):
    """What a process that serves has."""
    house = SimpleNamespace(engine=world.engine, app=world.app, encoder=SimpleNamespace(state="idle"))
    house.health = Health(world.engine)
    metered(house, ["slack"])
    return house


def test_older_tables_are_not_ready_and_the_remedy_is_named(world):
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    status, said = asked(Health(world.engine))
    assert status == 503
    assert "manyhands db upgrade" in said


def test_a_database_that_cannot_be_reached_is_not_ready_and_the_process_lives(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.health.PATIENCE_SECONDS", 60)
    engine = connect(f"sqlite:///{tmp_path}/nowhere/at/all.db")
    assert asked(Health(engine)) == (503, "The database does not answer; the log tells why.\n")
    assert asked(Health(engine), "/healthz")[0] == 200


def test_a_writer_that_takes_long_holds_up_no_answer(world):
    with transaction(world.engine, world.place.community_id):
        assert asked(Health(world.engine))[0] == 200


async def test_a_database_that_falls_silent_is_not_ready_and_is_asked_once(world, monkeypatch):
    monkeypatch.setattr("jobs.health.PATIENCE_SECONDS", 0.05)
    health, times = Health(world.engine), []
    health.duties.append(lambda: times.append(1) or time.sleep(0.5) or "")
    both = await asyncio.gather(health.answer("/readyz"), health.answer("/readyz"))
    assert [status for status, _, _ in both] == [503, 503]
    await asyncio.sleep(1)
    assert len(times) == 1


def test_a_clock_that_stands_is_not_ready(world):
    health, ticked = Health(world.engine), time.monotonic()
    health.duties.append(ticks(lambda: ticked))
    assert asked(health)[0] == 200
    health.duties[:] = [ticks(lambda: ticked - 600)]
    assert asked(health) == (503, "The clock has not ticked for 10 minutes.\n")


def test_a_stuck_outbox_is_not_ready(world, meter):
    health = Health(world.engine)
    world.now = datetime.now(UTC) - timedelta(minutes=20)
    world.courier = Courier(world.engine, {})
    writes(world, "waits")
    assert overdue(world.engine, ["local"], datetime.now(UTC)) > 1190
    health.duties.append(delivers(world, ["local"], meter))
    assert asked(health)[0] == 200, "this courier has just begun"
    meter.moved_at -= 600
    assert asked(health)[0] == 503
    assert "outbox is stuck" in asked(health)[1]
    health.duties[:] = [delivers(world, ["slack"], meter)]
    assert asked(health)[0] == 200, "another process serves that platform"


def test_cards_behind_one_that_waits_are_not_stuck(world):
    with transaction(world.engine, world.place.community_id) as db:
        for minutes in (30, -60):
            due = NOW + timedelta(minutes=minutes)
            db.add(Outbox(place_id=world.place.id, channel="#a", card="{}", due=due, written_at=NOW))
            db.flush()
    assert overdue(world.engine, ["local"], NOW) == 0


def test_all_is_wired_where_a_process_serves(world):
    house = wired(world)
    world.says("ana", "help")
    status, said = asked(house.health, "/metrics")
    assert status == 200
    assert samples(said.encode())["manyhands_requests_total", "help", "answer"] == 1
    assert watch.LATE_SECONDS >= 60


def test_a_process_answers_on_its_port_until_it_is_told_to_stop(machine):
    port = free_port()
    with serving(machine, port) as process:
        assert gets(port, "/healthz") == (200, b"ok\n")
        assert gets(port, "/readyz") == (200, b"ready\n")
        told = samples(gets(port, "/metrics")[1])
        assert told["manyhands_database_up",] == 1
        assert leaves(process)[0] == 0
    assert gets(port, "/healthz")[0] == 0


def test_a_process_whose_database_is_taken_away_says_so(machine):
    port = free_port()
    with serving(machine, port) as process:
        machine.rows("UPDATE alembic_version SET version_num = '0000'")
        status, said = gets(port, "/readyz")
        assert status == 503
        assert b"manyhands db upgrade" in said
        leaves(process)


@pytest.mark.soak
def test_processes_of_one_machine_count_together_and_the_next_takes_over_the_port(machine):
    port, folder = free_port(), machine.folder / "counts"
    machine.chat("ana: help")
    with serving(machine, port, PROMETHEUS_MULTIPROC_DIR=str(folder)) as first:
        second = machine.starts("run", "--only", "jobs", METRICS_PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(folder))
        comes(lambda: len({file.name for file in folder.glob("counter_*.db")}) == 2)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        comes(lambda: gets(port, "/healthz")[0] == 200)
        assert gets(port, "/readyz")[0] == 200
        assert b"manyhands_database_up 1.0" in gets(port, "/metrics")[1]
        assert leaves(second)[0] == 0
    assert os.path.isdir(folder)
    shutil.rmtree(folder)

"""What operators look at: health, readiness in words, and numbers that name nobody."""

import asyncio
import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from sqlalchemy import text

from bot import features, timers
from bot.carriage import Later, Never
from bot.command import command
from bot.ctx import Refusal
from jobs import watch
from jobs.courier import Courier
from jobs.embed import Encoder
from jobs.health import Health
from jobs.metrics import Meter, Metered, Stored, exposition
from jobs.waiting import backlog, overdue
from jobs.watch import duties_of, metered
from storage.db import connect, transaction
from storage.machinery import Outbox
from tests.encoders import Words
from tests.test_courier import Van
from tests.test_front_door import Machine, comes, leaves
from tests.test_leaks import SECRETS, fill
from tests.test_undelivered import writes
from tests.world import World

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@command("break it", "Break something for a test")
def breaks(ctx):
    raise ValueError("broken")


@command("refuse it", "Refuse something for a test")
def refuses(ctx):
    raise Refusal("Not today.")


@pytest.fixture
def world(tmp_path):
    catalogue = features.catalogue()
    catalogue.add([breaks, refuses])
    made = World(tmp_path / "watch.db", Words(), catalogue=catalogue)
    made.now = NOW
    yield made
    made.close()


@pytest.fixture
def meter(world):
    world.app.watch = Meter()
    return world.app.watch


def samples(told):
    """Each number by its name and the values of its labels, in the order of their names."""
    found = {}
    for family in families(told.decode()):
        for one in family.samples:
            found[one.name, *(value for _name, value in sorted(one.labels.items()))] = one.value
    return found


def numbers(world, meter, state="idle"):
    return samples(exposition(meter, Stored(world.engine, SimpleNamespace(state=state))))


def test_requests_are_counted_by_command_and_outcome(world, meter):
    for line in ("help", "help", "refuse it", "break it", "kudos give", "xyzzy the plough"):
        world.says("ana", line)
    told = numbers(world, meter)
    assert told["manyhands_requests_total", "help", "answer"] == 2
    assert told["manyhands_requests_total", "refuse it", "refusal"] == 1
    assert told["manyhands_requests_total", "break it", "error"] == 1
    assert told["manyhands_requests_total", "kudos give", "answer"] == 1
    assert told["manyhands_requests_total", "unknown", "refusal"] == 1


def test_what_has_not_gone_wrong_yet_is_told_as_nothing(world, meter):
    meter.expects(["help"], ["slack"])
    told = numbers(world, meter)
    assert told["manyhands_requests_total", "help", "error"] == 0
    assert told["manyhands_rate_limited_total", "slack"] == 0


def test_how_long_requests_take_is_told_in_buckets(world, meter):
    world.says("ana", "help")
    told = numbers(world, meter)
    assert told["manyhands_request_seconds_count", "help"] == 1
    assert told["manyhands_request_seconds_bucket", "help", "+Inf"] == 1
    assert told["manyhands_request_seconds_sum", "help"] > 0


def test_no_label_names_a_member_or_says_what_they_said(world, meter):
    fill(world)
    for line in ("break it", "zanzibar quokka", "kudos marzipan", "skill find wolpertinger"):
        world.says("zanzibar", line)
    told = exposition(meter, Stored(world.engine, SimpleNamespace(state="ready"))).decode().casefold()
    assert "kudos give" in told
    assert [word for word in (*SECRETS, "ana", "ben") if f'"{word}' in told or f'{word}"' in told] == []


def test_the_outbox_is_told_with_the_age_of_its_oldest_card(world, meter):
    van = Van()
    van.trouble = {"later": Later("wait", 1e6), "never": Never("gone")}
    world.courier = Courier(world.engine, {"local": Metered(van, meter)})
    world.carrier.parcels = []
    writes(world, "later", "never", "after")
    found = backlog(world.engine, NOW + timedelta(hours=1))
    assert (found.queues["local"].waiting, found.queues["local"].oldest) == (3, 3600)
    writes(world, "never", to=None)
    told = numbers(world, meter)
    assert told["manyhands_outbox_waiting", "local"] >= 3
    assert told["manyhands_deliveries_total", "later", "local"] == 1


def test_what_is_parked_is_counted(world, meter):
    van = Van()
    van.trouble = {"never": Never("gone")}
    world.courier = Courier(world.engine, {"local": Metered(van, meter)})
    world.carrier.parcels = []
    writes(world, "never", "fine")
    told = numbers(world, meter)
    assert told["manyhands_outbox_parked", "local"] == 1
    assert told["manyhands_deliveries_total", "parked", "local"] == 1
    assert told["manyhands_deliveries_total", "delivered", "local"] >= 1


def test_the_lag_of_timers_is_that_of_the_latest(world):
    with transaction(world.engine, world.place.community_id) as db:
        ctx = world.app._ctx(db, world.place, world.request("admin", "help"))
        timers.later(ctx, "one", "intro lapse i1", NOW - timedelta(minutes=7))
        timers.later(ctx, "two", "intro lapse i2", NOW + timedelta(days=365 * 100))
    assert backlog(world.engine, NOW).lag == 420
    assert backlog(world.engine, NOW).parked_timers == 1


def test_an_empty_house_has_nothing_waiting(world):
    found = backlog(world.engine, NOW)
    assert (found.lag, found.parked_timers, found.queues["local"].waiting) == (0, 0, 0)


@pytest.mark.parametrize("state", ["ready", "loading", "down", "idle"])
def test_the_language_model_is_in_one_state(world, meter, state):
    told = numbers(world, meter, state)
    assert {name[1]: value for name, value in told.items() if name[0] == "manyhands_encoder_state"}.pop(state) == 1
    assert sum(value for name, value in told.items() if name[0] == "manyhands_encoder_state") == 1


@pytest.mark.soak
def test_the_model_says_how_it_is(tmp_path):
    encoder = Encoder(str(tmp_path / "no-model"))
    assert encoder.state == "idle"
    with pytest.raises(Exception, match="cannot be loaded"):
        encoder.encode(["words"])
    assert encoder.state == "down"
    encoder.close()


def test_a_database_that_is_gone_is_a_number(tmp_path, meter):
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    told = samples(exposition(meter, Stored(engine, SimpleNamespace(state="ready"))))
    assert told["manyhands_database_up",] == 0
    assert told["manyhands_encoder_state", "ready"] == 1


def asked(health, path="/readyz"):
    status, _kind, body = asyncio.run(health.answer(path))
    return status, body.decode()


def test_a_process_with_its_database_is_ready(world):
    assert asked(Health(world.engine)) == (200, "ready\n")
    assert asked(Health(world.engine), "/healthz") == (200, "ok\n")
    assert asked(Health(world.engine), "/elsewhere")[0] == 404


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


def test_a_clock_that_stands_is_not_ready(world, meter):
    health, ticked = Health(world.engine), time.monotonic()
    health.duties += duties_of(world, lambda: ticked, ["local"], meter)
    assert asked(health)[0] == 200
    health.duties[:] = duties_of(world, lambda: ticked - 600, ["local"], meter)
    assert asked(health) == (503, "The clock has not ticked for 10 minutes.\n")


def test_a_stuck_outbox_is_not_ready(world, meter):
    health, ticked = Health(world.engine), time.monotonic()
    world.now = datetime.now(UTC) - timedelta(minutes=20)
    world.courier = Courier(world.engine, {})
    writes(world, "waits")
    assert overdue(world.engine, ["local"], datetime.now(UTC)) > 1190
    health.duties += duties_of(world, lambda: ticked, ["local"], meter)
    assert asked(health)[0] == 200, "this courier has just begun"
    meter.moved_at -= 600
    assert asked(health)[0] == 503
    assert "outbox is stuck" in asked(health)[1]
    health.duties[:] = duties_of(world, lambda: ticked, ["slack"], meter)
    assert asked(health)[0] == 200, "another process serves that platform"


def test_cards_behind_one_that_waits_are_not_stuck(world):
    with transaction(world.engine, world.place.community_id) as db:
        for minutes in (30, -60):
            due = NOW + timedelta(minutes=minutes)
            db.add(Outbox(place_id=world.place.id, channel="#a", card="{}", due=due, written_at=NOW))
            db.flush()
    assert overdue(world.engine, ["local"], NOW) == 0


def test_all_is_wired_where_a_process_serves(world):
    house = SimpleNamespace(engine=world.engine, app=world.app, encoder=SimpleNamespace(state="idle"))
    house.health = Health(world.engine)
    metered(house, ["slack"])
    world.says("ana", "help")
    status, said = asked(house.health, "/metrics")
    assert status == 200
    assert samples(said.encode())["manyhands_requests_total", "help", "answer"] == 1
    assert watch.LATE_SECONDS >= 60


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gets(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    made = Machine(tmp_path)
    made.env |= {"EMBEDDING_MODEL": str(tmp_path / "no-model")}
    yield made
    made.close()


@contextmanager
def serving(machine, port, **env):
    process = machine.starts("run", "--only", "jobs", METRICS_PORT=str(port), **env)
    comes(lambda: process.poll() is not None or gets(port, "/healthz")[0] == 200)
    yield process


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

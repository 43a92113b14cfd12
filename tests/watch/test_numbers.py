"""Requests, the outbox, timers and the model in numbers."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot import timers
from bot.carriage import Later, Undeliverable
from jobs.courier import Courier
from jobs.embed import Encoder
from jobs.metrics import Metered, Stored, exposition
from jobs.waiting import backlog
from storage.db import connect, transaction
from tests.courier.steps import Van
from tests.test_leaks import SECRETS, fill
from tests.test_undelivered import writes
from tests.watch.steps import NOW, samples


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
    van.trouble = {"later": Later("wait", 1e6), "never": Undeliverable("gone")}
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
    van.trouble = {"never": Undeliverable("gone")}
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

"""Processes that serve, stop, and are killed."""

import json
import re
import signal
from datetime import UTC, datetime, timedelta

import pytest

from bot.ctx import Request, Who
from jobs.environment import Environment
from jobs.house import House
from tests.front_door.steps import AT_MOST, children, comes, leaves, ps

CROWD = 300


def until(process, words):
    """Reads what a process logs until these words stand in it."""
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}: {process.stdout.read()}")


def lives(pid):
    """Whether there is more of a process than its exit status."""
    return any(not state.startswith("Z") for state in ps("-o", "stat=", "-p", str(pid)))


def writes_a_crowd(machine):
    """Thanks that nobody has delivered yet, more than a pipe holds."""
    with House(Environment(_env_file=None, database_url=f"sqlite:///{machine.file}")) as house:
        place, now = house.local_place().id, datetime.now(UTC)
        lines = [("admin", "settings kudos channel:#crowd allowance:20"), ("ben", "help")]
        lines += [(f"p{at // 20}", f"kudos give @ben number {at} {'very ' * 120}good") for at in range(CROWD)]
        for number, (name, line) in enumerate(lines):
            house.app.handle(Request(f"r{number}", place, Who(name, name, admin=name == "admin"), line, now))


def delivered(out):
    """The numbers of the kudos that stand in the channel."""
    return [int(one) for one in re.findall(r"^\[#crowd\] p\d+ thanked ben \(k(\d+)\)$", out, re.MULTILINE)]


@pytest.fixture
def loading(machine):
    """A serving process whose model has just begun to load."""
    machine.chat("ana: skill claim Python expert")
    process = machine.starts("run", "--only", "jobs")
    until(process, '"ready"')
    comes(lambda: children(process.pid))
    return process


def test_the_database_is_brought_up_to_date_as_often_as_one_likes(machine):
    for _ in range(2):
        assert machine.ended("db", "upgrade") == (0, "The database is up to date.\n", "")
    assert machine.rows("SELECT count(*) FROM community") == [(0,)]


def test_without_a_platform_and_a_terminal_it_says_how_to_connect(machine):
    status, out, err = machine.ended("run")
    assert (status, out) == (2, "")
    for name in ("SLACK_BOT_TOKEN", "DISCORD_TOKEN", "docs/slack.md", "docs/discord.md"):
        assert name in err
    assert not machine.file.exists(), "nothing was started"


def test_the_jobs_alone_run_where_they_are_asked_for_until_told_to_stop(machine):
    process = machine.starts("run", "--only", "jobs")
    until(process, '"ready"')
    status, out, err = leaves(process)
    assert (status, out) == (0, "")
    assert '"stopped"' in err


def test_an_interrupt_stops_it_as_well(machine):
    process = machine.starts("run", "--only", "jobs")
    until(process, '"ready"')
    assert leaves(process, signal.SIGINT)[0] == 0


def test_it_stops_while_the_model_is_loading_and_leaves_nothing_behind(loading):
    started = children(loading.pid)
    status, out, err = leaves(loading)
    assert (status, out) == (0, "")
    assert '"stopped"' in err
    comes(lambda: not any(lives(one) for one in started))


@pytest.mark.soak
def test_stopping_is_no_error_even_while_the_model_is_loading(loading):
    _, _, err = leaves(loading)
    errors = [json.loads(line)["event"] for line in err.splitlines() if json.loads(line)["level"] == "error"]
    assert errors == []


@pytest.mark.soak
def test_what_a_killed_process_left_is_delivered_by_the_next_in_order(machine):
    writes_a_crowd(machine)
    process = machine.starts("chat")
    process.stdin.write("ben: skill mine\n")
    process.stdin.flush()
    comes(lambda: machine.states().count("sent") >= 10)
    process.kill()
    first = delivered(process.communicate(timeout=AT_MOST)[0])
    assert 10 <= machine.states().count("sent") < CROWD, "it was killed in the middle"
    later = datetime.now(UTC) + timedelta(hours=1)
    second = delivered(machine.chat(f"now: {later:%Y-%m-%dT%H:%M}"))
    assert machine.states() == ["sent"] * CROWD
    assert first == list(range(1, len(first) + 1))
    assert second == list(range(second[0], CROWD + 1))
    assert len(first) <= second[0] <= len(first) + 1, "only what was on its way may come twice"

"""Jobs that an operator runs by hand."""

import re

import pytest

FRIDAY = "2026-11-27T09:00"


@pytest.mark.soak
def test_the_digest_is_posted_once_however_often_the_job_runs(machine):
    machine.chat(f"now: {FRIDAY}", "admin@dm: settings digest channel:#digest day:friday", "ana: skill claim Python")
    posted = "SELECT count(*) FROM outbox WHERE channel = '#digest'"
    for _ in range(2):
        status, _out, err = machine.ended("job", "digest", "--at", f"{FRIDAY}:01")
        assert status == 0
        assert "job done" in err
        assert machine.rows(posted) == [(1,)]
    assert machine.ended("job", "digest", "--at", "2026-11-27T18:00")[0] == 0
    assert machine.rows(posted) == [(1,)], "once a day, not once a minute"


def test_a_job_delivers_what_it_makes_and_prints_what_becomes_visible(machine):
    machine.chat(f"now: {FRIDAY}", "admin@dm: settings digest channel:#digest day:friday", "ana: skill claim Python")
    status, out, err = machine.ended("job", "digest", "--at", "2026-11-27T10:01+01:00")
    assert status == 0
    assert out.startswith("[#digest] ")
    assert all(line.startswith("[#digest] ") for line in out.splitlines())
    assert all(line.startswith("{") for line in err.splitlines()), "logs are for the other stream"
    assert "#digest" not in machine.chat("now: 2026-11-27T09:02"), "nothing is left to deliver"


def test_a_moment_that_is_none_is_refused_before_anything_runs(machine):
    status, out, err = machine.ended("job", "digest", "--at", "friday")
    assert (status, out) == (2, "")
    assert "2026-11-30T09:00" in err
    assert not machine.file.exists()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["timers", "sweep", "embed", "reputation"])
def test_every_job_runs_on_an_empty_installation(machine, name):
    status, out, err = machine.ended("job", name)
    assert (status, out) == (0, "")
    assert "error" not in err


def test_a_job_that_does_not_exist_is_refused_with_those_that_do(machine):
    status, out, err = machine.ended("job", "nonsense")
    assert (status, out) == (2, "")
    assert "no job nonsense" in err
    assert "digest" in err


def test_help_names_the_jobs_that_there_are(machine):
    _, told, _ = machine.ended("job", "--help", COLUMNS="200")
    _, _, refused = machine.ended("job", "nonsense")
    names = re.search(r"there are (.+)\.", refused)[1].split(", ")
    promised = re.search(r"([a-z, ]+) or ([a-z]+)\.", told)
    assert sorted([*promised[1].strip().split(", "), promised[2]]) == sorted(names)

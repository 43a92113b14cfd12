"""Whole processes, as an operator starts and ends them."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest

from bot.ctx import Request, Who
from jobs.environment import Environment
from jobs.house import House

FRIDAY = "2026-11-27T09:00"
AT_MOST, TO_LEAVE, SOON = 60, 20, 0.05
CROWD = 300


class Machine:
    """An empty folder with a database, in which processes run; those still running are ended with the test."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "manyhands.db"
        ours = ("SLACK_", "DISCORD_", "EMBEDDING_", "LOG_", "DATABASE_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.running = []

    def starts(self, *arguments, **env):
        command = (
            [sys.executable, *arguments] if arguments[0] == "-c" else [sys.executable, "-m", "manyhands", *arguments]
        )
        pipe = subprocess.PIPE
        made = subprocess.Popen(
            command, cwd=self.folder, env=self.env | env, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8"
        )
        self.running.append(made)
        return made

    def ended(self, *arguments, said="", **env):
        """A process that ended by itself: status, stdout, stderr."""
        process = self.starts(*arguments, **env)
        out, err = process.communicate(said, timeout=AT_MOST)
        return process.returncode, out, err

    def chat(self, *lines):
        status, out, err = self.ended("chat", said="\n".join(lines) + "\n")
        assert (status, err) == (0, "")
        return out

    def rows(self, query, *values):
        with closing(sqlite3.connect(self.file, timeout=AT_MOST)) as db, db:
            return db.execute(query, values).fetchall()

    def states(self):
        return [state for (state,) in self.rows("SELECT state FROM outbox WHERE channel = '#crowd' ORDER BY id")]

    def close(self):
        for one in self.running:
            one.kill()
            one.communicate()


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    yield made
    made.close()


def until(process, words):
    """Reads what a process logs until these words stand in it."""
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}: {process.stdout.read()}")


def comes(is_so):
    """Waits for something that another process brings about."""
    end = time.monotonic() + AT_MOST
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(SOON)


def ps(*arguments):
    """What the system says about processes, a line each."""
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout.split()


def children(pid):
    """The processes that this one started."""
    return [int(one) for one in ps("-o", "pid=", "--ppid", str(pid))]


def lives(pid):
    """Whether there is more of a process than its exit status."""
    return any(not state.startswith("Z") for state in ps("-o", "stat=", "-p", str(pid)))


def leaves(process, number=signal.SIGTERM):
    """Asks a process to end, and waits until it has."""
    process.send_signal(number)
    out, err = process.communicate(timeout=TO_LEAVE)
    return process.returncode, out, err


def test_it_says_which_version_it_is(machine):
    assert machine.ended("--version") == (0, f"manyhands {version('manyhands')}\n", "")


def test_a_piped_line_is_answered_and_nothing_else_is_printed(machine):
    status, out, err = machine.ended("chat", said="ana: skill claim Python expert\n", LOG_LEVEL="DEBUG")
    assert status == 0
    assert out.startswith("[ana] Python, expert: it is on your profile.\n")
    assert all(line.startswith("[ana") for line in out.splitlines())
    assert all(line.startswith("{") for line in err.splitlines()), "logs are for the other stream, an object a line"


def test_what_was_said_is_known_to_the_next_process(machine):
    machine.chat("ana: skill claim Python expert")
    assert "Python" in machine.chat("ben: skill of @ana")


def test_a_line_that_cannot_be_read_is_told_by_number(machine):
    status, out, err = machine.ended("chat", said="what\nana: skill mine\n")
    assert status == 2
    assert "[ana] Your list is empty." in out
    assert err.startswith("line 1: ")


def test_the_process_that_answers_has_no_language_model_in_it(machine):
    status, out, err = machine.ended("chat", said="ana: skill claim Python expert\n", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.split("|")[2].strip().split(".")[0] for line in err.splitlines() if line.count("|") == 2}
    assert (status, out.splitlines()[0]) == (0, "[ana] Python, expert: it is on your profile.")
    assert {"bot", "jobs", "sqlmodel"} <= imported
    assert imported & {"torch", "sentence_transformers", "transformers", "scipy", "matplotlib"} == set()
    assert imported & {"discord", "slack_bolt", "prompt_toolkit"} == set(), "what it does not serve costs it nothing"


def test_a_command_that_ranks_nothing_starts_no_model(machine):
    process = machine.starts("chat")
    process.stdin.write("ana: skill claim Python expert\n")
    process.stdin.flush()
    assert process.stdout.readline() == "[ana] Python, expert: it is on your profile.\n"
    assert children(process.pid) == []


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_MODE": "http"}, "SLACK_SIGNING_SECRET"),
        ({"DISCORD_API_URL": "http://127.0.0.1:9"}, "DISCORD_TOKEN"),
    ],
)
def test_half_a_platform_stops_the_start_with_the_name_of_what_is_missing(machine, env, missing):
    status, out, err = machine.ended("run", **env)
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"manyhands: .*\b{missing} is missing\b.*\n", err)
    assert not machine.file.exists()


@pytest.mark.parametrize(
    ("only", "words"), [("web", "not web"), ("slack", "SLACK_BOT_TOKEN"), ("jobs,discord", "DISCORD_TOKEN")]
)
def test_a_part_that_cannot_run_is_refused_in_one_line(machine, only, words):
    status, out, err = machine.ended("run", "--only", only)
    assert (status, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("SLACK_HTTP_PORT", "xoxb-in-the-wrong-place"),
        ("DATABASE_URL", "mysql://ana:secret@host/it"),
        ("DATABASE_URL", "postgresql+psycopg2://ana:secret@host/it"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_one_line_without_its_value(machine, name, value):
    status, out, err = machine.ended("chat", **{name: value})
    assert (status, out) == (2, "")
    assert name in err
    assert value not in err, "it may be a secret"
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["export", "backup"])
def test_a_file_that_cannot_be_made_is_refused_before_anything_is_read(machine, command):
    status, out, err = machine.ended(command, str(machine.folder / "nowhere" / "file"))
    assert (status, out) == (2, "")
    assert "there is no folder" in err
    assert "Traceback" not in err
    assert not machine.file.exists()


def test_a_file_that_is_no_export_is_refused_in_words(machine):
    assert "does not exist" in machine.ended("import", "all.zip")[2]
    (machine.folder / "all.zip").write_text("not a zip")
    status, out, err = machine.ended("import", "all.zip")
    assert (status, out) == (2, "")
    assert err == "manyhands: all.zip is not a whole file that `manyhands export` wrote\n"


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
    until(process, '"started"')
    status, out, err = leaves(process)
    assert (status, out) == (0, "")
    assert '"stopped"' in err


def test_an_interrupt_stops_it_as_well(machine):
    process = machine.starts("run", "--only", "jobs")
    until(process, '"started"')
    assert leaves(process, signal.SIGINT)[0] == 0


@pytest.fixture
def loading(machine):
    """A serving process whose model has just begun to load."""
    machine.chat("ana: skill claim Python expert")
    process = machine.starts("run", "--only", "jobs")
    until(process, '"started"')
    comes(lambda: children(process.pid))
    return process


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

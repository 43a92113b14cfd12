"""A whole session, read from the outside; `python -m tests.test_transcript` writes the expected one anew."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
SESSION, EXPECTED = GOLDEN / "session.txt", GOLDEN / "session.expected.txt"
ENDS_HERE = "# The process ends here"


@dataclass
class Ended:
    """What one process said before it ended."""

    out: str
    err: str
    status: int


def parts():
    """The script of each process."""
    first, second = SESSION.read_text(encoding="utf-8").split(ENDS_HERE)
    return first, f"{ENDS_HERE}{second}"


def played(folder):
    """Every part in a process of its own, one after the other, on one database."""
    return [chat(folder, lines) for lines in parts()]


def chat(folder, lines):
    ours = ("SLACK_", "DISCORD_", "EMBEDDING_", "LOG_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"DATABASE_URL": f"sqlite:///{folder}/session.db", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "manyhands", "chat"]
    ended = subprocess.run(
        command, input=lines, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=100
    )
    return Ended(without_folders(ended.stdout), ended.stderr, ended.returncode)


def without_folders(text):
    """Pictures go to a new folder every time."""
    return re.sub(r"\((picture|file): .*/([^/]+)\)$", r"(\1: \2)", text, flags=re.MULTILINE)


def transcript(processes):
    return f"{ENDS_HERE}\n".join(one.out for one in processes)


def numbers(script, wanted):
    """The line numbers of a script at which these words stand."""
    return [at for at, line in enumerate(script.splitlines(), 1) if line in wanted]


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    return played(tmp_path_factory.mktemp("session"))


def test_the_session_reads_as_it_was_agreed(processes):
    assert transcript(processes) == EXPECTED.read_text(encoding="utf-8")


def test_lines_outside_the_grammar_are_named_by_number_on_the_other_stream(processes):
    told = [int(number) for number in re.findall(r"^line (\d+): ", processes[0].err, re.MULTILINE)]
    backwards = numbers(parts()[0], ["now: 2026-11-24T09:00"])[1]
    assert told == [*numbers(parts()[0], ["press everything"]), backwards]


def test_unread_lines_make_the_exit_status_and_a_refusal_does_not(processes):
    assert [one.status for one in processes] == [2, 0]
    assert "[dave] You cannot vouch for yourself. Ask somebody who has seen you do it." in processes[0].out


def test_nothing_but_unread_lines_stands_on_the_other_stream(processes):
    assert all(line.startswith("line ") for line in processes[0].err.splitlines())
    assert processes[1].err == ""


def test_every_line_that_people_see_names_its_place(processes):
    place = re.compile(r"\[(#[\w-]+|\w+(@dm)?|\w+(\+\w+)+)\] ")
    assert [line for line in transcript(processes).splitlines() if not place.match(line)] == [ENDS_HERE]


def test_the_script_uses_every_form_of_line():
    script = SESSION.read_text(encoding="utf-8")
    forms = (r"# ", r"now: ", r"\w+: \w", r"\w+@dm: ", r"\w+@#\w+: ", r"\w+: press [A-Z]", r"\w+: press \d on [a-z]\d")
    forms += (r'\w+: press ".+" on [a-z]\d', r"\w+(@\S+)?: fill \w+:", r"\S+: react :", r"\S+: unreact :")
    assert [form for form in forms if not re.search(f"^{form}", script, re.MULTILINE)] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        EXPECTED.write_text(transcript(played(made)), encoding="utf-8")

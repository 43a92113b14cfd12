"""Lines that are piped in, and configurations that make no sense."""

import re
from importlib.metadata import version

import pytest

from tests.front_door.steps import children


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


@pytest.mark.sampled(3)
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


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("only", "words"), [("web", "not web"), ("slack", "SLACK_BOT_TOKEN"), ("jobs,discord", "DISCORD_TOKEN")]
)
def test_a_part_that_cannot_run_is_refused_in_one_line(machine, only, words):
    status, out, err = machine.ended("run", "--only", only)
    assert (status, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.sampled(3)
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


@pytest.mark.parametrize("command", ["community export", "backup"])
def test_a_file_that_cannot_be_made_is_refused_before_anything_is_read(machine, command):
    status, out, err = machine.ended(*command.split(), str(machine.folder / "nowhere" / "file"))
    assert (status, out) == (2, "")
    assert "there is no folder" in err
    assert "Traceback" not in err
    assert not machine.file.exists()


def test_a_file_that_is_no_export_is_refused_in_words(machine):
    assert "does not exist" in machine.ended("community", "import", "all.zip")[2]
    (machine.folder / "all.zip").write_text("not a zip")
    status, out, err = machine.ended("community", "import", "all.zip")
    assert (status, out) == (2, "")
    assert err == "manyhands: all.zip is not a whole file that `manyhands community export` wrote\n"

"""The house itself: imports go one way, files stay small, one command checks everything."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("bot", "adapters", "storage", "jobs", "demo", "benchmarks", "tests")
LINTED = ("bot", "adapters", "storage", "jobs")
ADAPTERS = ("local", "slack", "discord")


def files():
    return [ROOT / "manyhands.py", *(file for folder in SOURCES for file in sorted((ROOT / folder).rglob("*.py")))]


def written():
    """All that was written by hand: a migration is as long as what it changes."""
    return [file for file in files() if file.parent.name != "versions"]


def lint(folder):
    """Runs the import linter on a tree as `make check` does."""
    tool = Path(sys.executable).with_name("lint-imports")
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([tool, "--no-cache"], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A tree of our own to break; an adapter that does not exist yet is an empty one."""
    for name in LINTED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "manyhands.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ADAPTERS:
        (tmp_path / "adapters" / name).mkdir(exist_ok=True)
        (tmp_path / "adapters" / name / "__init__.py").touch()
    return tmp_path


def test_imports_go_one_way(copy):
    found = lint(copy)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("file", "words", "contract"),
    [
        ("bot/broken.py", "import slack_sdk", "The core knows no platform"),
        ("storage/broken.py", "import discord", "The core knows no platform"),
        ("bot/broken.py", "from jobs import clock", "Imports go one way"),
        ("storage/broken.py", "from bot import ui", "Imports go one way"),
        ("adapters/local/broken.py", "from jobs import courier", "Imports go one way"),
        ("adapters/local/broken.py", "import adapters.discord", "Adapters do not know each other"),
        ("adapters/slack/broken.py", "from adapters.local import render", "Adapters do not know each other"),
        ("jobs/broken.py", "import manyhands", "Nobody imports the front door"),
    ],
)
def test_an_import_in_the_wrong_direction_fails_the_build(copy, file, words, contract):
    (copy / file).write_text(f'"""Breaks a rule."""\n\n{words}\n')
    found = lint(copy)
    assert found.returncode == 1, found.stdout + found.stderr
    assert re.search(rf"{contract} BROKEN", found.stdout)


@pytest.mark.parametrize("file", written(), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_has_one_subject(file):
    lines = len(file.read_text().splitlines())
    assert lines <= 300, f"{lines} lines: it has two subjects"


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_module_says_why_it_exists(file):
    assert file.read_text().lstrip().startswith('"""')


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_model_runs_on_one_pinned_version():
    assert "torch==2.13.0" in project()["project"]["dependencies"]
    assert "torch==2.13.0" in (ROOT / "Makefile").read_text()


def recipe(target):
    """What make would do for a target, its prerequisites included."""
    made = subprocess.run(["make", "-n", "-B", target], cwd=ROOT, capture_output=True, text=True, check=True)
    return made.stdout


def test_the_same_command_checks_everywhere():
    assert re.search(r"^make check$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("step", ["ruff format --check", "ruff check", "basedpyright", "lint-imports", "pytest"])
def test_checking_formats_lints_types_imports_and_tests(step):
    assert step in recipe("check")


def test_warnings_are_errors():
    assert project()["tool"]["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_the_first_page_says_how_to_see_it_at_work():
    assert "make demo" in (ROOT / "README.md").read_text()


def test_every_documented_target_exists():
    targets = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()))
    declared = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= declared


def test_every_process_of_the_procfile_is_a_command():
    release, *lines = (ROOT / "Procfile").read_text().splitlines()
    assert release == "release: manyhands db upgrade"
    assert lines
    assert all(re.fullmatch(r"\w+: manyhands run --only (slack|discord|jobs)", line) for line in lines)

"""The wheel: all that the product needs is in it, wherever it is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONG = 900
BESIDE = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "*.db*")


def run(*command: str | Path, folder: Path) -> str:
    """What a program prints; it must end well."""
    ours = ("SLACK_", "DISCORD_", "DATABASE_", "EMBEDDING_", "PYTHON")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=LONG, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an empty virtual environment in which the wheel alone was installed."""
    folder = tmp_path_factory.mktemp("packaged")
    shutil.copytree(ROOT, folder / "tree", ignore=BESIDE)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", "wheels", "./tree", folder=folder)
    run(sys.executable, "-m", "venv", "venv", folder=folder)
    programs = folder / "venv" / "bin"
    (wheel,) = (folder / "wheels").glob("manyhands-*.whl")
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt")
    run(*pip, "torch==2.13.0", folder=folder)
    run(*pip, wheel, folder=folder)
    shutil.rmtree(folder / "tree")
    return programs


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_a_wheel_in_an_empty_environment_plays_the_demo_from_another_folder(installed: Path, tmp_path: Path):
    where = run(installed / "python", "-c", "import manyhands; print(manyhands.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    said = run(installed / "manyhands", "demo", folder=tmp_path)
    assert "[#digest] The week of 23 November" in said
    assert "who could: " in said
    assert said.splitlines()[-1].startswith("Next: ")

"""Plays a believable community, its week and its digest, from two scripts of ordinary command lines."""

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from adapters.local.session import run_script
from jobs.environment import Environment
from jobs.house import House
from jobs.local import scripted

HERE = Path(__file__).parent
ARRIVALS, WEEK = "people.txt", "week.txt"
NEXT = (
    "Next: make run opens a community of your own in this terminal, or serves the Slack and Discord that you configure."
)


def perform(folder: Path | None) -> int:
    """Builds the community, plays its week, posts the digest; returns the exit status."""
    folder = folder or Path(tempfile.mkdtemp(prefix="manyhands-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "demo.db"
    database.unlink(missing_ok=True)
    with House(Environment(database_url=f"sqlite:///{database}")) as house:
        house.encoder.start()
        status = _play(house, folder)
    sys.stdout.write((folder / "transcript.txt").read_text(encoding="utf-8"))
    sys.stdout.write(f"\nThe pictures, this transcript and the database are in {folder}\n{NEXT}\n")
    return status


def _play(house: House, folder: Path) -> int:
    """The arrivals fill a file of their own; the week is what a reader wants to see."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        session = scripted(house, io.StringIO())
        session.pictures = folder
        status = 0
        for name, file in ((ARRIVALS, "arrivals.txt"), (WEEK, "transcript.txt")):
            with (folder / file).open("w", encoding="utf-8") as out:
                session.out = out
                status = max(status, run_script(session, _lines(name, progress, out)))
    return status


def _lines(name: str, progress: Progress, out: TextIO) -> Iterator[str]:
    """The lines of a script, each told before it is played."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    task = progress.add_task("They arrive" if name == ARRIVALS else "The week", total=len(lines))
    for line in lines:
        if line.strip():
            out.write(f"\n== {line.lstrip('# ')}\n" if line.startswith("#") else f"\n> {line}\n")
        yield line
        progress.advance(task)

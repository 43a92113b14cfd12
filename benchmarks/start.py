"""How long a newcomer waits for the first answer: from the process's start to the first line, without torch."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Measurement, median_of, within

LIMIT = 1.0
RUNS = 7


def measure() -> list[Measurement]:
    """The median over several processes, each with a fresh database, and with one that stands."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = median_of(lambda: _first_answer(Path(folder) / f"{time.perf_counter_ns()}.db"), RUNS)
        stands = Path(folder) / "stands.db"
        _first_answer(stands)
        again = median_of(lambda: _first_answer(stands), RUNS)
        bare = median_of(lambda: subprocess.run([sys.executable, "-c", "import sqlmodel"], check=True), RUNS)
    note = f"median of {RUNS}; an interpreter that imports sqlmodel alone takes {bare:.2f} s; {_torch()}"
    return [
        within("first answer, new database", 1, fresh, LIMIT, note),
        within("first answer, after a restart", 1, again, LIMIT, note),
    ]


def _first_answer(database: Path) -> None:
    """Ends when the first line of the answer is read."""
    with _chat(database) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        process.stdin.write("ana: skill claim Python expert\n")
        process.stdin.flush()
        process.stdout.readline()
        process.kill()


def _chat(database: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "-m", "manyhands", "chat"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def _torch() -> str:
    """Whether the process that answered has torch in it."""
    look = "import sys, manyhands, jobs.local, bot.features; sys.exit('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", look], check=False).returncode
    return "torch is imported" if found else "torch is not imported"

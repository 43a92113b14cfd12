"""How long commands take in-process on SQLite, and whether that grows with the members and the history."""

import statistics
import tempfile
from pathlib import Path

from benchmarks.crowd import Crowd
from benchmarks.measure import Measurement, timed, within
from bot.encoder import EncoderDown, Matrix
from bot.ui import No

SIZES = (200, 2_000, 20_000)
MEDIAN, HIGHEST = 0.010, 0.050
GROWTH = 1.25  # what a median of a few hundred requests varies by from run to run
LINES = (
    "skill claim {skill} expert",
    "skill mine",
    "skill of @user{other}",
    "kudos give @user{other} for the handover that saved our night",
    "kudos mine",
    "kudos undo",
    "profile show",
    "opportunity list",
    "opportunity show o1",
    "help",
)
ROUNDS = 60


class Absent:
    """No command that is measured here may need the model."""

    model = "none"

    def encode(self, texts: list[str], kind: str = "document") -> Matrix:
        """Never there."""
        raise EncoderDown("not part of this measurement")


def measure() -> list[Measurement]:
    """The median and the 99th percentile at each size, and how the median grows."""
    found: list[Measurement] = []
    medians: list[float] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            times = _times(Crowd(Path(folder), size, Absent()))
        medians.append(statistics.median(times))
        highest = statistics.quantiles(times, n=100)[98]
        note = f"{len(times)} requests over {len(LINES)} commands, {size * 10:,} rows of history"
        found.append(within(f"command, median, {size:,} members", size, medians[-1], MEDIAN, note))
        found.append(within(f"command, 99th percentile, {size:,} members", size, highest, HIGHEST, note))
    growth = medians[-1] / medians[0]
    note = f"{SIZES[-1]:,} members against {SIZES[0]}: 1.0 is no growth, with a history 100 times as long"
    return [*found, Measurement("command, growth of the median", SIZES[-1], ratio=growth, note=note, allowed=GROWTH)]


def _times(crowd: Crowd) -> list[float]:
    """Wall times, seconds, after one round to warm up."""
    for line in LINES:
        _say(crowd, 2, line)
    return [
        timed(lambda line=line, who=who: _say(crowd, who, line)) for who in range(20, 20 + ROUNDS) for line in LINES
    ]


def _say(crowd: Crowd, who: int, line: str) -> None:
    said = line.format(skill=crowd.rng.choice(crowd.names), other=who + 40)
    reply = crowd.says(who, said)
    if isinstance(reply, No):
        raise RuntimeError(f"{said}: {reply.text}")

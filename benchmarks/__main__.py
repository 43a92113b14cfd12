"""`python -m benchmarks [--json FILE] [NAME ...]`: measures, prints one table, writes one JSON line a measurement."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import commands, digest, discord, load, matching, reputation, slack, slack_http, start
from benchmarks.measure import Measurement
from jobs import logs

SUITES: dict[str, Callable[[], list[Measurement]]] = {
    "digest": digest.measure,
    "start": start.measure,
    "commands": commands.measure,
    "slack": slack.measure,
    "slack_http": slack_http.measure,
    "discord": discord.measure,
    "matching": matching.measure,
    "reputation": reputation.measure,
    "load": load.measure,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Which of {', '.join(SUITES)}; all unless said.")] = None,
    to: Annotated[Path | None, typer.Option("--json", help="Where JSON lines go.")] = None,
) -> None:
    """Every figure stands against its limit; a ratio above what is allowed is a miss, and ends with exit status 1."""
    logs.configure("ERROR", sys.stderr)
    found: list[Measurement] = []
    for name in names or list(SUITES):
        sys.stderr.write(f"measuring {name} ...\n")
        found += SUITES[name]()
    Console(width=150).print(table(found))
    if to:
        to.write_text("".join(json.dumps(one.row()) + "\n" for one in found), encoding="utf-8")
    if missed := [one.name for one in found if one.is_missed]:
        sys.stderr.write(f"missed: {', '.join(missed)}\n")
        raise typer.Exit(1)


def table(found: list[Measurement]) -> Table:
    """What a person reads."""
    drawn = Table("what", "n", "measured", "limit", "ratio", "allowed", "peak MB", "note")
    for one in found:
        drawn.add_row(
            one.name,
            f"{one.n:,}",
            "" if one.seconds is None else _seconds(one.seconds),
            "" if one.limit_seconds is None else _seconds(one.limit_seconds),
            "" if one.ratio is None else f"{one.ratio:.2f}",
            "" if one.ratio is None else f"{one.allowed:g}",
            "" if one.peak_mb is None else f"{one.peak_mb:.0f}",
            one.note,
        )
    return drawn


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


if __name__ == "__main__":
    typer.run(main)

"""`python -m benchmarks.load [--members N ...] [--database NAME] [--json FILE]`: a week of up to 100,000 members.

On either database a town is filled in bulk with a year of history. Then real requests go through the real `Turns` and
`App.handle`, from several callers (SQLite: 8 in one process; PostgreSQL: 4 in each of 2), each asking again once
answered, in as many threads as in service: first writes alone, then a sample of the week's mix while a real courier
delivers. The rate is what the machine can do; the week's own is far below it: 100,000 members of whom a quarter says 8
things are 0.33 requests a second.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from benchmarks import driving, raw
from benchmarks.digesting import digest
from benchmarks.driving import Driven, drive
from benchmarks.measure import Measurement, within
from benchmarks.mix import WEEK, WRITES
from benchmarks.town import Nobody, Town, Writing, app_of, build
from bot.ui import card, to_json
from jobs import logs
from jobs.clock import Clock
from storage.machinery import Outbox

SIZES = (1_000, 10_000, 100_000)
DATABASES = ("sqlite", "postgres")
NEIGHBOURS, NEIGHBOUR = 3, 1_000
SECONDS, CARDS = 8.0, 2_000
WRITE_RATE = {"sqlite": 300, "postgres": 600}
SLOWEST, MOST_RATIO = 0.1, 5
DURABLE = "max_connections = 100\nshared_buffers = 512MB\n"


@dataclass
class Row:
    """One line of the table."""

    database: str
    members: int
    seconds_to_fill: float
    writes: Driven
    several: Driven | None
    raw: Driven | None
    raw_several: Driven | None
    week: Driven
    courier: Driven
    sweep: float
    digest: float
    digest_mb: float


@contextmanager
def database(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """A new one that waits for the disk as in operation: its URL, and a superuser's."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'load.db'}", ""
        return
    from tests.databases import postgres, start_server  # a development dependency

    server = start_server(DURABLE, folder)
    try:
        with postgres(address=server.get_uri()) as url:
            whole = make_url(server.get_uri()).set(database=make_url(url).database)
            yield url, whole.render_as_string(hide_password=False)
    finally:
        server.cleanup()


def row(name: str, members: int, seconds: float = SECONDS, with_digest: bool = True) -> Row:
    """All that is measured of one database at one size."""
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as (url, superuser):
        began = datetime.now(UTC)
        town = build(url, "main", members, superuser)
        filled = (datetime.now(UTC) - began).total_seconds()
        near = [build(url, f"near-{n}", NEIGHBOUR, superuser) for n in range(NEIGHBOURS if superuser else 0)]
        processes, callers = (2, 4) if superuser else (1, 8)

        def said(towns: list[Town], mix: dict[str, int], seed: str, deliver: bool = False) -> Driven:
            return drive(driving.talk, processes, towns, mix, seconds, callers, seed, deliver)

        def by_hand(towns: list[Town], seed: str) -> Driven:
            return drive(raw.talk, processes, towns, seconds, callers, seed)

        writes = said([town], WRITES, "writes")
        several = said([town, *near], WRITES, "several") if near else None
        hands = by_hand([town], "raw") if near else None
        many_hands = by_hand([town, *near], "raw-several") if near else None
        _bring(town, superuser)
        week = said([town], WEEK, "week", deliver=True)
        courier = _bring(town, superuser, CARDS)
        sweep = _sweep(town)
        took, held = digest(town) if with_digest else (0.0, 0.0)
    return Row(name, members, filled, writes, several, hands, many_hands, week, courier, sweep, took, held)


def _bring(town: Town, superuser: str, cards: int = 0) -> Driven:
    """Delivers what waits, or so many new cards, each to another member."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    if not cards:
        return drive(driving.bring, 1, town, sys.maxsize)
    with Writing(town.url, superuser, town.community) as write:
        members = [str(town.base + 2 + number % (town.members - 2)) for number in range(cards)]
        written = {"due": now, "written_at": now, "card": to_json(card("A word to you."))}
        write(Outbox, cards, {"place_id": town.place, "members": members, **written})
    return drive(driving.bring, 1, town, cards)


def _sweep(town: Town) -> float:
    app = app_of(town, Nobody())
    began = datetime.now(UTC)
    Clock(app).sweep(began)
    app.engine.dispose()
    return (datetime.now(UTC) - began).total_seconds()


def measurements(found: list[Row]) -> list[Measurement]:
    """Each figure against its limit, and how the cost of a write grows with the members."""
    made = [one for row in found for one in _against_limits(row)]
    for name in DATABASES:
        rows = sorted((row for row in found if row.database == name), key=lambda row: row.members)
        if len(rows) > 1:
            growth = _cpu(rows[-1].writes) / _cpu(rows[0].writes)
            note = f"CPU of a write at {rows[-1].members:,} members against {rows[0].members:,}; 1.0 is no growth"
            made.append(
                Measurement(f"{name}, growth of a write", rows[-1].members, ratio=growth, note=note, allowed=1.5)
            )
    return made


def _cpu(driven: Driven) -> float:
    return driven.cpu / len(driven.seconds)


def _against_limits(row: Row) -> Iterator[Measurement]:
    best = max(row.writes, row.several or row.writes, key=lambda one: one.rate)
    note = f"{best.rate:.0f} writes/s; {_cpu(best) * 1000:.1f} ms of CPU in Python each"
    yield within(f"{row.database}, a write", row.members, 1 / best.rate, 1 / WRITE_RATE[row.database], note)
    yield within(f"{row.database}, a write, 99th percentile", row.members, row.writes.at(0.99), SLOWEST)
    pairs = (("one community", row.writes, row.raw), ("four communities", row.several, row.raw_several))
    for what, ours, bare in pairs:
        if ours and bare:
            note = f"{ours.rate:.0f}/s against {bare.rate:.0f}/s by hand"
            name, bare_seconds = f"{row.database}, {what}, against psycopg alone", 1 / bare.rate
            yield within(name, row.members, 1 / ours.rate, bare_seconds, note, allowed=MOST_RATIO)


def measure() -> list[Measurement]:
    """All sizes on both databases."""
    return measurements([row(name, size) for name in DATABASES for size in SIZES])


def table(found: list[Row]) -> Table:
    """What stands in docs/operating.md."""
    drawn = Table(*HEADS)
    for one in found:
        drawn.add_row(*_cells(one))
    return drawn


HEADS = (
    *("database", "members", "writes/s", "writes p50 p95 p99 ms", "4 communities", "psycopg alone"),
    *("week's mix/s", "week p50 p95 p99 ms", "lag p50 p99 s", "cards/s", "sweep s"),
    *("digest s", "digest MB", "MB", "ms CPU/write"),
)


def _cells(one: Row) -> list[str]:
    bare = [f"{driven.rate:.0f}" for driven in (one.raw, one.raw_several) if driven]
    return [
        *(one.database, f"{one.members:,}", f"{one.writes.rate:.0f}", _three(one.writes)),
        *(f"{one.several.rate:.0f}" if one.several else "-", " ".join(bare) or "-"),
        *(f"{one.week.rate:.0f}", _three(one.week), f"{one.week.lag(0.5):.1f} {one.week.lag(0.99):.1f}"),
        *(f"{one.courier.rate:.0f}", f"{one.sweep:.1f}"),
        *((f"{one.digest:.1f}", f"{one.digest_mb:.0f}") if one.digest else ("-", "-")),
        *(f"{max(one.writes.peak_mb, one.week.peak_mb):.0f}", f"{_cpu(one.writes) * 1000:.1f}"),
    ]


def _three(driven: Driven) -> str:
    return " ".join(f"{driven.at(quantile) * 1000:.0f}" for quantile in (0.5, 0.95, 0.99))


def as_json(one: Row) -> dict[str, Any]:
    """The cells by name, and the limits beside them."""
    return {**dict(zip(HEADS, _cells(one), strict=True)), "measured": [asdict(m) for m in _against_limits(one)]}


def main(
    members: Annotated[list[int] | None, typer.Option(help="How many, any number of times.")] = None,
    name: Annotated[str, typer.Option("--database", help="sqlite or postgres; both unless said.")] = "",
    to: Annotated[Path | None, typer.Option("--json", help="Where JSON lines go.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each is driven.")] = SECONDS,
    with_digest: Annotated[bool, typer.Option("--digest/--no-digest", help="Computes a digest as well.")] = True,
) -> None:
    """One line a database and size, as soon as it is measured."""
    logs.configure("ERROR", sys.stderr)
    found: list[Row] = []
    for one in [name] if name else DATABASES:
        for size in members or SIZES:
            found.append(row(one, size, seconds, with_digest))
            sys.stderr.write(f"{' | '.join(_cells(found[-1]))}\n")
            if to:
                to.write_text("".join(json.dumps(as_json(row)) + "\n" for row in found), encoding="utf-8")
    Console(width=200).print(table(found))
    for made in measurements(found):
        ratio = "" if made.ratio is None else f"{made.ratio:.2f} of the limit"
        sys.stdout.write(f"{made.name}, {made.n:,} members: {ratio} {made.note}\n")


if __name__ == "__main__":
    typer.run(main)

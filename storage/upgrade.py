"""Brings a database to the tables of this version; says what is pending where it must not do so by itself."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from storage import wall
from storage.db import owned_tables
from storage.machinery import metadata
from storage.trouble import told_apart

HEAD = "0008"
FOLDER = Path(__file__).parent / "migrations"


class Pending(RuntimeError):
    """The database is older than the program: run `manyhands db upgrade` first."""


class NoVectors(RuntimeError):
    """PostgreSQL lacks pgvector: install it, then let a superuser say `CREATE EXTENSION vector` in this database."""


def version_of(connection: Connection) -> str | None:
    """The revision that a database stands at; none when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def is_current(engine: Engine) -> bool:
    """Whether nothing is pending."""
    with told_apart(), engine.connect() as connection:
        return version_of(connection) == HEAD


def upgrade(engine: Engine) -> None:
    """Runs what is pending. An empty database is made at once, which a test holds equal to the migrations."""
    with told_apart(), engine.begin() as connection:
        _prepare(connection)
        version = version_of(connection)
        if version is None and not inspect(connection).get_table_names():
            _create(connection)
        elif version != HEAD:
            migrate(connection)
        _finish(connection)


def _prepare(connection: Connection) -> None:
    """What the tables stand on; on PostgreSQL one process upgrades, sees every row, and the others wait for it."""
    if connection.dialect.name == "postgresql":
        wall.enter(connection, wall.EVERYWHERE)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({wall.LOCK}, {wall.EVERYWHERE})")
        _require_vectors(connection)


def _require_vectors(connection: Connection) -> None:
    """pgvector is there, or is made; only a superuser may make it."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as error:
        raise NoVectors(NoVectors.__doc__) from error


def _finish(connection: Connection) -> None:
    """What stands around the tables, and is no part of any of them."""
    if connection.dialect.name == "postgresql":
        wall.build(connection, [metadata().tables[str(model.__tablename__)] for model in owned_tables()])


def require_current(engine: Engine) -> None:
    """Raises `Pending` when the tables are not those of this version."""
    if not is_current(engine):
        raise Pending(Pending.__doc__)


def _create(connection: Connection) -> None:
    metadata().create_all(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql(f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD}')")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Runs alembic on an open connection."""
    from alembic import command  # takes half a second, and is seldom needed

    command.upgrade(config_for(connection), revision)


def config_for(connection: Connection) -> Any:
    """Alembic's configuration, made here so that no ini file has to be found."""
    from alembic.config import Config  # takes half a second, and is seldom needed

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def draft(engine: Engine, message: str) -> None:
    """Writes the revision that brings the last one to the models (`make migration`)."""
    from alembic import command  # a developer's tool

    with engine.begin() as connection:
        migrate(connection)
    with engine.begin() as connection:
        command.revision(config_for(connection), message, autogenerate=True, rev_id=_next_revision())


def _next_revision() -> str:
    found = [int(file.name[:4]) for file in (FOLDER / "versions").glob("[0-9]*.py")]
    return f"{max(found, default=0) + 1:04d}"

"""The second wall on PostgreSQL: row-level security hides other communities even from SQL that forgot to ask for one.

The first wall is the criterion that `storage.db` adds to every statement. This one holds for the owner of the tables
too, but not for a superuser: `is_open_to` says so, and whoever runs the bot gives it a role of its own.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, Table

EVERYWHERE = -1
SETTING = "manyhands.community"
POLICY = "one_community"
LOCK = 7_204
PATIENCE_SECONDS = 10
_SEEN = f"(SELECT nullif(current_setting('{SETTING}', true), '')::integer)"
_RULE = f"community_id = {_SEEN} OR {_SEEN} = {EVERYWHERE}"
_ENTER = f"SELECT set_config('{SETTING}', %(seen)s, true)"
_TURN = f"""
    SELECT set_config('lock_timeout', %(patience)s, true),
    pg_advisory_xact_lock({LOCK}, %(turn)s), set_config('{SETTING}', %(seen)s, true)
"""


def build(connection: Connection, tables: Iterable[Table]) -> None:
    """Puts every one of these tables behind the wall; does no harm when they are."""
    for table in tables:
        for step in ("ENABLE", "FORCE"):
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" {step} ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'DROP POLICY IF EXISTS {POLICY} ON "{table.name}"')
        connection.exec_driver_sql(f'CREATE POLICY {POLICY} ON "{table.name}" USING ({_RULE}) WITH CHECK ({_RULE})')


def enter(connection: Connection, community_id: int | None) -> None:
    """This transaction sees one community, none, or with `EVERYWHERE` all."""
    connection.exec_driver_sql(_ENTER, {"seen": _seen(community_id)})


def enter_alone(connection: Connection, community_id: int | None) -> None:
    """The same, with no other writing transaction of that community beside it; waits ten seconds at most."""
    patience = f"{PATIENCE_SECONDS * 1000:.0f}ms"
    connection.exec_driver_sql(_TURN, {"seen": _seen(community_id), "turn": community_id or 0, "patience": patience})


def _seen(community_id: int | None) -> str:
    return "" if community_id is None else str(community_id)


def is_open_to(connection: Connection) -> bool:
    """Whether the role of this connection walks through the wall."""
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(query).scalar())

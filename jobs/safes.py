"""Where signing keys are kept safe: under `SECRET_KEY`, else under a key file beside the SQLite database."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from jobs.environment import Environment
from storage.secrets import SIGNING, Safe, no_safe


def safe_of(env: Environment) -> Callable[[], Safe]:
    """Opens the safe when it is first needed; raises `WrongKey` where there is no key and no file to keep one in."""

    def opened() -> Safe:
        if env.secret_key:
            return Safe(env.secret_key.get_secret_value(), SIGNING)
        file = key_file(env.database_url)
        return Safe(_kept(file), SIGNING) if file else no_safe()

    return opened


def key_file(database_url: str) -> Path | None:
    """`manyhands.db.key` beside `manyhands.db`; none for a server or a database in memory."""
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(f"{url.database}.key") if is_file else None


def _kept(file: Path) -> str:
    """The secret in the file; a new one is readable by its owner alone, and of two that begin at once one wins."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(32) + "\n")
    return file.read_text(encoding="ascii").strip()

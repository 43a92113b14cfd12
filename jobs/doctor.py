"""Looks the installation over, and says for each thing that is not as it should be what to do."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, exc
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from bot.embedding import scale_of
from bot.encoder import EncoderDown
from bot.finding import Chosen, Finding, doubtful, fine, wrong
from jobs.backlog import backlogs
from jobs.embed import Encoder
from jobs.environment import Environment, Incomplete
from jobs.logs import named
from jobs.platforms import secret
from jobs.waiting import backlog
from jobs.watch import LATE_SECONDS
from storage import language
from storage.db import EVERYWHERE, connect, reading
from storage.installations import Installation
from storage.machinery import Setting
from storage.models import Place
from storage.upgrade import HEAD, version_of

MOST_WORKSPACES = 50
UPGRADE = "Run `manyhands db upgrade`."


async def examine(env: Environment, with_model: bool = True) -> list[Finding]:
    """Everything that is configured; nothing is changed, nothing is posted, and being offline is no error."""
    try:
        configured = _configuration(env)
    except Incomplete as error:
        return [wrong("Configuration", str(error)), *await _at_home(env, with_model)]
    return [configured, *await _at_home(env, with_model), *await _abroad(env)]


def _configuration(env: Environment) -> Finding:
    platforms = [name for name, has in (("Slack", env.has_slack), ("Discord", env.has_discord)) if has]
    if not platforms:
        return doubtful("Configuration", "No platform is set, so the community is in the terminal. See docs/slack.md.")
    return fine("Configuration", f"{' and '.join(platforms)}, with nothing missing.")


async def _at_home(env: Environment, with_model: bool) -> list[Finding]:
    database = await asyncio.to_thread(look_at_database, env.database_url)
    prepared = await asyncio.to_thread(look_at_vectors, env)
    model = [await asyncio.to_thread(_model, env.embedding_model)] if with_model else []
    return [*database, *model, *prepared]


def look_at_database(url: str) -> list[Finding]:
    """Whether it can be reached, has this version's tables, can be written to, and is not behind with its work."""
    try:
        if file := _absent(url):
            return [_not_yet(file)]
        engine = connect(url)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError):
        return [wrong("Database", "DATABASE_URL is no address of a database that I know: see docs/operating.md.")]
    try:
        return _looked(engine)
    except Exception as error:
        return [
            wrong(
                "Database",
                f"It does not answer ({named(error).splitlines()[0]}). Check DATABASE_URL, and that it runs.",
            )
        ]
    finally:
        engine.dispose()


def _absent(url: str) -> Path | None:
    """The file of a SQLite database that nobody has made yet; connecting would make it."""
    file = make_url(url).database if url.startswith("sqlite") else None
    return Path(file) if file and not file.startswith((":", "file:")) and not Path(file).exists() else None


def _not_yet(file: Path) -> Finding:
    if not os.access(file.parent, os.W_OK):
        return wrong("Database", f"There is none at {file}, and nothing can be written there. Set DATABASE_URL.")
    return fine("Database", f"There is none at {file} yet; the first start makes it.")


def _looked(engine: Engine) -> list[Finding]:
    with engine.execution_options(reading=True).connect() as connection:
        version = version_of(connection)
    if version != HEAD:
        return [_outdated(engine, version)]
    reached = fine("Database", f"{engine.dialect.name}, with the tables of this version.")
    return [reached, _writes(engine), *_work(engine)]


def _outdated(engine: Engine, version: str | None) -> Finding:
    said = f"It has the tables of version {version}" if version else "It is empty"
    if engine.dialect.name == "sqlite":
        return fine("Database", f"{said}; the next start brings it up to date.")
    return wrong("Database", f"{said}. {UPGRADE}")


def _writes(engine: Engine) -> Finding:
    """A change that is taken back."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
            connection.rollback()
    except exc.DBAPIError as error:
        return wrong("Database writes", f"Nothing can be written: {named(error)}. Check the disk and the rights.")
    return fine("Database writes", "It can be written to.")


def _work(engine: Engine) -> list[Finding]:
    found = backlog(engine, datetime.now(UTC))
    parked = sum(queue.parked for queue in found.queues.values())
    said: list[Finding] = []
    if parked:
        said.append(doubtful("Outbox", f"Could not be delivered: {parked}. Admins see why by `outbox parked`."))
    if found.lag > LATE_SECONDS:
        late = f"The latest timer is {found.lag / 60:.0f} minutes late."
        said.append(doubtful("Clock", f"{late} Does a process run that does the jobs (`manyhands run`)?"))
    return said


def _model(name: str) -> Finding:
    encoder = Encoder(name)
    try:
        size = encoder.encode(["a word"]).shape[1]
        return fine("Language model", f"{encoder.model} answers with {size} dimensions.")
    except EncoderDown as down:
        return wrong("Language model", f"{down} Until then matching goes by words alone. Check EMBEDDING_MODEL.")
    finally:
        encoder.close()


def look_at_vectors(env: Environment) -> list[Finding]:
    """Which model serves, how far the one that is to follow is, and whether it is known what they are worth."""
    try:
        engine = None if _absent(env.database_url) else connect(env.database_url)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError):
        return []
    try:
        return _prepared(engine, Encoder(env.embedding_model)) if engine else []
    except Exception:
        return []  # what is wrong with the database was said already
    finally:
        if engine:
            engine.dispose()


def _prepared(engine: Engine, wanted: Encoder) -> list[Finding]:
    with reading(engine) as db:
        serves, scale = language.serving(db) or wanted.model, scale_of(db, wanted)
    found: list[Finding] = []
    if serves != wanted.model:
        some = backlogs(engine, wanted)
        total = sum(one.total for one in some)
        done = total - sum(one.missing for one in some)
        said = f"{wanted.model} has {done:,} of {total:,} vectors; until it has them all, {serves} serves."
        found.append(doubtful("Vectors", f"{said} A process that does the jobs prepares it."))
    if not scale.is_calibrated:
        worth = f"Nobody has measured what {wanted.model}'s likenesses are worth, so it writes only where skills are"
        found.append(doubtful("Calibration", f"{worth} named. Run `manyhands calibrate`."))
    return found


async def _abroad(env: Environment) -> list[Finding]:
    chosen = await asyncio.to_thread(chosen_channels, env.database_url)
    slack = await _slack(env, chosen) if env.has_slack else []
    return [*slack, *(await _discord(env, chosen) if env.has_discord else [])]


async def _slack(env: Environment, chosen: dict[tuple[str, str], list[Chosen]]) -> list[Finding]:
    from adapters.slack.check import socket, workspace  # slack_sdk is for those who have Slack

    if env.slack_client_id:
        return await _workspaces(env, chosen)
    there = [one for (platform, _key), some in chosen.items() if platform == "slack" for one in some]
    found = await workspace(secret(env.slack_bot_token), env.slack_api_url, there)
    if env.slack_mode == "socket":
        found.append(await socket(secret(env.slack_app_token), env.slack_api_url))
    return found


async def _workspaces(env: Environment, chosen: dict[tuple[str, str], list[Chosen]]) -> list[Finding]:
    """Each that installed the app, by the token that is kept for it."""
    from adapters.slack.check import workspace  # with the rest of Slack
    from storage.secrets import Safe, WrongKey

    rows = await asyncio.to_thread(_installed, env.database_url)
    found = [] if rows else [doubtful("Slack", f"No workspace has installed the app: {env.public_url}/slack/install")]
    for team, kept in list(rows.items())[:MOST_WORKSPACES]:
        try:
            token = Safe(secret(env.secret_key)).decrypt(kept)
        except WrongKey as error:
            return [*found, wrong("Slack", str(error))]
        found += await workspace(token, env.slack_api_url, chosen.get(("slack", team), []), team)
    if len(rows) > MOST_WORKSPACES:
        found.append(doubtful("Slack", f"{len(rows) - MOST_WORKSPACES} more workspaces were not looked at."))
    return found


async def _discord(env: Environment, chosen: dict[tuple[str, str], list[Chosen]]) -> list[Finding]:
    from adapters.discord.check import application  # aiohttp is for those who have Discord

    there = [one for (platform, _key), some in chosen.items() if platform == "discord" for one in some]
    return await application(secret(env.discord_token), env.discord_api_url, there)


def chosen_channels(url: str) -> dict[tuple[str, str], list[Chosen]]:
    """The channels that settings name, by their place's platform and key."""
    query = select(Place, Setting).join(Setting, col(Setting.place_key) == Place.id).order_by(Setting.feature)
    found: dict[tuple[str, str], list[Chosen]] = {}
    for place, setting in _read(url, query):
        value = json.loads(setting.value)
        if isinstance(value, dict) and value.get("kind") == "channel":
            found.setdefault((place.platform, place.key), []).append(Chosen(setting.feature, str(value["key"])))
    return found


def _installed(url: str) -> dict[str, str]:
    """The encrypted token of each workspace or organisation."""
    query = select(Installation).where(Installation.platform == "slack", Installation.bot_token != "")
    rows: Sequence[Installation] = _read(url, query.where(col(Installation.revoked_at).is_(None)))
    return {one.team_key or one.enterprise_key: one.bot_token for one in rows}


def _read(url: str, query: Any) -> Sequence[Any]:
    """What a database holds; why one cannot be read was told already."""
    try:
        if _absent(url):
            return []
        engine = connect(url)
    except (exc.ArgumentError, ImportError):
        return []
    try:
        with reading(engine, EVERYWHERE) as db:
            return db.exec(query).all()
    except Exception:
        return []
    finally:
        engine.dispose()

"""The front door: reads the environment, opens the database, starts adapters and jobs; the `manyhands` command line."""

import asyncio
import sys
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Literal

import typer

from jobs import environment, logs
from jobs.house import House
from storage.backup import UsePgDump, back_up
from storage.db import connect, everywhere
from storage.records import public_keys
from storage.transfer import Unfit, export_to, import_from
from storage.trouble import Trouble
from storage.upgrade import NoVectors, Pending, upgrade

MARKS = {"fine": "ok", "doubtful": "note", "wrong": "WRONG"}
cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
database = typer.Typer(no_args_is_help=True, help="Bring the database up to date.")
cli.add_typer(database, name="db")
community = typer.Typer(no_args_is_help=True, help="Move a community to another database.")
cli.add_typer(community, name="community")


def main() -> None:
    """Runs a command; what the operator can mend is said in one line."""
    try:
        cli()
    except (environment.Incomplete, Pending, NoVectors, Unfit, UsePgDump) as error:
        sys.stderr.write(f"manyhands: {error}\n")
        sys.exit(2)
    except Trouble as trouble:
        sys.stderr.write(f"manyhands: the database does not answer as it should: {trouble}\n")
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"manyhands {installed_version('manyhands')}")
        raise typer.Exit


def _goes_there(file: Path) -> Path:
    """A file can be made where it shall go."""
    if not file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.parent}.")
    if file.is_dir():
        raise typer.BadParameter(f"{file} is a folder; name a file in it.")
    return file


@cli.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which one.")
    ] = False,
) -> None:
    """The member of a professional collective that never sleeps."""


@cli.command()
def run(only: Annotated[str, typer.Option(help="A comma list of slack, discord, jobs.")] = "") -> None:
    """Start everything that the environment configures; without a platform, the community in this terminal."""
    env = environment.read()
    parts = environment.parts_of(env, only)
    if parts == {"jobs"} and not only:
        raise typer.Exit(_run_here(env))
    serves = env.has_slack or env.has_discord
    logs.configure(env.log_level, sys.stdout if serves else sys.stderr, env.secrets)
    env.count_together()
    from jobs.serve import serve  # the platforms' libraries and APScheduler cost a second

    asyncio.run(serve(env, parts))


def _run_here(env: environment.Environment) -> int:
    """Nothing is connected: the community in this terminal, if it is one."""
    if not sys.stdin.isatty():
        raise environment.Incomplete(environment.NOWHERE)
    logs.configure(env.log_level, sys.stderr, env.secrets)
    typer.echo(environment.NOT_CONNECTED)
    return _chat(env, "you")


@cli.command()
def chat(name: Annotated[str, typer.Option("--as", help="Who speaks.")] = "you") -> None:
    """The local community: in this terminal, or as a script from standard input."""
    env = environment.read()
    logs.configure(env.log_level, sys.stderr, env.secrets)
    raise typer.Exit(_chat(env, name))


def _chat(env: environment.Environment, name: str) -> int:
    from jobs.local import play, sit  # the terminal's libraries are not for `run`

    with House(env) as house:
        return sit(house, name) if sys.stdin.isatty() else play(house, sys.stdin, sys.stdout, sys.stderr)


@cli.command()
def demo(folder: Annotated[Path | None, typer.Option(help="Where pictures and the database go.")] = None) -> None:
    """A believable community, its week and its digest, in under a minute."""
    from demo.play import perform  # draws with matplotlib

    logs.configure("WARNING", sys.stderr)
    raise typer.Exit(perform(folder))


def _moment(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(
            "a moment is written 2026-11-30T09:00, with +01:00 after it for another zone."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@cli.command()
def job(
    name: Annotated[str, typer.Argument(help="digest, timers, embed, reputation or sweep.")],
    at: Annotated[
        datetime | None,
        typer.Option(parser=_moment, metavar="ISO8601", help="As if it were that moment (UTC unless said)."),
    ] = None,
) -> None:
    """Run one job now, and deliver what it makes; what becomes visible in the local community is printed."""
    env = environment.read()
    logs.configure(env.log_level, sys.stderr, env.secrets)
    from jobs.once import JOBS, run_job  # only this command needs them

    if name not in JOBS:
        sys.stderr.write(f"manyhands: there is no job {name}; there are {', '.join(JOBS)}.\n")
        raise typer.Exit(2)
    with House(env, ahead=True) as house:
        run_job(house, name, at or datetime.now(UTC), sys.stdout)


@cli.command()
def doctor(model: Annotated[bool, typer.Option(help="Load the language model as well.")] = True) -> None:
    """Look everything over, and say what to do; exit status 1 when something does not work."""
    env = environment.read()
    logs.configure("ERROR", sys.stderr, env.secrets)
    from jobs.doctor import examine  # looks at parts that not everybody has

    found = asyncio.run(examine(env, model))
    hidden = logs.Masked(env.secrets)
    for one in found:
        typer.echo(hidden.text(f"{MARKS[one.state]:6}{one.about}: {one.words}"))
    raise typer.Exit(int(any(one.state == "wrong" for one in found)))


@cli.command()
def calibrate(
    data: Annotated[
        Path | None, typer.Option(help="A folder of examples; without it, what the communities did.", file_okay=False)
    ] = None,
    model: Annotated[str, typer.Option(help="Which model; EMBEDDING_MODEL unless said.")] = "",
) -> None:
    """Measure what a language model's likenesses are worth, and keep that for this model."""
    from bot.encoder import EncoderDown
    from jobs.calibrate import NoExamples
    from jobs.calibrate import calibrate as measured  # only this command needs these, and numpy
    from jobs.embed import Encoder

    with _opened() as house:
        encoder = Encoder(model or house.env.embedding_model)
        try:
            found = measured(house.engine, encoder, data, datetime.now(UTC))
        except (NoExamples, EncoderDown) as error:
            sys.stderr.write(f"manyhands: {error}\n")
            raise typer.Exit(1) from None
        finally:
            encoder.close()
    typer.echo(found.said(encoder.model))


@cli.command("manifest")
def show_manifest(
    platform: Annotated[Literal["slack", "discord"], typer.Argument(help="slack or discord")],
    mode: Annotated[
        Literal["socket", "http"] | None, typer.Option(help="How Slack reaches the bot; SLACK_MODE unless said.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Slack's as JSON, not YAML.")] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Only a link: one that makes the Slack app of it, or Discord's.")
    ] = False,
    app: Annotated[str, typer.Option(help="The Slack app to bring up to date; its tokens tell it.")] = "",
    application: Annotated[str, typer.Option(help="The Discord application's id; the token tells it.")] = "",
) -> None:
    """What a platform asks for: Slack's app manifest, or the link that invites the bot to a Discord server.

    With SLACK_CONFIG_TOKEN, Slack's goes to Slack itself: the app is created, or brought up to date. With
    DISCORD_TOKEN, the privileged intents that the bot uses are switched on.
    """
    from jobs.manifest import invited, published, shown  # only this command needs them

    env = environment.read()
    if platform == "discord":
        told = asyncio.run(invited(env, application, link))
    elif env.slack_config_token and not (json or link):
        told = asyncio.run(published(env, mode or env.slack_mode, app))
    else:
        told = shown(env, mode or env.slack_mode, "link" if link else "json" if json else "yaml")
    typer.echo(told.text, nl=False)
    typer.echo(told.next, err=True)


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy goes.", callback=_goes_there)]) -> None:
    """Copy the database, also while it is in use."""
    with _opened(check=False) as house:
        typer.echo(f"{back_up(house.engine, file):,} bytes are in {file}.")


@community.command("export")
def export_community(
    file: Annotated[Path, typer.Argument(help="The zip of CSV files to write.", callback=_goes_there)],
    name: Annotated[str, typer.Option(help="Of several communities only this one, by name or number.")] = "",
) -> None:
    """Write everything that is stored, but tokens and embeddings, as CSV."""
    with _opened() as house:
        typer.echo(f"{export_to(house.engine, file, name):,} rows are in {file}.")


@cli.command()
def verify(
    file: Annotated[Path, typer.Argument(help="What `reputation export` gave.", exists=True, dir_okay=False)],
    key: Annotated[list[str] | None, typer.Option(help="The community's public key, from `reputation key`.")] = None,
) -> None:
    """Say what an exported standing proves; needs nothing but the file and the key. Exit status 1 when it is broken."""
    from bot.credential import Broken, in_words
    from bot.credential import verify as verified  # only this command needs it

    try:
        typer.echo(in_words(verified(file.read_bytes(), key or ()), proven=bool(key), now=datetime.now(UTC)))
    except Broken as error:
        typer.echo(f"Broken. {error}")
        raise typer.Exit(1) from None


@cli.command("key")
def show_keys() -> None:
    """Print the public keys that exported standing verifies with: community, key, until when it was used."""
    with _opened() as house, everywhere(house.engine) as db:
        for name, key, retired in public_keys(db):
            typer.echo(f"{name}\t{key}\t{f'until {retired:%Y-%m-%d}' if retired else 'in use'}")


@community.command("import")
def import_community(
    file: Annotated[Path, typer.Argument(help="What `community export` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Read an export into an empty database, and compare every row with the file."""
    with _opened() as house:
        typer.echo(f"{import_from(house.engine, file):,} rows are read, and stand as in the file.")


def _opened(check: bool = True) -> House:
    env = environment.read()
    logs.configure(env.log_level, sys.stderr, env.secrets)
    return House(env, check)


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the tables of this version."""
    with _opened(check=False) as house:
        upgrade(house.engine)
    typer.echo("The database is up to date.")


@database.command("draft", hidden=True)
def draft_migration(message: str) -> None:
    """Write the revision that brings the last one to the models, for developers."""
    from storage.upgrade import draft  # a developer's tool

    draft(connect("sqlite://"), message)


if __name__ == "__main__":
    main()

"""What is logged: enough to find a request, no secret, and no word that a member said."""

import logging
import sqlite3

import pytest
import structlog
from sqlalchemy import exc

from bot import features
from bot.command import command
from bot.heard import reference_of
from jobs import logs
from jobs.courier import Courier
from storage.db import Unscoped
from tests.courier.steps import Van
from tests.encoders import Down, Words
from tests.logged import APP, BOT, DISCORD, SIGNING
from tests.test_leaks import SECRETS, fill
from tests.world import World


@command("break it", "Break something for a test")
def breaks(ctx, words: str):
    raise ValueError(f"could not read {words!r}")


@command("break row", "Break a row for a test")
def breaks_a_row(ctx, words: str):
    bind = {"reason": words}
    raise exc.IntegrityError("INSERT INTO kudos", bind, sqlite3.IntegrityError(f"Key (folded)=({words})"))


@pytest.fixture
def world(tmp_path, log):
    """A community in which some commands break."""
    catalogue = features.catalogue()
    catalogue.add([breaks, breaks_a_row])
    made = World(tmp_path / "logs.db", Words(), catalogue=catalogue)
    yield made
    made.close()


def test_a_failure_is_found_by_the_reference_that_was_answered(world, log):
    said = world.hears("ana", "break it quokka", request_id="R-17")
    assert reference_of("R-17") in said
    (line,) = [one for one in log.lines if one["event"] == "request failed"]
    assert (line["level"], line["request"], line["reference"]) == ("error", "R-17", reference_of("R-17"))
    assert line["command"] == "break it"
    assert "test_logs.py" in line["exception"]
    assert line["exception"].endswith("ValueError")


@pytest.mark.parametrize("command", ["break it", "break row"])
def test_a_failure_is_logged_without_what_was_said(world, log, command):
    world.says("zanzibar", f"{command} the quokka ate my marzipan")
    assert "request failed" in log.text
    assert [word for word in (*SECRETS, "ate my") if word in log.text.casefold()] == []


def test_every_line_that_is_logged_on_the_way_carries_the_requests_id(world, log):
    @command("log something", "Log something for a test")
    def logs_something(ctx):
        structlog.get_logger("deep").info("deep inside")
        logging.getLogger("foreign").warning("by a library")

    world.catalogue.add([logs_something])
    world.says("ana", "log something", request_id="R-18")
    seen = {one["event"]: one.get("request") for one in log.lines}
    assert seen["deep inside"] == seen["by a library"] == "R-18"
    structlog.get_logger("deep").info("afterwards")
    assert "request" not in log.lines[-1]


def test_a_communitys_life_leaves_no_word_of_it_in_the_log(world, log):
    fill(world)
    world.encoder = world.app.encoder = Down()
    for line in ("skill find a wolpertinger", "opportunity matches o1", "intro ask someone for the quokka", "xyzzy"):
        world.says("zanzibar", line)
    van = Van()
    world.courier = Courier(world.engine, {"local": van})
    world.carrier.parcels = []
    van.carry = _breaks
    world.says("admin", "settings kudos channel:#zanzibar", "")
    world.says("ben", "kudos give @ana for obsidian and saffron")
    world.passes(days=9)
    assert "delivery failed" in log.text
    assert [word for word in (*SECRETS, "ana ", "@ana", "ben ") if word in log.text.casefold()] == []


async def _breaks(parcel):
    raise RuntimeError(f"no road for {parcel}")


@pytest.mark.parametrize(
    "secret",
    [
        BOT,
        APP,
        SIGNING,
        DISCORD,
        "a-token-of-another-form",
        "new-key-0123456789",
        "old-key-0123456789",
        "p@ssword",
        "p%40ssword",
        "xoxb-of-another-workspace",
        "xoxe.xoxp-1-abcdefgh",
    ],
)
def test_a_secret_is_hidden_wherever_it_stands(log, secret):
    structlog.get_logger("ours").warning(f"sent {secret}", why=[f"with {secret}"], header={"Authorization": secret})
    logging.getLogger("theirs").warning("Bearer %s", secret)
    try:
        raise OSError(1, f"no access with {secret}")
    except OSError:
        structlog.get_logger("ours").exception("failed")
    assert len(log.lines) == 3
    assert secret not in log.text
    assert log.text.count(logs.HIDDEN) == 5


def test_an_address_that_lets_anyone_answer_is_hidden(log):
    structlog.get_logger().warning("gone", url="https://hooks.slack.com/commands/T1/123456/abcDEF")
    structlog.get_logger().warning("gone", url=f"https://discord.com/api/v10/interactions/12345/{'aW50' * 10}/callback")
    assert "abcDEF" not in log.text
    assert "aW50" not in log.text


def test_what_a_database_quotes_is_left_out(log):
    structlog.get_logger().warning("no", why="duplicate key value\nDETAIL:  Key (folded)=(quokka) already exists.")
    assert log.lines[0]["why"] == "duplicate key value"


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (ValueError("quokka"), "ValueError"),
        (KeyError("quokka"), "KeyError"),
        (OSError(28, "No space left on device", "/data/quokka"), "OSError: No space left on device"),
        (
            AttributeError("'NoneType' object has no attribute 'id'"),
            "AttributeError: 'NoneType' object has no attribute 'id'",
        ),
        (
            exc.OperationalError("SELECT 1", {"reason": "quokka"}, sqlite3.OperationalError("database is locked")),
            "OperationalError: database is locked",
        ),
        (Unscoped("['Kudos'] without a community"), "Unscoped: ['Kudos'] without a community"),
    ],
)
def test_an_exception_says_what_a_machine_said_and_nothing_else(error, named):
    assert logs.named(error) == named


def test_the_cause_of_an_exception_is_told_first():
    try:
        try:
            raise OSError(111, "Connection refused")
        except OSError as error:
            raise ValueError("quokka") from error
    except ValueError as error:
        said = logs.trace(error)
    assert said.index("Connection refused") < said.index("ValueError")
    assert "quokka" not in said.replace('ValueError("quokka")', "")

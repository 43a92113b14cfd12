"""The same writes with nothing but psycopg: what the database itself takes, to compare with."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.driving import Driven
from benchmarks.mix import WRITES
from benchmarks.town import REASON, SKILLS, Town, skill_of
from storage import wall

CARD = "x" * 400
LOOK = (
    "SELECT member.id AS one, community.*, account.*, member.*, seen.* FROM community"
    " LEFT JOIN account ON account.place_id = %s AND account.key = %s LEFT JOIN member ON member.id = member_id"
    " LEFT JOIN seen ON seen.place_id = %s AND seen.key = %s WHERE community.id = %s"
)
Database = psycopg.Connection[Any]


class Asked:
    """One transaction by hand; `me` and `to` are members' ids, `skills` where those of the town begin."""

    def __init__(self, db: Database, town: Town, key: str, who: int, other: int) -> None:
        self.db, self.town, self.key = db, town, key
        self.now, self.mine = datetime.now(UTC), town.community
        turn = f"SELECT pg_advisory_xact_lock({wall.LOCK}, %s), set_config('{wall.SETTING}', %s, true)"
        db.execute(turn, [self.mine, str(self.mine)])
        self.me = self.one(LOOK, town.place, f"u{who}", town.place, key, self.mine)
        self.other = other
        self.skills = town.first_skill

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        row = self.db.execute(query, values).fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]
        return row[0] if row else None

    def to(self) -> Any:
        """The other member, by name."""
        found = "SELECT id AS one, * FROM member WHERE community_id = %s AND folded = %s"
        return self.one(found, self.mine, f"user{self.other}")

    def rules(self, feature: str) -> None:
        """A feature's settings."""
        found = "SELECT * FROM setting WHERE community_id = %s AND place_key IN (0, %s) AND feature = %s"
        self.db.execute(found, [self.mine, self.town.place, feature])

    def skill(self, number: int) -> Any:
        """A skill's id."""
        return self.one("SELECT id AS one, * FROM skill WHERE id = %s", self.skills + number)

    def enter(self, kind: str, source: str, to: Any, skill: Any = None) -> None:
        """A row of the ledger, and whether standing is to be reckoned."""
        self.db.execute(
            "INSERT INTO entry (community_id, kind, source, giver_id, receiver_id, skill_id, weight, turn, entered_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1.0, 0, %s)",
            [self.mine, kind, source, self.me, to, skill, self.now],
        )
        self.db.execute("SELECT * FROM timer WHERE community_id = %s AND key = 'standing'", [self.mine])

    def end(self, key: str) -> None:
        """The card for others, and the receipt."""
        self.db.execute(
            "INSERT INTO outbox (community_id, place_id, channel, thread, members, receipt, card, key, state, attempts,"
            " error, error_notice, due, written_at)"
            " VALUES (%s, %s, '#all', '', '', '', %s, %s, 'sent', 0, '', false, %s, %s)",
            [self.mine, self.town.place, CARD, key, self.now, self.now],
        )
        seen = "INSERT INTO seen (community_id, place_id, key, reply, seen_at) VALUES (%s, %s, %s, %s, %s)"
        self.db.execute(seen, [self.mine, self.town.place, self.key, CARD, self.now])


def thank(asked: Asked) -> None:
    """`kudos give`."""
    to = asked.to()
    asked.rules("kudos")
    given = "SELECT count(*) FROM thanked JOIN kudos ON kudos.id = kudos_id WHERE giver_id = %s AND given_at >= %s"
    asked.one(given, asked.me, asked.now.replace(hour=0))
    counted = "UPDATE counter SET value = value + 1 WHERE community_id = %s AND name = 'kudos' RETURNING value"
    number = asked.one(counted, asked.mine)
    kudos = asked.one(
        "INSERT INTO kudos (community_id, number, giver_id, reason, source, message, link, emoji, given_at, revoked)"
        " VALUES (%s, %s, %s, %s, %s, '', '', '', %s, '') RETURNING id",
        *(asked.mine, number, asked.me, REASON, f"request-{asked.key}", asked.now),
    )
    asked.db.execute(
        "INSERT INTO thanked (community_id, kudos_id, member_id) VALUES (%s, %s, %s)", [asked.mine, kudos, to]
    )
    asked.enter("kudos", f"k{number}", to)
    asked.one("SELECT * FROM claim JOIN skill ON skill.id = skill_id WHERE member_id = %s", to)
    asked.end(f"k{number}")


def claim(asked: Asked) -> None:
    """`skill claim`."""
    skill = asked.skill(asked.other % SKILLS)
    found = "SELECT id AS one, * FROM claim WHERE member_id = %s AND skill_id = %s"
    known = asked.one(found, asked.me, skill)
    if known is None:
        asked.one("SELECT count(*) FROM claim WHERE member_id = %s AND dropped_at IS NULL", asked.me)
        asked.rules("skills")
    made = (
        "INSERT INTO claim (community_id, member_id, skill_id, level, evidence, claimed_at) VALUES"
        " (%s, %s, %s, 'expert', '', %s) ON CONFLICT (member_id, skill_id) DO UPDATE SET level = 'expert' RETURNING id"
    )
    asked.one(made, asked.mine, asked.me, skill, asked.now)
    if known is not None:
        asked.one("SELECT count(*) FROM vouch WHERE claim_id = %s", known)
    asked.end("")


def vouch(asked: Asked) -> None:
    """`skill vouch`."""
    to, skill = asked.to(), asked.skill(skill_of(asked.other))
    known = asked.one("SELECT id AS one, * FROM claim WHERE member_id = %s AND skill_id = %s", to, skill)
    asked.one("SELECT * FROM vouch WHERE claim_id = %s AND voucher_id = %s", known, asked.me)
    made = (
        "INSERT INTO vouch (community_id, claim_id, voucher_id, note, vouched_at) VALUES (%s, %s, %s, '', %s)"
        " ON CONFLICT (claim_id, voucher_id) DO UPDATE SET note = '' RETURNING id"
    )
    said = asked.one(made, asked.mine, known, asked.me, asked.now)
    asked.enter("vouch", f"vouch-{said}-{asked.key}", to, skill)
    asked.end("")


BY_HAND: dict[str, Callable[[Asked], None]] = {"kudos give": thank, "skill claim": claim, "skill vouch": vouch}


def talk(number: int, go: Any, towns: Sequence[Town], seconds: float, threads: int, seed: str) -> Driven:
    """One process whose threads write what `WRITES` asks for, each on a connection of its own."""
    address = make_url(towns[0].url).set(drivername="postgresql").render_as_string(hide_password=False)
    databases = [psycopg.connect(address) for _ in range(threads)]
    go.wait()
    driven, cpu = Driven(began=time.time()), time.process_time()
    until = driven.began + seconds
    talkers = [
        threading.Thread(target=_talk, args=(db, towns, driven, until, f"{seed}-{number}-{thread}"))
        for thread, db in enumerate(databases)
    ]
    for one in talkers:
        one.start()
    for one in talkers:
        one.join()
    driven.ended, driven.cpu = time.time(), time.process_time() - cpu
    for db in databases:
        db.close()
    return driven


def _talk(db: Database, towns: Sequence[Town], driven: Driven, until: float, seed: str) -> None:
    rng, number = Random(seed), 0
    kinds, weights = list(WRITES), list(WRITES.values())
    while time.time() < until:
        number += 1
        town = towns[number % len(towns)]
        who, other = rng.sample(range(2, town.members), 2)
        kind = rng.choices(kinds, weights)[0]
        began = time.perf_counter()
        with db.transaction():
            BY_HAND[kind](Asked(db, town, f"{seed}-{number}", who, other))
        driven.seconds.append(time.perf_counter() - began)

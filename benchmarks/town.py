"""A community of up to 100,000 members with a year behind it, written straight into either database, in bulk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from benchmarks.rows import Values, Writing
from bot import features
from bot.app import App
from bot.ctx import Request, Who
from bot.encoder import Encoder
from bot.names import builtin, normal
from bot.ui import No
from storage.db import connect, everywhere, reading, tune
from storage.machinery import Counter, Outbox, Seen
from storage.models import (
    Account,
    Claim,
    Entry,
    Kudos,
    Member,
    Need,
    Opportunity,
    Place,
    Skill,
    Standing,
    Thanked,
    Vouch,
)
from storage.upgrade import upgrade

SKILLS, CLAIMS, KUDOS, OPPORTUNITIES = 400, 4, 5, 50
RECEIPTS, SENT = 3, 2
LEVELS = ("practising", "proficient", "expert", "learning")
YEAR = 365 * 24 * 60
REASON = "for the handover that saved our night"


def names() -> list[str]:
    """The skills that a town knows."""
    return [entry.name for entry in builtin()[:SKILLS]]


def skill_of(member: int, number: int = 0) -> int:
    """Which skill (0..399) a member's claim of that number is."""
    return (member * 7 + number * 13) % SKILLS


@dataclass(frozen=True, slots=True)
class Town:
    """Where its members are; member 1 is its admin. `base` is what their ids stand above; so with `first_skill`."""

    url: str
    place: int
    community: int
    members: int
    base: int
    first_skill: int


def build(url: str, key: str, members: int, superuser: str = "") -> Town:
    """Founds a community and fills it; on PostgreSQL a superuser writes, so that references are not looked up."""
    engine = connect(url)
    upgrade(engine)
    place = _place(url, key)
    with reading(engine, -1) as db:
        first: dict[type[SQLModel], int] = {
            model: int(db.exec(select(func.max(col(model.id)))).one() or 0)  # pyright: ignore[reportAttributeAccessIssue]
            for model in (Member, Skill, Claim, Kudos, Opportunity, Vouch)
        }
    town = Town(url, place.id, place.community_id, members, first[Member], first[Skill] + 1)
    with Writing(url, superuser, place.community_id) as write:
        for model, rows, values in _tables(town, first):
            write(model, rows, values)
    engine.dispose()
    _settle(town)
    return town


def _place(url: str, key: str) -> Place:
    """A community of its own for each key: places of one database would share one."""
    from bot.people import found_community

    engine = connect(url)
    with everywhere(engine) as db:
        community = found_community(db, key, datetime.now(UTC), "UTC")
        db.info["community_id"] = community.id
        place = Place(community_id=community.id, platform="local", key=key, name=key)
        db.add(place)
        db.flush()
    engine.dispose()
    return place


def _settle(town: Town) -> None:
    """Statistics, as the sweep makes them, and what an admin would set."""
    engine = connect(town.url)
    tune(engine)
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    app = app_of(town, Nobody())
    lines = (
        "settings kudos channel:#kudos allowance:50",
        "settings skills channel:#skills",
        "settings digest channel:#digest",
    )
    for number, line in enumerate(lines):
        who = Who("u1", "user1", admin=True)
        reply = app.handle(Request(f"settle-{number}", town.place, who, line, datetime.now(UTC), {}, "#general")).reply
        if isinstance(reply, No):
            raise RuntimeError(f"{line}: {reply.text}")
    app.engine.dispose()
    engine.dispose()


class Nobody:
    """No language model: nothing that is driven here may need it."""

    model, ready = "none", False

    def encode(self, texts: list[str], kind: str = "document") -> Any:
        """Never there."""
        from bot.encoder import EncoderDown

        raise EncoderDown("not part of this measurement")


def app_of(town: Town, encoder: Encoder) -> App:
    """The app over a town's database."""
    return App(connect(town.url), features.catalogue(), encoder, features.welcome)


Table = tuple[type[SQLModel], int, Values]


def _tables(town: Town, first: dict[type[SQLModel], int]) -> Iterator[Table]:
    """Of each table how many rows, and its columns: one value for all or one for each."""
    n, now = town.members, datetime.now(UTC)
    rng = np.random.default_rng(n)
    ids = range(town.base + 1, town.base + n + 1)
    yield (
        Member,
        n,
        {
            "id": ids,
            "number": range(1, n + 1),
            "name": [f"user{i}" for i in range(1, n + 1)],
            "folded": [f"user{i}" for i in range(1, n + 1)],
            "joined_at": now - timedelta(days=400),
            "greeted_at": now - timedelta(days=400),
            "hours": rng.integers(0, 40, n).tolist(),
            "vetted": (rng.random(n) < 0.03).tolist(),
        },
    )
    yield Account, n, {"member_id": ids, "place_id": town.place, "key": [f"u{i}" for i in range(1, n + 1)]}
    forms = [normal(name) for name in names()]
    skills = range(first[Skill] + 1, first[Skill] + SKILLS + 1)
    areas = [entry.area for entry in builtin()[:SKILLS]]
    yield Skill, SKILLS, {"id": skills, "name": names(), "normal": forms, "area": areas}
    yield from _skilled(town, first, now)
    yield from _thanked(town, first[Kudos], now, rng)
    yield from _work(town, first, now)
    yield from _traces(town, now)


def _skilled(town: Town, first: dict[type[SQLModel], int], now: datetime) -> Iterator[Table]:
    """Claims, and a vouch for the first of each member."""
    n, base = town.members, first[Claim]
    pairs = [(member, number) for member in range(1, n + 1) for number in range(CLAIMS)]
    yield (
        Claim,
        len(pairs),
        {
            "id": range(base + 1, base + len(pairs) + 1),
            "member_id": [town.base + member for member, _ in pairs],
            "skill_id": [first[Skill] + 1 + skill_of(member, number) for member, number in pairs],
            "level": [LEVELS[number] for _, number in pairs],
            "claimed_at": now - timedelta(days=90),
        },
    )
    voices = [town.base + (member + 1) % n + 1 for member in range(1, n + 1)]
    claims = range(base + 1, base + len(pairs) + 1, CLAIMS)
    vouches = range(first[Vouch] + 1, first[Vouch] + n + 1)
    yield Vouch, n, {"id": vouches, "claim_id": claims, "voucher_id": voices, "vouched_at": now - timedelta(days=80)}
    yield (
        Entry,
        n,
        {
            "kind": "vouch",
            "source": [f"vouch-{one}" for one in vouches],
            "giver_id": voices,
            "receiver_id": range(town.base + 1, town.base + n + 1),
            "skill_id": [first[Skill] + 1 + skill_of(member) for member in range(1, n + 1)],
            "weight": 1.5,
            "entered_at": now - timedelta(days=80),
        },
    )
    yield (
        Standing,
        n,
        {"member_id": range(town.base + 1, town.base + n + 1), "value": 1.0, "voices": 3, "computed_at": now},
    )


def _thanked(town: Town, base: int, now: datetime, rng: np.random.Generator) -> Iterator[Table]:
    """A year's thanks, five from each member on average, with their rows in the ledger."""
    n, rows = town.members, town.members * KUDOS
    giver = rng.integers(0, n, rows)
    receiver = (giver + rng.integers(1, n, rows)) % n
    times = [now - timedelta(minutes=m) for m in np.sort(rng.integers(3 * 24 * 60, YEAR, rows))[::-1].tolist()]
    givers, receivers = (giver + town.base + 1).tolist(), (receiver + town.base + 1).tolist()
    ids = range(base + 1, base + rows + 1)
    sources = [f"k{i}" for i in range(1, rows + 1)]
    yield (
        Kudos,
        rows,
        {
            "id": ids,
            "number": range(1, rows + 1),
            "giver_id": givers,
            "reason": REASON,
            "source": [f"request-past-{i}" for i in ids],
            "given_at": times,
        },
    )
    yield Thanked, rows, {"kudos_id": ids, "member_id": receivers}
    ledger = {"kind": "kudos", "source": sources, "weight": 1.0}
    yield Entry, rows, {**ledger, "giver_id": givers, "receiver_id": receivers, "entered_at": times}
    yield Counter, 2, {"name": ["kudos", "member"], "value": [rows, n + 1]}


def _work(town: Town, first: dict[type[SQLModel], int], now: datetime) -> Iterator[Table]:
    """Open work, the same words in every town, so that they are encoded once."""
    rng, known, base = np.random.default_rng(7), names(), first[Opportunity]
    needed = [rng.choice(SKILLS, 3, replace=False).tolist() for _ in range(OPPORTUNITIES)]
    ids = range(base + 1, base + OPPORTUNITIES + 1)
    said = "We need {} and some {} for a small cooperative. Whoever comes should enjoy {} and plain words."
    yield (
        Opportunity,
        OPPORTUNITIES,
        {
            "id": ids,
            "number": range(1, OPPORTUNITIES + 1),
            "poster_id": town.base + 1,
            "title": [f"{known[three[0]]} for a cooperative" for three in needed],
            "description": [said.format(*(known[one] for one in three)) for three in needed],
            "posted_at": now - timedelta(days=1),
        },
    )
    skills = [first[Skill] + 1 + three[0] for three in needed]
    yield Need, OPPORTUNITIES, {"opportunity_id": ids, "skill_id": skills}
    yield Counter, 1, {"name": "opportunity", "value": OPPORTUNITIES}


def _traces(town: Town, now: datetime) -> Iterator[Table]:
    """What the sweep has not yet forgotten: receipts of a week, delivered cards of a month."""
    receipts, sent = town.members * RECEIPTS, town.members * SENT
    keys = [f"past-{i}" for i in range(receipts)]
    yield Seen, receipts, {"place_id": town.place, "key": keys, "reply": "null", "seen_at": now - timedelta(days=3)}
    yield (
        Outbox,
        sent,
        {
            "place_id": town.place,
            "members": [str(town.base + 1 + i % town.members) for i in range(sent)],
            "card": '{"kind": "card"}',
            "state": "sent",
            "due": now - timedelta(days=10),
            "written_at": now - timedelta(days=10),
        },
    )

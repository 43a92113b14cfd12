"""A very large community, written straight into the tables: five claims each out of 5,000 distinct skills."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import numpy as np
from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from bot import features
from bot.app import App
from bot.ctx import Apart, Request, Who, here
from bot.embedding import SKILL, WINDOWS
from bot.encoder import Encoder, Matrix
from bot.matching import windows
from bot.names import builtin, normal
from bot.ui import Reply
from storage.db import everywhere, transaction, tune
from storage.machinery import Counter
from storage.models import Account, Claim, Entry, Member, Need, Opportunity, Skill, Standing, Vouch
from storage.vectors import keep, pack

NOW = datetime.now(UTC).replace(microsecond=0)
SKILLS, CLAIMS, OPPORTUNITIES = 5_000, 5, 1_000
LEVELS = ("learning", "practising", "proficient", "expert")
FIELDS = (
    "hospitals",
    "schools",
    "farming",
    "theatres",
    "shipping",
    "museums",
    "city halls",
    "sports clubs",
    "charities",
)
TITLE = "{a} for {field}"
WORK = "{field} in the region want {a} and {b}. {how} Two months from {month}, paid by day."
HOW = ("Plain words matter.", "Mostly in writing.", "You decide how.", "We meet weekly.")
MONTHS = ("January", "March", "May", "June", "September", "October")
AT_ONCE, ROWS = 512, 20_000
ENTRIES, MOST_ENTRIES = 2, 20_000
Row = dict[str, Any]


def skills() -> list[str]:
    """5,000 names: the built-in ones, and each of them in a field of work."""
    known = [entry.name for entry in builtin()]
    return [*known, *(f"{name} in {field}" for field in FIELDS for name in known)][:SKILLS]


class Cached:
    """Vectors by the real encoder, each distinct piece encoded once, kept for every community that is measured."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.work = [_work(number) for number in range(1, OPPORTUNITIES + 1)]
        self.names = skills()
        known = [name for entry in builtin() for name in (entry.name, *entry.aliases)]
        self.spelled = list(dict.fromkeys([*self.names, *known]))
        self.skills = _by_piece(encoder, self.spelled, "document")
        self.pieces = [windows(one["words"]) for one in self.work]
        self.windows = _by_piece(encoder, [piece for some in self.pieces for piece in some], "query")

    def store(self, engine: Engine) -> None:
        """As the product keeps them."""
        model = self.encoder.model
        points = [pack(model, SKILL, name, self.skills[name][None]) for name in self.spelled]
        texts = [
            pack(model, WINDOWS, one["words"], np.stack([self.windows[piece] for piece in some]))
            for one, some in zip(self.work, self.pieces, strict=True)
        ]
        for some in parts([*points, *texts], 1000):
            with transaction(engine) as db:
                keep(db, some)


def _by_piece(encoder: Encoder, pieces: Iterable[str], way: Literal["query", "document"]) -> dict[str, Matrix]:
    """One unit row (d,) a distinct piece."""
    found: dict[str, Matrix] = {}
    for some in parts(sorted(set(pieces), key=len), AT_ONCE):
        found.update(zip(some, encoder.encode(some, way), strict=True))
    return found


def _work(number: int) -> Row:
    """One post of about 25 words, and the two skills that it needs."""
    rng = Random(number)
    known = builtin()
    a, b = rng.sample(range(len(known)), 2)
    said = {
        "a": known[a].name,
        "b": known[b].name,
        "field": rng.choice(FIELDS),
        "how": rng.choice(HOW),
        "month": rng.choice(MONTHS),
    }
    title, text = (shape.format(**said)[:1].upper() + shape.format(**said)[1:] for shape in (TITLE, WORK))
    words = f"{title}. {text}\n{said['a']}, {said['b']}"
    return {"number": number, "title": title, "description": text, "needs": (a + 1, b + 1), "words": words}


class Throng:
    """`size` members with claims, vouches and standing, 1,000 open opportunities, and the App that serves them."""

    def __init__(self, engine: Engine, size: int, cached: Cached, apart: Apart = here) -> None:
        self.engine, self.size, self.cached, self.asked = engine, size, cached, 0
        self.rng = Random(size)
        self.app = App(engine, features.catalogue(), cached.encoder, features.welcome, apart)
        self.place = self.app.place("local", "local", "Throng", NOW)
        cached.store(engine)
        self._fill(cached)
        tune(engine)

    def says(self, who: int, line: str) -> Reply:
        """One request of member number `who`, a minute after the last one; the first is an admin."""
        self.asked += 1
        at = NOW + timedelta(minutes=self.asked)
        account = Who(f"u{who}", f"user{who}", admin=who == 1)
        return self.app.handle(Request(f"r{self.asked}", self.place.id, account, line, at, {}, "#general")).reply

    def _fill(self, cached: Cached) -> None:
        numbers = range(2, self.size + 2)
        known = {entry.name: entry.area for entry in builtin()}
        self._write(Member, (self._member(n) for n in numbers))
        self._write(Account, ({"member_id": n, "place_id": self.place.id, "key": f"u{n - 1}"} for n in numbers))
        self._write(
            Skill,
            (
                {"id": at, "name": name, "normal": normal(name), "area": known.get(name, "")}
                for at, name in enumerate(cached.names, 1)
            ),
        )
        self._write(Claim, (row for n in numbers for row in self._claims(n)))
        self._write(Vouch, (self._vouch(at) for at in range(1, self.size * CLAIMS, 10)))
        self._write(Standing, (self._standing(n) for n in numbers))
        self._write(Entry, (self._entry(at) for at in range(min(ENTRIES * self.size, MOST_ENTRIES))))
        self._write(Opportunity, (_opportunity(one) for one in cached.work))
        self._write(
            Need,
            ({"opportunity_id": one["number"], "skill_id": skill} for one in cached.work for skill in one["needs"]),
        )
        counters = {"member": self.size + 2, "opportunity": OPPORTUNITIES}
        self._write(Counter, ({"name": name, "value": value} for name, value in counters.items()))

    def _write(self, model: type[SQLModel], rows: Iterator[Row]) -> None:
        fields = model.model_fields.items()
        blank = {name: info.get_default() for name, info in fields if not info.is_required()}
        blank = {name: value for name, value in blank.items() if name not in ("id", "community_id")}
        for some in parts(rows, ROWS):
            with everywhere(self.engine) as db:
                known = {"community_id": self.place.community_id}
                db.connection().execute(insert(model), [{**blank, **known, **row} for row in some])

    def _member(self, number: int) -> Row:
        name = f"user{number - 1}"
        joined = NOW - timedelta(days=self.rng.randrange(8, 1000))
        return {
            "id": number,
            "number": number,
            "name": name,
            "folded": name,
            "joined_at": joined,
            "greeted_at": NOW,
            "hours": self.rng.choice((None, 8, 20, 40)),
        }

    def _claims(self, member: int) -> list[Row]:
        return [
            {
                "member_id": member,
                "skill_id": skill,
                "level": self.rng.choice(LEVELS),
                "claimed_at": NOW - timedelta(days=30),
            }
            for skill in self.rng.sample(range(1, SKILLS + 1), CLAIMS)
        ]

    def _vouch(self, claim: int) -> Row:
        return {"claim_id": claim, "voucher_id": self.rng.randrange(2, self.size + 2), "vouched_at": NOW}

    def _standing(self, member: int) -> Row:
        value = self.rng.expovariate(0.5)
        return {"member_id": member, "value": value, "voices": int(value), "computed_at": NOW}

    def _entry(self, number: int) -> Row:
        """Thanks among people who work together: mostly in groups of forty."""
        giver = self.rng.randrange(2, self.size + 2)
        near = giver - (giver - 2) % 40 + self.rng.randrange(40)
        receiver = min(near, self.size + 1) if self.rng.random() < 0.8 else self.rng.randrange(2, self.size + 2)
        at = NOW - timedelta(days=self.rng.randrange(1, 200))
        skill = self.rng.randrange(1, 40)
        named = {"kind": "kudos", "source": f"k{number}", "giver_id": giver, "receiver_id": receiver}
        return {**named, "skill_id": skill, "weight": 1.0, "entered_at": at}


def _opportunity(one: Row) -> Row:
    said = {name: one[name] for name in ("number", "title", "description")}
    return {**said, "id": one["number"], "poster_id": 2, "posted_at": NOW - timedelta(days=1)}


def parts(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows, so many at a time."""
    some: list[Any] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some

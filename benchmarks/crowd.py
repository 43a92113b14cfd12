"""A community of any size, written straight into the tables, for benchmarks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from bot import features
from bot.app import App
from bot.ctx import Request, Who
from bot.encoder import Encoder
from bot.names import builtin, normal
from bot.ui import Reply
from storage.db import connect, everywhere, tune
from storage.machinery import Counter
from storage.models import Account, Claim, Entry, Kudos, Member, Opportunity, Skill, Thanked
from storage.upgrade import upgrade

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SKILLS = 400
CLAIMS = 5
WORK = (
    "We need {a} and some {b} for a small cooperative. The work begins in January and takes two months. "
    "Whoever comes should enjoy {c} and plain words, and has a free hand in how it is done."
)


class Crowd:
    """`size` members with five claims each and ten times as many rows of history, and the App that serves them."""

    def __init__(self, folder: Path, size: int, encoder: Encoder, opportunities: int = 12) -> None:
        self.rng = Random(size)
        self.size = size
        self.engine: Engine = connect(f"sqlite:///{folder / f'crowd-{size}.db'}")
        upgrade(self.engine)
        self.app = App(self.engine, features.catalogue(), encoder, features.welcome)
        self.place = self.app.place("local", "local", "Crowd", NOW)
        self.asked = 0
        self.names = [entry.name for entry in builtin()[:SKILLS]]
        self._fill(opportunities)
        tune(self.engine)

    def says(self, who: int, line: str, **given: str) -> Reply:
        """One request of member number `who`, a minute after the last one."""
        self.asked += 1
        at = NOW + timedelta(minutes=self.asked)
        account = Who(f"u{who}", f"user{who}", admin=who == 1)
        return self.app.handle(Request(f"r{self.asked}", self.place.id, account, line, at, given, "#general")).reply

    def _fill(self, opportunities: int) -> None:
        numbers = range(2, self.size + 2)
        members = [
            {
                "id": n,
                "number": n,
                "name": f"user{n - 1}",
                "folded": f"user{n - 1}",
                "joined_at": NOW,
                "greeted_at": NOW,
                "hours": 10,
            }
            for n in numbers
        ]
        self._write(Member, members)
        self._write(Account, [{"member_id": n, "place_id": self.place.id, "key": f"u{n - 1}"} for n in numbers])
        self._write(Skill, [{"id": i, "name": name, "normal": normal(name)} for i, name in enumerate(self.names, 1)])
        self._write(Claim, [row for n in numbers for row in self._claims(n)])
        self._history(self.size * 10)
        self._write(Opportunity, [self._work(i) for i in range(1, opportunities + 1)])
        counters = {"member": self.size + 2, "kudos": self.size * 10, "opportunity": opportunities}
        self._write(Counter, [{"name": name, "value": value} for name, value in counters.items()])

    def _write(self, model: type[SQLModel], rows: list[dict[str, object]]) -> None:
        known = {"community_id": self.place.community_id}
        blank = {name: info.get_default() for name, info in model.model_fields.items() if not info.is_required()}
        with everywhere(self.engine) as db:
            db.connection().execute(insert(model), [{**_kept(blank), **known, **row} for row in rows])

    def _claims(self, member: int) -> list[dict[str, object]]:
        levels = ("learning", "practising", "proficient", "expert")
        return [
            {"member_id": member, "skill_id": skill, "level": self.rng.choice(levels), "claimed_at": NOW}
            for skill in self.rng.sample(range(1, SKILLS + 1), CLAIMS)
        ]

    def _history(self, rows: int) -> None:
        """Thanks of the past year."""
        pairs = [(self._anyone(), self._anyone()) for _ in range(rows)]
        times = [NOW - timedelta(minutes=self.rng.randrange(3 * 24 * 60, 365 * 24 * 60)) for _ in pairs]
        both = list(enumerate(zip(pairs, times, strict=True), 1))
        reason = "for the handover that saved our night"
        self._write(
            Kudos,
            [
                {"id": i, "number": i, "giver_id": a, "source": f"request-{i}", "reason": reason, "given_at": t}
                for i, ((a, _), t) in both
            ],
        )
        self._write(Thanked, [{"kudos_id": i, "member_id": b} for i, ((_, b), _) in both])
        entry = {"kind": "kudos", "weight": 1.0}
        self._write(
            Entry,
            [{**entry, "source": f"k{i}", "giver_id": a, "receiver_id": b, "entered_at": t} for i, ((a, b), t) in both],
        )

    def _anyone(self) -> int:
        return self.rng.randrange(2, self.size + 2)

    def _work(self, number: int) -> dict[str, object]:
        a, b, c = self.rng.sample(self.names, 3)
        text = WORK.format(a=a, b=b, c=c)
        row: dict[str, object] = {"id": number, "number": number, "poster_id": 2, "title": f"{a} for a cooperative"}
        return {**row, "description": text, "posted_at": NOW - timedelta(days=1)}


def _kept(blank: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in blank.items() if name not in ("id", "community_id")}

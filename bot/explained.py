"""Standing explained: whose voices it is made of, what each adds, how fresh it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from bot import ledger, people, reputation
from bot.allowance import KudosSettings
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.elsewhere import elsewhere
from bot.ledger import Book, ReputationSettings, Row
from bot.text import Text, join, md
from bot.voices import Voice
from storage.models import Member, Skill

AUDIBLE = 0.005
WORDS = {
    "kudos": "thanked",
    "vouch": "vouched",
    "work": "finished work together",
    "intro": "met",
    "answer": "was answered",
    "referral": "was referred",
    "reconfirmation": "reconfirmed",
}


@dataclass(frozen=True)
class Explained:
    """A member's standing, worked out from the ledger as it is now; givers and those who overlap are members' ids.

    `heard` is what each giver did, `together` are those with whom the member finished work.
    """

    member: int
    lines: tuple[Voice, ...] = ()
    by_skill: tuple[tuple[int, float, int, datetime], ...] = ()
    heard: Mapping[int, Sequence[Row]] = field(default_factory=dict[int, Sequence[Row]])
    together: frozenset[int] = frozenset()

    @property
    def total(self) -> float:
        """The standing: what the lines add up to."""
        return sum(one.adds for one in self.lines)

    @property
    def voices(self) -> int:
        """How many are trusted."""
        return sum(1 for one in self.lines if one.weight > 0)


def explain(ctx: Ctx, who: Member, skill: Skill | None = None) -> Explained:
    """The lines of one standing, and the member's standing in each skill, the highest first."""
    work = partial(_explained, who=who.id, skill=skill.id if skill else None)
    return elsewhere(ctx, work, above=reputation.LARGE_COMMUNITY)


def _explained(ctx: Ctx, who: int, skill: int | None) -> Explained:
    book = ledger.read(ctx.db, ctx.now, load(ctx, ReputationSettings).half_life)
    at = book.place.get(who)
    if at is None or not book.rows:
        return Explained(who)
    lines = tuple(_by_id(book, one) for one in book.graph_of_one.voices(at, skill))
    latest = {row.skill: row.at for row in book.rows if row.receiver == who}
    found = [
        (number, value, heard, latest[number])
        for _at, number, value, heard in book.graph_of_one.of(at)
        if number is not None
    ]
    by_skill = tuple(sorted(found, key=lambda one: (-one[1], one[0])))
    return Explained(who, lines, by_skill, book.heard(who, skill), frozenset(book.worked_with(who)))


def _by_id(book: Book, voice: Voice) -> Voice:
    overlaps = tuple(book.members[at] for at in voice.overlaps)
    return replace(voice, giver=book.members[voice.giver], overlaps=overlaps)


def check_visible(ctx: Ctx, who: Member) -> None:
    """Refuses to show the standing of those who opted out of boards, but to themselves and to admins."""
    if who.id != ctx.me.id and not who.on_boards and not ctx.me.admin:
        raise Refusal("{who} keeps their standing to themselves.", field="member", who=who)


def hundredths(parts: Sequence[float]) -> list[int]:
    """The parts in hundredths, rounded so that they sum to the rounded whole: the largest remainders are rounded up."""
    floors = [int(part * 100) for part in parts]
    missing = round(sum(parts) * 100) - sum(floors)
    by_rest = sorted(range(len(parts)), key=lambda at: floors[at] - parts[at] * 100)
    for at in by_rest[:missing]:
        floors[at] += 1
    return floors


class Told:
    """Voices as one reader may see them: who thanked in private is nobody else's business."""

    def __init__(self, ctx: Ctx, found: Explained, who: Member) -> None:
        self.who, self.ctx = who, ctx
        self.heard, self.together = found.heard, found.together
        self.members = people.by_ids(ctx.db, self.heard)
        self.open = {"vouch", "work", "answer"} | ({"kudos"} if load(ctx, KudosSettings).public else set())

    def line(self, voice: Voice, part: int) -> Text:
        """`@ana adds 0.62: thanked 3 times, worked together, last on 3 Nov; overlaps @ben`."""
        member, rows = voice.giver, self.heard[voice.giver]
        return md(
            "{name} adds *{adds}*: {did}, last on {day}{together}{overlaps}{silent}",
            name=self._name(member),
            adds=f"{part / 100:.2f}",
            did=did(rows),
            day=max(row.at for row in rows).date(),
            together=", worked together" if member in self.together and rows[-1].kind != "work" else "",
            overlaps=self._overlaps(voice),
            silent="" if voice.weight > 0 else "; not trusted here yet",
        )

    def _name(self, member: int) -> Text:
        who = self.members[member]
        if who.left_at is not None:
            return md("Someone who left")
        return md("{who}", who=who) if self._is_open(who) else md("Someone")

    def _is_open(self, giver: Member) -> bool:
        if self.ctx.me.id in {self.who.id, giver.id} or self.ctx.me.admin:
            return True
        return giver.on_boards and any(row.kind in self.open for row in self.heard[giver.id])

    def _overlaps(self, voice: Voice) -> Text:
        named = [self._name(one) for one in voice.overlaps if self._is_open(self.members[one])][:2]
        others = len(voice.overlaps) - len(named)
        more = [md("{n} more", n=others)] if others else []
        return md("; overlaps with {names}", names=join([*named, *more])) if voice.overlaps else ()


def did(rows: Sequence[Row]) -> str:
    """`thanked 3 times, vouched`."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    times = {kind: sum(1 for row in rows if row.kind == kind) for kind in kinds}
    return ", ".join(WORDS[kind] + (f" {times[kind]} times" if times[kind] > 1 else "") for kind in kinds)


def names_of(db: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of skills."""
    return dict(db.exec(select(Skill.id, Skill.name).where(col(Skill.id).in_(list(ids)))).all())

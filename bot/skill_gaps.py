"""Skill gaps: what was asked for lately against what people here can do, in words and without names."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot import taxonomy
from bot.command import command
from bot.ctx import Ctx
from bot.line import quote
from bot.pages import count
from bot.taxonomy import LEVELS
from bot.text import Text, clamp, join, md
from bot.ui import Actions, Button, Card, Heading, Items, Line, Node, Reply, actions, card, line, note
from storage.models import Claim, Intro, Member, Need, Opportunity, Skill

SINCE = timedelta(days=90)
SHOWN, OFFERED = 8, 3
ASKERS = 2


@dataclass(slots=True)
class Gap:
    """One skill: how often work and questions asked for it, the highest level asked, and who can do it."""

    skill: str
    asked: int = 0
    level: str = "practising"
    askers: set[int] = field(default_factory=set[int])
    able: dict[int, str] = field(default_factory=dict[int, str])
    learning: int = 0

    @property
    def reaching(self) -> int:
        """How many can do it at the highest level that was asked for."""
        return sum(LEVELS.index(one) >= LEVELS.index(self.level) for one in self.able.values())


@command("skill gaps", "What was asked for lately, and who could do it")
def gaps(ctx: Ctx) -> Reply:
    """The last 90 days, the widest gap first."""
    found = _gaps(ctx, ctx.now - SINCE)
    if not found:
        post = Button("Post an opportunity", "opportunity post")
        return card("Nobody asked for a skill in the last 90 days.", actions(post))
    nobody, single = _those(found, lambda n: n == 0), _those(found, lambda n: n == 1)
    below = [one for one in found if len(one.able) > 1 and not one.reaching]
    fine = [one for one in found if len(one.able) > 1 and one.reaching]
    body = [
        *_part("Nobody here yet", nobody),
        *_part("On one person alone", single),
        *_part("Not yet at the level asked for", below),
        *_covered(fine, bool(nobody or single or below)),
        *_offers(ctx, [*nobody, *single]),
        note("From opportunities, and from questions that several people asked. Nobody is named."),
    ]
    return Card(md("Asked for in 90 days, and who could do it"), tuple(body))


def _those(found: Iterable[Gap], fits: Callable[[int], bool]) -> list[Gap]:
    return [one for one in found if fits(len(one.able))]


def _part(title: str, found: list[Gap]) -> list[Node]:
    if not found:
        return []
    more = [md("and {n} more", n=len(found) - SHOWN)] if len(found) > SHOWN else []
    return [Heading(md("{title}", title=title)), Items((*map(_row, found[:SHOWN]), *more))]


def _row(one: Gap) -> Text:
    asked = "asked for " + {1: "once", 2: "twice"}.get(one.asked, f"{one.asked} times")
    able = count(len(one.able), "person can", "people can") if one.able else ""
    level = f"nobody at {one.level} yet" if one.able and not one.reaching else ""
    learning = count(one.learning, "person is learning it", "people are learning it") if one.learning else ""
    said = " · ".join(part for part in (asked, able, level, learning) if part)
    return md("*{skill}* · {said}", skill=one.skill, said=said)


def _covered(found: list[Gap], is_beside: bool) -> list[Node]:
    """What needs no worry, in one line."""
    if not found:
        return []
    named = [md("*{skill}* ({n})", skill=one.skill, n=len(one.able)) for one in found[:SHOWN]]
    first = "Well covered: {skills}." if is_beside else "All of it is well covered: {skills}."
    return [Line(md(first, skills=join(named)))]


def _offers(ctx: Ctx, found: list[Gap]) -> list[Node]:
    """Whoever can do it says so with one tap."""
    open_ = [one for one in found if ctx.me.id not in one.able][:OFFERED]
    buttons = [Button(f"I can do {clamp(one.skill, 50)}", f"skill claim skill:{quote(one.skill)}") for one in open_]
    return [line("Can you do one of these, or know someone?"), Actions(tuple(buttons))] if buttons else []


def _gaps(ctx: Ctx, since: datetime) -> list[Gap]:
    """The widest first: fewest who can, then most asked. A question counts beside other people's, or beside work."""
    found: defaultdict[str, Gap] = defaultdict(lambda: Gap(""))
    _ask_by_work(ctx, since, found)
    _ask_by_questions(ctx, since, found)
    kept = {name: one for name, one in found.items() if one.asked or len(one.askers) >= ASKERS}
    for name, one in kept.items():
        one.skill, one.asked = name, one.asked + len(one.askers)
    _answer(ctx, kept)
    return sorted(kept.values(), key=lambda one: (len(one.able), -one.asked, one.skill.casefold()))


def _ask_by_work(ctx: Ctx, since: datetime, found: defaultdict[str, Gap]) -> None:
    query = select(Skill.name, Need.level).join(Need, col(Need.skill_id) == Skill.id)
    query = query.join(Opportunity, col(Opportunity.id) == Need.opportunity_id).where(Opportunity.posted_at > since)
    for name, level in ctx.db.exec(query).all():
        found[name].asked += 1
        found[name].level = max(found[name].level, level, key=LEVELS.index)


def _ask_by_questions(ctx: Ctx, since: datetime, found: defaultdict[str, Gap]) -> None:
    for need, asker in ctx.db.exec(select(Intro.need, Intro.asker_id).where(Intro.asked_at > since)).all():
        for name in taxonomy.named_in(ctx.db, need):
            found[name].askers.add(asker)


def _answer(ctx: Ctx, found: dict[str, Gap]) -> None:
    """What people here can do of it, and who is learning it."""
    query = select(Skill.name, Claim.member_id, Claim.level).join(Claim, col(Claim.skill_id) == Skill.id)
    query = query.join(Member, col(Member.id) == Claim.member_id)
    here = query.where(col(Claim.dropped_at).is_(None), col(Member.left_at).is_(None))
    for name, member, level in ctx.db.exec(here).all():
        if name in found and level == "learning":
            found[name].learning += 1
        elif name in found:
            found[name].able[member] = level

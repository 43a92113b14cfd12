"""The skill map: a picture of what the collective can do, how deep each skill is, and where it rests on one person."""

from collections import Counter, defaultdict

from sqlmodel import col, select

from bot import pictures
from bot.command import command
from bot.ctx import Ctx
from bot.pages import count
from bot.ui import Image, Reply, card, line, note
from storage.models import Claim, Member, Skill

Levels = dict[str, dict[str, int]]


def _think(ctx: Ctx) -> tuple[Levels, bytes]:
    """Drawing takes a moment."""
    query = select(Skill.name, Claim.level, Claim.member_id).join(Claim, col(Claim.skill_id) == Skill.id)
    query = query.join(Member, col(Member.id) == Claim.member_id)
    rows = ctx.db.exec(query.where(col(Claim.dropped_at).is_(None), col(Member.left_at).is_(None))).all()
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, level, _member in rows:
        found[name][level] += 1
    levels: Levels = {name: dict(counts) for name, counts in found.items()}
    people = len({member for _name, _level, member in rows})
    title = f"What {ctx.community.name} can do"
    return levels, pictures.skill_map(list(levels.items()), title, people) if levels else b""


@command("skill map", "A picture of what the collective can do", think=_think)
def skill_map(ctx: Ctx, found: tuple[Levels, bytes]) -> Reply:
    """The deepest skills, and in words what the picture cannot hold."""
    levels, png = found
    if not levels:
        return card("Nobody has claimed a skill yet.", line("Begin it: `skill claim Writing expert`."))
    able = {name: sum(n for level, n in counts.items() if level != "learning") for name, counts in levels.items()}
    deepest = sorted(able, key=lambda name: (-able[name], name.casefold()))[: pictures.MOST_BARS]
    alt = ", ".join(f"{name}: {count(able[name], 'person', 'people')}" for name in deepest)
    single = sum(1 for people in able.values() if people == 1)
    more = note("The {n} deepest are shown.", n=len(deepest)) if len(levels) > len(deepest) else None
    return card(
        "{skills}, of which {single} on one person.",
        Image("skill-map.png", alt, png),
        more,
        skills=count(len(levels), "skill"),
        single="one rests" if single == 1 else f"{single} rest",
    )

"""`reputation show`: the number of independent voices, line by line, and what would help."""

from datetime import datetime, timedelta
from typing import Annotated

from sqlmodel import col, select

from bot import hearing, people, reputation
from bot.command import command
from bot.ctx import Ctx
from bot.explained import AUDIBLE, Explained, Told, check_visible, explain, hundredths, names_of
from bot.kinds import Ask
from bot.line import write
from bot.pages import count, paged
from bot.text import Text, md
from bot.ui import Button, Card, Facts, Heading, Line, Node, Note, Reply, actions, line, note
from storage.models import Member, Skill
from storage.records import Correction, Snapshot

RANKED_FROM, LEAST_MEMBERS = 5, 50
SKILLS_SHOWN = 8
A_MONTH = timedelta(days=30)


def _think(ctx: Ctx, member: Member | None, skill: Skill | None, page: int) -> Explained:
    """Whatever the page, all lines are worked out, since they add up."""
    del page
    check_visible(ctx, member or ctx.me)
    return explain(ctx, member or ctx.me, skill)


@command("reputation show", "Whose voices stand behind somebody", example="reputation show @ben", think=_think)
def show(
    ctx: Ctx,
    found: Explained,
    member: Annotated[Member | None, Ask("Whose standing?")] = None,
    skill: Annotated[Skill | None, Ask("In which skill?", suggest=hearing.suggest_skills)] = None,
    page: Annotated[int, Ask("Page", least=1)] = 1,
) -> Reply:
    """The lines add up to the number."""
    who = member or ctx.me
    check_visible(ctx, who)
    again = write(show, {"member": member, "skill": skill})
    within = md(" in *{skill}*", skill=skill.name) if skill else ()
    title = md("{who}{within}: {voices}", who=who, within=within, voices=_number(found.total))
    body = [*_summary(ctx, found, who, skill), *_why(ctx, found, who, page, again)]
    return Card(title, (*body, *_further(ctx, found, who)))


def _number(value: float) -> str:
    return "no independent voices yet" if value < AUDIBLE else f"{value:.2f} independent voices"


def _summary(ctx: Ctx, found: Explained, who: Member, skill: Skill | None) -> list[Node]:
    ranked = rank_in_words(ctx, found.voices, found.total, who, skill)
    told = (("Voices", ranked), ("Change", _trend(ctx, who, skill, found.total)))
    facts = tuple((label, md("{words}", words=words)) for label, words in told if words)
    nodes: list[Node] = [*([Facts(facts)] if facts else []), *_corrections(ctx, who, skill, found.total)]
    if skill is None and found.by_skill:
        names = names_of(ctx.db, [number for number, *_ in found.by_skill])
        said = [_skill(names[number], value, heard, at) for number, value, heard, at in found.by_skill[:SKILLS_SHOWN]]
        more = len(found.by_skill) - len(said)
        nodes += [Heading(md("By skill")), *(Line(one) for one in said)]
        nodes += [note("And {n} more: name a skill to see it.", n=more)] if more else []
    return nodes


def _skill(name: str, value: float, heard: int, at: datetime) -> Text:
    said = "*{name}*: {value}, {heard}, last evidenced {day}"
    return md(said, name=name, value=f"{value:.2f}", heard=count(heard, "voice"), day=at.date())


def rank_in_words(ctx: Ctx, heard: int, value: float, who: Member, skill: Skill | None) -> str:
    """`3 voices, 2 more to rank`; a rank only where there are enough voices and enough members."""
    enough = people.present(ctx.db).with_only_columns(col(Member.id)).limit(LEAST_MEMBERS)
    if len(ctx.db.exec(enough).all()) < LEAST_MEMBERS:
        return count(heard, "voice") if heard else ""
    if heard < RANKED_FROM:
        return f"{count(heard, 'voice')}, {RANKED_FROM - heard} more to rank"
    others, above = reputation.ranked(ctx.db, who.id, skill.id if skill else None, RANKED_FROM, value + AUDIBLE)
    return f"{count(heard, 'voice')}, number {above + 1} of {others + 1} who are ranked"


def _trend(ctx: Ctx, who: Member, skill: Skill | None, value: float) -> str:
    """Against the last snapshot that is at least 30 days old."""
    query = select(Snapshot).where(Snapshot.member_id == who.id, Snapshot.day <= (ctx.now - A_MONTH).date())
    query = query.where(Snapshot.skill_id == skill.id) if skill else query.where(col(Snapshot.skill_id).is_(None))
    before = ctx.db.exec(query.order_by(col(Snapshot.day).desc())).first()
    if before is None or abs(before.value - value) < AUDIBLE:
        return ""
    return f"{value - before.value:+.2f} in 30 days"


def _corrections(ctx: Ctx, who: Member, skill: Skill | None, earned: float) -> list[Node]:
    """What admins corrected, apart from what was earned."""
    rows = ctx.db.exec(select(Correction).where(Correction.member_id == who.id)).all() if skill is None else []
    if not rows:
        return []
    admins = people.by_ids(ctx.db, (row.admin_id for row in rows))
    said = [
        line(
            "Corrected by {admin} on {day}: {amount} ({reason})",
            admin=admins[row.admin_id],
            day=row.corrected_at.date(),
            amount=f"{row.amount:+.2f}",
            reason=row.reason,
        )
        for row in rows
    ]
    whole = max(0.0, earned + sum(row.amount for row in rows))
    return [*said, line("Earned {earned}, with corrections {whole}.", earned=f"{earned:.2f}", whole=f"{whole:.2f}")]


def _why(ctx: Ctx, found: Explained, who: Member, page: int, again: str) -> list[Node]:
    if not found.lines:
        return []
    shown = Told(ctx, found, who)
    told = list(zip(found.lines, hundredths([one.adds for one in found.lines]), strict=True))
    nodes = paged(told, page, lambda one: shown.line(*one), lambda number: f"{again} page:{number}")
    total = f"{sum(part for _voice, part in told) / 100:.2f}"
    return [Heading(md("Why")), *nodes, note("The lines add up to {total}.", total=total)]


def _further(ctx: Ctx, found: Explained, who: Member) -> list[Node]:
    if who.id != ctx.me.id:
        return []
    picture = Button("Picture", "reputation card") if found.total >= AUDIBLE else None
    ask = Button("Ask someone to reconfirm", "reputation ask") if found.lines else None
    export = Button("Take it with me", "reputation export") if found.total >= AUDIBLE else None
    offered = actions(picture, ask, export)
    return [Note(_help(found)), *([offered] if offered else [])]


def _help(found: Explained) -> Text:
    """The one thing that would raise it most."""
    if not found.lines:
        return md("It begins when someone thanks you, vouches for you or finishes work with you.")
    if not found.voices:
        return md("Their words count as soon as somebody trusted here thanks them, or vouches for them.")
    crowded = sum(1 for one in found.lines if one.overlaps)
    if crowded * 2 > found.voices > 1:
        return md("Your voices are mostly of one circle: a voice from outside it would add most.")
    if not found.together:
        return md("Work finished together weighs most: twice a thank-you.")
    return md("A new independent voice adds more than another word from the same person.")

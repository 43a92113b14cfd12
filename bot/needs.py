"""What an opportunity needs: skills with a least level and a weight, as text, as words, and as somebody covers them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, col, select

from bot import hearing, taxonomy
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask, Unclear
from bot.matching import Floats, Ints
from bot.text import Text, join, md
from storage.models import Claim, Member, Need, Opportunity, Skill

NICE, ASKED, MUST = 1, 2, 3
MOST = 10
BELOW = 0.5
SAID = {NICE: "nice to have", ASKED: "", MUST: "a must"}
_MUST = re.compile(r"\s*(!+|\(?\b(a )?must([ -]have)?\)?)$", re.IGNORECASE)
_NICE = re.compile(r"\s*(\?+|\(?\b(nice([ -]to[ -]have)?|optional)\)?)$", re.IGNORECASE)
Pairs = Sequence[tuple[Need, Skill]]
Levels = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need as it was said: the skill, the least level, and the weight (1 nice to have, 2, 3 a must)."""

    skill: Skill
    level: str
    weight: int


def read(ctx: Ctx, text: str) -> list[Wanted]:
    """`Kubernetes expert must, Terraform, Go nice to have` as needs, each skill once; at most ten."""
    asked = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(asked) > MOST:
        raise Refusal("Ten needs are as many as people can read. Which matter most?", field="needs")
    try:
        return list({one.skill.id: one for one in (_read(ctx, part) for part in asked)}.values())
    except Refusal as no:
        no.field = "needs"
        raise


def _read(ctx: Ctx, text: str) -> Wanted:
    weight = MUST if _MUST.search(text) else NICE if _NICE.search(text) else ASKED
    words = _NICE.sub("", _MUST.sub("", text)).split() or text.split()
    level = words[-1].casefold() if len(words) > 1 and words[-1].casefold() in taxonomy.LEVELS[1:] else ""
    name = " ".join(words[:-1] if level else words)
    return Wanted(_skill(ctx, name), level or "practising", weight)


def _skill(ctx: Ctx, name: str) -> Skill:
    """Among several needs there is no room for buttons, so what was meant is asked in words."""
    try:
        return hearing.read_skill(ctx, name, Ask("Need", new=True))
    except Unclear as unclear:
        meant = [md("{name}", name=one.label) for one in unclear.options if not one.value.startswith("=")]
        asked = "“{said}”: did you mean {meant}? Write it so, or `={said}` if it is a skill of its own."
        raise Refusal(asked, field="needs", said=name, meant=join(meant, last=" or ")) from None


def as_text(pairs: Iterable[tuple[Need, Skill]]) -> str:
    """The same again, as `read` reads it."""
    return ", ".join(
        skill.name
        + (f" {need.level}" if need.level != "practising" else "")
        + ({NICE: " nice to have", MUST: " must"}.get(need.weight, ""))
        for need, skill in pairs
    )


def said(need: Need, skill: Skill) -> Text:
    """`*Kubernetes* (expert, a must)`."""
    level = need.level if need.level != "practising" else ""
    extras = ", ".join(part for part in (level, SAID[need.weight]) if part)
    return md("*{name}*{extras}", name=skill.name, extras=f" ({extras})" if extras else "")


def put(ctx: Ctx, row: Opportunity, wanted: Iterable[Wanted]) -> None:
    """These are its needs now."""
    for old in ctx.db.exec(select(Need).where(Need.opportunity_id == row.id)).all():
        ctx.db.delete(old)
    ctx.db.flush()
    for one in wanted:
        ctx.db.add(Need(opportunity_id=row.id, skill_id=one.skill.id, level=one.level, weight=one.weight))
    ctx.db.flush()


def levels_of(db: Session, pairs: Pairs, members: Iterable[int] | None = None) -> dict[int, dict[int, str]]:
    """Who can do what of this: member -> skill -> level; of everyone, when nobody is named."""
    query = select(Claim.member_id, Claim.skill_id, Claim.level).join(Member, col(Member.id) == Claim.member_id)
    query = query.where(col(Claim.skill_id).in_({need.skill_id for need, _skill in pairs}))
    query = query.where(col(Claim.dropped_at).is_(None), Claim.level != "learning", col(Member.left_at).is_(None))
    if members is not None:
        query = query.where(col(Claim.member_id).in_(list(members)))
    found: dict[int, dict[int, str]] = {}
    for member, skill, level in db.exec(query).all():
        found.setdefault(member, {})[skill] = level
    return found


def cover(pairs: Pairs, levels: Levels) -> float:
    """How much of the needs somebody covers, 0..1 by weight; a level below the one asked for counts half."""
    total = sum(need.weight for need, _skill in pairs)
    return sum(need.weight * _share(need, levels) for need, _skill in pairs) / total if total else 0.0


def _share(need: Need, levels: Levels) -> float:
    level = levels.get(need.skill_id)
    return 0.0 if level is None else 1.0 if _reaches(level, need) else BELOW


def share(levels: Ints, need: Need) -> Floats:
    """How much of one need each of several people covers, (p,), from their levels (p,) in LEVELS, -1 for none."""
    least = taxonomy.LEVELS.index(need.level)
    return np.select([levels >= least, levels >= 0], [1.0, BELOW], 0.0).astype(np.float32)


def _reaches(level: str, need: Need) -> bool:
    return taxonomy.LEVELS.index(level) >= taxonomy.LEVELS.index(need.level)


def compared(need: Need, skill: Skill, levels: Levels) -> Text:
    """One need beside what somebody brings: `Terraform (a must): practising, asked for expert`."""
    level = levels.get(need.skill_id)
    if level is None:
        return md("{need}: not on their list", need=said(need, skill))
    below = "" if _reaches(level, need) else f", asked for {need.level}"
    return md("*{name}*: {level}{below}", name=skill.name, level=level, below=below)

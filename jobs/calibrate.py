"""What the cosines of a language model are worth: measured on examples or on the community's own work, and kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot import matching, taste, work
from bot.calibration import SAME, Basis, Scale, TooFew, knots
from bot.embedding import Library, scale_of
from bot.encoder import Encoder
from bot.matching import Bools, Floats
from bot.names import builtin
from jobs.examples import Task, labels, tasks
from storage import language
from storage.db import reading, transaction
from storage.machinery import Vector
from storage.models import Claim, Community, Interest, Opportunity, Skill, Tip
from storage.vectors import keep

MOST_OPPORTUNITIES = 500


class NoExamples(ValueError):
    """There is nothing to measure on; the message says what would help."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Cosines (n,) and whether each was right, (n,)."""

    cosines: Floats
    right: Bools

    @classmethod
    def all_of(cls, some: Iterable["Cases"]) -> "Cases":
        """Together."""
        found = [NOTHING, *some]
        return cls(np.concatenate([one.cosines for one in found]), np.concatenate([one.right for one in found]))


NOTHING = Cases(np.zeros(0, np.float32), np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The scale that is in force now, and the cases (n) and right ones among them behind it."""

    scale: Scale
    cases: int
    right: int

    def said(self, model: str) -> str:
        """For the operator."""
        look, write = (f"{self.scale.cosine(one):.2f}" for one in (matching.LOOK, matching.WRITE))
        measured = f"{model}: measured on {self.cases:,} pairs, of which {self.right:,} were right."
        return f"{measured}\nWorth a look from a cosine of {look}, to write to someone from {write}."


def calibrate(engine: Engine, encoder: Encoder, data: Path | None, now: datetime) -> Calibrated:
    """Measures, keeps and returns the scale of a model: on a folder of tasks, else on what the communities did.

    Raises `NoExamples`, and `EncoderDown` when the model cannot be used.
    """
    found = of_tasks(encoder, tasks(data)) if data else of_communities(engine, encoder)
    basis: Basis = "data" if data else "answers"
    try:
        scale = replace(_by_names(engine, encoder), windows=knots(found.cosines, found.right), basis=basis)
    except TooFew as few:
        more = "in that folder" if data else "in this database yet: `--data DIR` measures on examples"
        raise NoExamples(f"There is too little to measure on {more} ({few}).") from few
    _keep(engine, encoder, scale, len(found.cosines), now)
    return Calibrated(scale, len(found.cosines), int(found.right.sum()))


def estimate(engine: Engine, encoder: Encoder, now: datetime) -> Scale:
    """The scale that is known; when there is none, one that is guessed from the built-in skills' other names."""
    with reading(engine) as db:
        known = scale_of(db, encoder)
    if known.basis != "nothing":
        return known
    scale = _by_names(engine, encoder)
    _keep(engine, encoder, scale, 0, now)
    return scale


def _keep(engine: Engine, encoder: Encoder, scale: Scale, cases: int, now: datetime) -> None:
    with transaction(engine) as db:
        language.calibrate(db, encoder.model, scale.written(), cases, now)


def _by_names(engine: Engine, encoder: Encoder) -> Scale:
    fresh: list[Vector] = []
    with reading(engine) as db:
        found = of_names(Library(db, encoder, fresh))
    with transaction(engine) as db:
        keep(db, fresh)
    same = knots(found.cosines, found.right, SAME)
    return Scale(same, same, "names")


def of_names(library: Library) -> Cases:
    """Every built-in alias with every built-in name; right when the name is its own."""
    entries = builtin()
    owner = np.array([at for at, one in enumerate(entries) for _alias in one.aliases])
    aliases = library.skills([alias for one in entries for alias in one.aliases])
    cosines = aliases @ library.skills([one.name for one in entries]).T
    return Cases(cosines.ravel(), (owner[:, None] == np.arange(len(entries))).ravel())


def of_tasks(encoder: Encoder, found: Sequence[Task]) -> Cases:
    """Texts with the skills that people claim; where no task has claims by people, with labels that were annotated."""
    for kind in ("claims2opp", "need2skill"):
        if some := [one for one in found if one.kind == kind]:
            return Cases.all_of(_of_task(encoder, one) for one in some)
    return NOTHING


def _of_task(encoder: Encoder, task: Task) -> Cases:
    said = labels(task)
    cosines = _cosines(encoder, said.skills, task.texts)
    return Cases(cosines[said.known], said.asked[said.known])


def _cosines(encoder: Encoder, skills: Sequence[str], texts: Sequence[str]) -> Floats:
    """The best window of each text (o) for each skill (s), as a cosine, (s, o)."""
    windows = [encoder.encode(matching.windows(text), "query") for text in texts]
    return matching.best_of_each(encoder.encode(skills, "document"), windows).match


def of_communities(engine: Engine, encoder: Encoder) -> Cases:
    """Every opportunity's own words with the skills that people here claim: right is what its poster named as needs.

    And every answer to a tip: whether the best claim was worth it.
    """
    with reading(engine) as db:
        communities = db.exec(select(Community.id)).all()
    return Cases.all_of(case for one in communities for case in _of_community(engine, encoder, one))


def _of_community(engine: Engine, encoder: Encoder, community: int) -> Iterable[Cases]:
    with reading(engine, community) as db:
        rows = db.exec(select(Opportunity).order_by(col(Opportunity.id).desc()).limit(MOST_OPPORTUNITIES)).all()
        needed = {one: {skill.name for _need, skill in some} for one, some in work.needs_of(db, rows).items()}
        claimed, answers = _claimed(db), _answers(db)
    skills = sorted({name for some in (*needed.values(), *claimed.values()) for name in some})
    if not rows or not skills:
        return
    cosines = _cosines(encoder, skills, [f"{one.title}. {one.description}" for one in rows])
    for column, one in enumerate(rows):
        if needed[one.id]:
            yield Cases(cosines[:, column], np.array([name in needed[one.id] for name in skills]))
        said = [(member, verdict) for opportunity, member, verdict in answers if opportunity == one.id]
        for member, verdict in said:
            mine = [row for row, name in enumerate(skills) if name in claimed.get(member, ())]
            if mine:
                yield Cases(cosines[mine, column].max(keepdims=True), np.array([verdict]))


def _claimed(db: Session) -> dict[int, set[str]]:
    query = select(Claim.member_id, Skill.name).join(Skill, col(Skill.id) == Claim.skill_id)
    found: dict[int, set[str]] = {}
    for member, name in db.exec(query.where(col(Claim.dropped_at).is_(None), Claim.level != "learning")).all():
        found.setdefault(member, set()).add(name)
    return found


def _answers(db: Session) -> list[tuple[int, int, bool]]:
    """Tips that were answered: the opportunity, the member, and whether it fitted."""
    same = (col(Interest.opportunity_id) == Tip.opportunity_id) & (col(Interest.member_id) == Tip.member_id)
    rows = db.exec(select(Interest).join(Tip, same)).all()
    said = [(one.opportunity_id, one.member_id, taste.verdict(one)) for one in rows]
    return [(opportunity, member, verdict) for opportunity, member, verdict in said if verdict is not None]

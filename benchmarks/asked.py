"""The product's own answers to a task: a community on a database of its own, asked as people ask."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from rapidfuzz.distance import OSA
from sqlmodel import Session, col, select

from benchmarks.tasks import Task
from bot import fit, hearing
from bot.ctx import Ctx, Request, Who
from bot.encoder import Encoder
from bot.matching import Floats
from bot.names import normal
from bot.people import found_community
from bot.ranking import Ranking
from jobs.backlog import embed_backlog
from storage.db import connect, transaction
from storage.models import Alias, Claim, Community, Kudos, Member, Opportunity, Place, Skill, Thanked
from storage.upgrade import upgrade

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FIRST = 1000


@contextmanager
def community(task: Task, encoder: Encoder, aliases: dict[str, str] | None = None) -> Generator[Ctx]:
    """The task's members as members with claims, its needs as open opportunities; labels as skills that are known."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'task.db'}")
        upgrade(engine)
        with transaction(engine) as db:
            made = found_community(db, "Task", NOW, "UTC")
            place = Place(community_id=made.id, platform="local", key="task")
            db.add(place)
        with transaction(engine, made.id) as db:
            _fill(db, task, aliases or {})
        embed_backlog(engine, encoder)
        with transaction(engine, made.id) as db:
            me = db.exec(select(Member)).first() or Member(id=0, number=-1, name="nobody", joined_at=NOW)
            request = Request("benchmark", place.id, Who("benchmark"), "", NOW)
            yield Ctx(db, request, db.get_one(Community, made.id), place, me, encoder)
        engine.dispose()


def _fill(db: Session, task: Task, aliases: dict[str, str]) -> None:
    skills = _skills(db, task)
    known = {*skills, *db.exec(select(Alias.normal)).all()}
    learned = {normal(name): (name, skill) for name, skill in aliases.items() if normal(name) not in known}
    db.add_all(Alias(skill_id=skills[normal(skill)], normal=form, name=name) for form, (name, skill) in learned.items())
    if task.is_of_labels:
        return
    for number, row in enumerate(task.members, FIRST):
        member = Member(number=number, name=f"m{number}", about=row["bio"], joined_at=NOW, greeted_at=NOW)
        db.add(member)
        db.flush()
        wanted = dict.fromkeys(skills[normal(claim["skill"])] for claim in row["claims"])
        db.add_all(Claim(member_id=member.id, skill_id=one, level="proficient", claimed_at=NOW) for one in wanted)
    _thank(db, task)
    poster = db.exec(select(Member.id)).first() or 0
    for number, text in enumerate(task.texts, 1):
        db.add(Opportunity(number=number, poster_id=poster, title=text, description="", posted_at=NOW))


def _thank(db: Session, task: Task) -> None:
    """What members answered, as thanks in words; the best come last, so that they count."""
    ids = list(db.exec(select(Member.id).where(Member.number >= FIRST).order_by(col(Member.number))).all())
    number = 0
    for who, row in zip(ids, task.members, strict=True):
        giver = next((one for one in ids if one != who), who)
        for item in sorted(row["items"], key=lambda item: item.get("rep", 0)):
            number += 1
            words = f"{item['text']} {item.get('answer', '')}"
            kudos = Kudos(number=number, giver_id=giver, reason=words, source=f"item{number}", given_at=NOW)
            db.add(kudos)
            db.flush()
            db.add(Thanked(kudos_id=kudos.id, member_id=who))


def _skills(db: Session, task: Task) -> dict[str, int]:
    """Every skill that is named in the task, by its normal form."""
    names = {normal(claim["skill"]): claim["skill"] for one in task.members for claim in one["claims"]}
    known = {row.normal: row for row in db.exec(select(Skill)).all()}
    db.add_all(Skill(name=name, normal=form) for form, name in names.items() if form not in known)
    db.flush()
    return dict(db.exec(select(Skill.normal, Skill.id)).all())


def people(ctx: Ctx, task: Task) -> tuple[dict[str, Floats], Floats]:
    """How the members are ordered for each need and the needs for each member, and the gate; each (o, m)."""
    ranked = fit.ranking(ctx, task.texts)
    ranked.words = cache(ranked.words)
    rows = _rows(ctx, ranked, task)
    who, gate = (np.full((len(task.texts), len(rows)), -9.0, np.float32) for _ in range(2))
    for text in range(len(task.texts)):
        who[text, rows >= 0] = ranked.order(text, rows[rows >= 0])
        gate[text, rows >= 0] = ranked.reach(text, rows[rows >= 0])
    digest = np.full(who.shape, -9.0, np.float32)
    for member in np.flatnonzero(rows >= 0):
        digest[:, member] = ranked.orders_of(int(rows[member]))
    return {"need->member": who, "member->need": digest}, gate


def _rows(ctx: Ctx, ranked: Ranking, task: Task) -> np.ndarray:
    """Where each member of the task stands in the ranking, (m,); -1 for who claims nothing."""
    ids = ctx.db.exec(select(Member.id).where(Member.number >= FIRST).order_by(col(Member.number))).all()
    found = [ranked.pool.row(one) for one in ids]
    return np.array([-1 if row is None else row for row in found], np.int64)[: len(task.members)]


def labels_asked(ctx: Ctx, task: Task) -> Floats:
    """How the labels are ordered for each text, (o, m)."""
    found = np.full((len(task.texts), len(task.members)), -9.0, np.float32)
    columns = _columns(task)
    for at, text in enumerate(task.texts):
        for heard in hearing.skills_asked(ctx, text):
            found[at, columns.get(normal(heard.skill), [])] = heard.score
    return found


def labels_meant(ctx: Ctx, task: Task, left_out: bool) -> Floats:
    """The likeness of each label to each name, (o, m); `left_out`: every other alias is known, this one is not.

    A name that is a label but for case, hyphens or spaces stays known: its normal form is the label's own.
    """
    known = hearing.names_of(ctx)
    own = {normal(skill) for skill in known.skills}
    found = np.zeros((len(task.texts), len(task.members)), np.float32)
    columns = _columns(task)
    where = [columns.get(normal(skill), []) for skill in known.skills]
    rows = ctx.encoder.encode(task.texts, "document")
    for at, text in enumerate(task.texts):
        likeness = hearing.likenesses(known, normal(text), rows[at])
        if left_out and normal(text) not in own:
            likeness[[form == normal(text) for form in known.forms]] = -1.0
        for value, column in zip(known.best(likeness), where, strict=True):
            found[at, column] = value
    return found


def _columns(task: Task) -> dict[str, list[int]]:
    """The columns of each label, by its normal form."""
    found: dict[str, list[int]] = {}
    for at, one in enumerate(task.members):
        found.setdefault(normal(one["claims"][0]["skill"]), []).append(at)
    return found


def spelled_alike(names: list[str], labels: list[str]) -> Floats:
    """Likeness of spelling alone, for comparison, (o, m)."""
    forms = [normal(label) for label in labels]
    return np.array([[OSA.normalized_similarity(normal(name), form) for form in forms] for name in names], np.float32)

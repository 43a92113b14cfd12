"""Who comes into question for one text, without reading everybody: those who claim what comes near it, and a sample.

The sample stands for all others: how high a score is, and how rare a word, is reckoned against the whole community.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import numpy as np
from sqlalchemy import case, func
from sqlmodel import Session, col, select

from bot import matching
from bot.ctx import Ctx
from bot.evidence import evidence_of
from bot.matching import LOOK, Bools, Floats, Ints
from bot.meaning import Matches, matches_of
from bot.pool import WEIGHTS, Pool, looked_up, pool_of, said
from bot.ranking import CLOSE, Ranking
from bot.rare import rarity_of
from bot.reputation import overall
from bot.taxonomy import LEVELS
from storage import arrays
from storage.models import Claim, Member, Skill

FEW = 2_000
SAMPLE = 300
MOST_CLAIMS, ENOUGH, MOST = 5_000, 1_000, 250
STEPS = (0, 16, 64, 256)


def are_few(db: Session) -> bool:
    """Whether everybody is read: it is quick enough, and exact."""
    return (_newest(db) or 0) <= FEW


def _newest(db: Session) -> int | None:
    return db.exec(select(func.max(Member.number))).one()


def ranking_of(ctx: Ctx, text: str, on_file: Sequence[str]) -> Ranking:
    """Those who may fit one text, against it."""
    known = ctx.db.exec(select(Skill.id, Skill.name).order_by(col(Skill.id))).all()
    ids, names = np.array([one for one, _name in known], np.int64), [name for _one, name in known]
    matches = matches_of(ctx, names, [text])
    rare = rarity_of(ctx, names, on_file)
    trusted = len(on_file) if matches.scale.is_calibrated else None
    claimants = _claimants(ctx.db, ids, matches, rare, trusted, names)
    pool = _pool(ctx.db, claimants, dict(known))
    at = np.searchsorted(ids, pool.ids)
    written = None if matches.by_words else evidence_of(ctx, [text], pool.members, claimants)
    return Ranking(pool, [text], matches.among(at), rare[at], trusted, written)


def ranking_for(ctx: Ctx, member: int, texts: Sequence[str], on_file: Sequence[str]) -> Ranking:
    """One member against several texts; of what others claim only the words are read."""
    pool = _pool(ctx.db, [member])
    row = pool.row(member)
    mine = sorted({int(pool.skill[at]) for at in pool.claims_of(row)}) if row is not None else []
    names = [pool.skills[at] for at in mine]
    found, rare = matches_of(ctx, names, list(texts)), np.zeros(len(pool.skills), np.float32)
    rare[mine] = rarity_of(ctx, names, on_file)
    trusted = len(on_file) if found.scale.is_calibrated else None
    written = None if found.by_words else evidence_of(ctx, texts, pool.members, [member])
    return Ranking(pool, list(texts), found.spread_over(mine, len(pool.skills)), rare, trusted, written)


def _claimants(
    db: Session, ids: Ints, matches: Matches, rare: Floats, trusted: int | None, names: list[str]
) -> list[int]:
    """The members who pass the gate; when nobody does, those who come close."""
    gate = matching.gated(matches.match, rare, trusted)[:, 0]
    tells = matching.telling(matches.match, rare)[:, 0]
    passes = gate >= LOOK
    if matches.by_words:
        passes |= _shares_words(matches.windows[0], names)
    return _best(db, ids[passes], tells[passes]) or _best(db, ids[gate >= CLOSE], tells[gate >= CLOSE])


def _shares_words(windows: list[str], names: list[str]) -> Bools:
    """Which skills (s,) have a word in common with a text, the first of whose windows is all of it."""
    words = set(matching.terms(windows[0])) if windows else set[str]()
    return np.array([not words.isdisjoint(said(name)) for name in names], np.bool_)


def _best(db: Session, skills: Ints, tells: Floats) -> list[int]:
    """Of those who claim these skills (k,), each telling so much, the several hundred best by claims and standing.

    The most telling skills are looked at first, so many at a time, until enough people are found.
    """
    order, rows = np.argsort(-tells, kind="stable"), np.zeros((0, 3), np.int64)
    for start, end in pairwise((*STEPS, len(skills))):
        if start >= len(skills) or len(rows) >= ENOUGH:
            break
        rows = np.concatenate([rows, _claims(db, skills[order[start:end]])])
    members, at = np.unique(rows[:, 0], return_inverse=True)
    if len(members) > MOST:
        worth = looked_up(skills, tells, rows[:, 1]) * WEIGHTS[rows[:, 2]]
        members = members[_highest(db, members, np.bincount(at, worth, len(members)).astype(np.float32))]
    return members.tolist()


def _claims(db: Session, skills: Ints) -> Ints:
    """Member, skill and level of those who claim these skills, the highest levels first, (c, 3)."""
    level = case({name: at for at, name in enumerate(LEVELS)}, value=col(Claim.level))
    query = select(Claim.member_id, Claim.skill_id, level)
    query = query.where(arrays.among(db, col(Claim.skill_id), skills.tolist()), col(Claim.dropped_at).is_(None))
    return arrays.integers(db, query.where(Claim.level != "learning").order_by(level.desc()).limit(MOST_CLAIMS), 3)


def _highest(db: Session, members: Ints, skill: Floats) -> Ints:
    """Which of the members (m,) to look at, by what their claims tell (m,) and their standing."""
    known = arrays.numbers(db, overall(db, members.tolist()), 2)
    standing = looked_up(known[:, 0].astype(np.int64), known[:, 1], members).astype(np.float32)
    return np.argsort(-matching.mixed(skill, np.zeros_like(skill), np.log1p(standing)), kind="stable")[:MOST]


def _pool(db: Session, claimants: Sequence[int], names: Mapping[int, str] | None = None) -> Pool:
    """These and the sample, which stands for all who are not among them."""
    newest = _newest(db) or 0
    numbers = Random(newest // SAMPLE).sample(range(1, newest + 1), min(SAMPLE, newest))
    sample = db.exec(select(Member.id).where(arrays.among(db, col(Member.number), numbers))).all()
    pool = pool_of(db, sorted({*claimants, *sample}), names)
    is_sample, is_claimant = np.isin(pool.members, sample), np.isin(pool.members, list(claimants))
    others = is_sample & ~is_claimant
    everybody = is_sample.sum() / max(1, len(numbers)) * newest
    weight = np.ones(pool.size, np.float32)
    weight[others] = max(1.0, (everybody - is_claimant.sum()) / max(1, others.sum()))
    return pool.weighing(weight)

"""Who comes into question for one text, without reading everybody: those who claim what comes near it, and a sample.

The sample stands for all others: how high a score is, and how rare a word, is reckoned against the whole community.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np
from sqlalchemy import case, func
from sqlmodel import Session, col, select

from bot import matching
from bot.ctx import Ctx
from bot.evidence import evidence_of
from bot.matching import LOOK, Bools, Doubles, Floats, Ints
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
MOST_CLAIMS, ENOUGH, MOST = 5_000, 600, 120
STEPS = (0, 16, 64, 256)


def are_few(db: Session) -> bool:
    """Whether everybody is read: it is quick enough, and exact."""
    return (_newest(db) or 0) <= FEW


def _newest(db: Session) -> int | None:
    return db.exec(select(func.max(Member.number))).one()


def ranking_of(ctx: Ctx, text: str, on_file: Sequence[str]) -> Ranking:
    """Those who may fit one text, against it."""
    ids, names = arrays.named(ctx.db, col(Skill.id), col(Skill.name))
    matches = matches_of(ctx, names, [text])
    rare = rarity_of(ctx, names, on_file)
    trusted = len(on_file) if matches.scale.is_calibrated else None
    some = _claimants(ctx.db, ids, matches, rare, trusted, names)
    sample = _sample(ctx.db)
    standing = arrays.numbers(ctx.db, overall(ctx.db, [*some.member.tolist(), *sample]), 2)
    claimants = _highest(some, standing)
    pool = _pool(ctx.db, claimants, sample, dict(zip(ids.tolist(), names, strict=True)), standing)
    at = np.searchsorted(ids, pool.ids)
    written = None if matches.by_words else evidence_of(ctx, [text], pool.members, claimants)
    return Ranking(pool, [text], matches.among(at), rare[at], trusted, written)


def ranking_for(ctx: Ctx, member: int, texts: Sequence[str], on_file: Sequence[str]) -> Ranking:
    """One member against several texts; of what others claim only the words are read."""
    pool = _pool(ctx.db, [member], _sample(ctx.db))
    row = pool.row(member)
    mine = sorted({int(pool.skill[at]) for at in pool.claims_of(row)}) if row is not None else []
    names = [pool.skills[at] for at in mine]
    found, rare = matches_of(ctx, names, list(texts)), np.zeros(len(pool.skills), np.float32)
    rare[mine] = rarity_of(ctx, names, on_file)
    trusted = len(on_file) if found.scale.is_calibrated else None
    written = None if found.by_words else evidence_of(ctx, texts, pool.members, [member])
    return Ranking(pool, list(texts), found.spread_over(mine, len(pool.skills)), rare, trusted, written)


class _Some(NamedTuple):
    """Members (id) and what their claims tell, (m,)."""

    member: Ints
    telling: Floats


def _claimants(db: Session, ids: Ints, matches: Matches, rare: Floats, trusted: int | None, names: list[str]) -> _Some:
    """The members who pass the gate; when nobody does, those who come close."""
    gate = matching.gated(matches.match, rare, trusted)[:, 0]
    tells = matching.telling(matches.match, rare)[:, 0]
    passes = gate >= LOOK
    if matches.by_words:
        passes |= _shares_words(matches.windows[0], names)
    found = _best(db, ids[passes], tells[passes])
    return found if len(found.member) else _best(db, ids[gate >= CLOSE], tells[gate >= CLOSE])


def _shares_words(windows: list[str], names: list[str]) -> Bools:
    """Which skills (s,) have a word in common with a text, the first of whose windows is all of it."""
    words = set(matching.terms(windows[0])) if windows else set[str]()
    return np.array([not words.isdisjoint(said(name)) for name in names], np.bool_)


def _best(db: Session, skills: Ints, tells: Floats) -> _Some:
    """Those who claim these skills (k,), each telling so much.

    The most telling skills are looked at first, so many at a time, until enough people are found.
    """
    order, rows = np.argsort(-tells, kind="stable"), np.zeros((0, 3), np.int64)
    for start, end in pairwise((*STEPS, len(skills))):
        if start >= len(skills) or len(rows) >= ENOUGH:
            break
        rows = np.concatenate([rows, _claims(db, skills[order[start:end]])])
    members = np.unique(rows[:, 0])
    at = np.searchsorted(members, rows[:, 0])
    worth = looked_up(skills, tells, rows[:, 1]) * WEIGHTS[rows[:, 2]]
    return _Some(members, np.bincount(at, worth, len(members)).astype(np.float32))


def _claims(db: Session, skills: Ints) -> Ints:
    """Member, skill and level of those who claim these skills, the highest levels first, (c, 3)."""
    level = case({name: at for at, name in enumerate(LEVELS)}, value=col(Claim.level))
    query = select(Claim.member_id, Claim.skill_id, level)
    query = query.where(arrays.among(db, col(Claim.skill_id), skills.tolist()), col(Claim.dropped_at).is_(None))
    return arrays.integers(db, query.where(Claim.level != "learning").order_by(level.desc()).limit(MOST_CLAIMS), 3)


def _highest(some: _Some, standing: Doubles) -> list[int]:
    """The many best of them, by what their claims tell and by standing: rows of member and value."""
    if len(some.member) <= MOST:
        return some.member.tolist()
    known = looked_up(standing[:, 0].astype(np.int64), standing[:, 1], some.member).astype(np.float32)
    score = matching.mixed(some.telling, np.zeros_like(some.telling), np.log1p(known))
    return some.member[np.argsort(-score, kind="stable")[:MOST]].tolist()


def _sample(db: Session) -> list[int]:
    """Some of all numbers that were ever given, and who has them."""
    return list(db.exec(select(Member.id).where(arrays.among(db, col(Member.number), _numbers(db)))).all())


def _numbers(db: Session) -> list[int]:
    """Those that stand for all; other ones when many have joined."""
    newest = _newest(db) or 0
    return Random(newest // SAMPLE).sample(range(1, newest + 1), min(SAMPLE, newest))


def _pool(
    db: Session,
    claimants: Sequence[int],
    sample: Sequence[int],
    names: Mapping[int, str] | None = None,
    standing: Doubles | None = None,
) -> Pool:
    """These and the sample, which stands for all who are not among them."""
    pool = pool_of(db, sorted({*claimants, *sample}), names, standing)
    is_sample, is_claimant = np.isin(pool.members, sample), np.isin(pool.members, list(claimants))
    others = is_sample & ~is_claimant
    newest = _newest(db) or 0
    everybody = is_sample.sum() / max(1, min(SAMPLE, newest)) * newest
    weight = np.ones(pool.size, np.float32)
    weight[others] = max(1.0, (everybody - is_claimant.sum()) / max(1, others.sum()))
    return pool.weighing(weight)

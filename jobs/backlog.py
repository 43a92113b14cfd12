"""Encodes in the background what ranking will need, so that nobody waits for it."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot import work
from bot.embedding import SKILL, TEXT, WINDOWS, Library
from bot.encoder import Encoder
from bot.evidence import pieces_of
from bot.taxonomy import spelled
from storage.db import reading, transaction
from storage.machinery import Vector
from storage.models import Claim, Community, Need, Skill
from storage.vectors import keep

AT_ONCE, TEXTS_AT_ONCE = 64, 20
Part = tuple[str, list[str]]
log = structlog.get_logger("manyhands.embed")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one community needs vectors of, and what of that has none yet."""

    community: int
    total: int
    names: list[str]
    texts: list[str]
    written: list[str]

    @property
    def missing(self) -> int:
        """How many texts."""
        return len(self.names) + len(self.texts) + len(self.written)


def backlogs(engine: Engine, encoder: Encoder) -> list[Backlog]:
    """Of every community, for a model; what has vectors is warm afterwards. Nothing is encoded."""
    with reading(engine) as db:
        communities = db.exec(select(Community.id)).all()
    return [_backlog(engine, encoder, one) for one in communities]


def _backlog(engine: Engine, encoder: Encoder, community: int) -> Backlog:
    with reading(engine, community) as db:
        names, texts = _in_use_first(db), _texts(db)
        written = list(dict.fromkeys(one.words for one in pieces_of(db)))
        library = Library(db, encoder, [])
        known = library.stored_skills(names), library.stored_windows(texts), library.stored_texts(written)
    total = len(names) + len(texts) + len(written)
    missing = (
        [one for one in some if one not in there] for some, there in zip((names, texts, written), known, strict=True)
    )
    return Backlog(community, total, *missing)


def embed_backlog(engine: Engine, encoder: Encoder) -> int:
    """Encodes names, open opportunities and what is written of members' work, if not yet; returns how many.

    Raises `EncoderDown`.
    """
    return sum(_embed(engine, encoder, one) for one in backlogs(engine, encoder))


def _embed(engine: Engine, encoder: Encoder, found: Backlog) -> int:
    made, before = 0, found.total - found.missing
    for part in _parts(found):
        made += _kept(engine, encoder, found.community, part)
        log.info("encoded", model=encoder.model, community=found.community, done=before + made, of=found.total)
    return made


def _parts(found: Backlog) -> Iterable[Part]:
    """Small enough that a person's question never waits long for the model."""
    for at in range(0, len(found.names), AT_ONCE):
        yield SKILL, found.names[at : at + AT_ONCE]
    for at in range(0, len(found.texts), TEXTS_AT_ONCE):
        yield WINDOWS, found.texts[at : at + TEXTS_AT_ONCE]
    for at in range(0, len(found.written), AT_ONCE):
        yield TEXT, found.written[at : at + AT_ONCE]


def _kept(engine: Engine, encoder: Encoder, community_id: int, part: Part) -> int:
    """Encodes what has no vectors yet and keeps it; returns how many."""
    fresh: list[Vector] = []
    with reading(engine, community_id) as db:
        Library(db, encoder, fresh).encode(*part)
    if fresh:
        with transaction(engine, community_id) as db:
            keep(db, fresh)
    return len(fresh)


def _in_use_first(db: Session) -> list[str]:
    """Every known name of a skill, those that are claimed or needed before the rest."""
    used = select(Claim.skill_id).where(col(Claim.dropped_at).is_(None))
    needed = select(Need.skill_id)
    query = select(Skill.name).where(col(Skill.id).in_(used) | col(Skill.id).in_(needed))
    return list(dict.fromkeys([*db.exec(query).all(), *spelled(db)]))


def _texts(db: Session) -> list[str]:
    found = work.open_ones(db)
    needs = work.needs_of(db, found)
    return list(dict.fromkeys(work.words_of(one, needs[one.id]) for one in found))

"""Changing the language model without a gap: the old one serves until everything has vectors of the new one."""

from datetime import datetime

import structlog

from bot.encoder import EncoderDown
from jobs.backlog import embed_backlog
from jobs.calibrate import estimate
from jobs.embed import Encoder
from jobs.house import House
from storage import language
from storage.db import reading, transaction

log = structlog.get_logger("manyhands.swap")


def work_ahead(house: House, now: datetime) -> int:
    """Encodes what has no vectors yet, and lets a model that has them all serve; returns how many texts.

    Raises `EncoderDown` when the model that serves cannot be used and none is to follow.
    """
    follow(house)
    if house.coming is not None:
        return _prepare(house, house.coming, now)
    made = embed_backlog(house.engine, house.encoder)
    if not _is_noted(house):
        _begin(house, house.encoder, now)
    return made


def follow(house: House) -> None:
    """Where another process has prepared the model that is to follow, it serves here as well."""
    house.let_go()
    if house.coming is None:
        return
    with reading(house.engine) as db:
        serves = language.serving(db)
    if serves == house.coming.model:
        house.succeed()


def _prepare(house: House, coming: Encoder, now: datetime) -> int:
    """Both models work; the old one first, because it serves. If it cannot any more, nobody waits for the new one."""
    made = 0
    try:
        made += embed_backlog(house.engine, house.encoder)
        made += _embedded_or_told(house, coming, now)
    except EncoderDown as down:
        log.warning("the language model that served is down, the next one begins early", why=str(down))
    else:
        if coming.state == "down":
            return made
    _begin(house, coming, now)
    house.succeed()
    return made


def _embedded_or_told(house: House, coming: Encoder, now: datetime) -> int:
    """A new model that cannot be loaded changes nothing, and admins hear why, once a day."""
    try:
        return embed_backlog(house.engine, coming)
    except EncoderDown as down:
        said = {"model": coming.model, "serves": house.encoder.model, "why": str(down)}
        house.say_everywhere("matching stays", now, f"matching-stays-{now:%Y%m%d}", **said)
        return 0


def _is_noted(house: House) -> bool:
    with reading(house.engine) as db:
        known = language.of(db, house.encoder.model)
    return known is not None and known.serves_since is not None


def _begin(house: House, encoder: Encoder, now: datetime) -> None:
    """From now on this model serves; admins hear of another one than before, and whether it is calibrated."""
    with reading(house.engine) as db:
        before = language.serving(db)
    scale = estimate(house.engine, encoder, now)
    with transaction(house.engine) as db:
        language.serve(db, encoder.model, now)
    log.info("language model serves", model=encoder.model, before=before, basis=scale.basis)
    if encoder.model != before or not scale.is_calibrated:
        said = {"model": encoder.model, "calibrated": "yes" if scale.is_calibrated else "no"}
        house.say_everywhere("matching changed", now, f"matching-changed-{now:%Y%m%dT%H%M%S}", **said)

"""A town's weekly digest as the clock posts it: the real model, its vectors made before and kept between towns."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import select

from benchmarks.driving import Driven, drive
from benchmarks.measure import peak_mb
from benchmarks.town import Town
from bot import features
from bot.app import App
from bot.ctx import Request
from bot.ui import No
from jobs.apart import apart
from jobs.backlog import embed_backlog
from jobs.clock import SYSTEM
from jobs.embed import Encoder
from storage.db import connect, reading, transaction
from storage.machinery import Vector
from storage.vectors import keep

_known: list[Vector] = []


def digest(town: Town) -> tuple[float, float]:
    """The time of `digest weekly`, s, in a process of its own, and the most memory it held, MB."""
    engine = connect(town.url)
    with transaction(engine, town.community) as db:
        keep(db, [Vector(**one.model_dump()) for one in _known])
    encoder = Encoder()
    try:
        embed_backlog(engine, encoder)
    finally:
        encoder.close()
    with reading(engine, town.community) as db:
        _known[:] = db.exec(select(Vector)).all()
    engine.dispose()
    driven = drive(_digest, 1, town)
    return driven.ended - driven.began, driven.peak_mb


def _digest(number: int, go: Any, town: Town) -> Driven:
    encoder = Encoder()
    app = App(connect(town.url), features.catalogue(), encoder, features.welcome, apart)
    go.wait()
    now = datetime.now(UTC)
    try:
        reply = app.handle(Request("load-digest", town.place, SYSTEM, "digest weekly", now, timer=True)).reply
    finally:
        encoder.close()
    if reply is None or isinstance(reply, No):
        raise RuntimeError(f"no digest: {reply}")
    return Driven(now.timestamp(), datetime.now(UTC).timestamp(), [0.0], peak_mb=peak_mb())

"""Work too long for the process that serves: the same request, seen to in another process with the same database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot import reputation
from bot.calibration import Scale
from bot.ctx import Ctx, Request, here
from bot.embedding import Library
from bot.encoder import Absent, EncoderDown, Unencoded
from storage.db import connect, reading
from storage.machinery import Vector
from storage.models import Community, Member, Place

T = TypeVar("T")
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class World:
    """A request's world as another process opens it again; `down` says why there is no model."""

    url: str
    community: int
    place: int
    me: int
    request: Request
    model: str
    scale: Scale
    fresh: list[Vector]
    down: str = ""


def elsewhere(ctx: Ctx, work: Callable[[Ctx], T], above: int = 0) -> T:
    """`work(ctx)`, which only reads; of a large community in another process, so that nobody who is served waits.

    Large is one `above` so many members, 300 unless said: a process takes its time to begin.

    The model stays here: what the other process finds without a vector is encoded here, and it begins again.
    """
    if ctx.apart is here or not reputation.has_more_than(ctx.db, above or reputation.SMALL_COMMUNITY):
        return work(ctx)
    down = ""
    for _ in range(MOST_TRIES):
        try:
            return ctx.apart(_there, _world(ctx, down), work)
        except Unencoded as missing:
            down = _encoded(ctx, missing)
    raise EncoderDown("New skills and posts come faster than they can be encoded.")


def _world(ctx: Ctx, down: str) -> World:
    url = ctx.db.get_bind().engine.url.render_as_string(hide_password=False)
    return World(
        url,
        ctx.community.id,
        ctx.place.id,
        ctx.me.id,
        ctx.request,
        ctx.encoder.model,
        ctx.encoder.scale,
        ctx.fresh,
        down,
    )


def _encoded(ctx: Ctx, missing: Unencoded) -> str:
    """Encodes what is missing; returns why that is impossible, or nothing."""
    try:
        Library(ctx.db, ctx.encoder, ctx.fresh).encode(missing.kind, missing.texts)
    except EncoderDown as down:
        return str(down)
    return ""


def _there(world: World, work: Callable[[Ctx], T]) -> T:
    """In the other process."""
    engine = connect(world.url, pool=1)
    try:
        with reading(engine, world.community) as db:
            community, place = db.get_one(Community, world.community), db.get_one(Place, world.place)
            me, encoder = db.get_one(Member, world.me), Absent(world.model, world.scale, world.down)
            return work(Ctx(db, world.request, community, place, me, encoder, world.fresh))
    finally:
        engine.dispose()

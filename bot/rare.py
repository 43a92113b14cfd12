"""How telling each skill is beside the open work, kept between questions: only what is new is compared."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot import matching
from bot.ctx import Ctx
from bot.embedding import scale_of
from bot.matching import Floats, Ints
from bot.meaning import matches_of

MOST_TEXTS, MOST_NAMES, ROOM = 2_000, 100_000, 256
UNKNOWN = -1
Column = NDArray[np.int8]
_places: dict[str, int] = {}
_near: dict[tuple[str, str], Column] = {}


def rarity_of(ctx: Ctx, names: Sequence[str], texts: Sequence[str]) -> Floats:
    """What `matching.rarity` gives for skills of these names, (s,), among these texts."""
    places = _places_of(names)
    model = f"{ctx.encoder.model} {scale_of(ctx.db, ctx.encoder)}"
    columns = {text: _column(model, text) for text in texts}
    known = {text: column[places] for text, column in columns.items()}
    lacking = [text for text, here in known.items() if here.min(initial=0) == UNKNOWN]
    if lacking and not _compared(ctx, names, places, {text: columns[text] for text in lacking}):
        return matching.rarity(matches_of(ctx, list(names), list(texts)).match)
    known |= {text: columns[text][places] for text in lacking}
    near = np.zeros(len(names), np.int64)
    for here in known.values():
        near += here
    return matching.rarity_of_counts(near, len(columns))


def _compared(ctx: Ctx, names: Sequence[str], places: Ints, columns: dict[str, Column]) -> bool:
    """Fills in what is unknown of these texts; nothing is kept of what names alone tell while the model is down."""
    unknown = np.any([column[places] == UNKNOWN for column in columns.values()], axis=0)
    found = matches_of(ctx, [names[at] for at in np.flatnonzero(unknown).tolist()], list(columns))
    if found.by_words:
        return False
    for at, column in enumerate(columns.values()):
        column[places[unknown]] = found.match[:, at] >= matching.NEAR
    return True


def _places_of(names: Sequence[str]) -> Ints:
    """Where each name stands in every column, (s,)."""
    if len(_places) > MOST_NAMES:
        _places.clear()
        _near.clear()
    return np.array([_places.setdefault(name, len(_places)) for name in names], np.int64)


def _column(model: str, text: str) -> Column:
    """What is known of one text, by place: near (1), not near (0), or unknown."""
    if len(_near) > MOST_TEXTS:
        _near.clear()
    held = _near.get((model, text), np.zeros(0, np.int8))
    if len(held) < len(_places):
        more = np.full(len(_places) - len(held) + ROOM, UNKNOWN, np.int8)
        held = _near[model, text] = np.concatenate([held, more])
    return held

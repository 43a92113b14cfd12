"""What the scenarios of this folder have in common."""

import pytest

from bot.ctx import Refusal
from bot.kinds import (
    Ask,
)
from bot.text import plain

ASK = Ask("What?")


HOSTILE = [
    "\x00",
    "x" * 40_000,
    "<!channel>",
    "@everyone",
    "\u202etxet",
    "\u200b",
    "🙌🏽",
    "{x}",
    "%s",
    "'; DROP TABLE member; --",
    "../../etc",
    "```",
    '"unbalanced',
    "٣",
    "²",
    "1e9",
    "nan",
    "",
    " ",
]


def refused(read, ctx, text, ask=ASK):
    with pytest.raises(Refusal) as no:
        read(ctx, text, ask)
    assert plain(no.value.text).strip()
    return plain(no.value.text)

"""How many of those who step forward get an answer from a poster; shown where they decide whether to."""

from datetime import timedelta

from sqlmodel import col, select

from bot.ctx import Ctx
from bot.text import Text, md
from storage.models import Interest, Opportunity

INTERESTED = ("interested", "declined", "named", "filled")
FAIR = timedelta(days=3)
FEWEST = 3


def rate(ctx: Ctx, poster_id: int) -> tuple[int, int]:
    """How many of those who stepped forward for a poster's work got a word, and how many there were.

    Who stepped forward less than three days ago and still waits is not counted.
    """
    query = select(Interest.decided_at).join(Opportunity, col(Opportunity.id) == Interest.opportunity_id)
    query = query.where(Opportunity.poster_id == poster_id, col(Interest.state).in_(INTERESTED))
    settled = col(Interest.decided_at).is_not(None) | (col(Interest.answered_at) <= ctx.now - FAIR)
    rows = ctx.db.exec(query.where(settled)).all()
    return sum(one is not None for one in rows), len(rows)


def said(ctx: Ctx, poster_id: int) -> Text:
    """`The poster has answered 8 of 10 who stepped forward.`; nothing while there are few."""
    answered, total = rate(ctx, poster_id)
    if total < FEWEST:
        return ()
    share = "everyone" if answered == total else f"{answered} of {total}"
    return md("The poster has answered {share} who stepped forward so far.", share=share)

"""A poster's word to those who step forward: who waits for it, and what follows from it."""

from datetime import timedelta

from sqlmodel import Session, col, select

from bot import timers, work
from bot.config import load
from bot.ctx import Ctx
from storage.models import Interest, Opportunity


def waiting(db: Session, opportunity: Opportunity) -> list[Interest]:
    """Those who are interested and have heard nothing, the first first."""
    query = select(Interest).where(Interest.opportunity_id == opportunity.id, Interest.state == "interested")
    return list(db.exec(query.order_by(col(Interest.answered_at), col(Interest.id))).all())


def remind_later(ctx: Ctx, opportunity: Opportunity) -> None:
    """The poster is reminded when nobody got a word for as long as the community is patient."""
    due = ctx.now + timedelta(days=load(ctx, work.OpportunitySettings).patience)
    timers.soon(ctx, f"opportunity-remind-{opportunity.id}", f"opportunity remind o{opportunity.number}", due)


def decide(ctx: Ctx, opportunity: Opportunity, row: Interest, state: str, why: str = "") -> None:
    """The poster's word on one of the interested."""
    row.state, row.decided_at, row.decided_why = state, row.decided_at or ctx.now, why
    ctx.db.add(row)
    tend(ctx, opportunity)


def tend(ctx: Ctx, opportunity: Opportunity) -> None:
    """A sign of life from its poster."""
    opportunity.tended_at = ctx.now
    ctx.db.add(opportunity)

"""What a member and an opportunity have to do with one another: the answer on file, and what may be shown."""

from sqlmodel import col, select

from bot.ctx import Ctx
from storage.models import Interest, Member, Opportunity

CURIOUS = "curious"


def answer_of(ctx: Ctx, opportunity: Opportunity, who: Member) -> Interest | None:
    """Somebody's answer, mere curiosity included."""
    wanted = select(Interest).where(Interest.opportunity_id == opportunity.id, Interest.member_id == who.id)
    return ctx.db.exec(wanted).first()


def curious(ctx: Ctx, opportunity: Opportunity) -> Interest:
    """A first sign: no answer yet, but known by a number."""
    row = Interest(opportunity_id=opportunity.id, member_id=ctx.me.id, state=CURIOUS, answered_at=ctx.now)
    ctx.db.add(row)
    ctx.db.flush()
    return row


def rank_of(ctx: Ctx, row: Interest) -> int:
    """A number that names one of the interested to the poster, and to nobody else."""
    query = select(Interest.id).where(Interest.opportunity_id == row.opportunity_id).order_by(col(Interest.id))
    return list(ctx.db.exec(query).all()).index(row.id) + 1


def ranked(ctx: Ctx, opportunity: Opportunity, rank: int) -> Interest | None:
    """The one whom that number names."""
    query = select(Interest).where(Interest.opportunity_id == opportunity.id).order_by(col(Interest.id))
    return ctx.db.exec(query.offset(rank - 1).limit(1)).first()


def may_see(ctx: Ctx, opportunity: Opportunity) -> bool:
    """Whether the details are for this member: no teaser, one's own, an admin's, opened, or named to one another."""
    if not opportunity.teaser or ctx.me.admin or opportunity.poster_id == ctx.me.id:
        return True
    row = answer_of(ctx, opportunity, ctx.me)
    return row is not None and (row.shown_at is not None or row.state in ("named", "filled"))

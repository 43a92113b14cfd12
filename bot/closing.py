"""What follows when an opportunity closes or opens again, whoever said so."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot import outbox, reputation, timers, together, work
from bot.ctx import Ctx
from bot.text import join, md
from bot.ui import card, line
from storage.dealings import Referral
from storage.models import Interest, Member, Opportunity

TIMERS = ("end", "warn", "remind", "silence", "doubt")
EARNED = ("work", "referral")
FILLED, TOOK = "*{title}* is filled, by {who}.", "{poster} says that you took *{title}*. Well done."


def close(ctx: Ctx, opportunity: Opportunity, outcome: str, by: Sequence[Member] = (), why: str = "") -> None:
    """Closes it; those who took it are remembered, those who stepped forward are told (`why` in a sentence)."""
    opportunity.state, opportunity.closed_at = outcome, ctx.now
    ctx.db.add(opportunity)
    for kind in TIMERS:
        timers.cancel(ctx, f"opportunity-{kind}-{opportunity.id}")
    _tell_interested(ctx, opportunity, {one.id for one in by}, why)
    for member in by:
        _filled(ctx, opportunity, member)
    ctx.db.flush()
    _offer(ctx, opportunity, by)
    outbox.show(ctx, None, work.shown(ctx, opportunity))


def interested(ctx: Ctx, opportunity: Opportunity) -> list[tuple[Interest, Member]]:
    """Those who stepped forward."""
    query = select(Interest, Member).join(Member, col(Interest.member_id) == Member.id)
    query = query.where(Interest.opportunity_id == opportunity.id, col(Interest.state).in_(work.INTERESTED))
    return list(ctx.db.exec(query.order_by(col(Interest.id))).all())


def _tell_interested(ctx: Ctx, opportunity: Opportunity, taken: set[int], why: str) -> None:
    for row, member in interested(ctx, opportunity):
        if not why:
            row.decided_at = row.decided_at or ctx.now
            ctx.db.add(row)
        if member.id not in taken:
            said = "*{title}* is closed. Thank you for stepping forward."
            outbox.dm(ctx, member, card(said, line(why) if why else None, title=opportunity.title))


def _filled(ctx: Ctx, opportunity: Opportunity, member: Member) -> None:
    query = select(Interest).where(Interest.opportunity_id == opportunity.id, Interest.member_id == member.id)
    row = ctx.db.exec(query).first() or Interest(
        opportunity_id=opportunity.id, member_id=member.id, state="filled", answered_at=ctx.now
    )
    row.state, row.decided_at = "filled", row.decided_at or ctx.now
    ctx.db.add(row)
    poster = ctx.db.get_one(Member, opportunity.poster_id)
    if member.id != poster.id:
        reputation.enter(ctx, "work", f"o{opportunity.number}", poster, member, None)
        _credit(ctx, opportunity, poster, member)


def team(poster: Member, by: Sequence[Member]) -> list[Member]:
    """The poster, and those who took it."""
    return [poster, *(one for one in by if one.id != poster.id)]


def _offer(ctx: Ctx, opportunity: Opportunity, by: Sequence[Member]) -> None:
    """One word to each who took part, whoever closed it; the one who did reads it in the answer."""
    poster = ctx.db.get_one(Member, opportunity.poster_id)
    took_part = team(poster, by) if by else []
    for member in took_part:
        others = [one for one in took_part if one.id != member.id]
        if member.id == ctx.me.id or not others or member.left_at is not None:
            continue
        names = join([md("{who}", who=one) for one in others])
        said = TOOK if member.id != poster.id else FILLED
        words = card(said, title=opportunity.title, poster=poster, who=names)
        outbox.dm(ctx, member, together.offer(ctx, opportunity, member, took_part, words))


def _credit(ctx: Ctx, opportunity: Opportunity, poster: Member, taker: Member) -> None:
    """Whoever was first to pass it to the one who took it earns standing, from the poster whom it helped."""
    query = select(Referral).where(Referral.opportunity_id == opportunity.id, Referral.member_id == taker.id)
    first = ctx.db.exec(query.order_by(col(Referral.referred_at), col(Referral.id))).first()
    if first is None or first.giver_id in (poster.id, taker.id):
        return
    source = ctx.db.get_one(Member, first.giver_id)
    reputation.enter(ctx, "referral", f"o{opportunity.number}", poster, source, None)
    said = "{who} took *{title}*, which you passed on. That counts for your standing."
    outbox.dm(ctx, source, card(said, who=taker, title=opportunity.title))


def open_again(ctx: Ctx, opportunity: Opportunity) -> None:
    """Takes back what closing it gave, and tells those who had stepped forward."""
    opportunity.state, opportunity.closed_at, opportunity.tended_at = "open", None, ctx.now
    ctx.db.add(opportunity)
    for kind in EARNED:
        reputation.reverse(ctx, kind, f"o{opportunity.number}")
    for row, member in interested(ctx, opportunity):
        row.state = "named" if row.state == "filled" else row.state
        ctx.db.add(row)
        if member.id != ctx.me.id:
            told = card("*{title}* is open again. You are still on the list.", title=opportunity.title)
            outbox.dm(ctx, member, told)
    work.remember_end(ctx, opportunity)
    outbox.show(ctx, None, work.shown(ctx, opportunity))

"""Passing work to a peer: they hear who thought of them, and why; when it is filled, that counts."""

from datetime import timedelta
from typing import Annotated

from sqlalchemy import func
from sqlmodel import col, select

from bot import outbox, work
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.text import md
from bot.ui import Facts, Quote, Reply, card, note
from storage.dealings import Referral
from storage.models import Interest, Member, Opportunity

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_A_DAY, MOST_A_WEEK = 5, 3


@command(
    "opportunity refer",
    "Pass work to a peer who could take it",
    example="opportunity refer o12 @ben You ran our first cluster",
    submit="Pass it on",
    posts="a DM to them",
)
def refer(
    ctx: Ctx,
    opportunity: Annotated[Opportunity, Ask("Which one?", suggest=work.suggest_open)],
    to: Annotated[Member, Ask("To whom?")],
    why: Annotated[str, Ask("Why them?", long=True, shortest=3, longest=500)],
) -> Reply:
    """They hear from whom it comes and why, with the buttons."""
    _check(ctx, opportunity, to)
    row = Referral(opportunity_id=opportunity.id, giver_id=ctx.me.id, member_id=to.id, why=why, referred_at=ctx.now)
    ctx.db.add(row)
    ctx.db.flush()
    if to.tips and _received(ctx, to) <= MOST_A_WEEK:
        _tell(ctx, opportunity, to, why)
    return card(
        "Passed to {who}.",
        note("They answer as they like; if they take it, it counts for your standing."),
        who=to,
    )


def _check(ctx: Ctx, opportunity: Opportunity, to: Member) -> None:
    if opportunity.state != "open":
        raise Refusal("*{title}* is closed: {state}.", title=opportunity.title, state=opportunity.state)
    if to.id == ctx.me.id:
        raise Refusal("That is you. *Interested* says so to the poster.", field="to")
    if to.id == opportunity.poster_id:
        raise Refusal("{who} posted it.", field="to", who=to)
    mine = select(Referral).where(Referral.giver_id == ctx.me.id)
    if ctx.db.exec(mine.where(Referral.opportunity_id == opportunity.id, Referral.member_id == to.id)).first():
        raise Refusal("You have passed it to {who} already.", field="to", who=to)
    if len(ctx.db.exec(mine.where(Referral.referred_at > ctx.now - A_DAY)).all()) >= MOST_A_DAY:
        raise Refusal("{n} in a day is a lot. The next one can go out tomorrow.", n=MOST_A_DAY)


def _received(ctx: Ctx, to: Member) -> int:
    """How many were passed to somebody this week."""
    query = select(func.count(col(Referral.id))).where(Referral.member_id == to.id)
    return ctx.db.exec(query.where(Referral.referred_at > ctx.now - A_WEEK)).one()


def _tell(ctx: Ctx, opportunity: Opportunity, to: Member, why: str) -> None:
    """Who has answered already, or is on the way to, is left in peace."""
    answered = select(Interest.id).where(Interest.opportunity_id == opportunity.id, Interest.member_id == to.id)
    if ctx.db.exec(answered).first():
        return
    about = [("Pays", opportunity.pay), ("Where", opportunity.location)]
    facts = tuple((label, md("{value}", value=value)) for label, value in about if value)
    told = card(
        "{giver} thought of you for *{title}*.",
        Quote(why),
        Facts(facts) if facts else None,
        work.answers(opportunity),
        note("`opportunity show {id}` tells more. Silence is an answer, too.", id=f"o{opportunity.number}"),
        giver=ctx.me,
        title=opportunity.title,
        key=f"o{opportunity.number}",
    )
    outbox.dm(ctx, to, told)

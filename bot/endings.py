"""How opportunities end: filled, cancelled or expired; a warning first, more time in one tap, and a way back."""

from datetime import timedelta
from typing import Annotated, Literal

from bot import closing, outbox, posting, replies, together, work
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.posting import Until
from bot.ui import Actions, Button, Reply, actions, card
from storage.models import Member, Opportunity

Outcome = Literal["filled", "cancelled", "expired"]
Which = Annotated[Opportunity, Ask("Which one?")]
MORE = timedelta(days=14)


@command("opportunity warn", "Tell the poster that it closes soon", timer=True)
def warn(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """One tap keeps it open for two more weeks."""
    if opportunity.state != "open" or opportunity.until is None:
        return None
    which = f"o{opportunity.number}"
    keep = Button("Two more weeks", f"opportunity extend {which}", "primary")
    done = Button("It is filled", f"opportunity close {which} filled")
    told = card("*{title}* closes on {day}.", Actions((keep, done)), title=opportunity.title, day=opportunity.until)
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)
    return None


@command("opportunity end", "Close what is over", timer=True)
def end(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """Nobody closed it: it expires, and those interested are told."""
    if opportunity.state == "open":
        closing.close(ctx, opportunity, "expired", why="Its last day is over.")
        again = Actions((Button("Open it again", f"opportunity reopen o{opportunity.number}"),))
        told = card("*{title}* is closed: its last day is over.", again, title=opportunity.title)
        outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)
    return None


@command("opportunity close", "Close what you posted", example="opportunity close o12 filled @ben", submit="Close")
def close(
    ctx: Ctx,
    opportunity: Which,
    outcome: Annotated[Outcome, Ask("How did it end?")],
    by: Annotated[list[Member] | None, Ask("Who took it?")] = None,
) -> Reply:
    """When filled, who filled it is remembered as work done together."""
    work.check_owner(ctx, opportunity)
    if by and outcome != "filled":
        raise Refusal("Nobody can have taken it when it is {outcome}.", field="by", outcome=outcome)
    closing.close(ctx, opportunity, outcome, by or [])
    again = Button("Open it again", f"opportunity reopen o{opportunity.number}")
    closed = card("*{title}* is closed: {outcome}.", actions(again), title=opportunity.title, outcome=outcome)
    poster = ctx.db.get_one(Member, opportunity.poster_id)
    team = closing.team(poster, by or [])
    if not by or ctx.me.id not in {one.id for one in team}:
        return closed
    return together.offer(ctx, opportunity, ctx.me, team, closed)


@command("opportunity extend", "Keep what you posted open for longer", example="opportunity extend o12 2026-12-31")
def extend(ctx: Ctx, opportunity: Which, until: Until = None) -> Reply:
    """Two more weeks, unless a day is named."""
    work.check_owner(ctx, opportunity)
    today = posting.today(ctx)
    until = posting.last_day(ctx, until or max(opportunity.until or today, today) + MORE)
    if opportunity.until and until <= opportunity.until:
        raise Refusal("It is open until {day} already.", field="until", day=opportunity.until)
    opportunity.until = until
    replies.tend(ctx, opportunity)
    work.remember_end(ctx, opportunity)
    outbox.show(ctx, None, work.shown(ctx, opportunity))
    return card("*{title}* stays open until {day}.", title=opportunity.title, day=until)


@command("opportunity reopen", "Open again what was closed", example="opportunity reopen o12")
def reopen(ctx: Ctx, opportunity: Which, until: Until = None) -> Reply:
    """Those who stepped forward are told; what closing it gave is taken back."""
    work.check_poster(ctx, opportunity)
    if opportunity.state == "open":
        raise Refusal("{id} is open.", field="opportunity", id=f"o{opportunity.number}")
    days = timedelta(days=load(ctx, work.OpportunitySettings).days)
    today = posting.today(ctx)
    kept = opportunity.until if opportunity.until and opportunity.until >= today else today + days
    opportunity.until = posting.last_day(ctx, until or kept)
    closing.open_again(ctx, opportunity)
    return card("*{title}* is open again, until {day}.", title=opportunity.title, day=opportunity.until)

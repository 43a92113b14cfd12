"""Posters who fall silent: reminded first; then the post closes, and those who waited are told."""

from datetime import datetime, timedelta

from bot import closing, outbox, replies, timers, work
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.pages import count
from bot.ui import Actions, Button, Reply, card, line
from storage.models import Member, Opportunity


def _patience(ctx: Ctx) -> timedelta:
    return timedelta(days=load(ctx, work.OpportunitySettings).patience)


@command("opportunity remind", "Remind a poster of those who wait", timer=True)
def remind(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """Only when they have been silent for a while, and somebody waits."""
    waits = replies.waiting(ctx.db, opportunity)
    if opportunity.state != "open" or not waits:
        return None
    quiet_since = max(waits[0].answered_at, opportunity.tended_at or waits[0].answered_at)
    if ctx.now < quiet_since + _patience(ctx):
        return _again(ctx, opportunity, "remind", quiet_since)
    closes = ctx.now + _patience(ctx)
    which = f"o{opportunity.number}"
    told = card(
        "{people} for your word on *{title}*.",
        line("Without a sign from you I close it on {day} and tell them, so that they can look elsewhere.", day=closes),
        Actions(
            (
                Button("See who", f"opportunity matches {which}", "primary"),
                Button("I need more time", f"opportunity tend {which}"),
                Button("Close it", f"opportunity close {which}"),
            )
        ),
        people=count(len(waits), "person waits", "people wait"),
        title=opportunity.title,
        key=which,
    )
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)
    return _again(ctx, opportunity, "silence", ctx.now)


def _again(ctx: Ctx, opportunity: Opportunity, what: str, since: datetime) -> None:
    """Looks again when the community's patience, counted from `since`, is over."""
    key, said = f"opportunity-{what}-{opportunity.id}", f"opportunity {what} o{opportunity.number}"
    timers.later(ctx, key, said, since + _patience(ctx))


@command("opportunity silence", "Close what its poster forgot", timer=True)
def silence(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """A sign of life since the reminder keeps it open."""
    waits = replies.waiting(ctx.db, opportunity)
    if opportunity.state != "open" or not waits:
        return None
    if opportunity.tended_at and opportunity.tended_at > ctx.now - _patience(ctx):
        return _again(ctx, opportunity, "remind", opportunity.tended_at)
    closing.close(ctx, opportunity, "expired", why="Its poster has not answered, so do look elsewhere.")
    again = Actions((Button("Open it again", f"opportunity reopen o{opportunity.number}"),))
    told = card("I closed *{title}*, because people waited for your word.", again, title=opportunity.title)
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)
    return None


@command("opportunity tend", "Say that you will answer those who wait", hidden=True)
def tend(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """One tap is a sign of life."""
    work.check_owner(ctx, opportunity)
    if opportunity.poster_id != ctx.me.id:
        raise Refusal("Only its poster can say that.")
    replies.tend(ctx, opportunity)
    which = f"o{opportunity.number}"
    return card(
        "Good. *{title}* stays open, and I come back in {days}.",
        Actions((Button("See who waits", f"opportunity matches {which}"),)),
        title=opportunity.title,
        days=count(_patience(ctx).days, "day"),
    )

"""Teasers: the details of some work, and who brings it, are only for those who fit and ask."""

from typing import Annotated

from bot import acquainted, fit, needs, work
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.text import join
from bot.ui import Button, Reply
from storage.models import Opportunity


@command("opportunity details", "Ask for the details of a teaser", hidden=True, think=fit.fits_me)
def details(ctx: Ctx, fits: bool, opportunity: Annotated[Opportunity, Ask("Which one?")]) -> Reply:
    """Who fits sees all of it, now and later."""
    if acquainted.may_see(ctx, opportunity):
        return work.shown(ctx, opportunity, in_full=True)
    if opportunity.state != "open":
        raise Refusal("*{title}* is closed: {state}.", title=opportunity.title, state=opportunity.state)
    if not fits:
        raise _not_yours(ctx, opportunity)
    row = acquainted.answer_of(ctx, opportunity, ctx.me) or acquainted.curious(ctx, opportunity)
    row.shown_at = ctx.now
    ctx.db.add(row)
    ctx.db.flush()
    return work.shown(ctx, opportunity, in_full=True)


def _not_yours(ctx: Ctx, opportunity: Opportunity) -> Refusal:
    asked = work.needs_of(ctx.db, [opportunity])[opportunity.id]
    skills = join([needs.said(need, skill) for need, skill in asked])
    claim = [Button("Add a skill", "skill claim")]
    if not skills:
        return Refusal("The details are for those whose skills fit, and yours do not tell me so yet.", buttons=claim)
    return Refusal("The details are for those who bring {skills}. Is that you?", buttons=claim, skills=skills)

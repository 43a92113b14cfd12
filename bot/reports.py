"""Work that is not what it says any more: readers report it, its poster is asked, and silence closes it."""

from datetime import timedelta
from typing import Annotated, Literal

from sqlmodel import select

from bot import closing, doubted, outbox, replies, timers, work
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.remembered import count, count_once_more
from bot.ui import Actions, Button, Reply, card, line
from storage.dealings import Report
from storage.models import Member, Opportunity

Why = Literal["closed", "broken", "duplicate"]
WORDS = {"closed": "Closed already", "broken": "Something does not work", "duplicate": "It stands here twice"}
SAID = {
    "closed": "it is closed",
    "broken": "something in it does not work",
    "duplicate": "it stands here twice",
}
PATIENCE = timedelta(days=3)
A_DAY, MOST_A_DAY = timedelta(days=1), 10
Which = Annotated[Opportunity, Ask("Which one?", suggest=work.suggest_open)]


@command("opportunity report", "Say that something is wrong with a post", example="opportunity report o12 closed")
def report(ctx: Ctx, opportunity: Which, why: Annotated[Why | None, Ask("What is wrong?")] = None) -> Reply:
    """Its poster is asked, and does not learn by whom."""
    _check(ctx, opportunity)
    which = f"o{opportunity.number}"
    if why is None:
        reasons = tuple(Button(words, f"opportunity report {which} {key}") for key, words in WORDS.items())
        private = line("I ask its poster, without your name.")
        return card("What is wrong with *{title}*?", private, Actions(reasons), title=opportunity.title)
    mine = select(Report).where(Report.opportunity_id == opportunity.id, Report.member_id == ctx.me.id)
    row = ctx.db.exec(mine).first()
    if row and row in doubted.reports_of(ctx.db, opportunity):
        raise Refusal("You have told me, and I have asked its poster.")
    if count(ctx, f"reported {ctx.me.id}", A_DAY) >= MOST_A_DAY:
        raise Refusal("{n} in a day is a lot. The next one can wait until tomorrow.", n=MOST_A_DAY)
    count_once_more(ctx, f"reported {ctx.me.id}", A_DAY)
    row = row or Report(opportunity_id=opportunity.id, member_id=ctx.me.id, why=why, reported_at=ctx.now)
    row.why, row.reported_at, row.answered_at = why, ctx.now, None
    ctx.db.add(row)
    ctx.db.flush()
    _ask(ctx, opportunity, why)
    return card("Thank you. I have asked its poster, without your name.")


def _check(ctx: Ctx, opportunity: Opportunity) -> None:
    if opportunity.state != "open":
        raise Refusal("*{title}* is closed: {state}.", title=opportunity.title, state=opportunity.state)
    if opportunity.poster_id == ctx.me.id:
        close_it = Button("Close it", f"opportunity close o{opportunity.number}")
        raise Refusal("That one is yours: you can edit it, or close it.", buttons=[close_it])


def _ask(ctx: Ctx, opportunity: Opportunity, why: Why) -> None:
    """The poster hears of every report; the second one sets a day."""
    which, rows = f"o{opportunity.number}", doubted.reports_of(ctx.db, opportunity)
    closes = line("You are the second time asked: without a word I close it on {day}.", day=ctx.now + PATIENCE)
    buttons = (
        Button("It is still open", f"opportunity stands {which}", "primary"),
        Button("Edit", f"opportunity edit {which}"),
        Button("Close it", f"opportunity close {which}"),
    )
    asked = card(
        "Somebody who read *{title}* ({id}) says that {why}.",
        closes if len(rows) >= doubted.ENOUGH else line("Is it still as it says?"),
        Actions(buttons),
        title=opportunity.title,
        id=which,
        why=SAID[why],
        key=which,
    )
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), asked)
    if len(rows) >= doubted.ENOUGH:
        timers.soon(ctx, f"opportunity-doubt-{opportunity.id}", f"opportunity doubt {which}", ctx.now + PATIENCE)


@command("opportunity doubt", "Close what several reported and nobody defended", timer=True)
def doubt(ctx: Ctx, opportunity: Opportunity) -> Reply:
    """A word or a deed of its poster since then keeps it open."""
    rows = doubted.reports_of(ctx.db, opportunity)
    if opportunity.state != "open" or len(rows) < doubted.ENOUGH:
        return None
    if ctx.now < (due := rows[doubted.ENOUGH - 1].reported_at + PATIENCE):
        return timers.later(ctx, f"opportunity-doubt-{opportunity.id}", f"opportunity doubt o{opportunity.number}", due)
    closing.close(ctx, opportunity, "expired", why="Readers said that it is not open any more.")
    again = Actions((Button("Open it again", f"opportunity reopen o{opportunity.number}"),))
    told = card(
        "I closed *{title}*: two people reported it, and I heard nothing from you.", again, title=opportunity.title
    )
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)
    return None


@command("opportunity stands", "Say that it is still open", hidden=True)
def stands(ctx: Ctx, opportunity: Which) -> Reply:
    """Who reported it hears that it was looked at."""
    work.check_owner(ctx, opportunity)
    rows = doubted.reports_of(ctx.db, opportunity)
    for row in rows:
        row.answered_at = ctx.now
        ctx.db.add(row)
        told = card("*{title}* is still open, its poster says. Thank you for looking.", title=opportunity.title)
        outbox.dm(ctx, ctx.db.get_one(Member, row.member_id), told)
    replies.tend(ctx, opportunity)
    return card("Good, *{title}* stays open.", title=opportunity.title)

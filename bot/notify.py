"""A member's say in being written to: how much, how often, and when not."""

from typing import Annotated

from bot.command import command
from bot.ctx import Ctx
from bot.kinds import Ask
from bot.pages import count
from bot.ui import Reply, card, line, note


@command(
    "profile notify",
    "Say how often, and when, I may write to you",
    submit="Save",
    known=lambda ctx: {
        "tips": ctx.me.tips,
        "every": ctx.me.tips_every,
        "quiet_from": ctx.me.quiet_from,
        "quiet_to": ctx.me.quiet_to,
    },
)
def notify(
    ctx: Ctx,
    tips: Annotated[int, Ask("Opportunities by DM at a time, at most", hint="0: none", least=0, most=3)] = 3,
    every: Annotated[int, Ask("Once in how many weeks?", least=1, most=12)] = 1,
    quiet_from: Annotated[int, Ask("Quiet from which hour?", hint="0 to 23, in your zone", least=0, most=23)] = 22,
    quiet_to: Annotated[int, Ask("Until which hour?", hint="the same hour: never quiet", least=0, most=23)] = 7,
) -> Reply:
    """What comes in quiet hours waits until they are over."""
    me = ctx.me
    me.tips, me.tips_every, me.quiet_from, me.quiet_to = tips, every, quiet_from, quiet_to
    ctx.db.add(me)
    often = "a week" if me.tips_every == 1 else f"in {me.tips_every} weeks"
    hours = f"{me.quiet_from}:00 to {me.quiet_to}:00" if me.quiet_from != me.quiet_to else ""
    return card(
        "Saved.",
        line("Work that fits you: at most {n} {often}.", n=count(me.tips, "opportunity", "opportunities"), often=often)
        if me.tips
        else line("I write to you of no work; `opportunity for-me` shows it when you want it."),
        line("From {hours} I wait.", hours=hours) if hours else line("At any hour."),
        note("Your zone is {zone}; `profile edit` changes it.", zone=me.zone or ctx.community.zone),
    )

"""What the matching has learned from this community's answers: for admins to see, and to undo."""

from bot import taste
from bot.command import command
from bot.ctx import Ctx
from bot.pages import count
from bot.taste import NAMES, PRIOR, Answers, Taste
from bot.text import Text, md
from bot.ui import Actions, Button, Facts, Reply, card, line, note
from storage.machinery import Audit

LABELS = {
    "match": "How well a skill matches the words",
    "needs": "How many of the needs are covered",
    "standing": "Standing",
    "time": "Having the hours",
    "base": "Saying yes at all",
}
EVEN = 0.05


def _think(ctx: Ctx) -> tuple[tuple[float, ...], Answers]:
    found = taste.answers(ctx)
    return taste.learn(found), found


@command("digest learn", "Learn from what was answered", timer=True, think=_think)
def learn(ctx: Ctx, found: tuple[tuple[float, ...], Answers]) -> Reply:
    """The next digest weighs accordingly."""
    taste.keep(ctx, *found)
    return None


@command("digest learned", "What answers have taught the matching", admin=True, reads=True)
def learned(ctx: Ctx) -> Reply:
    """Each weight beside the one it started from."""
    mine = taste.of(ctx)
    if not mine.yes + mine.no:
        return card(
            "I have learned nothing of this community yet.",
            line("*Interested* and *Not for me* under what I bring to members teach me; silence does not."),
        )
    facts = tuple((LABELS[name], _weight(mine, at)) for at, name in enumerate(NAMES))
    answered = count(mine.yes + mine.no, "answer")
    return card(
        "What {answers} taught the matching",
        line(
            "{yes} said yes, {no} said no. No time and too little pay are not held against a match.",
            yes=mine.yes,
            no=mine.no,
        ),
        Facts(facts),
        Actions((Button("Start over", "digest unlearn"),)),
        note(
            "It decides whom the digest writes to first; whether it may write at all stays as `settings digest` says."
        ),
        answers=answered,
    )


def _weight(mine: Taste, at: int) -> Text:
    now, before = mine.weights[at], PRIOR[at]
    trend = "as at the start" if abs(now - before) < EVEN else "more than at the start" if now > before else "less"
    return md("{now}, {trend} ({before})", now=f"{now:.2f}", trend=trend, before=f"{before:.2f}")


@command("digest unlearn", "Forget what answers have taught the matching", admin=True)
def unlearn(ctx: Ctx) -> Reply:
    """The general weights again; earlier answers count no more."""
    taste.start_over(ctx)
    ctx.db.add(Audit(member_id=ctx.me.id, line="digest unlearn", done_at=ctx.now))
    return card("Forgotten. The matching starts over from what is generally true.")

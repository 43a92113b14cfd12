"""Answers to opportunities: interest reaches the poster privately, with the name; a no reaches nobody."""

from typing import Annotated, Literal

from bot import acquainted, fit, outbox, people, replies, taste, work
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.ui import Actions, Button, Card, Node, Quote, Reply, card, line, note
from storage.models import Interest, Member, Opportunity

Why = Literal["busy", "field", "pay", "other"]
WORDS = {"busy": "No time", "field": "Not my field", "pay": "The pay", "other": "Something else"}
Lacks = Literal["skills", "time", "found", "other"]
LACKS = {"skills": "Not quite the skills", "time": "Not enough time", "found": "Found someone", "other": "Else"}
Which = Annotated[Opportunity, Ask("Which one?")]
Rank = Annotated[int, Ask("Which of those interested?", least=1, most=9999)]


def _opens(ctx: Ctx, opportunity: Opportunity) -> bool:
    """Whether a teaser opens for who is interested: for those who fit."""
    return opportunity.teaser and opportunity.state == "open" and fit.fits_me(ctx, opportunity)


@command("opportunity interest", "Say that you are interested", hidden=True, think=_opens)
def interested(ctx: Ctx, opens: bool, opportunity: Which) -> Reply:
    """Pressing is the yes: the poster hears who you are and what you can do; a teaser tells what it is about."""
    _check_open(opportunity)
    if opportunity.poster_id == ctx.me.id:
        raise Refusal("That one is yours. `opportunity matches o{n}` shows who could take it.", n=opportunity.number)
    row = acquainted.answer_of(ctx, opportunity, ctx.me)
    if row and row.state in work.INTERESTED:
        raise Refusal("The poster knows that already. You hear from me when there is an answer.")
    row = row or Interest(opportunity_id=opportunity.id, member_id=ctx.me.id, state="interested", answered_at=ctx.now)
    row.state, row.why, row.answered_at = "interested", "", ctx.now
    ctx.db.add(row)
    ctx.db.flush()
    _tell_poster(ctx, opportunity, row)
    replies.remind_later(ctx, opportunity)
    taste.learn_soon(ctx)
    outbox.show(ctx, None, work.shown(ctx, opportunity))
    return card(
        "The poster of *{title}* hears that you are interested.",
        line("Privately, with your name and what you can do. I tell you when there is an answer."),
        *((Quote(opportunity.description), note("Who brings it, you learn with the answer.")) if opens else ()),
        title=opportunity.title,
    )


def _check_open(opportunity: Opportunity) -> None:
    if opportunity.state != "open":
        raise Refusal("*{title}* is closed: {state}.", title=opportunity.title, state=opportunity.state)


def _tell_poster(ctx: Ctx, opportunity: Opportunity, row: Interest) -> None:
    poster = ctx.db.get_one(Member, opportunity.poster_id)
    outbox.dm(ctx, poster, pending(ctx, opportunity, row))


def pending(ctx: Ctx, opportunity: Opportunity, row: Interest) -> Card:
    """Someone interested, and what they can do."""
    who = ctx.db.get_one(Member, row.member_id)
    return card(
        "{who} is interested in *{title}* ({id}).",
        line("Their skills: {skills}", skills=work.described(ctx, opportunity, who)),
        work.answer_buttons(opportunity, acquainted.rank_of(ctx, row)),
        who=who,
        id=f"o{opportunity.number}",
        title=opportunity.title,
        key=f"o{opportunity.number}",
    )


@command("opportunity pass", "Say that it is not for you", hidden=True)
def decline(ctx: Ctx, opportunity: Which, why: Annotated[Why | None, Ask("Why?")] = None) -> Reply:
    """Nobody is told; the matcher learns."""
    row = acquainted.answer_of(ctx, opportunity, ctx.me)
    was_interested = bool(row and row.state in work.INTERESTED)
    row = row or Interest(opportunity_id=opportunity.id, member_id=ctx.me.id, state="passed", answered_at=ctx.now)
    row.state, row.why, row.answered_at = "passed", why or "", ctx.now
    ctx.db.add(row)
    ctx.db.flush()
    taste.learn_soon(ctx)
    if was_interested:
        outbox.show(ctx, None, work.shown(ctx, opportunity))
    if why:
        return card("Thank you, I will remember that. Nobody else is told.")
    which = f"o{opportunity.number}"
    reasons = Actions(tuple(Button(words, f"opportunity pass {which} why:{key}") for key, words in WORDS.items()))
    return card(
        "I will not bring you *{title}* again.",
        line("What was it? Nobody else is told."),
        reasons,
        title=opportunity.title,
    )


@command("opportunity meet", "Meet someone who is interested", hidden=True)
def meet(ctx: Ctx, opportunity: Which, rank: Rank) -> Reply:
    """Both want it, so both are named."""
    row = _interested(ctx, opportunity, rank)
    who = ctx.db.get_one(Member, row.member_id)
    if who.left_at is not None:
        raise Refusal("They are not here any more.")
    if row.state in ("interested", "declined"):
        replies.decide(ctx, opportunity, row, "named")
        poster = ctx.db.get_one(Member, opportunity.poster_id)
        outbox.room(ctx, [poster, who], _meeting(opportunity, poster, who))
    return card("You and {who} are in touch now.", who=who)


def _meeting(opportunity: Opportunity, poster: Member, who: Member) -> Card:
    body: list[Node] = [
        Quote(opportunity.description),
        note("When it is settled: `opportunity close o{n} filled {who}`.", n=opportunity.number, who=people.typed(who)),
    ]
    return card(
        "{poster}, meet {who}: you both want to talk about *{title}* ({id}).",
        *body,
        poster=poster,
        who=who,
        title=opportunity.title,
        id=f"o{opportunity.number}",
        key=f"o{opportunity.number}",
    )


@command("opportunity decline", "Decline someone who is interested", hidden=True)
def refuse(ctx: Ctx, opportunity: Which, rank: Rank, why: Annotated[Lacks | None, Ask("Why?")] = None) -> Reply:
    """Silent: they hear only when the opportunity closes; the reason teaches the matcher."""
    row = _interested(ctx, opportunity, rank)
    if row.state in ("named", "filled"):
        raise Refusal("You are in touch already; a word from you is kinder than one from me.")
    replies.decide(ctx, opportunity, row, "declined", why or "")
    taste.learn_soon(ctx)
    if why:
        return card("Thank you, I will remember that. They are not told; they hear when it closes.")
    which = f"o{opportunity.number} {rank}"
    reasons = [Button(words, f"opportunity decline {which} why:{key}") for key, words in LACKS.items()]
    return card(
        "Noted. They are not told; they hear when *{title}* closes.",
        line("What was it? Only the matching learns from it."),
        Actions(tuple(reasons)),
        title=opportunity.title,
    )


def _interested(ctx: Ctx, opportunity: Opportunity, rank: int) -> Interest:
    if opportunity.poster_id != ctx.me.id:
        raise Refusal("Only the poster can answer that.")
    row = acquainted.ranked(ctx, opportunity, rank)
    if row is None or row.state not in work.INTERESTED:
        raise Refusal("They are not interested any more.")
    return row

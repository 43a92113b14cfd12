"""Questions about work: its poster and someone who may take it write to one another through the bot."""

from typing import Annotated

from sqlmodel import col, select

from bot import acquainted, outbox, replies, work
from bot.acquainted import CURIOUS
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.text import md
from bot.ui import Actions, Button, Card, Quote, Reply, actions, card, line, note
from storage.dealings import Remark
from storage.models import Interest, Member, Opportunity

MOST_IN_A_ROW = 3
UNNAMED = note("Your name is not shown until you say that you are interested.")


@command(
    "opportunity ask",
    "Ask or answer something about work",
    example="opportunity ask o12 Could it be done in the evenings?",
    submit="Send",
    posts="a DM to the other side",
)
def ask(
    ctx: Ctx,
    opportunity: Annotated[Opportunity, Ask("About which one?", suggest=work.suggest_open)],
    words: Annotated[str, Ask("What do you want to say?", long=True, shortest=2, longest=1000)],
    rank: Annotated[int | None, Ask("To which of those interested? (for its poster)", least=1, most=9999)] = None,
) -> Reply:
    """Whoever only looks stays without a name; whoever is interested has given it."""
    if opportunity.state != "open":
        raise Refusal("*{title}* is closed: {state}.", title=opportunity.title, state=opportunity.state)
    by_poster = opportunity.poster_id == ctx.me.id
    row = _candidate(ctx, opportunity, rank) if by_poster else _mine(ctx, opportunity)
    _check(ctx, row, by_poster)
    said = Remark(
        opportunity_id=opportunity.id, member_id=row.member_id, by_poster=by_poster, words=words, said_at=ctx.now
    )
    ctx.db.add(said)
    if by_poster:
        _to_candidate(ctx, opportunity, row, words)
        return card("On its way. You hear from me when they answer.")
    _to_poster(ctx, opportunity, row, words)
    named = "" if row.state in work.INTERESTED else ", without your name"
    return card("On its way{named}. You hear from me when the poster answers.", named=named)


def _candidate(ctx: Ctx, opportunity: Opportunity, rank: int | None) -> Interest:
    row = acquainted.ranked(ctx, opportunity, rank) if rank else None
    if row is None or row.state == "passed":
        raise Refusal("To whom? `opportunity matches o{n}` has the buttons.", field="rank", n=opportunity.number)
    return row


def _mine(ctx: Ctx, opportunity: Opportunity) -> Interest:
    return acquainted.answer_of(ctx, opportunity, ctx.me) or acquainted.curious(ctx, opportunity)


def _check(ctx: Ctx, row: Interest, by_poster: bool) -> None:
    if row.state in ("named", "filled"):
        raise Refusal("You are in touch already: write to one another.")
    query = select(Remark.by_poster).where(
        Remark.opportunity_id == row.opportunity_id, Remark.member_id == row.member_id
    )
    last = ctx.db.exec(query.order_by(col(Remark.id).desc()).limit(MOST_IN_A_ROW)).all()
    if len(last) == MOST_IN_A_ROW and all(one == by_poster for one in last):
        raise Refusal("{n} in a row without an answer is enough. Give them time.", n=MOST_IN_A_ROW)


def _to_poster(ctx: Ctx, opportunity: Opportunity, row: Interest, words: str) -> None:
    rank = acquainted.rank_of(ctx, row)
    who = ctx.db.get_one(Member, row.member_id)
    meet = Button("Meet them", f"opportunity meet o{opportunity.number} {rank}") if row.state == "interested" else None
    writes = "{who}, who is interested in" if row.state in work.INTERESTED else "Someone who looks at"
    told = Card(
        md(writes + " *{title}* ({id}), writes:", title=opportunity.title, who=who, id=f"o{opportunity.number}"),
        (
            Quote(words),
            line("Their skills: {skills}", skills=work.described(ctx, opportunity, who)),
            *_buttons(Button("Answer", f"opportunity ask o{opportunity.number} rank:{rank}", "primary"), meet),
        ),
        f"o{opportunity.number}",
    )
    outbox.dm(ctx, ctx.db.get_one(Member, opportunity.poster_id), told)


def _to_candidate(ctx: Ctx, opportunity: Opportunity, row: Interest, words: str) -> None:
    row.decided_at = row.decided_at or ctx.now
    ctx.db.add(row)
    replies.tend(ctx, opportunity)
    which = f"o{opportunity.number}"
    interested = Button("I am interested", f"opportunity interest {which}") if row.state == CURIOUS else None
    told = Card(
        md("The poster of *{title}* ({id}) writes:", title=opportunity.title, id=which),
        (
            Quote(words),
            *_buttons(Button("Answer", f"opportunity ask {which}", "primary"), interested),
            *(
                ()
                if row.state in work.INTERESTED
                else (note("Your name is not shown until you say that you are interested."),)
            ),
        ),
        which,
    )
    outbox.dm(ctx, ctx.db.get_one(Member, row.member_id), told)


def _buttons(*buttons: Button | None) -> tuple[Actions, ...]:
    shown = actions(*buttons)
    return (shown,) if shown else ()

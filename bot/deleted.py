"""A message that people deleted takes with it what rested on it: thanks, drafts, and work that it told of."""

from typing import Annotated

from sqlmodel import col, select

from bot import closing, drafting, outbox, thanks
from bot.command import command
from bot.ctx import Ctx
from bot.kinds import Ask
from bot.ui import Button, Reply, actions, card
from storage.models import Kudos, Member, Opportunity


@command("message gone", "Take back what a deleted message gave", timer=True)
def gone(ctx: Ctx, message: Annotated[str, Ask("Which message?", hint="CHANNEL/ID", longest=200)]) -> Reply:
    """Said by the platform alone, as what happens by itself: nobody takes back another's words with it."""
    key = f"{ctx.place.id} {message}"
    query = select(Kudos).where(Kudos.message == key, col(Kudos.undone_at).is_(None))
    for kudos in ctx.db.exec(query.order_by(col(Kudos.id).desc())).all():
        thanks.take_back(ctx, kudos)
    if draft := drafting.of_message(ctx, key):
        drafting.drop(ctx, draft)
    made = select(Opportunity).where(Opportunity.message == key, Opportunity.state == "open")
    if row := ctx.db.exec(made).first():
        _withdrawn(ctx, row)
    return None


def _withdrawn(ctx: Ctx, row: Opportunity) -> None:
    closing.close(ctx, row, "cancelled", why="Its poster took it back.")
    told = card(
        "The message that *{title}* was made of is deleted, so I closed it.",
        actions(Button("Open it again", f"opportunity reopen o{row.number}")),
        title=row.title,
    )
    outbox.dm(ctx, ctx.db.get_one(Member, row.poster_id), told)

"""What could not be delivered: admins see where it should have gone and why, and let it be tried again."""

from typing import Annotated

from sqlmodel import col, select

from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.line import write
from bot.pages import count, paged
from bot.text import Channel, Text, md
from bot.ui import Button, Reply, actions, card, note
from storage.machinery import Audit, Outbox


@command("outbox parked", "What I could not deliver, and why", admin=True, reads=True)
def parked(ctx: Ctx, page: Annotated[int, Ask("Page", least=1)] = 1) -> Reply:
    """The oldest first; what the messages say is for those whom they are for."""
    rows = _parked(ctx)
    if not rows:
        return card("Nothing is parked: all that I had to deliver has arrived or is on its way.")
    title = "I could not deliver {n}."
    nodes = paged(rows, page, _told, lambda number: f"{write(parked, {})} page:{number}")
    again = actions(Button("Try all again", write(retry, {}), "primary"))
    hint = note("Mend the cause first, then try again; `outbox retry 12` tries number 12 alone.")
    return card(title, *nodes, again, hint, n=count(len(rows), "message"))


@command("outbox retry", "Try again what I could not deliver", admin=True, example="outbox retry 12")
def retry(ctx: Ctx, number: Annotated[int | None, Ask("Which one? All, when left out.", least=1)] = None) -> Reply:
    """What fails once more is parked once more, and the admins hear of it."""
    rows = [row for row in _parked(ctx) if number in (None, row.id)]
    if not rows:
        raise Refusal(_nothing(number), field="number" if number else "", n=number)
    for row in rows:
        row.state, row.error, row.due, row.attempts = "waiting", "", ctx.now, 1
        ctx.db.add(row)
    ctx.db.add(Audit(member_id=ctx.me.id, line=_audited(rows, number), done_at=ctx.now))
    see = actions(Button("What is parked", write(parked, {})))
    return card("I try {n} again now. What fails once more comes back here.", see, n=count(len(rows), "message"))


def _parked(ctx: Ctx) -> list[Outbox]:
    return list(ctx.db.exec(select(Outbox).where(Outbox.state == "parked").order_by(col(Outbox.id))).all())


def _told(row: Outbox) -> Text:
    why = row.error or "No reason was noted."
    return md("*{n}* {where}, {at}: {why}", n=row.id, where=_where(row), at=row.written_at, why=why)


def _where(row: Outbox) -> Text:
    """A direct message is between the bot and whoever gets it."""
    if row.channel:
        return (Channel(row.place_id, row.channel),)
    return md("to a group of {n}", n=row.members.count(",") + 1) if "," in row.members else md("a direct message")


def _nothing(number: int | None) -> str:
    return "Number {n} is not parked." if number else "Nothing is parked."


def _audited(rows: list[Outbox], number: int | None) -> str:
    return f"outbox retry {number}" if number else f"outbox retry ({len(rows)})"

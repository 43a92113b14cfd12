"""The thanks that somebody received: to read again, and to keep to oneself."""

from typing import Annotated

from sqlmodel import col, select

from bot import people, reputation, thanks
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.line import write
from bot.pages import paged
from bot.text import Text, md
from bot.ui import Button, Node, Quote, Reply, actions, card, line, note
from storage.models import Kudos, Member, Thanked

MOST = 200
Page = Annotated[int, Ask("Page", least=1)]


@command("kudos mine", "The thanks you received", reads=True)
def mine(ctx: Ctx, page: Page = 1) -> Reply:
    """One's own, newest first."""
    nodes = _received(ctx, ctx.me, page, write(mine, {}))
    if not nodes:
        return card(
            "Nobody has thanked you here yet.", line("Thanking someone is a good start: `kudos give @name why`.")
        )
    return card("Thanks you received", *nodes, note("To keep one to yourself: `kudos hide k7`, with its own number."))


@command("kudos of", "The thanks somebody received", example="kudos of @ben", menu="Show kudos", reads=True)
def of(ctx: Ctx, member: Annotated[Member, Ask("Whose?")], page: Page = 1) -> Reply:
    """Somebody's, newest first; whoever is on no board is not read about here either."""
    if member.id == ctx.me.id:
        return mine(ctx, page)
    if not member.on_boards:
        return card("{who} keeps their thanks to themselves.", who=member)
    nodes = _received(ctx, member, page, write(of, {"member": member}))
    return card("Thanks to {who}", *nodes, who=member) if nodes else card("No kudos to {who} yet.", who=member)


def _received(ctx: Ctx, member: Member, page: int, again: str) -> list[Node]:
    query = select(Kudos).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
    query = query.where(Thanked.member_id == member.id, col(Thanked.hidden_at).is_(None))
    query = query.where(col(Kudos.undone_at).is_(None))
    rows = ctx.db.exec(query.order_by(col(Kudos.given_at).desc(), col(Kudos.id).desc()).limit(MOST)).all()
    givers = people.by_ids(ctx.db, (row.giver_id for row in rows))
    return paged(
        rows, page, lambda row: _one(ctx, row, givers[row.giver_id], member), lambda number: f"{again} page:{number}"
    )


def _one(ctx: Ctx, row: Kudos, giver: Member, receiver: Member) -> Text:
    """A line; a giver who is on no board is named to the two alone."""
    is_mine = ctx.me.id in (giver.id, receiver.id)
    who = giver if is_mine or giver.on_boards else "someone"
    why = thanks.why_in_short(row, is_mine)
    return md("{who}: {why} ({day}, {id})", who=who, why=why, day=f"{row.given_at:%d %b}", id=f"k{row.number}")


@command("kudos hide", "Keep a kudos that you received to yourself", example="kudos hide k7")
def hide(ctx: Ctx, kudos: Annotated[Kudos, Ask("Which one?")]) -> Reply:
    """It is shown nowhere and counts for nothing any more; nobody is told."""
    row = _my_row(ctx, kudos)
    if row.hidden_at is None:
        row.hidden_at = ctx.now
        ctx.db.add(row)
        reputation.reverse(ctx, "kudos", f"k{kudos.number}", ctx.me)
        thanks.show(ctx, kudos)
    again = actions(Button("Show it again", f"kudos unhide k{kudos.number}", turns=True))
    return card("Kudos {id} is only yours now: it shows and counts nowhere.", again, id=f"k{kudos.number}")


@command("kudos unhide", "Show a kudos again that you kept to yourself", hidden=True)
def unhide(ctx: Ctx, kudos: Kudos) -> Reply:
    """It counts again, from the day when it was given again to the ledger."""
    row = _my_row(ctx, kudos)
    if row.hidden_at is not None:
        row.hidden_at = None
        ctx.db.add(row)
        thanks.enter(ctx, kudos, ctx.db.get_one(Member, kudos.giver_id), [ctx.me])
        thanks.show(ctx, kudos)
    return card("Kudos {id} shows and counts again.", Quote(kudos.reason), id=f"k{kudos.number}")


def _my_row(ctx: Ctx, kudos: Kudos) -> Thanked:
    query = select(Thanked).where(Thanked.kudos_id == kudos.id, Thanked.member_id == ctx.me.id)
    row = ctx.db.exec(query.with_for_update()).first()
    if row is None or kudos.undone_at:
        raise Refusal("That kudos is not one that you received. `kudos mine` lists yours.", field="kudos")
    return row

"""`reputation card`: one's standing as a picture to share."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot import portraits
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.explained import AUDIBLE, Explained, explain, names_of
from bot.pages import count
from bot.ui import Image, Reply, card, note
from storage.records import Snapshot

A_YEAR = timedelta(days=365)
Drawn = tuple[Explained, str, bytes]


def _think(ctx: Ctx) -> Drawn:
    """Drawing takes a moment."""
    found = explain(ctx, ctx.me)
    if found.total < AUDIBLE:
        return found, "", b""
    names = names_of(ctx.db, [number for number, *_ in found.by_skill])
    skills = [(names[number], value, heard) for number, value, heard, _at in found.by_skill if value >= AUDIBLE]
    past = [*_past(ctx), (ctx.now.date(), found.total)]
    drawn = portraits.Portrait(ctx.me.name, ctx.community.name, found.total, found.voices, skills, past, ctx.now.date())
    said = [f"{name}: {value:.1f}, {count(heard, 'voice')}" for name, value, heard in skills[: portraits.MOST_SKILLS]]
    return found, ", ".join([f"{found.total:.1f} independent voices", *said]), portraits.standing(drawn)


def _past(ctx: Ctx) -> list[tuple[date, float]]:
    """The standing over all skills on the days of the last year on which it had changed."""
    query = select(Snapshot).where(Snapshot.member_id == ctx.me.id, col(Snapshot.skill_id).is_(None))
    query = query.where(Snapshot.day >= (ctx.now - A_YEAR).date(), Snapshot.day < ctx.now.date())
    return [(row.day, row.value) for row in ctx.db.exec(query.order_by(col(Snapshot.day))).all()]


@command("reputation card", "Your standing as a picture to share", think=_think)
def picture(_ctx: Ctx, found: Drawn) -> Reply:
    """The same numbers as `reputation show`, without the names of others."""
    _explained, alt, png = found
    if not png:
        raise Refusal("There is nothing to draw yet: nobody whom others trust has spoken for you.")
    return card(
        "Your standing.", Image("standing.png", alt, png), note("It names nobody but you. Share it as you like.")
    )

"""Posting in two steps: what is said first is kept as a draft, and the text suggests what it needs."""

from dataclasses import replace
from typing import Annotated

from sqlmodel import col, select

from bot import drafting, posting
from bot import needs as asked
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.hearing import Heard
from bot.kinds import KINDS, MOST_OFFERED, Ask, Kind, Option, offered, short_id
from bot.posting import Description, Hours, Location, Needs, Pay, Post, Seats, Starts, Teaser, Title, Until
from bot.ui import Card, Reply, card
from storage.dealings import Draft


def read_draft(ctx: Ctx, text: str, _ask: Ask) -> Draft:
    """One's own draft by short id (`d3`)."""
    found = ctx.db.exec(select(Draft).where(Draft.number == short_id(text, "d"))).first()
    if found is None or (found.member_id != ctx.me.id and not ctx.request.timer):
        raise Refusal("I do not have draft {id} of yours. `opportunity mine` shows what I keep.", id=text[:20])
    return found


def suggest_drafts(ctx: Ctx, text: str) -> list[Option]:
    """One's own, newest first."""
    mine = select(Draft).where(Draft.member_id == ctx.me.id).order_by(col(Draft.id).desc()).limit(MOST_OFFERED)
    return offered(((f"d{one.number}", drafting.post_of(one).title) for one in ctx.db.exec(mine)), text)


KINDS[Draft] = Kind("draft", read_draft, write=lambda one: f"d{one.number}", suggest=suggest_drafts)
Which = Annotated[Draft, Ask("Which draft?")]


def _think(ctx: Ctx, title: str, description: str, needs: str = "", **_more: object) -> list[Heard]:
    """Which skills it seems to need, unless that was said."""
    return [] if needs else drafting.asked_for(ctx, f"{title}. {description}")


@command(
    "opportunity draft",
    "Begin to post work that you bring",
    submit="Next",
    hidden=True,
    think=_think,
    form="opportunity draft",
)
def draft(
    ctx: Ctx,
    heard: list[Heard],
    title: Title,
    description: Description,
    needs: Needs = "",
    seats: Seats = 1,
    hours: Hours = None,
    pay: Pay = "",
    starts: Starts = None,
    until: Until = None,
    location: Location = "",
    teaser: Teaser = False,
) -> Reply:
    """Kept for two weeks, and nobody else sees it; who has said what it needs is asked no more."""
    if needs:
        said = Post(title, description, needs, seats, hours, pay, starts, until, location, teaser)
        return posting.told(ctx, posting.publish(ctx, said))
    posting.check(ctx, title, description)
    said = Post(title, description, needs, seats, hours, pay, starts, until, location, teaser)
    return drafting.shown(drafting.keep(ctx, ctx.me, drafting.needing(said, heard)), heard)


def _known(_ctx: Ctx, draft: Draft, **_more: object) -> dict[str, object]:
    said = drafting.post_of(draft)
    kept = {name: getattr(said, name) for name in ("title", "description", "pay", "seats", "hours", "starts", "until")}
    return {**kept, "needs": said.needs.replace("=", "")}


@command("opportunity complete", "The rest of what you post", submit="Post", hidden=True, known=_known)
def complete(
    ctx: Ctx,
    draft: Which,
    needs: Needs = "",
    seats: Seats = 1,
    hours: Hours = None,
    starts: Starts = None,
    until: Until = None,
) -> Reply:
    """The second step: then it is posted."""
    said = drafting.post_of(draft)
    post = replace(said, needs=needs or "", seats=seats or 1, hours=hours, starts=starts, until=until)
    return _publish(ctx, draft, post)


@command("opportunity revise", "Change a draft", submit="Save", hidden=True, known=_known)
def revise(
    ctx: Ctx,
    draft: Which,
    title: Title,
    description: Description,
    needs: Needs = "",
    pay: Pay = "",
    until: Until = None,
) -> Reply:
    """Of a message that became a draft, what was found is changed before anybody sees it."""
    said = drafting.post_of(draft)
    asked.read(ctx, needs or "")
    post = replace(said, title=title, description=description, needs=needs or "", pay=pay or "", until=until)
    drafting.change(ctx, draft, post)
    return drafting.confirm(draft, "Like this?")


@command("opportunity publish", "Post a draft as it is", hidden=True)
def publish(ctx: Ctx, draft: Which) -> Reply:
    """With the needs that the text suggested."""
    return _publish(ctx, draft, drafting.post_of(draft))


def _publish(ctx: Ctx, row: Draft, post: Post) -> Card:
    """It stands where it was begun, wherever the last button was pressed."""
    begun_in = drafting.begun_in(row)
    posted = posting.publish(ctx, post, begun_in)
    drafting.drop(ctx, row)
    return posting.told(ctx, posted, begun_in)


@command("opportunity discard", "Throw a draft away", hidden=True)
def discard(ctx: Ctx, draft: Which) -> Reply:
    """Its owner says so, or its two weeks are over."""
    drafting.drop(ctx, draft)
    return card("Draft {id} is gone.", id=f"d{draft.number}")

"""Opportunities: sourced work finds its people."""

from typing import Annotated

from sqlmodel import col, select

from bot import acquainted, outbox, posting, taxonomy, work
from bot import needs as asked
from bot.command import command
from bot.ctx import Ctx
from bot.gleaning import link_in
from bot.kinds import Ask
from bot.pages import paged
from bot.posting import Description, Hours, Location, Needs, Pay, Post, Seats, Starts, Teaser, Title, Until
from bot.text import Text, md
from bot.ui import Actions, Button, Items, Node, Reply, actions, card, line, note
from storage.dealings import Draft
from storage.models import Interest, Opportunity


@command(
    "opportunity post",
    "Post work that you bring to the collective",
    first=6,
    example='opportunity post "Data pipeline" Ten sensors, one dashboard needs:"Python expert, SQL" pay:"600 a day"',
    submit="Post",
    posts="the opportunities channel, or here",
    form="opportunity draft",
)
def post(
    ctx: Ctx,
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
    """Posts it where opportunities are shown; the same post twice is noticed."""
    said = Post(title, description, needs, seats, hours, pay, starts, until, location, teaser)
    row = posting.publish(ctx, said)
    named = [] if needs else taxonomy.named_in(ctx.db, f"{row.title}. {row.description}")[:5]
    return posting.told(ctx, row, suggested=named)


@command("opportunity list", "What is open", reads=True)
def listed(ctx: Ctx, page: Annotated[int, Ask("Page", least=1)] = 1) -> Reply:
    """Open opportunities, newest first."""
    nodes = paged(work.open_ones(ctx.db), page, _row, lambda number: f"opportunity list page:{number}")
    if not nodes:
        return card("Nothing is open just now.", line("Do you know of some work? `opportunity post` brings it here."))
    return card(
        "Open opportunities",
        *nodes,
        note("`opportunity show o1` tells more; `opportunity for-me` shows what fits you."),
    )


def _row(row: Opportunity) -> Text:
    extras = ", ".join(part for part in (row.pay, row.location) if part)
    state = "" if row.state == "open" else f", {row.state}"
    return md(
        "*{title}* ({id}){state}{extras}",
        id=f"o{row.number}",
        title=row.title,
        state=state,
        extras=f": {extras}" if extras else "",
    )


@command("opportunity show", "One opportunity in full", example="opportunity show o12", reads=True)
def show(ctx: Ctx, opportunity: Annotated[Opportunity, Ask("Which one?")]) -> Reply:
    """As everybody sees it; its poster gets the buttons of an owner."""
    shown = work.shown(ctx, opportunity, in_full=acquainted.may_see(ctx, opportunity))
    if opportunity.poster_id != ctx.me.id:
        return shown
    which = f"o{opportunity.number}"
    mine = [
        Button("Matches", f"opportunity matches {which}"),
        Button("Edit", f"opportunity edit {which}"),
        Button("Close", f"opportunity close {which}"),
    ]
    body = tuple(node for node in shown.body if not isinstance(node, Actions))
    return card(
        "{title}", *body, actions(*mine) if opportunity.state == "open" else None, key=shown.key, title=shown.title
    )


@command("opportunity mine", "What you posted and what you answered", reads=True)
def mine(ctx: Ctx) -> Reply:
    """Both sides of one's own."""
    posted = ctx.db.exec(
        select(Opportunity).where(Opportunity.poster_id == ctx.me.id).order_by(col(Opportunity.id).desc()).limit(20)
    ).all()
    query = select(Opportunity).join(Interest, col(Interest.opportunity_id) == Opportunity.id)
    query = query.where(Interest.member_id == ctx.me.id, col(Interest.state).in_(work.INTERESTED)).limit(20)
    answered = ctx.db.exec(query).all()
    nodes: list[Node] = [
        *_drafts(ctx),
        *_part("You posted", list(posted)),
        *_part("You are interested in", list(answered)),
    ]
    if not nodes:
        return card("Nothing of yours yet.", line("`opportunity for-me` shows what fits you."))
    return card("Your opportunities", *nodes)


def _drafts(ctx: Ctx) -> list[Node]:
    """What was begun, and the way on."""
    query = select(Draft).where(Draft.member_id == ctx.me.id).order_by(col(Draft.id).desc()).limit(5)
    kept = ctx.db.exec(query).all()
    if not kept:
        return []
    rows = tuple(md("d{n}, begun {at}", n=one.number, at=one.saved_at) for one in kept)
    go_on = tuple(Button(f"Go on with d{one.number}", f"opportunity complete d{one.number}") for one in kept)
    return [line("*Drafts*"), Items(rows), Actions(go_on)]


def _part(title: str, rows: list[Opportunity]) -> list[Node]:
    return [line("*{title}*", title=title), *paged(rows, 1, _row, lambda _n: "opportunity mine")] if rows else []


def _known(ctx: Ctx, opportunity: Opportunity) -> dict[str, object]:
    work.check_owner(ctx, opportunity)
    needs = work.needs_of(ctx.db, [opportunity])[opportunity.id]
    return {**opportunity.model_dump(), "needs": asked.as_text(needs)}


@command(
    "opportunity edit", "Change what you posted", example="opportunity edit o12 seats:2", submit="Save", known=_known
)
def edit(
    ctx: Ctx,
    opportunity: Annotated[Opportunity, Ask("Which one?")],
    title: Title = "",
    description: Description = "",
    needs: Needs = "",
    seats: Seats = 1,
    hours: Hours = None,
    pay: Pay = "",
    starts: Starts = None,
    until: Until = None,
    location: Location = "",
    teaser: Teaser = False,
) -> Reply:
    """Changes it wherever it stands."""
    work.check_owner(ctx, opportunity)
    wanted = asked.read(ctx, needs or "")
    row = opportunity
    row.title, row.description, row.seats, row.hours = title or row.title, description or row.description, seats, hours
    row.pay, row.starts, row.location = pay or "", starts, location or ""
    row.until = posting.last_day(ctx, until) if until else row.until
    row.teaser, row.tended_at = teaser, ctx.now
    row.link = link_in(f"{row.title} {row.description}")
    ctx.db.add(row)
    asked.put(ctx, row, wanted)
    work.remember_end(ctx, row)
    outbox.show(ctx, None, work.shown(ctx, row))
    return card(
        "*{title}* ({id}) is changed, everywhere it stands.",
        work.facts_of(row, work.needs_of(ctx.db, [row])[row.id]),
        title=row.title,
        id=f"o{row.number}",
    )

"""Posting in two steps: what is said first is kept as a draft, and the text suggests what it needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import TypeAdapter
from sqlmodel import col, select

from bot import accounts, hearing, posting, taxonomy, timers
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.encoder import EncoderDown
from bot.hearing import Heard
from bot.kinds import KINDS, MOST_OFFERED, Ask, Kind, Option, offered, short_id
from bot.matching import NAMED
from bot.posting import Description, Hours, Location, Needs, Pay, Post, Seats, Starts, Teaser, Title, Until
from bot.text import Channel, Text, join, md
from bot.ui import Actions, Button, Card, Reply, card, line, note
from storage.dealings import Draft

KEPT = timedelta(days=14)
_posts = TypeAdapter(Post)


def read_draft(ctx: Ctx, text: str, _ask: Ask) -> Draft:
    """One's own draft by short id (`d3`)."""
    found = ctx.db.exec(select(Draft).where(Draft.number == short_id(text, "d"))).first()
    if found is None or (found.member_id != ctx.me.id and not ctx.request.timer):
        raise Refusal("I do not have draft {id} of yours. `opportunity mine` shows what I keep.", id=text[:20])
    return found


def suggest_drafts(ctx: Ctx, text: str) -> list[Option]:
    """One's own, newest first."""
    mine = select(Draft).where(Draft.member_id == ctx.me.id).order_by(col(Draft.id).desc()).limit(MOST_OFFERED)
    return offered(((f"d{one.number}", _posts.validate_json(one.answers).title) for one in ctx.db.exec(mine)), text)


KINDS[Draft] = Kind("draft", read_draft, write=lambda one: f"d{one.number}", suggest=suggest_drafts)
Which = Annotated[Draft, Ask("Which draft?")]


def _think(ctx: Ctx, title: str, description: str, needs: str = "", **_more: object) -> list[Heard]:
    """The skills that the text asks for: those that it names, and, by meaning, those that it describes."""
    if needs:
        return []
    said = f"{title}. {description}"
    named = [Heard(name, name, NAMED, 0.0) for name in taxonomy.named_in(ctx.db, said)]
    try:
        meant = hearing.worth_asking(hearing.skills_asked(ctx, said))
    except EncoderDown:
        meant = []
    return list({one.skill: one for one in (*named, *meant)}.values())[: hearing.MOST_LIKELY]


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
    needs = ", ".join(f"={one.skill}" if "," not in one.skill else one.skill for one in heard)
    said = Post(title, description, needs, seats, hours, pay, starts, until, location, teaser)
    row = Draft(
        number=accounts.next_number(ctx.db, "draft"),
        member_id=ctx.me.id,
        answers=_posts.dump_json(said).decode(),
        place_id=ctx.place.id,
        channel=ctx.request.channel,
        saved_at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()
    timers.later(ctx, f"draft-{row.id}", f"opportunity discard d{row.number}", ctx.now + KEPT)
    return _saved(row, said, heard)


def _saved(row: Draft, said: Post, heard: Sequence[Heard]) -> Card:
    which = f"d{row.number}"
    sounds = line("It sounds as if it needs {skills}.", skills=join([_heard(one) for one in heard])) if heard else None
    buttons = (
        Button("Go on", f"opportunity complete {which}", "primary"),
        Button("Post it with these needs" if heard else "Post it as it is", f"opportunity publish {which}"),
        Button("Throw it away", f"opportunity discard {which}"),
    )
    return card(
        "*{title}* is kept as draft {id}. Nobody sees it yet.",
        sounds,
        line("Needs, seats, hours and dates come next, or post it as it is."),
        Actions(buttons),
        note("I keep it for {days} days; `opportunity mine` finds it.", days=KEPT.days),
        title=said.title,
        id=which,
        key=which,
    )


def _heard(one: Heard) -> Text:
    same = one.said.casefold() == one.skill.casefold() or len(one.said) > 60 or not one.said
    return md("*{skill}*", skill=one.skill) if same else md("*{skill}* (“{said}”)", skill=one.skill, said=one.said)


def _known(_ctx: Ctx, draft: Draft) -> dict[str, object]:
    said = _posts.validate_json(draft.answers)
    kept = {"seats": said.seats, "hours": said.hours, "starts": said.starts, "until": said.until}
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
    said = _posts.validate_json(draft.answers)
    post = replace(said, needs=needs or "", seats=seats or 1, hours=hours, starts=starts, until=until)
    return _publish(ctx, draft, post)


@command("opportunity publish", "Post a draft as it is", hidden=True)
def publish(ctx: Ctx, draft: Which) -> Reply:
    """With the needs that the text suggested."""
    return _publish(ctx, draft, _posts.validate_json(draft.answers))


def _publish(ctx: Ctx, row: Draft, post: Post) -> Card:
    """It stands where it was begun, wherever the last button was pressed."""
    begun_in = Channel(row.place_id, row.channel) if row.channel else None
    posted = posting.publish(ctx, post, begun_in)
    _drop(ctx, row)
    return posting.told(ctx, posted, begun_in)


@command("opportunity discard", "Throw a draft away", hidden=True)
def discard(ctx: Ctx, draft: Which) -> Reply:
    """Its owner says so, or its two weeks are over."""
    _drop(ctx, draft)
    return card("Draft {id} is gone.", id=f"d{draft.number}")


def _drop(ctx: Ctx, row: Draft) -> None:
    if not ctx.request.timer:
        timers.cancel(ctx, f"draft-{row.id}")
    ctx.db.delete(row)
    ctx.db.flush()

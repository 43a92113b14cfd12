"""Work that is not posted yet: kept for its owner, with the needs that its text suggests, one tap from being posted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pydantic import TypeAdapter
from sqlmodel import select

from bot import accounts, hearing, taxonomy, timers
from bot.ctx import Ctx
from bot.encoder import EncoderDown
from bot.gleaning import address_in
from bot.hearing import Heard
from bot.matching import NAMED
from bot.posting import Post
from bot.text import Channel, Link, Text, join, md
from bot.ui import Actions, Button, Card, Facts, Line, card, line, note
from storage.dealings import Draft
from storage.models import Member

KEPT = timedelta(days=14)
LONGEST_SAID = 60
_posts = TypeAdapter(Post)


def asked_for(ctx: Ctx, text: str) -> list[Heard]:
    """The skills that a text asks for: those that it names, and, by meaning, those that it describes."""
    named = [Heard(name, name, NAMED, 0.0) for name in taxonomy.named_in(ctx.db, text)]
    try:
        meant = hearing.worth_asking(hearing.skills_asked(ctx, text))
    except EncoderDown:
        meant = []
    return list({one.skill: one for one in (*named, *meant)}.values())[: hearing.MOST_LIKELY]


def needing(post: Post, heard: Sequence[Heard]) -> Post:
    """The same post with these needs, each taken as the skill it is."""
    needs = ", ".join(f"={one.skill}" if "," not in one.skill else one.skill for one in heard)
    return replace(post, needs=needs)


def keep(ctx: Ctx, owner: Member, post: Post) -> Draft:
    """Kept for two weeks, with the channel where it was begun."""
    row = Draft(
        number=accounts.next_number(ctx.db, "draft"),
        member_id=owner.id,
        answers=_posts.dump_json(post).decode(),
        place_id=ctx.place.id,
        channel=ctx.request.channel,
        saved_at=ctx.now,
        message=post.message,
    )
    ctx.db.add(row)
    ctx.db.flush()
    timers.later(ctx, f"draft-{row.id}", f"opportunity discard d{row.number}", ctx.now + KEPT)
    return row


def change(ctx: Ctx, row: Draft, post: Post) -> None:
    """It says this from now on."""
    row.answers = _posts.dump_json(post).decode()
    ctx.db.add(row)


def post_of(row: Draft) -> Post:
    """What it says."""
    return _posts.validate_json(row.answers)


def of_message(ctx: Ctx, message: str) -> Draft | None:
    """The draft that was made of a message."""
    return ctx.db.exec(select(Draft).where(Draft.message == message)).first() if message else None


def begun_in(row: Draft) -> Channel | None:
    """Where it was begun: there it will stand."""
    return Channel(row.place_id, row.channel) if row.channel else None


def drop(ctx: Ctx, row: Draft) -> None:
    """It is not kept any longer."""
    if not ctx.request.timer:
        timers.cancel(ctx, f"draft-{row.id}")
    ctx.db.delete(row)
    ctx.db.flush()


def shown(row: Draft, heard: Sequence[Heard]) -> Card:
    """What was said in the first of two steps, and the way on."""
    which, said = f"d{row.number}", post_of(row)
    buttons = (
        Button("Go on", f"opportunity complete {which}", "primary"),
        Button("Post it with these needs" if heard else "Post it as it is", f"opportunity publish {which}"),
        Button("Throw it away", f"opportunity discard {which}"),
    )
    return card(
        "*{title}* is kept as draft {id}. Nobody sees it yet.",
        _sounds(heard),
        line("Needs, seats, hours and dates come next, or post it as it is."),
        Actions(buttons),
        note("I keep it for {days} days; `opportunity mine` finds it.", days=KEPT.days),
        title=said.title,
        id=which,
        key=which,
    )


def _sounds(heard: Sequence[Heard]) -> Line | None:
    return line("It sounds as if it needs {skills}.", skills=join([_heard(one) for one in heard])) if heard else None


def _heard(one: Heard) -> Text:
    same = one.said.casefold() == one.skill.casefold() or len(one.said) > LONGEST_SAID or not one.said
    return md("*{skill}*", skill=one.skill) if same else md("*{skill}* (“{said}”)", skill=one.skill, said=one.said)


def confirm(row: Draft, template: str, **values: object) -> Card:
    """All that a draft says, for its owner to post as it is, to change, or to leave."""
    which, said = f"d{row.number}", post_of(row)
    known = [
        ("Title", said.title),
        ("Needs", said.needs.replace("=", "")),
        ("Time", f"{said.hours} hours a week" if said.hours else ""),
        ("Pay", said.pay),
        ("Where", said.location),
    ]
    days = [(label, md("{day}", day=day)) for label, day in (("Starts", said.starts), ("Answer by", said.until)) if day]
    address = address_in(f"{said.title} {said.description}")
    leads = [("More at", (Link(address),))] if address else []
    buttons = (
        Button("Post it", f"opportunity publish {which}", "primary"),
        Button("Edit", f"opportunity revise {which}", turns=True),
        Button("No, thanks", f"opportunity discard {which}"),
    )
    return card(
        template,
        Facts((*((label, md("{value}", value=value)) for label, value in known if value), *days, *leads)),
        Actions(buttons),
        note("Nobody sees it before you post it. Draft {id}, kept for {days} days.", id=which, days=KEPT.days),
        key=which,
        **values,
    )

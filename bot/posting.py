"""Putting work before the collective: what a post holds, and what speaks against it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from rapidfuzz import fuzz, utils
from sqlmodel import col, select

from bot import accounts, needs, nowhere, outbox, work
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.gleaning import link_in
from bot.kinds import Ask
from bot.line import quote
from bot.text import Channel
from bot.ui import Button, Card, actions, card, line, note
from storage.models import Opportunity

LONGEST_OPEN = timedelta(days=180)
SAME = 92
_NUMBERS = re.compile(r"\d+")
Title = Annotated[str, Ask("What is it called?", shortest=3, longest=120)]
Description = Annotated[str, Ask("What is the work?", long=True, shortest=10, longest=3000)]
Pay = Annotated[str, Ask("What does it pay?", longest=120)]
Location = Annotated[str, Ask("Where?", hint="a place, a zone, or remote", longest=120)]
Needs = Annotated[
    str,
    Ask(
        "Which skills does it need?", hint="Kubernetes expert must, Terraform, Go nice to have", longest=500, later=True
    ),
]
Seats = Annotated[int, Ask("For how many people?", least=1, most=50, later=True)]
Hours = Annotated[int | None, Ask("Hours a week", least=1, most=80, later=True)]
Starts = Annotated[date | None, Ask("When does it start?", later=True)]
Until = Annotated[date | None, Ask("Answers until", later=True)]
Teaser = Annotated[bool, Ask("Show details and your name only to those who fit and ask?", later=True)]


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be posted, as it was said; `needs` is still text, `message` the one that it was made of."""

    title: str
    description: str
    needs: str = ""
    seats: int = 1
    hours: int | None = None
    pay: str = ""
    starts: date | None = None
    until: date | None = None
    location: str = ""
    teaser: bool = False
    message: str = ""

    @property
    def link(self) -> str:
        """The first address that it names."""
        return link_in(f"{self.title} {self.description}")


def publish(ctx: Ctx, post: Post, begun_in: Channel | None = None) -> Opportunity:
    """Posts it where opportunities are shown, else where it was begun; refuses a twin, and a post too soon."""
    rules = load(ctx, work.OpportunitySettings)
    check(ctx, post.title, post.description)
    check_message(ctx, post.message)
    wanted = needs.read(ctx, post.needs)
    row = Opportunity(
        number=accounts.next_number(ctx.db, "opportunity"),
        poster_id=ctx.me.id,
        title=post.title,
        description=post.description,
        seats=post.seats,
        hours=post.hours,
        pay=post.pay,
        starts=post.starts,
        location=post.location,
        teaser=post.teaser,
        posted_at=ctx.now,
        until=last_day(ctx, post.until or today(ctx) + timedelta(days=rules.days)),
        message=post.message,
        link=post.link,
    )
    ctx.db.add(row)
    ctx.db.flush()
    needs.put(ctx, row, wanted)
    work.remember_end(ctx, row)
    where = stands_in(ctx, begun_in)
    outbox.post_living(ctx, where, work.shown(ctx, row))
    if where is None:
        nowhere.ask_for_channel(ctx, work.OpportunitySettings, "Somebody has posted work, and no channel shows it.")
    return row


def stands_in(ctx: Ctx, begun_in: Channel | None = None) -> Channel | None:
    """The channel that the admins chose, else the one where it was begun, else this one; none in a DM."""
    return load(ctx, work.OpportunitySettings).channel or begun_in or ctx.here


def told(ctx: Ctx, row: Opportunity, begun_in: Channel | None = None, suggested: Sequence[str] = ()) -> Card:
    """What its poster hears when it is out, with needs that the text names when none were said."""
    which, skills = f"o{row.number}", ", ".join(suggested)
    ask = line("It sounds like *{skills}*. Shall I add that as needs?", skills=skills) if skills else None
    twin = same_link(ctx, row.link, row.id)
    same = note("{id} names the same address. Is it the same work?", id=f"o{twin.number}") if twin else None
    unseen = note("No channel shows it: `opportunity list` does, and an admin can choose one in `settings`.")
    return card(
        "*{title}* is posted as {id}, open until {until}.",
        ask,
        same,
        actions(
            Button("Add these needs", f"opportunity edit {which} needs:{quote(skills)}") if skills else None,
            Button("Who could it be?", f"opportunity matches {which}"),
            Button("Edit", f"opportunity edit {which}"),
        ),
        None if stands_in(ctx, begun_in) else unseen,
        title=row.title,
        id=which,
        until=row.until,
    )


def check(ctx: Ctx, title: str, description: str) -> None:
    """Refuses what was posted before, and what comes too soon."""
    _check_pause(ctx, load(ctx, work.OpportunitySettings).pause)
    _check_twin(ctx, title, description)


def _check_pause(ctx: Ctx, minutes: int) -> None:
    query = select(Opportunity).where(Opportunity.poster_id == ctx.me.id).order_by(col(Opportunity.posted_at).desc())
    last = ctx.db.exec(query).first() if minutes else None
    if last and ctx.now - last.posted_at < timedelta(minutes=minutes):
        raise Refusal(
            "Your last post is recent. The next one can come at {at}.", at=last.posted_at + timedelta(minutes=minutes)
        )


def check_message(ctx: Ctx, message: str) -> None:
    """Refuses a message that was made an opportunity before."""
    query = select(Opportunity).where(Opportunity.message == message).order_by(col(Opportunity.id).desc())
    if message and (twin := ctx.db.exec(query).first()):
        raise _refused("That message is {id} already.", twin)


def check_link(ctx: Ctx, link: str) -> None:
    """Refuses an address that open work names: somebody was quicker."""
    if twin := same_link(ctx, link):
        raise _refused("That address is open as {id} already: *{title}*.", twin)


def same_link(ctx: Ctx, link: str, apart_from: int = 0) -> Opportunity | None:
    """Open work that names this address, other than one's own (id)."""
    query = select(Opportunity).where(Opportunity.link == link, Opportunity.state == "open")
    return ctx.db.exec(query.where(Opportunity.id != apart_from)).first() if link else None


def _refused(template: str, twin: Opportunity) -> Refusal:
    which = f"o{twin.number}"
    show_it = Button(f"Show {which}", f"opportunity show {which}")
    return Refusal(template, field="title", buttons=[show_it], id=which, title=twin.title)


def _check_twin(ctx: Ctx, title: str, description: str) -> None:
    said = utils.default_process(f"{title} {description}")
    for twin in work.open_ones(ctx.db):
        other = utils.default_process(f"{twin.title} {twin.description}")
        if fuzz.ratio(said, other) < SAME or _NUMBERS.findall(said) != _NUMBERS.findall(other):
            continue
        raise _refused("That is already open as {id}.", twin)


def today(ctx: Ctx) -> date:
    """The day where the member is."""
    return ctx.now.astimezone(ctx.zone).date()


def last_day(ctx: Ctx, until: date) -> date:
    """The last day for answers, refused when it is over or too far ahead."""
    if until < today(ctx):
        raise Refusal("That day is over. Until when can people answer?", field="until")
    if until > today(ctx) + LONGEST_OPEN:
        raise Refusal("At most {days} days ahead, please.", field="until", days=LONGEST_OPEN.days)
    return until

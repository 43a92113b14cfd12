"""Work that somebody tells of in a message becomes a draft: its author confirms in one tap, or nothing is posted."""

from datetime import timedelta
from typing import Annotated

from sqlmodel import select

from bot import drafting, outbox, people, posting
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.gleaning import FEWEST_WORDS, gleaned, looks_like_work
from bot.hearing import Heard
from bot.kinds import Ask
from bot.posting import Post
from bot.remembered import count, count_once_more
from bot.text import clamp
from bot.ui import Card, Reply, card
from bot.work import OpportunitySettings
from storage.dealings import Draft
from storage.models import Member, Opportunity

A_DAY, MOST_A_DAY = timedelta(days=1), 10
LONGEST = 3_000
Text = Annotated[str, Ask("What does it say?", long=True, longest=50_000, of="words")]
Message = Annotated[str, Ask("Which message is it?", longest=200, of="message")]


def _think(ctx: Ctx, text: str, message: str, **_more: object) -> list[Heard]:
    """Nothing where it leads to nothing."""
    return [] if _known(ctx, _key(ctx, message)) else drafting.asked_for(ctx, text)


@command("opportunity make", "Make a message an opportunity", hidden=True, menu="Make it an opportunity", think=_think)
def make(
    ctx: Ctx,
    heard: list[Heard],
    text: Text,
    message: Message,
    author: Annotated[str, Ask("Who wrote it?", longest=200, marks=True, of="author")] = "",
) -> Reply:
    """Whoever wrote it confirms; what an app wrote belongs to the one who brings it."""
    owner, key = _owner(ctx, author), _key(ctx, message)
    if len(text.split()) < FEWEST_WORDS:
        raise Refusal("There is too little in that message. `opportunity post` starts from nothing.", field="text")
    posting.check_message(ctx, key)
    if draft := drafting.of_message(ctx, key):
        return _again(ctx, draft)
    row = _drafted(ctx, owner, text, key, heard)
    if owner.id == ctx.me.id:
        return drafting.confirm(row, "I read this in the message. Shall I post it?")
    if count(ctx, f"made {ctx.me.id}", A_DAY) >= MOST_A_DAY:
        raise Refusal("{n} in a day is a lot. The next one can be made tomorrow.", n=MOST_A_DAY)
    count_once_more(ctx, f"made {ctx.me.id}", A_DAY)
    asked = "{who} thinks that your message could be an opportunity for everybody here. Shall I post it?"
    outbox.dm(ctx, owner, drafting.confirm(row, asked, who=ctx.me))
    return card("I asked {who}. It is posted when they say so.", who=owner)


@command("opportunity overheard", "Notice work in the channel for it", hidden=True, think=_think)
def overheard(ctx: Ctx, heard: list[Heard], text: Text, message: Message) -> Reply:
    """Where the admins want it; what is no work, or was noticed before, has no answer."""
    key, rules = _key(ctx, message), load(ctx, OpportunitySettings)
    if not rules.overhear or rules.channel != ctx.here or not looks_like_work(text) or _known(ctx, key):
        return None
    row = _drafted(ctx, ctx.me, text, key, heard)
    return drafting.confirm(row, "That sounds like work. Shall I make it an opportunity, so that it finds people?")


def _key(ctx: Ctx, message: str) -> str:
    return f"{ctx.place.id} {message}"


def _known(ctx: Ctx, key: str) -> bool:
    made = select(Opportunity.id).where(Opportunity.message == key)
    return drafting.of_message(ctx, key) is not None or ctx.db.exec(made).first() is not None


def _owner(ctx: Ctx, author: str) -> Member:
    """Who wrote it; the one who brings it, where an app did or the platform does not say."""
    if not author:
        return ctx.me
    try:
        who = people.anyone(ctx, author)
    except Refusal:
        return ctx.me
    return ctx.me if who.kind == "bot" else who


def _again(ctx: Ctx, draft: Draft) -> Card:
    if draft.member_id != ctx.me.id:
        raise Refusal("Its author has been asked already.")
    return drafting.confirm(draft, "I have a draft of that message. Shall I post it?")


def _drafted(ctx: Ctx, owner: Member, text: str, key: str, heard: list[Heard]) -> Draft:
    """What the rules find and the matcher hears; refused where its address is open already."""
    found = gleaned(text, posting.today(ctx))
    posting.check_link(ctx, found.link)
    last = posting.today(ctx) + posting.LONGEST_OPEN
    post = Post(
        found.title or "Work",
        clamp(text, LONGEST),
        hours=found.hours,
        pay=found.pay,
        starts=found.starts,
        until=found.until if found.until and found.until <= last else None,
        location=found.location,
        message=key,
    )
    return drafting.keep(ctx, owner, drafting.needing(post, heard))

"""Thanks by reaction: under a kudos for those it thanks, under any other message for its author."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from sqlmodel import col, select

from bot import allowance, people, thanks
from bot.allowance import KudosSettings
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.emoji import name_of, names_in
from bot.kinds import Ask, looks_like_url
from bot.remembered import once_in
from bot.text import clamp
from bot.thanks import CHEER, Origin
from bot.ui import Button, No, Reply, actions, card, line
from storage.models import Kudos, Member

LONGEST_WORDS = 300
Emoji = Annotated[str, Ask("Which emoji?", longest=60)]
Message = Annotated[str, Ask("Under which message?", hint="CHANNEL/ID", longest=200)]


@command("kudos react", "Thank by reaction", hidden=True)
def react(ctx: Ctx, kudos: Kudos, emoji: Emoji) -> Reply:
    """The configured emoji under a kudos thanks those who were thanked, for the same reason."""
    rules = load(ctx, KudosSettings)
    root = thanks.root_of(ctx, kudos)
    if not _hears(rules, emoji) or root.undone_at or root.giver_id == ctx.me.id:
        return None
    to = [member for member in thanks.receivers(ctx, root) if not thanks.why_not(ctx, rules, member)]
    origin = Origin(thanks.joint_source(root), root.message, root.link, name_of(emoji))
    return _cheer(ctx, rules, to, origin, root.reason, root.skill_id)


@command("kudos unreact", "Take a thanking reaction back", hidden=True)
def unreact(ctx: Ctx, kudos: Kudos, emoji: Emoji) -> Reply:
    """Removing the reaction takes back what it gave."""
    is_back = _uncheer(ctx, thanks.joint_source(thanks.root_of(ctx, kudos)), emoji)
    return card("Your thanks are taken back.") if is_back else None


@command("kudos cheer", "Thank for a message by reaction", hidden=True)
def cheer(
    ctx: Ctx,
    author: Annotated[str, Ask("Whose message is it?", longest=200, marks=True)],
    emoji: Emoji,
    message: Message,
    words: Annotated[str, Ask("What does it say?", long=True, longest=50_000)] = "",
    link: Annotated[str, Ask("Where can it be read?", longest=500)] = "",
    thread: Annotated[str, Ask("In which thread?", longest=200)] = "",
) -> Reply:
    """Thanks the author, once per message; what is no thanks here has no answer."""
    rules = load(ctx, KudosSettings)
    to = _author(ctx, author) if _hears(rules, emoji) else []
    link = link if looks_like_url(link) else ""
    origin = Origin(_source(ctx, message), f"{ctx.place.id} {message}", link, name_of(emoji), thread)
    return _cheer(ctx, rules, to, origin, clamp(words, LONGEST_WORDS), None)


@command("kudos uncheer", "Take a reaction of thanks back", hidden=True)
def uncheer(ctx: Ctx, emoji: Emoji, message: Message) -> Reply:
    """The removed reaction takes it back, however long ago that was; that is seen and needs no words."""
    _uncheer(ctx, _source(ctx, message), emoji)
    return None


@command("kudos cleared", "Take back what cleared reactions gave", timer=True)
def cleared(
    ctx: Ctx,
    message: Message = "",
    kudos: Kudos | None = None,
    emoji: Annotated[str, Ask("Which emoji? All, when left out.", longest=60)] = "",
) -> Reply:
    """A moderator took everybody's reactions off a message, or off a kudos; said by the platform alone."""
    source = thanks.joint_source(thanks.root_of(ctx, kudos)) if kudos else _source(ctx, message)
    if kudos and source.startswith(CHEER):
        return None  # who reacted to the card and who to the message stand together: better too many than too few
    query = select(Kudos).where(Kudos.source == source, col(Kudos.undone_at).is_(None))
    for given in ctx.db.exec(query.order_by(col(Kudos.id).desc())).all():
        if not emoji or given.emoji == name_of(emoji):
            thanks.take_back(ctx, given)
    return None


def _source(ctx: Ctx, message: str) -> str:
    return f"{CHEER}{ctx.place.id} {message}"


def _hears(rules: KudosSettings, emoji: str) -> bool:
    return name_of(emoji) in names_in(rules.emoji)


def _author(ctx: Ctx, text: str) -> list[Member]:
    """Nobody, when the platform does not know them or they have left."""
    try:
        return [people.anyone(ctx, text)]
    except Refusal:
        return []


def _cheer(
    ctx: Ctx, rules: KudosSettings, to: Sequence[Member], origin: Origin, reason: str, skill_id: int | None
) -> Reply:
    if not to or not _may(ctx, rules, to):
        return None
    try:
        allowance.check(ctx, rules.allowance, len(to))
        if thanks.mine_for(ctx, origin.source):
            return None
        allowance.check_pause(ctx, list(to), timedelta(hours=rules.pause))
    except Refusal as no:
        return No(no.text) if _first_today(ctx, "refused") and not thanks.mine_for(ctx, origin.source) else None
    kudos = thanks.keep(ctx, to, reason, skill_id, origin)
    thanks.tell(ctx, rules, kudos, origin, to)
    return _said(ctx, rules, kudos, to) if _first_today(ctx, "thanked") else None


def _may(ctx: Ctx, rules: KudosSettings, to: Sequence[Member]) -> bool:
    """A reaction that cannot be thanks is only a reaction."""
    try:
        thanks.check(ctx, rules, to)
    except Refusal:
        return False
    return True


def _first_today(ctx: Ctx, what: str) -> bool:
    """Once a day is often enough to speak about somebody's reactions to them."""
    return once_in(ctx, f"cheer {what} {ctx.me.id}", ctx.now - allowance.day_began(ctx))


def _said(ctx: Ctx, rules: KudosSettings, kudos: Kudos, to: Sequence[Member]) -> Reply:
    is_joining = thanks.root_of(ctx, kudos).id != kudos.id
    return card(
        "You thanked {who} too. {rest}" if is_joining else "You thanked {who}. {rest}",
        line("Your reaction counts as kudos here; removing it takes it back."),
        actions(Button("Undo", f"kudos undo kudos:k{kudos.number}")),
        who=thanks.named(to),
        rest=allowance.rest(ctx, allowance.left(ctx, rules.allowance)),
    )


def _uncheer(ctx: Ctx, source: str, emoji: str) -> bool:
    """Only the emoji that gave it takes it back; whether it did."""
    given = thanks.mine_for(ctx, source)
    return given is not None and given.emoji == name_of(emoji) and thanks.take_back(ctx, given)

"""One person on several platforms is one member: a code from here, said there, shows that both accounts are theirs."""

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated

from sqlmodel import col, select

from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.merging import merge
from bot.remembered import count, count_once_more
from bot.text import join, md
from bot.ui import Button, Reply, actions, card, line, note
from storage.machinery import LinkCode
from storage.models import Account, Member, Place

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH, LIFE, MOST_WRONG = 10, timedelta(minutes=10), 5
NAMES = {"slack": "Slack", "discord": "Discord", "local": "the terminal"}


@command("profile link", "Be one member on Slack and Discord", example="profile link", submit="Link")
def link(ctx: Ctx, code: Annotated[str, Ask("The code from the other platform", longest=40)] = "") -> Reply:
    """Without a code it gives one; with one it shows who would become one."""
    if not code:
        return _given(ctx)
    other = _owner(ctx, code)
    kept, _gone = _older_first(ctx.me, other)
    sure = actions(Button("Yes, both are me", f"profile merge {code}", "primary"))
    return card(
        "Are these both you?",
        line(
            "{other}, who is on {platforms}, and you would be one member: skills, thanks, vouches, intros and work "
            "of both, under the name {name}.",
            other=other,
            platforms=_on(ctx, other),
            name=kept.name,
        ),
        sure,
        note("What you gave yourself between the two is taken back. This cannot be undone."),
    )


@command("profile merge", "Become one member", hidden=True)
def together(ctx: Ctx, code: Annotated[str, Ask("The code", longest=40)]) -> Reply:
    """The code is spent; who was here first remains."""
    other = _owner(ctx, code)
    row = _code(ctx, code)
    if row:
        row.used_at = ctx.now
        ctx.db.add(row)
    kept, gone = _older_first(ctx.me, other)
    merge(ctx, kept, gone)
    return card(
        "Now you are one member, {name}, on {platforms}.",
        line("Whatever you do on either counts once, and for you."),
        name=kept.name,
        platforms=_on(ctx, kept),
    )


def _given(ctx: Ctx) -> Reply:
    """A fresh code; older ones of the same member are void."""
    for old in ctx.db.exec(select(LinkCode).where(LinkCode.member_id == ctx.me.id)).all():
        ctx.db.delete(old)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    ctx.db.add(LinkCode(member_id=ctx.me.id, digest=_digest(code), made_at=ctx.now))
    return card(
        "Your code is `{code}`",
        line("Say this to me on the other platform, within ten minutes: `profile link {code}`", code=code),
        note("It works once, and only for you: whoever says it becomes one with you, so show it to nobody."),
        code=code,
    )


def _owner(ctx: Ctx, code: str) -> Member:
    """Whose code it is, when they and whoever says it can become one."""
    if count(ctx, _tries(ctx), LIFE) >= MOST_WRONG:
        raise Refusal(
            "Too many of your codes were wrong. Please wait ten minutes, and begin with a new one.", field="code"
        )
    row = _code(ctx, code)
    if row is None or row.used_at is not None or row.made_at + LIFE < ctx.now:
        raise _unknown()
    other = ctx.db.get_one(Member, row.member_id)
    if other.id == ctx.me.id:
        raise Refusal("That is your own code. Say it on the other platform, not here.", field="code")
    if twice := _platforms(ctx, ctx.me) & _platforms(ctx, other):
        raise Refusal("You both have an account on {platform} already.", platform=NAMES.get(min(twice), min(twice)))
    return other


def _unknown() -> Refusal:
    """Nobody finds a code by trying."""
    no = Refusal(
        "I do not know that code. It works once and for ten minutes; `profile link` on the other platform gives "
        "a new one.",
        field="code",
    )
    no.even_so = lambda ctx: count_once_more(ctx, _tries(ctx), LIFE)
    return no


def _tries(ctx: Ctx) -> str:
    return f"wrong codes of {ctx.me.id}"


def _code(ctx: Ctx, code: str) -> LinkCode | None:
    return ctx.db.exec(select(LinkCode).where(LinkCode.digest == _digest(code))).first()


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().strip("`").casefold().encode()).hexdigest()


def _platforms(ctx: Ctx, member: Member) -> set[str]:
    query = select(Place.platform).join(Account, col(Account.place_id) == Place.id)
    return set(ctx.db.exec(query.where(Account.member_id == member.id)).all())


def _on(ctx: Ctx, member: Member) -> object:
    return join([md("{name}", name=NAMES.get(one, one)) for one in sorted(_platforms(ctx, member))])


def _older_first(one: Member, other: Member) -> tuple[Member, Member]:
    """Who remains, and who becomes a part of them."""
    return (one, other) if (one.joined_at, one.id) <= (other.joined_at, other.id) else (other, one)

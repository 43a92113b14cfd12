"""From a request to what it does: which command it calls, whether this person may, and the two halves of a slow one."""

from typing import Any

from bot.arguments import Call, call_of, read
from bot.catalogue import Catalogue
from bot.ctx import Asked, Ctx, Refusal
from bot.people import require_admin
from bot.ui import Reply
from storage.vectors import keep

LONGEST_LINE = 8000


class Thought:
    """What a slow command worked out, and the vectors that it had to compute for it."""

    def __init__(self, value: Any, ctx: Ctx) -> None:
        self.value = value
        self.fresh = ctx.fresh


def call_for(ctx: Ctx, catalogue: Catalogue) -> Call:
    """The command that the request means and what it says; raises `Refusal` where that is not for this person."""
    request = ctx.request
    if len(request.line) > LONGEST_LINE:
        raise Refusal("That line is too long for me: {n} characters.", n=f"{len(request.line):,}")
    command, rest = catalogue.find(request.said)
    if command.timer and not request.timer:
        raise Refusal("That happens by itself.")
    if command.admin and not request.timer:
        require_admin(ctx)
    return call_of(command, rest, request.given, lambda param, words: param.kind.knows(ctx, words))


def think(ctx: Ctx, catalogue: Catalogue) -> Thought | None:
    """The slow half, which only reads; nothing where the request is refused or answered by a form."""
    try:
        call = call_for(ctx, catalogue)
        values = read(ctx, call)
        return Thought(call.command.think(ctx, **values) if call.command.think else None, ctx)
    except (Refusal, Asked):
        return None


def run(ctx: Ctx, call: Call, thought: Thought | None) -> Reply:
    """The command itself; it thinks now if that was not done before."""
    values = read(ctx, call)
    if call.command.think is None:
        return call.command.run(ctx, **values)
    if thought is None:
        return call.command.run(ctx, call.command.think(ctx, **values), **values)
    keep(ctx.db, thought.fresh)
    return call.command.run(ctx, thought.value, **values)

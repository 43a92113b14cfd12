"""What could be meant by what is typed so far into one argument; looking changes nothing."""

from bot.catalogue import Catalogue
from bot.command import Command, Param
from bot.ctx import Ctx
from bot.kinds import Option, clean, is_blank

MOST = 25
LONGEST = 100


def suggestions(ctx: Ctx, catalogue: Catalogue, name: str, typed: str) -> list[Option]:
    """Up to 25 for the argument of that name; none for what is not for this person."""
    command, _rest = catalogue.find(ctx.request.line)
    param = next((one for one in command.params if one.name == name), None)
    if param is None or not _may(ctx, command):
        return []
    return _new(param, typed, list(_found(ctx, param, typed[:LONGEST])))[:MOST]


def _may(ctx: Ctx, command: Command) -> bool:
    return ctx.me.admin or not command.admin


def _found(ctx: Ctx, param: Param, typed: str) -> list[Option]:
    if param.choices:
        return [Option(one, one) for one in param.choices if typed.strip().casefold() in one]
    return list(param.suggest(ctx, typed)) if param.suggest else []


def _new(param: Param, typed: str, found: list[Option]) -> list[Option]:
    """Where new things may be said, what is typed is offered first, for a list takes only what it offers."""
    said = clean(typed)
    known = {text.casefold() for one in found for text in (one.label, one.value)}
    if not param.ask.new or is_blank(said) or said.casefold() in known:
        return found
    return [Option(said, said), *found]

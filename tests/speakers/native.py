"""What somebody's Discord sends when they say a line with a slash command or a menu, and what a line means at all."""

import re
from dataclasses import replace
from typing import Any

from bot.arguments import Call, call_of
from bot.catalogue import Catalogue
from bot.ctx import Refusal, Request
from bot.emoji import name_of
from tests.discord import filling, payloads
from tests.discord.filling import Unfit
from tests.discord.nouns import Body
from tests.discord.server import Discord
from tests.speakers import options
from tests.speakers.mentions import Mentions

USER_MENU = 2


class Native:
    """The client of everybody in a Discord."""

    def __init__(self, discord: Discord, mentions: Mentions, catalogue: Catalogue) -> None:
        self.discord = discord
        self.mentions = mentions
        self.catalogue = catalogue

    def call(self, request: Request) -> Call | None:
        """The command that is meant, and what is said for its arguments."""
        try:
            command, rest = self.catalogue.find(request.line)
        except Refusal:
            return None
        return call_of(command, rest, request.given)

    def opens(self, request: Request) -> bool:
        """Whether the line alone opens its form."""
        call = self.call(replace(request, given={}))
        if call is None:
            return False
        required = {param.name for param in call.command.params if param.required}
        said = set(call.raw)
        return bool(required - said) or (call.command.known is not None and not said - required)

    def payload(self, request: Request, guild: str) -> Body:
        """A slash command, or a click on a person; raises `Unfit` where those cannot say it."""
        call = self.call(request)
        if call is None:
            raise Unfit(f"no command is meant by {request.line!r}")
        return self._in_menu(request, call, guild) or self._with_options(request, call, guild)

    def _in_menu(self, request: Request, call: Call, guild: str) -> Body | None:
        """A line that only names a person is a click on them, where their menu has it."""
        user, where = request.who.key, request.channel
        person = next((param.name for param in call.command.params if param.kind.name == "member"), "")
        every = self.discord.commands[""]
        entry = next((one for one in every if (one["type"], one["name"]) == (USER_MENU, call.command.menu)), None)
        marks = [self.mentions.typed(one, guild) for one in options.several(call.raw.get(person, ()))]
        if entry is None or set(call.raw) != {person} or len(marks) != 1 or call.left or not options.is_user(marks[0]):
            return None
        filling.shown(self.discord, entry, user, where)
        key, resolved = filling.target(self.discord, USER_MENU, marks[0], where)
        about = {"type": USER_MENU, "target_id": key, "resolved": resolved}
        return payloads.command(self.discord, user, where, {"id": entry["id"], "name": entry["name"], **about})

    def _with_options(self, request: Request, call: Call, guild: str) -> Body:
        user, where = request.who.key, request.channel
        command = filling.command_of(self.discord, call.command.group, 1, guild)
        filling.shown(self.discord, command, user, where)
        node, path = options.node_of(command, call.command.name)
        given = options.given_in(node, call, lambda text: self.mentions.typed(text, guild))
        typed, resolved = filling.options(self.discord, node, where, given)
        for step in reversed(path):
            typed = [{"type": step["type"], "name": step["name"], "options": typed}]
        data = {"id": command["id"], "name": command["name"], "type": 1, "options": typed}
        return payloads.command(self.discord, user, where, data | ({"resolved": resolved} if resolved else {}))

    def meaning(self, request: Request) -> Any:
        """A command and what is said for its arguments, however it is put; else the words."""
        bare = re.sub(r"^/?manyhands\b", "", request.line).strip()
        call = self.call(replace(request, line=bare or "help"))
        if call is None:
            return self.mentions.named(" ".join(request.line.split()))
        said = {name: [self._plain(name, one) for one in options.several(raw) if one] for name, raw in call.raw.items()}
        return call.command.name, {name: one for name, one in said.items() if one}, self.mentions.named(call.left)

    def _plain(self, name: str, value: str) -> str:
        said = self.mentions.named(value)
        return name_of(said) if name == "emoji" else said.casefold()

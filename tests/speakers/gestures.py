"""What somebody does in Discord, each gesture as the event that Discord sends for it."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.ctx import Given, Request
from tests.discord import payloads, talk
from tests.discord.filling import fields_of, let
from tests.discord.nouns import Body, Interaction, Post, nodes
from tests.discord.server import Discord
from tests.discord.state import BOT
from tests.speakers import options
from tests.speakers.mentions import Mentions, sign_of
from tests.speakers.pane import LATER
from tests.speakers.typist import keyed

LONGEST_MESSAGE = 4000
REACTION = re.compile(r"kudos (?P<un>un)?react (?P<key>k\d+) (?P<emoji>:\S+:)")


@dataclass(frozen=True, slots=True)
class Done:
    """What Discord told of a gesture, so that it can tell it again; of a form also what was `asked` for."""

    event: str
    told: Body
    guild: str
    asked: frozenset[str] = frozenset()

    def meant(self, request: Request) -> Request:
        """What is meant by it: a form says nothing about what it did not ask for."""
        if not self.asked:
            return request
        return replace(request, given={name: said for name, said in request.given.items() if name in self.asked})


class Gestures:
    """The hands of everybody in a Discord; `settled` waits until all that a gesture led to is done."""

    def __init__(self, discord: Discord, mentions: Mentions, settled: Callable[[], Awaitable[None]]) -> None:
        self.discord = discord
        self.mentions = mentions
        self.settled = settled

    async def uses(self, request: Request, payload: Body, about: Post | None = None) -> Done:
        """A command, a component or a form."""
        await self.discord.use(request.who.key, payload, about)
        await self.settled()
        return Done("INTERACTION_CREATE", payload, payload.get("guild_id", ""))

    async def presses(self, request: Request, post: Post, one: Body) -> Done:
        """A button of a message."""
        data = {"component_type": one["type"], "custom_id": one["custom_id"], "id": one["id"]}
        return await self.uses(request, payloads.component(self.discord, request.who.key, post, data), post)

    async def addresses(self, request: Request, guild: str) -> Done:
        """A message to the bot: in a channel it is mentioned, and in direct messages only what is marked by hand is."""
        line = " ".join((request.line, *keyed(request.given)))
        if request.channel:
            return await self._writes(request, request.channel, f"<@{BOT}> {self.mentions.typed(line, guild)}")
        where = self.discord.direct(request.who.key).id
        return await self._writes(request, where, self.mentions.typed(line, guild, direct=True))

    async def sends(self, request: Request, guild: str, files: Sequence[str]) -> Done:
        """A direct message with files."""
        where = self.discord.direct(request.who.key).id
        return await self._writes(request, where, self.mentions.typed(request.line, guild, direct=True), files)

    async def _writes(self, request: Request, where: str, text: str, files: Sequence[str] = ()) -> Done:
        let(len(text) <= LONGEST_MESSAGE, f"Discord does not take a message of {len(text)} characters")
        post = Post(where, talk.blank(self.discord, where, self.discord.users[request.who.key]))
        named = [one for one in self.discord.users.values() if f"<@{one.id}>" in text]
        post.body |= {"content": text, "mentions": [one.described() for one in named]}
        post.body["attachments"] = [payloads.attachment(self.discord, key) for key in files]
        self.discord.posts.append(post)
        talk.told(self.discord, post)
        await self.settled()
        return Done("MESSAGE_CREATE", payloads.in_event(self.discord, post), self.discord.channels[where].guild)

    async def reacts(self, request: Request, post: Post, line: str) -> None:
        """A reaction put on a message, or taken back."""
        found = REACTION.fullmatch(line)
        assert found
        emoji, adds = sign_of(found["emoji"]), not found["un"]
        (talk.reacted if adds else talk.unreacted)(post, emoji, request.who.key)
        event = "MESSAGE_REACTION_ADD" if adds else "MESSAGE_REACTION_REMOVE"
        told = payloads.reaction(self.discord, request.who.key, post, emoji, adds)
        self.discord.dispatch(event, told, told.get("guild_id", ""))
        await self.settled()

    async def fills(self, request: Request, answers: Mapping[str, Given], guild: str) -> Done:
        """The form that is open, step after step: what the first one has no room for is asked for by the next."""
        left: dict[str, Any] = dict(answers)
        asked: frozenset[str] = frozenset()
        while True:
            modal = self.discord.modals[request.who.key].data
            asked |= {one["custom_id"] for _label, one in fields_of(modal)}
            here = options.answers_in(modal, left, lambda text: self.mentions.typed(text, guild))
            met = await self.discord.submits(request.who.key, None, here)
            await self.settled()
            left = {name: value for name, value in left.items() if name not in here}
            if not met.original or not (steps := _steps(met)):
                let(not left, f"no form asks for {sorted(left)}")
                return Done("INTERACTION_CREATE", met.payload, met.payload.get("guild_id", ""), asked)
            done = await self.presses(request, met.original, steps["Say more" if left else next(iter(steps))])
            if not left:
                return replace(done, asked=asked)

    async def reopens(self, request: Request) -> None:
        """The button that waits in the place of a form."""
        posts = self.discord.timeline(request.who.key)
        every = ((post, one) for post in posts for one in nodes(post.body["components"]))
        post, one = next((post, one) for post, one in every if one.get("label") in LATER)
        await self.presses(request, post, one)


def _steps(met: Interaction) -> dict[str, Body]:
    """The buttons between two steps of a form."""
    if not met.original or ": nearly done" not in met.content:
        return {}
    return {one["label"]: one for one in nodes(met.original.body["components"]) if "label" in one}


def bare(request: Request) -> Request:
    """The line alone."""
    return replace(request, given={})

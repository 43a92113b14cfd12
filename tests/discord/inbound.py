"""What people do in Discord: each gesture becomes the event that Discord would send, and gives what came back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.discord import filling, payloads, rooms, talk
from tests.discord.checks import BUTTON, SELECTS
from tests.discord.gateway import Sockets
from tests.discord.marks import LATER, LATER_UPDATE, MODAL
from tests.discord.nouns import Body, Channel, Guild, Interaction, Member, Post, nodes
from tests.discord.state import BOT

LINK = 5


@dataclass(repr=False)
class Inbound(Sockets):
    """The sending side; `patience` is how long somebody waits for what was put off."""

    patience: float = 20.0
    modals: dict[str, Interaction] = field(default_factory=dict)

    async def use(self, user: str, payload: Body, about: Post | None = None, wait: bool = True) -> Interaction:
        """Sends an interaction; unless told not to, waits for the answer, and for what comes after one put off."""
        met = Interaction(payload["id"], payload["token"], payload, user, payload["channel_id"], self.clock(), about)
        self.interactions[met.token] = met
        heard = self.dispatch("INTERACTION_CREATE", payload, payload.get("guild_id", ""))
        assert heard, "no shard of the bot is there to hear it"
        if not wait:
            return met
        if await _came(met.answered, self.answer_seconds):
            await self._put_off(met)
        else:
            self.violations.append(f"{met.name} was not answered within {self.answer_seconds:g} s")
        if met.kind == MODAL:
            self.modals[user] = met
        return met

    async def _put_off(self, met: Interaction) -> None:
        if met.kind in (LATER, LATER_UPDATE) and not await _came(met.said, self.patience) and met.kind == LATER:
            self.violations.append(f"{met.name} was put off and never answered")

    def place(self, user: str, where: str = "") -> str:
        """Where somebody is: the channel that is named, `dm`, else the first one of their first server."""
        if where in ("dm", "DM"):
            return self.direct(user).id
        if where:
            return self.where(where)
        at_home = [one for one in self.channels.values() if one.guild and user in self.guilds[one.guild].members]
        return next(one.id for one in at_home if not one.thread)

    async def types(
        self, user: str, line: str, given: Mapping[str, Any] | None = None, /, where: str = "", **more: Any
    ) -> Interaction:
        """A slash command, such as `/kudos give`, with its options by name; `wait` may be among the latter."""
        wait = more.pop("wait", True)
        return await self._said(user, line, {**(given or {}), **more}, where, "", wait)

    async def autocompletes(
        self, user: str, line: str, option: str, typed: str = "", where: str = "", **before: Any
    ) -> Interaction:
        """Typing into an option, others being filled already."""
        return await self._said(user, line, {**before, option: typed}, where, option, True)

    async def _said(
        self, user: str, line: str, given: Mapping[str, Any], where: str, focused: str, wait: bool
    ) -> Interaction:
        who, name, *words = self.who(user), *line.removeprefix("/").split()
        here = self.place(who, where)
        command = filling.command_of(self, name, 1, self.channels[here].guild)
        filling.shown(self, command, who, here)
        node, path = filling.along(command, words)
        typed, resolved = filling.options(self, node, here, given, focused)
        assert not focused or _option(node, focused).get("autocomplete"), f"{focused!r} has no autocomplete"
        for step in reversed(path):
            typed = [{"type": step["type"], "name": step["name"], "options": typed}]
        data = {"id": command["id"], "name": name, "type": 1, "options": typed}
        data |= {"resolved": resolved} if resolved else {}
        make = payloads.autocomplete if focused else payloads.command
        return await self.use(who, make(self, who, here, data), wait=wait)

    async def menu(self, user: str, name: str, target: Any, where: str = "", wait: bool = True) -> Interaction:
        """A menu entry on a person, by name, or on a message."""
        who, kind = self.who(user), 3 if isinstance(target, dict) else 2
        here = str(target["channel_id"]) if kind == 3 else self.place(who, where)
        command = filling.command_of(self, name, kind, self.channels[here].guild)
        filling.shown(self, command, who, here)
        key, resolved = filling.target(self, kind, target, here)
        data = {"id": command["id"], "name": name, "type": kind, "target_id": key, "resolved": resolved}
        return await self.use(who, payloads.command(self, who, here, data), wait=wait)

    async def presses(self, user: str, message: Body | None, label: str, wait: bool = True) -> Interaction:
        """A button by its label: on a message, else on the newest one that shows it to that person."""
        post, one = self._component(
            user, message, lambda one: one["type"] == BUTTON and one.get("label") == label, label
        )
        assert not one.get("disabled"), f"{label!r} cannot be pressed"
        assert one["style"] != LINK, f"{label!r} is a link"
        data = {"component_type": BUTTON, "custom_id": one["custom_id"], "id": one["id"]}
        return await self.use(self.who(user), payloads.component(self, self.who(user), post, data), post, wait)

    async def picks(self, user: str, message: Body | None, name: str, *picked: str, wait: bool = True) -> Interaction:
        """Options of a select by its placeholder or custom_id."""
        post, one = self._component(
            user,
            message,
            lambda one: one["type"] in SELECTS and name in (one.get("placeholder"), one["custom_id"]),
            name,
        )
        values = filling.values(self, one, picked)
        data = {"component_type": one["type"], "custom_id": one["custom_id"], "id": one["id"], "values": values}
        if one["type"] in filling.PEOPLE:
            data["resolved"] = payloads.resolved(self, post.channel, values)
        return await self.use(self.who(user), payloads.component(self, self.who(user), post, data), post, wait)

    def _component(self, user: str, message: Body | None, fits: Any, name: str) -> tuple[Post, Body]:
        key = self.who(user)
        posts = self.timeline(user) if message is None else [self.post_of(message)]
        for post in posts:
            assert self.sees(key, post), f"{user} does not see that message"
            for one in nodes(post.body["components"]):
                if fits(one):
                    return post, one
        raise AssertionError(
            f"{user} sees nothing called {name!r}; newest: {[one.body['content'] for one in posts[:3]]}"
        )

    async def submits(
        self,
        user: str,
        modal: Body | Interaction | None = None,
        given: Mapping[str, Any] | None = None,
        /,
        **answers: Any,
    ) -> Interaction:
        """Fills the open form by labels or names and sends it, if Discord's own client lets it through."""
        who, wait = self.who(user), answers.pop("wait", True)
        opened = self.modals.pop(who, None)
        assert opened, f"{user} has no form open"
        wanted = modal.data if isinstance(modal, Interaction) else modal
        assert wanted is None or wanted is opened.data, f"{user} has another form open"
        sent, resolved = filling.filled(self, opened.channel, opened.data, {**(given or {}), **answers})
        data = {"custom_id": opened.data["custom_id"], "components": sent}
        data |= {"resolved": resolved} if resolved else {}
        return await self.use(who, payloads.form(self, who, opened, data), opened.about, wait)

    def closes(self, user: str) -> None:
        """Leaves the open form; no bot hears of it."""
        del self.modals[self.who(user)]

    async def says(self, user: str, text: str, where: str = "") -> Body:
        """A message by a person; `@ben` becomes a mention."""
        key = self.who(user)
        return self.write(key, self.place(key, where), text).body

    def write(self, user: str, channel: str, text: str) -> Post:
        """A person's message appears, and the gateway hears of it."""
        post = Post(channel, talk.blank(self, channel, self.users[user]), at=self.clock())
        post.body |= {"content": filling.mentioned(self, text)}
        post.body["mentions"] = [
            one.described() for one in self.users.values() if f"<@{one.id}>" in post.body["content"]
        ]
        self.posts.append(post)
        talk.told(self, post)
        return post

    async def dms(self, user: str, text: str, wait: bool = True) -> Body:
        """A direct message to the bot; gives the bot's next one, or the person's own where nobody waits."""
        before = {body["id"] for body in self.letters(user)}
        sent = await self.says(user, text, "dm")
        if not wait:
            return sent
        came = await self.until(lambda: [one for one in self.letters(user) if one["id"] not in before], self.patience)
        return came[0]

    async def reacts(self, user: str, message: Body, emoji: str) -> None:
        """A reaction on a message."""
        post, key = self.post_of(message), self.who(user)
        assert talk.reacted(post, emoji, key), f"{user} has reacted with {emoji} already"
        told = payloads.reaction(self, key, post, emoji, True)
        self.dispatch("MESSAGE_REACTION_ADD", told, told.get("guild_id", ""))

    async def unreacts(self, user: str, message: Body, emoji: str) -> None:
        """A reaction taken back."""
        post, key = self.post_of(message), self.who(user)
        assert talk.unreacted(post, emoji, key), f"{user} has not reacted with {emoji}"
        told = payloads.reaction(self, key, post, emoji, False)
        self.dispatch("MESSAGE_REACTION_REMOVE", told, told.get("guild_id", ""))

    async def clears(self, message: Body, emoji: str = "") -> None:
        """A moderator takes everybody's reactions off a message, or those with one emoji."""
        post = self.post_of(message)
        for one in [emoji] if emoji else [*post.reactors]:
            for key in [*post.reactors.get(one, [])]:
                talk.unreacted(post, one, key)
        where = {"channel_id": post.channel, "message_id": post.id}
        home = self.channels[post.channel].guild
        about = {"emoji": {"id": None, "name": emoji}} if emoji else {}
        event = "MESSAGE_REACTION_REMOVE_EMOJI" if emoji else "MESSAGE_REACTION_REMOVE_ALL"
        self.dispatch(event, {**where, "guild_id": home, **about}, home)

    async def deletes(self, message: Body | Channel) -> None:
        """Somebody with the right to deletes a message or a channel."""
        if isinstance(message, Channel):
            rooms.remove_channel(self, message)
        else:
            talk.gone(self, self.post_of(message))

    async def joins_guild(self, guild: Guild | str) -> None:
        """An admin invites the bot."""
        home = guild if isinstance(guild, Guild) else self.guilds[self.server(guild)]
        self.admit(home)
        self.welcome(home)

    async def leaves_guild(self, guild: Guild | str) -> None:
        """The bot is thrown out."""
        home = guild if isinstance(guild, Guild) else self.guilds[self.server(guild)]
        home.present = False
        home.members.pop(BOT, None)
        self.dispatch("GUILD_DELETE", {"id": home.id}, home.id)

    async def member_joins(self, user: str, guild: Guild | str = "", nick: str | None = None) -> Member:
        """Somebody comes into a server."""
        home = (
            guild if isinstance(guild, Guild) else self.guilds[self.server(guild) if guild else next(iter(self.guilds))]
        )
        made = self.join(home, user, nick)
        self.dispatch("GUILD_MEMBER_ADD", {**made.whole(), "guild_id": home.id}, home.id)
        return made

    async def member_leaves(self, user: str, guild: Guild | str = "") -> None:
        """Somebody leaves a server."""
        home = (
            guild if isinstance(guild, Guild) else self.guilds[self.server(guild) if guild else next(iter(self.guilds))]
        )
        gone = home.members.pop(self.who(user))
        self.dispatch("GUILD_MEMBER_REMOVE", {"guild_id": home.id, "user": gone.user.described()}, home.id)


def _option(node: Body, name: str) -> Body:
    return next(one for one in node.get("options", []) if one["name"] == name)


async def _came(event: asyncio.Event, seconds: float) -> bool:
    """Whether it happened in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True

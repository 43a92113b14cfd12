"""Speaks in Discord: lines become slash commands, menus, messages and reactions, forms modals, buttons components."""

import asyncio
import copy
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from discord.http import Route

from adapters.discord.app import Discord, Keys
from adapters.discord.commands import digest
from adapters.discord.commands import payloads as declared
from adapters.discord.pointer import pointer
from bot.carriage import Carrier
from bot.ctx import Attached, Given, Request, Who
from bot.references import line_of
from bot.ui import Button, Form, Reply
from storage.models import Place
from tests.discord import payloads
from tests.discord.filling import Unfit
from tests.discord.marks import EVERYBODY, MANAGE_GUILD
from tests.discord.nouns import Body, Member, Post, Role, User, nodes
from tests.discord.state import BOT
from tests.speakers import Now, Witness
from tests.speakers.gestures import REACTION, Done, Gestures, bare
from tests.speakers.mentions import Mentions
from tests.speakers.native import Native
from tests.speakers.options import marked, several
from tests.speakers.pane import Pane
from tests.speakers.shown import asked
from tests.speakers.van import Van
from tests.speakers.wireless import Wireless, settled

SETTLE_SECONDS = 60.0
ADMINS = "500000000000000000"
_told: dict[str, list[Body]] = {}


class InDiscord:
    """Two servers on the loopback, and the bot as it serves them."""

    platform = "discord"
    keys = ("100000000000000001", "100000000000000002")
    room = 5

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.base = Route.BASE
        self.discord = Wireless(answer_seconds=SETTLE_SECONDS, patience=SETTLE_SECONDS)
        self.runner.run(self.discord.__aenter__())
        self.mentions = Mentions(self.discord)
        self.pane = Pane(self.discord, self.mentions, self._meaning)
        self.hands = Gestures(self.discord, self.mentions, self._settled)
        self.bot: Discord | None = None
        self.places: dict[int, Place] = {}
        self.told: dict[str, tuple[Done | None, Reply]] = {}
        for key, name in zip(self.keys, ("Manyhands", "Elsewhere"), strict=True):
            self._founds(key, name)

    def _founds(self, key: str, name: str) -> None:
        """A server whose owner says nothing."""
        self.discord.user(f"owner{key[-1]}", f"60000000000000000{key[-1]}")
        home, number = self.discord.guild(name, key, owner=f"owner{key[-1]}"), f"{ADMINS[:-1]}{key[-1]}"
        home.roles[number] = Role(number, "Admins", EVERYBODY | MANAGE_GUILD)
        self.mentions.channel("general", key)

    def opens(self, app: Witness, now: Now) -> Carrier:
        """Another process."""
        if self.bot:
            self.run(self.bot.close())
        self.app = app
        self.native = Native(self.discord, self.mentions, app.catalogue)
        self.bot = Discord(app, Keys(self.discord.token, self.discord.api_url), now)
        self.run(self._starts(self.bot))
        for place in self.places.values():
            self._arrives(place)
        return Van(self.bot.carrier, self.pane)

    async def _starts(self, bot: Discord) -> None:
        client = await bot.client()
        await self.discord.connects(bot)
        made = declared(self.app.catalogue)
        if digest(made) not in _told:
            _told[digest(made)] = [*await bot.rest.tell_commands(str(client.application_id), made)]
        self.discord.commands[""] = _told[digest(made)]
        bot.commands.learn(_told[digest(made)])

    def serves(self, place: Place) -> None:
        """A server."""
        self.places[place.id] = place
        self._arrives(place)

    def _arrives(self, place: Place) -> None:
        home = self.discord.guilds[place.key]
        self.discord.dispatch("GUILD_CREATE", payloads.guild(self.discord, home, [BOT]), home.id)

    def account(self, who: Who, place: int) -> Who:
        """Somebody joins the server, or something about them changes."""
        home = self.discord.guilds[self.places[place].key]
        key = self.mentions.people.setdefault((home.id, who.key), f"2{len(self.mentions.people):017d}")
        self.discord.users[key] = User(key, f"user{key[-6:]}", who.name, bot=who.bot)
        roles = [f"{ADMINS[:-1]}{home.id[-1]}"] if who.admin else []
        held = [role for role in home.members[key].roles if role not in roles] if key in home.members else []
        held = [role for role in held if not role.startswith(ADMINS[:-1])]
        if not who.gone:
            home.members[key] = Member(self.discord.users[key], roles=[*roles, *held], guest=who.guest)
        return replace(who, key=key, admin=bool(who.admin))

    def channel(self, name: str, place: int) -> str:
        """A channel's key; a direct message has none that the core knows."""
        is_known = not name or name in self.discord.channels
        return name if is_known else self.mentions.channel(name, self.places[place].key).id

    def named(self, text: str) -> str:
        """Names in the place of Discord's keys."""
        return self.mentions.named(text)

    def says(self, request: Request) -> Reply:
        """By the gesture that fits."""
        self._has_roles(request)
        if request.id in self.told:
            return self._again(request)
        if request.files:
            return self._with_files(request)
        if request.given and self.native.opens(request):
            return self._by_form(request)
        line = request.line.strip().removeprefix("/")
        if post := self._reacted_to(request, line):
            return self._answered(request, self.hands.reacts(request, post, line))
        return self._answered(request, self._commands(request))

    def _with_files(self, request: Request) -> Reply:
        """Attached to the command, or to a direct message."""
        keys = [self._attached(one) for one in request.files.values()]
        said = replace(request, files={}, given={**request.given, "file": keys[0]})
        if request.channel:
            return self._answered(said, self._commands(said))
        return self._answered(said, self.hands.sends(request, self._guild(request), keys))

    def _attached(self, file: Attached) -> str:
        key = self.discord.snowflake()
        self.discord.attached[key] = (file.name, file.data)
        return key

    def _has_roles(self, request: Request) -> None:
        """Who is in a group has its role."""
        guild = self._guild(request)
        for key, group in request.groups.items():
            role = self.mentions.role(key, group, guild).id
            held = {self.account(who, request.place).key for who in group.members}
            for user, member in self.discord.guilds[guild].members.items():
                member.roles = [one for one in member.roles if one != role] + [role] * (user in held)

    def _again(self, request: Request) -> Reply:
        """Discord tells it once more, as after a break; who has the answer gets no second one."""
        done, reply = self.told[request.id]
        before, heard = len(self.discord.posts), self._heard()
        asked_before = len(heard)
        if done:
            self.discord.dispatch(done.event, done.told, done.guild)
        self.run(self._settled())
        if done and done.event == "INTERACTION_CREATE":
            self.discord.forgive("was answered twice")
        reply = next((again for _request, again in reversed(heard[asked_before:]) if again), reply)
        assert reply != self.told[request.id][1] or len(self.discord.posts) == before, "it was answered a second time"
        return reply

    def _by_form(self, request: Request) -> Reply:
        """A form opens on the line and is filled in; what it cannot hold is typed."""
        opened = self.says(bare(request))
        if not isinstance(opened, Form):
            return opened
        del self.told[request.id]
        try:
            if unasked := set(request.given) - {field.name for field in opened.first_step(self.room).fields}:
                raise Unfit(f"the form does not ask for {sorted(unasked)}")
            return self.fills(request, request.given)
        except Unfit:
            self.discord.modals.pop(request.who.key, None)
            return self._answered(request, self.hands.addresses(request, self._guild(request)))

    async def _commands(self, request: Request) -> Done:
        """A slash command or a menu's entry; what their options cannot hold is said to the bot in the channel."""
        guild = self._guild(request)
        if request.who.bot or not request.channel:
            return await self.hands.addresses(request, guild)
        try:
            payload = self.native.payload(request, guild)
        except Unfit:
            return await self.hands.addresses(request, guild)
        return await self.hands.uses(request, payload)

    def _guild(self, request: Request) -> str:
        return self.places[request.place].key

    def _reacted_to(self, request: Request, line: str) -> Post | None:
        """The message that carries the key to which somebody reacts."""
        found = REACTION.fullmatch(line)
        for post in self.discord.posts if found else ():
            if found and self.app.card_at(request.place, post.channel, post.id) == found["key"]:
                return post
        return None

    def presses(self, request: Request, button: Button) -> Reply:
        """The newest button of that line that stands before their eyes."""
        for post in self.discord.timeline(request.who.key):
            for one in nodes(post.body["components"]):
                if self.named(self._meaning(one.get("custom_id", ""))) == button.line:
                    return self._answered(self._in(request, post.channel), self.hands.presses(request, post, one))
        raise AssertionError(f"{request.who.name} sees no button {button.label!r} for {button.line!r} in Discord")

    def _marked(self, request: Request) -> Request:
        """The same, with people whom a form knows by short ids as Discord marks them."""
        people = [one for some in request.given.values() for one in several(some)]
        return replace(request, given=marked(request.given, self.app.keys(request.place, people)))

    def _in(self, request: Request, channel: str) -> Request:
        """The same, said where its form or button stands: that may be a direct message."""
        return replace(request, channel=channel if self.discord.channels[channel].guild else "")

    def _meaning(self, custom_id: str) -> str:
        """The line of a button, also of one that carries only a key to it."""
        found = pointer(custom_id)
        stored = (line_of(self.app.engine, place, found.line) for place in self.places.values())
        return next((line for line in stored if line), "") if found.stored else f"{found.sign}{found.line}"

    def fills(self, request: Request, answers: Mapping[str, Given]) -> Reply:
        """The modal that is open, or that the button in its place opens; all its steps."""
        if request.who.key not in self.discord.modals:
            self.run(self.hands.reopens(request))
        said = self._marked(self._in(request, self.discord.modals[request.who.key].channel))
        return self._answered(said, self.hands.fills(said, answers, self._guild(said)))

    def _answered(self, request: Request, gesture: Coroutine[Any, Any, Done | None]) -> Reply:
        """The reply of the core to one gesture; it was asked what was meant, and Discord shows what it said."""
        asked_before, posts, turned = len(self._heard()), len(self.discord.posts), len(self.discord.turned)
        done = self.run(gesture)
        heard = self._heard()[asked_before:]
        assert len(heard) <= 1, f"{request.line!r} was asked {len(heard)} times"
        new = self.discord.turned[turned:] + [one for one in self.discord.posts[posts:] if one.is_bots]
        if not heard:
            assert len(new) <= 1, "nothing was asked, but something was answered"
            return None
        self._meant(done.meant(request) if done else request, heard[0][0])
        self.pane.answered(request, heard[0][1], new, self._people_in(request, heard[0][1]))
        self.told[request.id] = (done, heard[0][1])
        return heard[0][1]

    def _heard(self) -> list[tuple[Request, Reply]]:
        return self.app.__dict__.setdefault("heard", [])

    def _people_in(self, request: Request, reply: Reply) -> Mapping[str, str]:
        """The users behind the members whom a form knows."""
        values = asked(reply) if isinstance(reply, Form) else ()
        return self.app.keys(request.place, [one for one in values if one.startswith("@m")])

    async def _settled(self) -> None:
        assert self.bot
        await settled(self.bot, SETTLE_SECONDS)

    def _meant(self, request: Request, heard: Request) -> None:
        """The core was asked what was said, by whom, where and when it was said."""
        assert (heard.channel, heard.place, heard.at) == (request.channel, request.place, request.at)
        assert replace(heard.who, zone="") == replace(request.who, zone="")
        asked_for, meant = self.native.meaning(heard), self.native.meaning(request)
        assert asked_for == meant, f"the core was asked for {asked_for}, not {meant}"

    def leaves(self, who: Who, place: int) -> None:
        """They are not in the server any more."""
        home = self.discord.guilds[self.places[place].key]
        home.members.pop(who.key, None)
        told = {"guild_id": home.id, "user": self.discord.users[who.key].described()}
        self.discord.dispatch("GUILD_MEMBER_REMOVE", told, home.id)
        self.run(self._settled())

    def keeps(self) -> Any:
        """Users, servers, channels and what stands in them."""
        here, mine = self.discord, self.mentions
        return copy.deepcopy((mine.people, mine.roles, here.users, here.guilds, here.channels, here.posts))

    def resumes(self, kept: Any) -> None:
        """The same servers again."""
        here, mine = self.discord, self.mentions
        mine.people, mine.roles, here.users, here.guilds, here.channels, here.posts = copy.deepcopy(kept)
        for place in self.places.values():
            self._arrives(place)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """On the loop of the loopback."""
        return self.runner.run(work)

    def close(self) -> None:
        """Hangs up; nothing may have offended Discord."""
        assert self.bot
        self.runner.run(self.bot.close())
        self.runner.run(self.discord.__aexit__(None, None, None))
        self.runner.close()
        Route.BASE = self.base
        assert self.discord.violations == []

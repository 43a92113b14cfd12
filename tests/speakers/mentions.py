"""What Discord's client makes of what somebody types, and what of it is read on the screen again."""

import re
from datetime import UTC, datetime

from bot.ctx import Group
from bot.emoji import name_of, spellings
from bot.text import Moment, plain
from tests.discord import payloads
from tests.discord.nouns import Channel, Role, User
from tests.discord.server import Discord

_CHANNEL = r"(?<![\w#/&<])#(?P<channel>[A-Za-z][\w-]*)"
_MARK = r"<@!?(?P<mark>\w+)(?:\|[^<>]*)?>"
_GROUP = r"<!subteam\^(?P<group>\w+)\|[^<>]*>"
_READ = re.compile(r"<(?P<sign>@[!&]?|#|t:)(?P<key>\d+)(?::\w|\|[^<>]*)?>|(?<!\d)(?P<bare>\d{15,20})(?!\d)")
_TONE = re.compile(r"::skin-tone-(?P<tone>[2-6])$")


class Mentions:
    """Knows the names of people, roles and channels of a Discord; a channel that somebody names is there."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.people: dict[tuple[str, str], str] = {}
        self.roles: dict[tuple[str, str], str] = {}

    def channel(self, name: str, guild: str) -> Channel:
        """The channel of that name in a server, made when it is new."""
        word = name.removeprefix("#")
        for one in self.discord.channels.values():
            if (one.guild, one.name) == (guild, word):
                return one
        made = self.discord.channel(word, guild, key=f"3{len(self.discord.channels):017d}")
        self.discord.dispatch("CHANNEL_CREATE", payloads.channel(self.discord, made), guild)
        return made

    def role(self, key: str, group: Group, guild: str) -> Role:
        """The role that stands for a group, made when it is new."""
        number = self.roles.setdefault((guild, key), f"4{len(self.roles):017d}")
        home = self.discord.guilds[guild]
        if number not in home.roles:
            home.roles[number] = Role(number, group.name.removeprefix("@"), 0)
            told = {"guild_id": guild, "role": home.roles[number].described()}
            self.discord.dispatch("GUILD_ROLE_CREATE", told, guild)
        return home.roles[number]

    def typed(self, text: str, guild: str, direct: bool = False) -> str:
        """A text as Discord sends it; in a direct message with the bot only what is marked by hand is marked."""
        people = self._people(guild)
        for found in re.finditer(_CHANNEL, text):
            self.channel(found["channel"], guild)
        pattern = rf"{_MARK}|{_GROUP}" if direct else self._pattern(people)
        return re.sub(pattern, lambda found: self._marked(found, people, guild), text)

    def _pattern(self, people: dict[str, User]) -> str:
        names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
        return rf"{_MARK}|{_GROUP}|{_CHANNEL}|(?<![\w@])@(?P<name>{names})(?!\w)"

    def _people(self, guild: str) -> dict[str, User]:
        """Whom one can mention by typing their name: those whose name nobody else has."""
        here = [one.user for one in self.discord.guilds[guild].members.values() if one.user.shown]
        names = [one.shown for one in here]
        return {one.shown: one for one in here if one.shown and names.count(one.shown) == 1}

    def _marked(self, found: re.Match[str], people: dict[str, User], guild: str) -> str:
        known = found.groupdict()
        if known.get("channel"):
            return f"<#{self.channel(known['channel'], guild).id}>"
        if known.get("group"):
            return f"<@&{self.roles[guild, known['group']]}>" if (guild, known["group"]) in self.roles else found[0]
        if known.get("name"):
            return f"<@{people[known['name']].id}>"
        key = self.people.get((guild, known["mark"]))
        return f"<@{key}>" if key else found[0]

    def named(self, text: str) -> str:
        """A text in which Discord's keys, and those of scenarios, are names again."""
        return _READ.sub(self._seen, re.sub(rf"{_MARK}|{_GROUP}", self._keyed, text))

    def _keyed(self, found: re.Match[str]) -> str:
        key = found["mark"] or found["group"]
        known = self.roles if found["group"] else self.people
        meant = next((number for (_guild, name), number in known.items() if name == key), "")
        return (f"<@&{meant}>" if found["group"] else f"<@{meant}>") if meant else found[0]

    def _seen(self, found: re.Match[str]) -> str:
        sign, key = found["sign"] or "", found["key"] or found["bare"]
        if sign == "t:":
            return plain((Moment(datetime.fromtimestamp(int(key), UTC)),))
        if sign == "@&":
            roles = {number: one for guild in self.discord.guilds.values() for number, one in guild.roles.items()}
            return f"@{roles[key].name}" if key in roles else found[0]
        if sign.startswith("@"):
            return f"@{self.discord.users[key].shown}" if key in self.discord.users else found[0]
        room = self.discord.channels.get(key)
        return f"#{room.name}" if room and room.name else found[0]


def sign_of(emoji: str) -> str:
    """An emoji as Discord writes it, in any skin tone: one without a sign of its own by its name."""
    tone = _TONE.search(emoji)
    name = name_of(emoji)
    sign = next((one for one in spellings(name) if not re.match(r"[\w:+]", one)), name)
    return sign + (chr(0x1F3F9 + int(tone["tone"])) if tone else "")

"""What Discord sends, as what the core is asked: pure functions from payloads to `Incoming`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.discord import menus
from adapters.discord.files import Shared, shared_in
from adapters.discord.pointer import Pointer, pointer
from bot.catalogue import Catalogue
from bot.command import Command, Param
from bot.ctx import Given, Refusal, Who
from bot.line import people as people_in

Payload = Mapping[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMISSION = 2, 3, 4, 5
USER_MENU, MESSAGE_MENU = 2, 3
OTHERS = "others"
ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
_GUEST, _EPHEMERAL = 1 << 4, 1 << 6
_GROUPS = (1, 2)
_BOOLEAN, _USER, _CHANNEL, _MENTIONABLE, _NUMBER = 5, 6, 7, 9, 10
_MENTION, _ROLE_MENTION = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)(?:\|[^<>\n]*)?>")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that somebody did in Discord, and the ways to answer it; `is_private` is a message that they pressed or
    filled a form of, and that nobody else reads."""

    id: str
    who: Who
    said: Pointer
    guild: str = ""
    channel: str = ""
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])
    people: Mapping[str, Who] = field(default_factory=dict[str, Who])
    token: str = ""
    application: str = ""
    kind: int = 0
    files: Mapping[str, Shared] = field(default_factory=dict[str, Shared])
    is_private: bool = False

    @property
    def line(self) -> str:
        """The line that is said."""
        return self.said.line

    @property
    def is_direct(self) -> bool:
        """Whether it was said in a direct message."""
        return not self.guild

    @property
    def is_written(self) -> bool:
        """Whether it was written to the bot alone, where Discord's client marks no channels."""
        return self.is_direct and not self.kind

    @property
    def place_channel(self) -> str:
        """The channel as the core knows it: none in a direct message."""
        return "" if self.is_direct else self.channel

    @property
    def instead(self) -> bool:
        """Whether a card may take the place of what was pressed: others read what stands in a channel."""
        return self.said.turns and self.is_private

    def mentioned(self) -> set[str]:
        """The users whom its words name and its payload does not describe."""
        return self._named(_MENTION) - set(self.people) - {self.who.key}

    def roles(self) -> set[str]:
        """The roles that its words name."""
        return self._named(_ROLE_MENTION)

    def _named(self, form: re.Pattern[str]) -> set[str]:
        said = [self.line, *(text for value in self.given.values() for text in _texts(value))]
        return {found[1] for text in said for found in form.finditer(text)}

    def saying(self, said: Pointer) -> "Incoming":
        """The same with another line."""
        return replace(self, said=said)


def _texts(value: Given) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def command(catalogue: Catalogue, body: Payload) -> Incoming:
    """A slash command or an entry of a menu, as a line with typed options."""
    data = body["data"]
    if data.get("type", 1) != 1:
        found = menus.command_of(catalogue, data)
        about = menus.given(found, data, str(body.get("channel_id") or ""))
        return _incoming(body, found.name if found else str(data["name"]), about)
    name, options = _path(data)
    line = _named(catalogue, name)
    return _incoming(body, line, _given(catalogue, line, options))


def suggestion(catalogue: Catalogue, body: Payload) -> tuple[Incoming, str, str]:
    """What is typed so far into one option: the line, the option's name, the text."""
    name, options = _path(body["data"])
    line = _named(catalogue, name)
    focused = next((one for one in options if one.get("focused")), {"name": "", "value": ""})
    others = [one for one in options if one is not focused]
    said = _incoming(body, line, _given(catalogue, line, others))
    return said, str(focused["name"]), str(focused.get("value", ""))


def press(body: Payload) -> Incoming:
    """A press: the button carries a line."""
    return _pointed(body, {})


def submission(body: Payload, answers: Mapping[str, Given]) -> Incoming:
    """A form that was filled in; its line stands where a button's does."""
    return _pointed(body, answers)


def message(body: Payload, bot: str) -> Incoming | None:
    """A direct message, or one that mentions the bot, as a line; nothing for what people did not type."""
    author = body["author"]
    if author.get("bot") or body.get("webhook_id") or body.get("type", 0) not in (0, 19):
        return None
    guild = str(body.get("guild_id") or "")
    if guild and bot not in {str(one["id"]) for one in body.get("mentions", ())}:
        return None
    line = re.sub(rf"<@!?{bot}>", "", body.get("content", "")).strip().replace("\u00a0", " ")
    who = who_of(author, body.get("member"))
    files = shared_in({str(one["id"]): one for one in body.get("attachments") or ()})
    said = Pointer(line or "help")
    return Incoming(str(body["id"]), who, said, guild, str(body["channel_id"]), {}, _mentioned(body), files=files)


def overheard(body: Payload) -> Incoming | None:
    """What a person wrote to others in a server."""
    author = body["author"]
    if author.get("bot") or body.get("webhook_id") or not body.get("guild_id"):
        return None
    who, named = who_of(author, body.get("member")), _mentioned(body)
    where = str(body["guild_id"]), str(body["channel_id"])
    return Incoming(str(body["id"]), who, Pointer(body["content"]), *where, {}, named)


def _mentioned(body: Payload) -> dict[str, Who]:
    return {str(one["id"]): who_of(one, one.get("member")) for one in body.get("mentions", ())}


def sign(
    event: str,
    who: Who,
    guild: str,
    channel: str,
    line: str,
    given: Mapping[str, Given],
    people: Mapping[str, Who],
) -> Incoming:
    """A reaction, or what else is meant without words, as the line that it stands for."""
    return Incoming(event, who, Pointer(line), guild, channel, given, people)


def who_of(user: Payload, member: Payload | None = None) -> Who:
    """A user and their membership as the core knows people; Discord tells no zone."""
    about = member or {}
    name = about.get("nick") or user.get("global_name") or user.get("username") or ""
    return Who(
        str(user["id"]),
        str(name),
        bot=bool(user.get("bot")),
        guest=bool(int(about.get("flags") or 0) & _GUEST),
        admin=may_manage(int(about["permissions"])) if about.get("permissions") is not None else None,
    )


def may_manage(permissions: int) -> bool:
    """Whether somebody configures the server, and so the bot."""
    return bool(permissions & (ADMINISTRATOR | MANAGE_GUILD))


def _incoming(body: Payload, line: str, given: Mapping[str, Given]) -> Incoming:
    return _pointed({**body, "data": {**body["data"], "custom_id": str(Pointer(line))}}, given)


def _pointed(body: Payload, given: Mapping[str, Given]) -> Incoming:
    member, pressed = body.get("member"), body.get("message")
    user = (member or {}).get("user") or body["user"]
    return Incoming(
        str(body["id"]),
        who_of(user, member),
        pointer(body["data"]["custom_id"]),
        str(body.get("guild_id") or ""),
        str(body.get("channel_id") or (body.get("channel") or {}).get("id", "")),
        given,
        _resolved(body["data"]),
        body["token"],
        str(body["application_id"]),
        body["type"],
        shared_in(_files(body)),
        bool(pressed and (pressed["flags"] & _EPHEMERAL or not body.get("guild_id"))),
    )


def _resolved(data: Payload) -> dict[str, Who]:
    """Everybody whom the payload describes."""
    found = data.get("resolved") or {}
    members = found.get("members") or {}
    return {str(key): who_of(user, members.get(key)) for key, user in (found.get("users") or {}).items()}


def _files(body: Payload) -> Payload:
    return (body["data"].get("resolved") or {}).get("attachments") or {}


def _path(data: Payload) -> tuple[str, Sequence[Payload]]:
    """The whole name of a command, groups before it, and its options."""
    names, options = [str(data["name"])], data.get("options") or ()
    while options and options[0]["type"] in _GROUPS:
        names.append(str(options[0]["name"]))
        options = options[0].get("options") or ()
    return " ".join(names), options


def _named(catalogue: Catalogue, name: str) -> str:
    """A group whose name is a command itself is called with `show`."""
    bare = name.removesuffix(" show")
    return name if name in catalogue.commands or bare not in catalogue.commands else bare


def _given(catalogue: Catalogue, line: str, options: Iterable[Payload]) -> dict[str, Given]:
    """Typed options as they would be typed; several people from one option and from words."""
    found = _command(catalogue, line)
    several = next((one.name for one in _params(found) if one.many and one.kind.name == "member"), "")
    given: dict[str, Given] = {}
    for one in options:
        name, value = str(one["name"]), _written(one)
        if name == OTHERS and several and OTHERS not in {param.name for param in _params(found)}:
            given[several] = [*_texts(given.get(several, [])), *people_in(value)]
        elif name == several and one["type"] == _USER:
            given[several] = [value, *_texts(given.get(several, []))]
        else:
            given[name] = value
    return given


def _command(catalogue: Catalogue, line: str) -> Command | None:
    try:
        return catalogue.find(line)[0]
    except Refusal:
        return None


def _params(found: Command | None) -> tuple[Param, ...]:
    return found.params if found else ()


def _written(option: Payload) -> str:
    value = option.get("value", "")
    match option["type"]:
        case kind if kind in (_USER, _MENTIONABLE):
            return f"<@{value}>"
        case kind if kind == _CHANNEL:
            return f"<#{value}>"
        case kind if kind == _BOOLEAN:
            return "yes" if value else "no"
        case kind if kind == _NUMBER:
            return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value)
        case _:
            return str(value)

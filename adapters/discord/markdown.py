"""Texts in Discord's markdown: only our own parts become markup, and what people typed stays words.

What people type is escaped with backslashes: Discord shows none of them, and what is copied from a message is what was
typed. One before the first slash keeps an address from becoming a link or a preview; `@everyone` takes a zero-width
space, because a backslash would not stop it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import assert_never
from urllib.parse import urlsplit

from adapters.discord.limits import LINK, LINK_HOST, LINK_LABEL, units
from bot.kinds import looks_like_url
from bot.text import Bold, Channel, Code, Link, Mention, Moment, Part, Plain, Text, clamp, plain

Accounts = Mapping[int, str]
GAP = "\u200b"
ATOM = 200
SPARE = 40
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MARKER = re.compile(r"[\\*_~|`<>\[\]]")
_FIRST = re.compile(r"^([^\S\n]*(?:(?=[-+#])|[0-9]+(?=[.)])))", re.MULTILINE)
_SCHEME = re.compile("://")
_INVITE = re.compile(r"(discord(?:app)?\.[a-z]+|dis\.gd)/", re.IGNORECASE)
_MESSAGE = re.compile(r"https://discord\.com/channels/[0-9]+/[0-9]+(?:/[0-9]+)?")
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_CONTROL = re.compile(r"<(?=[!@#:/a-z0-9])", re.IGNORECASE)
_SNOWFLAKE = re.compile(r"[0-9]{15,20}")
_QUIET = re.compile(r"(?:[^\W_]|[ ,.'’!?&%+-])+")


def seen(text: str) -> str:
    """Text without control and direction-override characters; line breaks stay."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def escape(text: str) -> str:
    """Words that Discord shows as they are: no mention, link, invitation, list or formatting comes of them."""
    marked = _MARKER.sub(r"\\\g<0>", _hushed(text))
    unlinked = _INVITE.sub(r"\1\/", _SCHEME.sub(r":\//", marked))
    return _FIRST.sub(r"\1\\", unlinked)


def inert(text: str) -> str:
    """Words for where Discord reads no markdown; even so nothing in them looks like a mention."""
    return _CONTROL.sub(f"<{GAP}", _hushed(text))


def _hushed(text: str) -> str:
    return _EVERYBODY.sub(f"@{GAP}", seen(text))


def plain_text(text: Text) -> str:
    """A text for where Discord reads no markdown, such as the labels of buttons."""
    return inert(plain(text))


def markdown(text: Text, accounts: Accounts) -> str:
    """A text as Discord reads it; people with an account become mentions."""
    written: list[str] = []
    for part in _merged([_known(part, accounts) for part in text]):
        one = _part(part, accounts)
        if one and written and one[0] in "*`" and written[-1][-1] == one[0]:
            written.append(GAP)
        written.extend([one] if one else [])
    return "".join(written)


def mentioned(text: Text, accounts: Accounts) -> tuple[str, ...]:
    """The users whom a text mentions, each once."""
    known = [_known(part, accounts) for part in text]
    return tuple(dict.fromkeys(accounts[part.member] for part in known if isinstance(part, Mention)))


def _part(part: Part, accounts: Accounts) -> str:
    match part:
        case Plain(text):
            return escape(text)
        case Bold(text):
            return "\n".join(_bold(line) for line in seen(text).split("\n"))
        case Code(text):
            return _code(text)
        case Link(url, label):
            return _link(url, label)
        case Mention(member):
            return f"<@{accounts[member]}>"
        case Moment(at):
            return f"<t:{_seconds(at)}:f>"
        case Channel(_, key):
            return f"<#{key}>"
        case _:
            assert_never(part)


def _known(part: Part, accounts: Accounts) -> Part:
    """The part, or plain words where Discord could not lead anywhere."""
    match part:
        case Link(url, label):
            return Link(seen(url), label) if _leads(seen(url)) else Plain(plain((part,)))
        case Mention(member, name):
            return part if _SNOWFLAKE.fullmatch(accounts.get(member, "")) else Plain(f"@{name}")
        case Channel(_, key):
            return part if _SNOWFLAKE.fullmatch(key) else Plain(key)
        case _:
            return part


def _bold(line: str) -> str:
    """Spaces stay outside, where Discord wants them."""
    words = line.strip()
    return line.replace(words, f"**{escape(words)}**", 1) if words else line


def _code(text: str) -> str:
    """Nothing is escaped inside: what stands there is to be typed."""
    inner = inert(text).replace("\n", " ").replace("`", "ˋ")
    return f"`{inner}`" if inner.strip() else inner


def _leads(address: str) -> bool:
    """Whether an address is one that Discord may make a link of; invitations are not, because they unfold."""
    is_written = not re.search(r"[<>\\\"|`]", address)
    is_quiet = not _EVERYBODY.search(address) and (not _INVITE.search(address) or _MESSAGE.fullmatch(address))
    return is_written and bool(is_quiet) and looks_like_url(address) and units(address) <= LINK


def _link(url: str, label: str) -> str:
    """A label never hides where the link leads, and takes no backslashes; the brackets keep the preview away."""
    words = clamp(" ".join(seen(label).split()), LINK_LABEL)
    host = urlsplit(url).hostname or url
    if not words or words.casefold() == url.casefold():
        return f"<{url}>"
    if not _QUIET.fullmatch(words) or not _QUIET.fullmatch(host) or units(host) > LINK_HOST:
        return f"{escape(words)} (<{url}>)"
    return f"[{words}](<{url}>)" if words.casefold() == host else f"[{words} ({host})](<{url}>)"


def _seconds(at: datetime) -> int:
    """Discord shows it in the reader's own zone."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def size(text: Text, accounts: Accounts) -> int:
    """How many UTF-16 code units a text takes at most, written as markdown."""
    return sum(_cost(atom, accounts) for atom in _atoms(text, accounts))


def split(text: Text, longest: int, accounts: Accounts) -> list[Text]:
    """A text in pieces of which each, written as markdown, has at most `longest` units; nothing is lost."""
    room = longest - SPARE
    whole = [_known(part, accounts) for part in text]
    if sum(_cost(part, accounts) for part in whole) <= room:
        return [_merged(whole)]
    pieces: list[list[Part]] = [[]]
    for atom in _atoms(text, accounts):
        cost = _cost(atom, accounts)
        if cost > room and pieces[-1]:
            pieces.append([])
            room = longest - SPARE
        pieces[-1].append(atom)
        room -= cost
    return [_merged(piece) for piece in pieces]


def shown(text: Text, longest: int, accounts: Accounts) -> list[Text]:
    """The pieces of a text that say anything."""
    return [part for part in split(text, longest, accounts) if markdown(part, accounts).strip()]


def title(text: Text) -> str:
    """A text as one line for where Discord reads markdown but no mentions."""
    return escape(" ".join(plain(text).split()))


def _cost(atom: Part, accounts: Accounts) -> int:
    """The units of a part, with a gap, a backslash for its place, and a mark of quotation on every line."""
    written = _part(atom, accounts)
    return units(written) + 4 * written.count("\n") + 2


def _atoms(text: Text, accounts: Accounts) -> Iterator[Part]:
    for part in text:
        known = _known(part, accounts)
        if isinstance(known, Plain | Bold | Code):
            yield from (type(known)(word) for word in _words(known.text))
        else:
            yield known


def _words(text: str) -> Iterator[str]:
    for found in re.finditer(r"\s+|\S+", text):
        rest = found[0]
        while len(rest) > ATOM:
            head = clamp(rest, ATOM)[:-1] or rest[:ATOM]
            yield head
            rest = rest[len(head) :]
        yield rest


def _merged(parts: list[Part]) -> Text:
    """Neighbouring words of one sort become one part again."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Plain | Bold | Code) and isinstance(last, Plain | Bold | Code) and type(part) is type(last):
            merged[-1] = type(part)(last.text + part.text)
        else:
            merged.append(part)
    return tuple(merged)

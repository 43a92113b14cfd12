"""Texts in Slack's markup: only our own parts become markup, and what people typed stays words."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import assert_never
from urllib.parse import urlsplit

from adapters.slack.limits import LINK, LINK_LABEL
from bot.kinds import looks_like_url
from bot.text import Bold, Channel, Code, Link, Mention, Moment, Part, Plain, Text, clamp, plain

Accounts = Mapping[int, str]
QUIET = ""  # the account of somebody who is named, and not to be notified
JOINER, GAP = "\u2060", "\u200b"
ATOM = 200
SPARE = 40
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MARKER = re.compile(r"(?<![0-9A-Za-z])[*_~`]|[*_~`](?![0-9A-Za-z])")
_EVERYBODY = re.compile(r"@(?=here|channel|everyone|group)", re.IGNORECASE)
_QUOTED = re.compile(r"^(?=[^\S\n]*&gt;)", re.MULTILINE)
_CONTROL = re.compile(r"<(?=[!@#])")
_GLUED = re.compile(r"[\w*`]")
_USER = re.compile(r"[UW][A-Z0-9]+")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]+")


def seen(text: str) -> str:
    """Text without control and direction-override characters; line breaks stay."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def escape(text: str) -> str:
    """Words that Slack shows as they are: no mention, link, quote or formatting comes of them."""
    return _QUOTED.sub(JOINER, _MARKER.sub(rf"{JOINER}\g<0>{JOINER}", _entities(text)))


def _entities(text: str) -> str:
    quiet = _EVERYBODY.sub(f"@{JOINER}", seen(text))
    return quiet.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Words for where Slack reads no markup; even so nothing in them looks like a mention."""
    return _CONTROL.sub(f"<{JOINER}", _EVERYBODY.sub(f"@{JOINER}", seen(text)))


def plain_text(text: Text) -> str:
    """A text for where Slack reads no markup, such as headers and labels."""
    return inert(plain(text))


def mrkdwn(text: Text, accounts: Accounts) -> str:
    """A text as Slack reads it; people with an account become mentions."""
    written: list[str] = []
    for part in text:
        one = _part(part, accounts)
        if one and written and _GLUED.match(one) and _GLUED.match(written[-1][-1]):
            written.append(GAP)
        written.extend([one] if one else [])
    return "".join(written)


def _part(part: Part, accounts: Accounts) -> str:
    known = _known(part, accounts)
    match known:
        case Plain(text):
            return escape(text)
        case Bold(text):
            return "\n".join(_bold(line) for line in seen(text).split("\n"))
        case Code(text):
            return _code(seen(text))
        case Link(url, label):
            return f"<{_entities(url)}|{_link_label(url, label)}>" if label else f"<{_entities(url)}>"
        case Mention(member):
            return f"<@{accounts[member]}>"
        case Moment(at):
            return _moment(at)
        case Channel(_, key):
            return f"<#{key}>"
        case _:
            assert_never(known)


def _known(part: Part, accounts: Accounts) -> Part:
    """The part, or plain words where Slack could not lead anywhere."""
    match part:
        case Link(url, label):
            return Link(_address(url), label) if _leads(url) else Plain(plain((part,)))
        case Mention(member, name):
            if accounts.get(member) == QUIET:
                return Plain(name)
            return part if _USER.fullmatch(accounts.get(member, "")) else Plain(f"@{name}")
        case Channel(_, key):
            return part if _CHANNEL.fullmatch(key) else Plain(key)
        case _:
            return part


def _bold(line: str) -> str:
    """Formatting holds only close to the words: spaces stay outside, and a star inside ends nothing."""
    words = line.strip()
    inner = escape(words).replace("*", f"{JOINER}*{JOINER}")
    return line.replace(words, f"*{inner}*", 1) if words else line


def _code(text: str) -> str:
    inner = _entities(text.replace("\n", " ").replace("`", "ˋ"))
    return f"`{inner}`" if inner.strip() else inner


def _address(url: str) -> str:
    return seen(url).replace("|", "%7C")


def _leads(url: str) -> bool:
    """Whether an address is one that Slack may make a link of."""
    address = _address(url)
    is_written = not re.search(r"[<>\\]", address) and not _EVERYBODY.search(address)
    return is_written and looks_like_url(address) and len(address) <= LINK


def _link_label(url: str, label: str) -> str:
    """A label never hides where the link leads."""
    words = clamp(" ".join(seen(label).split()), LINK_LABEL)
    host = urlsplit(url).hostname or url
    shown = words if words.casefold() in {host, url.casefold()} else f"{words} ({host})"
    return escape(shown.replace("|", "¦"))


def _moment(at: datetime) -> str:
    """A time in the reader's own zone."""
    known = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return f"<!date^{int(known.timestamp())}^{{date_short_pretty}} {{time}}|{known:%a %d %b %Y %H:%M} UTC>"


def size(text: Text, accounts: Accounts) -> int:
    """How many characters a text takes at most, written as markup."""
    return sum(_cost(atom, accounts) for atom in _atoms(text, accounts))


def split(text: Text, longest: int, accounts: Accounts) -> list[Text]:
    """A text in pieces of which each, written as markup, has at most `longest` characters; nothing is lost."""
    pieces: list[list[Part]] = [[]]
    room = longest - SPARE
    for atom in _atoms(text, accounts):
        cost = _cost(atom, accounts)
        if cost > room and pieces[-1]:
            pieces.append([])
            room = longest - SPARE
        pieces[-1].append(atom)
        room -= cost
    return [_merged(piece) for piece in pieces]


def _cost(atom: Part, accounts: Accounts) -> int:
    """The characters of a part, with gaps on both sides and a mark of quotation on every line."""
    written = _part(atom, accounts)
    return len(written) + written.count("\n") + 2


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

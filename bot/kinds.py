"""Kinds of arguments: how a typed value is read from words, written as words, and suggested."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NewType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.ctx import Attached, Ctx, Refusal
from bot.dates import ISO, day_of
from bot.text import Channel
from storage.models import Account, Member

Url = NewType("Url", str)
SHORT, LONG = 200, 3000
MOST_BYTES = 25_000_000
LONGEST_LABEL = 90
MOST_OFFERED = 100
SOON = ("today", "tomorrow", "in 1 week", "in 2 weeks", "in 4 weeks")


@dataclass(frozen=True, slots=True)
class Option:
    """A suggestion: what is shown, and what is then typed."""

    label: str
    value: str


Suggest = Callable[[Ctx, str], Sequence[Option]]
Part = Literal["", "author", "words", "message"]


@dataclass(frozen=True, slots=True)
class Ask:
    """How an argument is asked for, and what it may hold.

    `keyed`: only behind its key, for a stray word is none; `later`: by the second step, where a form needs two; `marks`
    leaves marks of people for the command to read; `of` is the part of a message that fills it, in its menu.
    """

    label: str
    long: bool = False
    hint: str = ""
    suggest: Suggest | None = None
    least: float | None = None
    most: float | None = None
    shortest: int = 0
    longest: int | None = None
    new: bool = False
    gone: bool = False
    later: bool = False
    keyed: bool = False
    marks: bool = False
    of: Part = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of argument.

    `looks` says by the word alone whether it could be one, `knows` whether it names one; what `ponders` may ask the
    language model what is meant, so it is not read where an answer must not wait for that.
    """

    name: str
    read: Callable[[Ctx, str, Ask], Any]
    write: Callable[[Any], str] = str
    looks: Callable[[str], bool] = lambda word: False
    rest: bool = False
    suggest: Suggest | None = None
    ponders: bool = False
    knows: Callable[[Ctx, str], bool] = lambda _ctx, _words: False


class Unclear(Refusal):
    """Several things could be meant; each becomes a button that says the line again with that one."""

    def __init__(self, template: str, /, options: Sequence[Option], **values: object) -> None:
        super().__init__(template, field="", buttons=(), **values)
        self.options = tuple(options)


KINDS: dict[Any, Kind] = {}
_MARK = re.compile(r"<(?P<sign>@&|!subteam\^|@!?|#)(?P<key>\w+)(?:\|(?P<label>[^<>\n]*))?>")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """Text without control and direction-override characters, in one normal form; words stay."""
    lines = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).split("\n")
    return unicodedata.normalize("NFC", "\n".join(part.rstrip() for part in lines)).strip()


_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})
_HOLLOW = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen; an emoji that is newer than our tables of characters can be."""
    return all(unicodedata.category(char) in _UNSEEN or char in _HOLLOW for char in text)


def read_text(ctx: Ctx, text: str, ask: Ask) -> str:
    """Words, no longer than they may be; whom a platform marks in them is called by name."""
    words = clean(text if ask.marks else _MARK.sub(lambda found: _called(ctx, found), text))
    longest = ask.longest or (LONG if ask.long else SHORT)
    if len(words) > longest:
        raise Refusal("That is {n} characters; up to {most} fit here.", n=f"{len(words):,}", most=f"{longest:,}")
    if len(words) < ask.shortest:
        raise Refusal("A few more words, please: at least {least} characters.", least=ask.shortest)
    return words


def _called(ctx: Ctx, mark: re.Match[str]) -> str:
    """`@ben`, `@designers` or `#general`; what marks nobody stays as it was typed."""
    if mark["sign"] == "#":
        return f"#{mark['label']}" if mark["label"] else mark[0]
    if mark["sign"] in ("@&", "!subteam^"):
        return _called_together(ctx, mark)
    account = Account.place_id == ctx.place.id, Account.key == mark["key"]
    known = ctx.db.exec(select(Member.name).join(Account, col(Account.member_id) == Member.id).where(*account)).first()
    named = ctx.request.people.get(mark["key"])
    name = known or (named.name if named else "")
    return f"@{name}" if name else mark[0]


def _called_together(ctx: Ctx, mark: re.Match[str]) -> str:
    """A group or role."""
    known = ctx.request.groups.get(mark["key"])
    name = (mark["label"] or (known.name if known else "")).removeprefix("@")
    return f"@{name}" if name else mark[0]


def read_int(_ctx: Ctx, text: str, ask: Ask) -> int:
    """A whole number within bounds."""
    digits = text.strip().replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,12}", digits, re.ASCII):
        raise Refusal("That should be a whole number.")
    return int(_within(int(digits), ask))


def read_float(_ctx: Ctx, text: str, ask: Ask) -> float:
    """A number within bounds."""
    if not re.fullmatch(r"[+-]?(\d{1,12}(\.\d{1,6})?|\.\d{1,6})", text.strip(), re.ASCII):
        raise Refusal("That should be a number.")
    return _within(float(text), ask)


def _within(number: float, ask: Ask) -> float:
    if ask.least is not None and number < ask.least:
        raise Refusal("That should be at least {least}.", least=f"{ask.least:g}")
    if ask.most is not None and number > ask.most:
        raise Refusal("That should be at most {most}.", most=f"{ask.most:g}")
    return number


def read_bool(_ctx: Ctx, text: str, _ask: Ask) -> bool:
    """Yes or no, in the words people use."""
    word = text.strip().casefold()
    if word in {"yes", "y", "true", "on", "1"}:
        return True
    if word in {"no", "n", "false", "off", "0"}:
        return False
    raise Refusal("That should be yes or no.")


def read_choice(text: str, choices: Sequence[str]) -> str:
    """One of a few words, in any case."""
    word = text.strip().casefold()
    if word not in choices:
        raise Refusal("That should be one of: {choices}.", choices=", ".join(choices))
    return word


def read_url(_ctx: Ctx, text: str, _ask: Ask) -> Url:
    """An http(s) address."""
    address = clean(text).strip("<>").split("|")[0]
    if not looks_like_url(address) or len(address) > 500:
        raise Refusal("That should be a link that begins with http:// or https://.")
    return Url(address)


def looks_like_url(word: str) -> bool:
    """Whether a word is an http(s) address without hidden parts."""
    address = word.strip("<>").split("|")[0]
    try:
        parts = urlsplit("" if re.search(r"[\s<>]", address) else address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def read_date(ctx: Ctx, text: str, _ask: Ask) -> date:
    """A date: 2026-12-31, 1 May, 1 May 2027, today, tomorrow, a weekday, or in 3 weeks."""
    today = ctx.now.astimezone(ctx.zone).date()
    if found := day_of(text, today):
        return found
    day = today + timedelta(days=30)
    raise Refusal("That should be a date such as {day} or {spoken}.", day=day.isoformat(), spoken=f"{day.day} {day:%B}")


def suggest_yes(_ctx: Ctx, text: str) -> list[Option]:
    """Yes and no."""
    return [Option(word, word) for word in ("yes", "no") if word.startswith(text.strip().casefold())]


def suggest_days(ctx: Ctx, text: str) -> list[Option]:
    """The day that was typed as it is understood; with nothing typed, some that come soon."""
    today = ctx.now.astimezone(ctx.zone).date()
    days = [day_of(word, today) for word in ((text,) if text.strip() else SOON)]
    return [Option(f"{day.day} {day:%B %Y}", day.isoformat()) for day in days if day]


def suggest_channels(ctx: Ctx, text: str) -> list[Option]:
    """The channel where they are, where channels go by their names."""
    here = ctx.request.channel
    return [Option(here, here)] if here.startswith("#") and text.strip().removeprefix("#") in here else []


def read_channel(ctx: Ctx, text: str, _ask: Ask) -> Channel:
    """`#name` in the terminal, `<#C123|name>` on a platform, `<#|name>` where the platform knows none of that name."""
    found = re.fullmatch(r"<#(\w+)(?:\|[^>]*)?>|(#[\w\-]{1,80})|([CG][A-Z0-9]{5,}|\d{15,})", text.strip())
    if unknown := re.fullmatch(r"<#\|([^>]*)>", text.strip()):
        raise Refusal("I see no channel called {name} here. Say the line without it to choose one.", name=unknown[1])
    if not found:
        raise Refusal("That should be a channel, such as #general.")
    return Channel(ctx.place.id, found[1] or found[2] or found[3])


def write_channel(channel: Channel) -> str:
    """The form that `read_channel` reads."""
    return channel.key if channel.key.startswith("#") else f"<#{channel.key}>"


def read_file(ctx: Ctx, text: str, _ask: Ask) -> Attached:
    """A file that came with the request: a name alone opens nothing."""
    found = ctx.request.files.get(text.strip())
    if found is None:
        raise Refusal("I need the file itself: attach it, or leave it out and I ask for it.")
    if found.problem:
        raise Refusal("{problem}", problem=found.problem)
    return found


def too_large(name: str, size: int) -> Attached:
    """What stands for a file that is larger than we take."""
    most = f"{MOST_BYTES // 1_000_000} MB"
    return Attached(name, problem=f"That file has {-(-size // 1_000_000)} MB; up to {most} fit.")


def short_id(text: str, letter: str) -> int:
    """The number in a short id such as `o12`, or as suggested (`o12 Fix the roof`); 0, which nothing has, if none."""
    word = re.sub(rf"(?s)^({letter}\d+)\s.*", r"\1", text.strip().casefold())
    found = re.fullmatch(rf"{letter}?(\d{{1,9}})", word, re.ASCII)
    return int(found[1]) if found else 0


def looks_like_id(word: str, letter: str) -> bool:
    """Whether a word is a short id with its letter."""
    return re.fullmatch(rf"{letter}\d{{1,9}}", word.casefold(), re.ASCII) is not None


def offered(found: Iterable[tuple[str, str]], typed: str) -> list[Option]:
    """Things by short id and words (`o12`, `Fix the roof`), those that contain what was typed."""
    labels = [(key, f"{key} {' '.join(words.split())}"[:LONGEST_LABEL]) for key, words in found]
    return [Option(label, key) for key, label in labels if typed.strip().casefold() in label.casefold()]


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


KINDS[str] = Kind("text", read_text, rest=True)
KINDS[int] = Kind("number", read_int, looks=lambda word: bool(re.fullmatch(r"[+-]?\d{1,12}", word)))
KINDS[float] = Kind("decimal", read_float, looks=lambda word: bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", word)))
KINDS[bool] = Kind("yes", read_bool, write=lambda value: "yes" if value else "no", suggest=suggest_yes)
KINDS[date] = Kind(
    "date", read_date, write=date.isoformat, looks=lambda word: bool(ISO.fullmatch(word)), suggest=suggest_days
)
KINDS[Channel] = Kind(
    "channel",
    read_channel,
    write=write_channel,
    looks=lambda word: bool(re.match(r"#[\w\-]|<#", word)),
    suggest=suggest_channels,
)
KINDS[Url] = Kind("url", read_url, looks=looks_like_url)
KINDS[Attached] = Kind("file", read_file, write=lambda file: file.name)

"""The grammar of a command line: from words to the raw text of each argument, without knowing what they mean."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.command import Command, Param
from bot.kinds import KINDS, Url
from bot.ui import Form

Raw = str | tuple[str, ...]
_QUOTES = '"“”„'
_TOKEN = re.compile(
    rf"(?:(?P<key>\w+):)?[{_QUOTES}](?P<quoted>(?:[^{_QUOTES}\\]|\\.)*)[{_QUOTES}](?=\s|$)|(?P<word>\S+)"
)
_KEYED = re.compile(r"(?P<key>\w+):(?P<value>.+)", re.DOTALL)
_MENTION = re.compile(r"<@[!&]?\w+(?:\|[^>]*)?>|<!subteam\^\w+(?:\|[^>]*)?>|@[^\s,:&]+")
_MENTIONS = re.compile(rf"(?:(?:{_MENTION.pattern})[,&]*)+:?")
_JOINERS = {"and", "&", ",", "+"}
Known = Callable[[Param, str], bool]


@dataclass(frozen=True, slots=True)
class Token:
    """One word or quoted phrase of the line, and where it stands."""

    text: str
    start: int
    end: int
    quoted: bool = False
    key: str = ""


@dataclass(slots=True)
class Bound:
    """What each argument got, and the words that nobody wanted.

    `apart` is how a key should have been written that a blank parts from its value (`skill:writing`).
    """

    values: dict[str, Raw] = field(default_factory=dict[str, Raw])
    left: str = ""
    apart: str = ""


def tokens(text: str, keys: Sequence[str] = ()) -> list[Token]:
    """The words of a line; `key:value` is recognised where the key is one of `keys`."""
    found: list[Token] = []
    at = 0
    while match := _next(text, at, keys):
        found.append(match)
        at = match.end
    return found


def _next(text: str, at: int, keys: Sequence[str]) -> Token | None:
    found = _TOKEN.search(text, at)
    if not found:
        return None
    start, end = found.span()
    key = (found["key"] or "").casefold()
    if found["quoted"] is not None and (not key or key in keys):
        return Token(re.sub(r"\\(.)", r"\1", found["quoted"]), start, end, True, key)
    word = re.compile(r"(?:<[@#!][^<>\n]*>|\S)+").match(text, start)
    end = word.end() if word else end
    keyed = _KEYED.fullmatch(text[start:end])
    if keyed and keyed["key"].casefold() in keys:
        return Token(keyed["value"], start, end, False, keyed["key"].casefold())
    return Token(text[start:end], start, end)


def quote(value: str) -> str:
    """A value as it can stand after `key:` on a line."""
    if value and not re.search(rf"[\s\\{_QUOTES}]", value):
        return value
    escaped = re.sub(rf"([\\{_QUOTES}])", r"\\\1", value)
    return f'"{escaped}"'


def write(command: Command, values: Mapping[str, object]) -> str:
    """The command line that says this, keys everywhere, so that it means the same wherever it is read."""
    words = [command.name]
    for param in command.params:
        value = values.get(param.name)
        if value is None or value == ():
            continue
        many = value if isinstance(value, list | tuple) else (value,)
        words.extend(f"{param.name}:{quote(param.kind.write(one))}" for one in many)
    return " ".join(words)


def line_of(form: Form) -> str:
    """The line that opens a form again as it is filled in."""
    words = [form.line]
    words.extend(f"{one.name}:{quote(value)}" for one in form.fields for value in one.values)
    return " ".join(words)


def nothing_known(_param: Param, _words: str) -> bool:
    """No words are known to name a thing."""
    return False


def bind(command: Command, text: str, known: Known = nothing_known) -> Bound:
    """Gives every argument its words: keys first, then in order; the last required text takes the rest.

    `known` tells whether words name a thing that an argument can be: then none of them is the choice of another.
    """
    bound = Bound()
    words = tokens(text, keys := [param.name for param in command.params])
    for word in words:
        if word.key:
            _put(bound, command.param(word.key), word.text)
    bound.apart = _apart(words, keys)
    free = [word for word in words if not word.key]
    free = _bind_required(bound, command, text, free, known)
    free = _bind_optional(bound, command, text, free)
    bound.left = _rest(text, free)
    return bound


def _apart(words: list[Token], keys: Sequence[str]) -> str:
    for at, word in enumerate(words):
        key, colon, rest = word.text.casefold().partition(":")
        if colon and not rest and key in keys and not (word.quoted or word.key):
            following = words[at + 1].text if at + 1 < len(words) else "..."
            return f"{key}:{quote(following)}"
    return ""


def _put(bound: Bound, param: Param, value: str) -> None:
    if not param.many:
        bound.values[param.name] = value
        return
    before = bound.values.get(param.name, ())
    bound.values[param.name] = (*before, *people(value)) if isinstance(before, tuple) else (before, *people(value))


def mentions(value: str) -> tuple[str, ...]:
    """Who is marked in a text, in order."""
    return tuple(match.group() for match in _MENTION.finditer(value))


def people(value: str) -> tuple[str, ...]:
    """Several names in one text: `@ana, @ben and <@U3>`."""
    found = mentions(value)
    return found or tuple(word for word in re.split(r"[\s,]+", value) if word)


def _bind_required(bound: Bound, command: Command, text: str, free: list[Token], known: Known) -> list[Token]:
    """Of two texts the first, unless it is quoted, takes the rest too: nobody can tell where it would end."""
    wanted = [param for param in command.params if param.required and param.name not in bound.values]
    texts = [param for param in wanted if param.kind is KINDS[str]]
    for param in wanted:
        if not free:
            break
        is_open = len(texts) > 1 and param is texts[0] and not free[0].quoted
        if param.many:
            free = _take_people(bound, param, free)
        elif param.kind.rest and (param is wanted[-1] or is_open):
            free = _take_rest(bound, command, param, text, free, known)
        else:
            bound.values[param.name] = free[0].text
            free = free[1:]
    return free


def _take_people(bound: Bound, param: Param, free: list[Token]) -> list[Token]:
    taken, at = list(_mentions(free[0].text) or (free[0].text.strip(",:"),)), 1
    while at < len(free) and not free[at - 1].text.endswith(":"):
        word = free[at].text
        if found := _mentions(word):
            taken.extend(found)
        elif not (word.casefold() in _JOINERS and _mention_follows(free, at)):
            break
        at += 1
    bound.values[param.name] = tuple(taken)
    return free[at:]


def _mentions(word: str) -> tuple[str, ...]:
    """The people in a word that names nothing else: `@ben`, `@ben,@carol:`."""
    return tuple(found.group() for found in _MENTION.finditer(word)) if _MENTIONS.fullmatch(word) else ()


def _mention_follows(free: list[Token], at: int) -> bool:
    return at + 1 < len(free) and bool(_mentions(free[at + 1].text))


def _take_rest(bound: Bound, command: Command, param: Param, text: str, free: list[Token], known: Known) -> list[Token]:
    while len(free) > 1 and not free[-1].quoted and (option := _trailing(bound, command, free[-1].text)):
        if option.choices and known(param, _rest(text, free)):
            break
        bound.values[option.name] = free[-1].text
        free = free[:-1]
    bound.values[param.name] = _rest(text, free)
    return []


def _trailing(bound: Bound, command: Command, word: str) -> Param | None:
    """The unfilled optional argument that a trailing word is a choice of, or a link for."""
    for param in command.params:
        if param.required or param.name in bound.values:
            continue
        if word.casefold() in param.choices or (param.kind is KINDS[Url] and param.kind.looks(word)):
            return param
    return None


def _bind_optional(bound: Bound, command: Command, text: str, free: list[Token]) -> list[Token]:
    left: list[Token] = []
    while free:
        param = _fitting(bound, command, free[0].text)
        if param is None:
            left.append(free[0])
            free = free[1:]
        elif param.many:
            free = _take_people(bound, param, free)
        else:
            bound.values[param.name] = free[0].text
            free = free[1:]
    return _give_rest(bound, command, text, left)


def _fitting(bound: Bound, command: Command, word: str) -> Param | None:
    for param in command.params:
        if param.name in bound.values or param.required:
            continue
        if word.casefold() in param.choices or (not param.choices and param.kind.looks(word)):
            return param
    return None


def _give_rest(bound: Bound, command: Command, text: str, left: list[Token]) -> list[Token]:
    for param in command.params:
        takes_rest = param.kind.rest and not param.choices and not param.ask.keyed
        if left and takes_rest and param.name not in bound.values:
            bound.values[param.name] = _rest(text, left)
            return []
    return left


def _rest(text: str, free: list[Token]) -> str:
    """The raw words from the first to the last free token, what was keyed in between left out."""
    if len(free) == 1:
        return free[0].text
    pieces: list[str] = []
    at = free[0].start if free else 0
    for before, after in itertools.pairwise(free):
        gap = text[before.end : after.start]
        pieces.append(text[at : before.end] + (gap if not gap.strip() else " "))
        at = after.start
    return "".join(pieces) + (text[at : free[-1].end] if free else "")

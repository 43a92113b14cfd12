"""Words with their meaning: escaped by construction on every platform, because user text is never a template."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from storage.models import Member

_JOINS = "\u200d\ufe0e\ufe0f\u20e3"
_TEMPLATE = re.compile(r"\{(?P<name>\w+)\}|\*(?P<bold>[^*]+)\*|`(?P<code>[^`]+)`")


@dataclass(frozen=True, slots=True)
class Plain:
    """Words as they are; each platform escapes them."""

    text: str
    kind: Literal["plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that matter."""

    text: str
    kind: Literal["bold"] = "bold"


@dataclass(frozen=True, slots=True)
class Code:
    """A command line or an id, to be typed as it stands."""

    text: str
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that shows where it leads."""

    url: str
    label: str = ""
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class Mention:
    """A member, by id; the name serves where they have no account."""

    member: int
    name: str
    kind: Literal["mention"] = "mention"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, shown in the reader's zone (or in `zone`, where the platform cannot know)."""

    at: datetime
    zone: str = "UTC"
    kind: Literal["moment"] = "moment"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of one place."""

    place: int
    key: str
    kind: Literal["channel"] = "channel"


Part: TypeAlias = Annotated[Plain | Bold | Code | Link | Mention | Moment | Channel, Field(discriminator="kind")]
Text: TypeAlias = tuple[Part, ...]


def md(template: str, /, **values: object) -> Text:
    """Text from a template of ours: `*bold*`, `` `code` `` and `{name}`. What is put in is never read as markup."""
    return _joined(tuple(_parts(template, values)))


def _parts(template: str, values: dict[str, object]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for found in _TEMPLATE.finditer(template):
        parts.append(Plain(template[at : found.start()]))
        parts.extend(_found(found, values))
        at = found.end()
    return [*parts, Plain(template[at:])]


def _found(found: re.Match[str], values: dict[str, object]) -> Text:
    if name := found["name"]:
        return text_of(values[name])
    inner = "".join(
        plain(text_of(values[bit[1:-1]])) if bit.startswith("{") else bit
        for bit in re.split(r"(\{\w+\})", found["bold"] or found["code"])
    )
    return (Bold(inner),) if found["bold"] else (Code(inner),)


def text_of(value: object) -> Text:
    """A value as text: members become mentions, times moments, tuples of parts stay."""
    match value:
        case tuple():
            return value  # pyright: ignore[reportUnknownVariableType, reportReturnType] - a Text, by the caller's type
        case Member():
            return (Mention(value.id, value.name),)
        case datetime():
            return (Moment(value),)
        case date():
            return (Plain(f"{value:%a} {value.day} {value:%b %Y}"),)
        case Plain() | Bold() | Code() | Link() | Mention() | Moment() | Channel():
            return (value,)
        case _:
            return (Plain(str(value)),)


def _joined(parts: Text) -> Text:
    """Neighbouring plain words become one part; empty ones go."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, Plain) and joined and isinstance(joined[-1], Plain):
            joined[-1] = Plain(joined[-1].text + part.text)
        elif not (isinstance(part, Plain) and not part.text):
            joined.append(part)
    return tuple(joined)


def join(texts: list[Text] | tuple[Text, ...], between: str = ", ", last: str = " and ") -> Text:
    """`Ana, Ben and Carol`."""
    parts: list[Part] = []
    for number, text in enumerate(texts):
        if number:
            parts.append(Plain(last if number == len(texts) - 1 else between))
        parts.extend(text)
    return _joined(tuple(parts))


def few(texts: Sequence[Text], others: int = 0, most: int = 3) -> Text:
    """`Ana, Ben and 2 others`: of these and of so many `others` who are not named, at most so many."""
    if len(texts) + bool(others) > most:
        texts, others = texts[: most - 1], others + len(texts) - most + 1
    if not others:
        return join(list(texts))
    one, many = ("other", "others") if texts else ("member", "members")
    return join([*texts, md("{n} {who}", n=others, who=one if others == 1 else many)])


def plain(text: Text) -> str:
    """The words alone, as for a notification or a log."""
    return "".join(_words(part) for part in text)


def _words(part: Part) -> str:
    match part:
        case Plain(text) | Bold(text) | Code(text):
            return text
        case Link(url, label):
            return f"{label} ({url})" if label else url
        case Mention(_, name):
            return f"@{name}"
        case Moment(at):
            return f"{at.astimezone(UTC):%a %d %b %Y %H:%M} UTC"
        case Channel(_, key):
            return key


def clamp(text: str, longest: int) -> str:
    """Visibly shortened; a letter keeps its accents and an emoji its skin tone, or goes with them."""
    if len(text) <= longest:
        return text
    cut = longest - 1
    while cut > 0 and _belongs_before(text[cut], text[cut - 1]):
        cut -= 1
    return text[:cut] + "…"


def _belongs_before(char: str, before: str) -> bool:
    """Whether a character is one with the one before it."""
    is_tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return bool(unicodedata.combining(char)) or is_tone or char in _JOINS or before == "\u200d"

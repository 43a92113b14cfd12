"""Lists of skills as others write them: ESCO's CSV form, read row by row, made to fit what is known here already."""

import csv
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.names import BadName, Lexicon, clean, normal

NAME, OTHERS = "preferredlabel", "altlabels"
MOST_SKILLS = 50_000
MOST_OTHERS = 40
DELIMITERS = ",;\t"
_BETWEEN = re.compile(r"[\n|]")


class Unreadable(Exception):
    """This is not such a list; the message says why, to the person who brought it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One skill of a list: its name, its normal form, and its other names with theirs."""

    name: str
    normal: str
    aliases: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """What a list adds: skills and names that are new here; and what of it is known, or could not be a name."""

    lines: list[Line] = field(default_factory=list[Line])
    new: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    example: str = ""

    @property
    def others(self) -> int:
        """How many other names it brings."""
        return sum(len(one.aliases) for one in self.lines)


def rows(data: bytes) -> Iterator[tuple[str, list[str]]]:
    """Each skill's name and other names, one row at a time; raises `Unreadable`."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(text, delimiter=_delimiter(data))
        name, others = _columns(next(reader, []))
        for row in reader:
            if len(row) > name and row[name].strip():
                yield row[name], _BETWEEN.split(row[others]) if others is not None and len(row) > others else []
    except UnicodeDecodeError:
        raise Unreadable("That file is not text in UTF-8. Could you save it as CSV in UTF-8?") from None
    except csv.Error as error:
        raise Unreadable(f"That CSV breaks off: {error}.") from None


def _delimiter(data: bytes) -> str:
    """What stands most between the names of the columns."""
    head = data[:4096].split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(DELIMITERS, key=head.count)


def _columns(head: list[str]) -> tuple[int, int | None]:
    names = [re.sub(r"[\s_]", "", one).casefold() for one in head]
    if NAME not in names:
        raise Unreadable(
            "I look for a column preferredLabel, and beside it altLabels, as in ESCO's CSV. It is not there."
        )
    return names.index(NAME), names.index(OTHERS) if OTHERS in names else None


def plan(known: Lexicon[str], found: Iterable[tuple[str, list[str]]]) -> Plan:
    """Skills' own names first, because another one's alias never takes one away; nothing that is known changes."""
    made = Plan()
    heads: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for name, more in found:
        if (head := _head(made, known, heads, name)) is not None:
            others.setdefault(head, []).extend(more[:MOST_OTHERS])
        if len(heads) > MOST_SKILLS:
            raise Unreadable(f"That list has more than {MOST_SKILLS:,} skills, which is more than I take at once.")
    taken = dict.fromkeys(heads)
    for head, more in others.items():
        aliases = dict(_new_names(known, taken, more))
        if head in heads or aliases:
            made.lines.append(Line(heads.get(head) or head, normal(head), tuple(aliases.values()), tuple(aliases)))
    return made


def _head(made: Plan, known: Lexicon[str], heads: dict[str, str], name: str) -> str | None:
    """Under what its other names are kept: the skill that it is here already, or its own normal form."""
    try:
        shown = clean(name)
    except BadName as bad:
        made.refused[str(bad)] += 1
        made.example = made.example or " ".join(name.split())[:80]
        return None
    form = normal(shown)
    if (key := known.exact(shown)) is not None or form in heads:
        made.known += 1
        return key if key is not None else form
    made.new += 1
    heads[form] = shown
    return form


def _new_names(known: Lexicon[str], taken: dict[str, None], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            shown = clean(name)
        except BadName:
            continue
        form = normal(shown)
        if form not in taken and known.exact(shown) is None:
            taken[form] = None
            yield form, shown


def packed(lines: Iterable[Line]) -> bytes:
    """Lines as they wait to be written."""
    said = [[one.name, one.normal, one.aliases, one.forms] for one in lines]
    return zlib.compress(json.dumps(said, ensure_ascii=False).encode())


def unpacked(waiting: bytes) -> list[Line]:
    """The same again."""
    said = json.loads(zlib.decompress(waiting)) if waiting else []
    return [Line(name, form, tuple(aliases), tuple(forms)) for name, form, aliases, forms in said]

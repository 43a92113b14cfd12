"""The bodies of cards as embeds in reading order: Discord shows an embed's words first, then its fields and picture."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

from adapters.discord import limits
from adapters.discord.limits import cut, units
from adapters.discord.markdown import GAP, Accounts, inert, markdown, shown, size, title
from bot.text import Code, Plain, Text
from bot.ui import Actions, Button, Facts, File, Heading, Image, Items, Line, Node, Note, Quote

Embed: TypeAlias = dict[str, Any]
COLOUR = 0x3E9C8F
UNKNOWN = "–"
NARROW = 60
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value, beside its neighbours when it is `narrow`."""

    name: str
    value: str
    narrow: bool


Piece = Words | Field | Image | File
Attached = Image | File


def pieces(node: Node, accounts: Accounts, is_pressed: Callable[[Button], bool]) -> list[Piece]:
    """What a node shows; a button for which `is_pressed` is false is there to be typed."""
    match node:
        case Line(text) | Note(text):
            return _lines(text, "" if isinstance(node, Line) else "-# ", accounts)
        case Heading(text):
            return _lines(_one_line(text), "### ", accounts)
        case Quote(text):
            return _lines((Plain(text),), "> ", {})
        case Facts(pairs):
            return [piece for label, text in pairs for piece in _fact(label, text, accounts)]
        case Items(items):
            return [piece for item in items for piece in _item(item, accounts)]
        case Actions(buttons):
            return [piece for button in buttons if not is_pressed(button) for piece in _typed(button)]
        case Image() | File():
            return [node]
        case _:
            assert_never(node)


def pages(heading: str, said: Iterable[Piece]) -> list[list[Embed]]:
    """The embeds of each message that the pieces need, the first under the heading; pictures still as they are."""
    made: list[list[Embed]] = [[{"title": heading, "color": COLOUR}]] if heading else []
    for piece in said:
        is_new = not made or sum(map(weight, made[-1])) + _cost(piece) > limits.EMBEDDED
        if is_new or (not _takes(made[-1][-1], piece) and len(made[-1]) == limits.EMBEDS):
            made.append([{"color": COLOUR}])
        elif not _takes(made[-1][-1], piece):
            made[-1].append({"color": COLOUR})
        _put(made[-1][-1], piece)
    return made


def weight(embed: Embed) -> int:
    """The units that count towards what one message may embed."""
    fields = sum(units(field["name"]) + units(field["value"]) for field in embed.get("fields", ()))
    return units(embed.get("title", "")) + units(embed.get("description", "")) + fields


def attached(group: Sequence[Embed]) -> tuple[list[Embed], tuple[Attached, ...]]:
    """The embeds of one message with their pictures and files, under names of their own that Discord takes."""
    found: list[Attached] = []
    drawn: list[Embed] = []
    for embed in group:
        picture: Image | None = embed.get("image")
        files: list[File] = embed.get("files", [])
        for one in [picture, *files] if picture else files:
            found.append(_renamed(one, found))
        shown = {key: value for key, value in embed.items() if key not in ("image", "files")}
        name = found[-1 - len(files)].name if picture else ""
        drawn.append({**shown, "image": {"url": f"attachment://{name}"}} if picture else shown)
    return drawn, tuple(found)


def _renamed(one: Attached, before: Sequence[Attached]) -> Attached:
    spare = "picture.png" if isinstance(one, Image) else "file"
    name = one.name if _SAFE.fullmatch(one.name) else spare
    return replace(one, name=name if name not in {other.name for other in before} else f"{len(before) + 1}-{name}")


def _cost(piece: Piece) -> int:
    """The units that a piece adds, with the lines or the blank name before it."""
    match piece:
        case Words(text):
            return units(text) + 3
        case Field(name, value):
            return units(name) + units(value)
        case Image():
            return 0
        case File():
            return units(_filed(piece)) + 3
        case _:
            assert_never(piece)


def _takes(embed: Embed, piece: Piece) -> bool:
    """Whether a piece can stand under what the embed says already."""
    if "image" in embed:
        return False
    match piece:
        case Words(text):
            return _joined(embed, text) is not None
        case Field():
            return len(embed.get("fields", ())) < limits.FIELDS
        case Image():
            return True
        case File():
            return _joined(embed, _filed(piece)) is not None
        case _:
            assert_never(piece)


def _put(embed: Embed, piece: Piece) -> None:
    match piece:
        case Words(text):
            embed.update(_joined(embed, text) or {})
        case Field(name, value, narrow):
            embed["fields"] = [*embed.get("fields", ()), {"name": name, "value": value, "inline": narrow}]
        case Image():
            embed["image"] = piece
        case File():
            embed.update(_joined(embed, _filed(piece)) or {})
            embed["files"] = [*embed.get("files", ()), piece]
        case _:
            assert_never(piece)


def _joined(embed: Embed, text: str) -> Embed | None:
    """The embed's words or fields with this text after them; nothing when it does not fit."""
    fields: list[Embed] = embed.get("fields", [])
    if not fields:
        words = _under(embed.get("description", ""), text)
        return {"description": words} if units(words) <= limits.DESCRIPTION else None
    last = fields[-1]
    if last["name"] == GAP and units(words := _under(last["value"], text)) <= limits.FIELD:
        return {"fields": [*fields[:-1], {**last, "value": words}]}
    if len(fields) < limits.FIELDS and units(text) <= limits.FIELD:
        return {"fields": [*fields, {"name": GAP, "value": text, "inline": False}]}
    return None


def _under(above: str, text: str) -> str:
    """Two quotations stay two."""
    if not above:
        return text
    is_quoted = above.rpartition("\n")[2].startswith("> ") and text.startswith("> ")
    return f"{above}\n\n{text}" if is_quoted else f"{above}\n{text}"


def _lines(text: Text, mark: str, accounts: Accounts) -> list[Piece]:
    """Every line keeps its mark, so that no line of a quotation passes for ours."""
    found: list[Piece] = []
    for part in shown(text, limits.DESCRIPTION, accounts):
        rows = markdown(part, accounts).strip("\n").split("\n")
        found.append(Words("\n".join(f"{mark}{row}" if row.strip() or not mark else f"{mark}{GAP}" for row in rows)))
    return found


def _one_line(text: Text) -> Text:
    return tuple(replace(part, text=part.text.replace("\n", " ")) if isinstance(part, Plain) else part for part in text)


def _fact(label: str, text: Text, accounts: Accounts) -> list[Piece]:
    """Beside each other where they are short; a long one is a paragraph."""
    name = title((Plain(label),))
    if not name and not markdown(text, accounts).strip():
        return []
    if size(text, accounts) <= limits.FIELD and units(name) <= limits.FIELD_NAME:
        value = markdown(text, accounts)
        return [Field(name or GAP, value if value.strip() else UNKNOWN, units(value) <= NARROW and bool(name))]
    return [*_lines(_one_line((Plain(label),)), "### ", {}), *_lines(text, "", accounts)]


def _item(item: Text, accounts: Accounts) -> list[Piece]:
    """What people typed on further lines is indented, so that it passes for no item of ours."""
    inner = tuple(replace(one, text=one.text.replace("\n", "\n  ")) if isinstance(one, Plain) else one for one in item)
    parts = [markdown(part, accounts) for part in shown(inner, limits.DESCRIPTION, accounts)]
    return [Words(f"{'  ' if number else '- '}{part.strip()}") for number, part in enumerate(parts)]


def _typed(button: Button) -> list[Piece]:
    if not button.line:
        return _lines((Plain(button.label),), "-# ", {})
    return _lines((Plain(f"{button.label} (type it: "), Code(button.line), Plain(")")), "-# ", {})


def _filed(file: File) -> str:
    """A file is named where it stands, and hangs under the message."""
    said = cut(" ".join(file.about.split()) or file.name, limits.ALT // 4)
    return "\n".join(one.text for one in _lines((Plain(said),), "-# ", {}) if isinstance(one, Words)) or "-# A file"


def alt_of(one: Attached) -> str:
    """The words for those who cannot see a picture, or for what a file is."""
    said = one.alt if isinstance(one, Image) else one.about
    return cut(inert(said).strip() or one.name, limits.ALT)

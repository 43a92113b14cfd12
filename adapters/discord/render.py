"""Cards as Discord messages: total and pure; what overflows goes on in the next embed or message.

A title that names people is the message's own words, because only there does Discord mention them, with a ping and for
everyone who reads; any other title is the embed's. People named inside an embed are shown and not pinged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias, TypeVar, assert_never

from adapters.discord import limits
from adapters.discord.embeds import Attached, Embed, Piece, alt_of, attached, pages, pieces
from adapters.discord.limits import cut, units
from adapters.discord.markdown import Accounts, inert, markdown, mentioned, shown, title
from bot.text import Bold, Code, Plain, Text, plain
from bot.ui import Actions, Button, Card, No, Node, headline

Component: TypeAlias = dict[str, Any]
T = TypeVar("T")
EMPTY = "There is nothing to show here."
EPHEMERAL = 1 << 6
STYLES = {"default": 2, "primary": 1, "danger": 4}
TWIN = "\x1f"
_TWINS = "23456789abcdefghijklmnopqrstuvwxyz"
LONGEST_ID = limits.CUSTOM_ID - 2


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `mentions` are the users whom it may ping."""

    content: str = ""
    embeds: list[Embed] = field(default_factory=list[Embed])
    components: list[Component] = field(default_factory=list[Component])
    images: tuple[Attached, ...] = ()
    mentions: tuple[str, ...] = ()

    def body(self, ephemeral: bool = False) -> dict[str, Any]:
        """The message as it is sent, and as an edit that leaves nothing of what stood there before."""
        attachments = [
            {"id": str(number), "filename": image.name, "description": alt_of(image)}
            for number, image in enumerate(self.images)
        ]
        body: dict[str, Any] = {
            "content": self.content or None,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": attachments,
            "allowed_mentions": {"parse": [], "users": list(self.mentions)},
        }
        return {**body, "flags": EPHEMERAL} if ephemeral else body


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs together, with its buttons under it: they stand at the end of a message."""

    title: Text
    nodes: tuple[Node, ...]
    buttons: tuple[tuple[Button, ...], ...]


def messages(said: Card | No, accounts: Accounts, ids: Mapping[str, str] | None = None) -> list[Message]:
    """What is said, in as many messages as it needs; `ids` tells what the buttons of some lines carry."""
    known = ids or {}
    return [message for part in _parts(said) for message in _messages(part, accounts, known)] or [Message(EMPTY)]


def custom_id(line: str) -> str:
    """What the button of a line carries when it fits."""
    return f"!{line}"


def _parts(said: Card | No) -> list[Part]:
    match said:
        case Card(_, body):
            return _sections(_keyed(said), body)
        case No(text, buttons=buttons):
            return [Part(text, (), (buttons,))]
        case _:
            assert_never(said)


def _sections(heading: Text, body: tuple[Node, ...]) -> list[Part]:
    """Where several things have buttons of their own, each is a message."""
    found: list[list[Node]] = [[]]
    for number, node in enumerate(body):
        found[-1].append(node)
        follows = body[number + 1 :]
        is_end = isinstance(node, Actions) and follows and not isinstance(follows[0], Actions)
        if is_end and any(isinstance(one, Actions) for one in follows):
            found.append([])
    return [_part(() if number else heading, tuple(nodes)) for number, nodes in enumerate(found)]


def _part(heading: Text, nodes: tuple[Node, ...]) -> Part:
    return Part(heading, nodes, tuple(node.buttons for node in nodes if isinstance(node, Actions)))


def _keyed(card: Card) -> Text:
    return headline(card)


def _messages(part: Part, accounts: Accounts, ids: Mapping[str, str]) -> list[Message]:
    said = [piece for node in _nodes(part) for piece in pieces(node, accounts, lambda one: _fits(one, ids))]
    heading = _heading(part.title) if said else ""
    words = [] if heading else shown(part.title, limits.CONTENT, accounts)
    texts = [_worded(one, accounts) for one in words]
    boxes = [Message(embeds=drawn, images=found) for drawn, found in _boxes(heading, said)]
    rows = _rows(part.buttons, ids)
    return _pressable(_together(texts, boxes), rows)


def _nodes(part: Part) -> tuple[Node, ...]:
    """A refusal's buttons are no node of a card, and yet some may be there to be typed."""
    return part.nodes if part.nodes else tuple(Actions(row) for row in part.buttons)


def _heading(text: Text) -> str:
    """The embed's title, where the title is only words; else none."""
    words = title(text)
    is_words = all(isinstance(part, Plain | Bold | Code) for part in text) and "\n" not in plain(text).strip()
    return words if is_words and units(words) <= limits.TITLE else ""


def _worded(text: Text, accounts: Accounts) -> Message:
    return Message(markdown(text, accounts), mentions=mentioned(text, accounts)[: limits.PINGS])


def _boxes(heading: str, said: list[Piece]) -> list[tuple[list[Embed], tuple[Attached, ...]]]:
    return [attached(page) for page in pages(heading, said)]


def _together(texts: list[Message], boxes: list[Message]) -> list[Message]:
    """The last words and the first embeds are one message."""
    if not texts or not boxes:
        return texts or boxes
    last, first = texts[-1], boxes[0]
    both = Message(last.content, first.embeds, [], first.images, last.mentions)
    return [*texts[:-1], both, *boxes[1:]]


def _pressable(said: list[Message], rows: list[list[Component]]) -> list[Message]:
    """Buttons under the last message; those that have no room come in messages of their own."""
    sets = _grouped(rows, limits.ROWS)
    if not sets:
        return said
    *before, last = said or [Message(EMPTY)]
    with_rows = Message(last.content, last.embeds, _numbered(sets[0]), last.images, last.mentions)
    more = [Message(f"... and {sum(map(len, one))} more to choose from:", [], _numbered(one)) for one in sets[1:]]
    return [*before, with_rows, *more]


def _rows(buttons: Sequence[Sequence[Button]], ids: Mapping[str, str]) -> list[list[Component]]:
    """Each row of ours in rows of Discord's; all in a line where those are too many."""
    fitting = [[_button(one, ids) for one in row if _fits(one, ids)] for row in buttons]
    rows = [part for row in fitting for part in _grouped(row, limits.BUTTONS)]
    if len(rows) <= limits.ROWS:
        return rows
    return _grouped([one for row in rows for one in row], limits.BUTTONS)


def _grouped(things: list[T], most: int) -> list[list[T]]:
    """Things in order, in groups of at most `most`."""
    return [things[at : at + most] for at in range(0, len(things), most)]


def _numbered(rows: Sequence[list[Component]]) -> list[Component]:
    """Rows in which no two buttons carry the same: a later one with the same line has a mark after it."""
    used: dict[str, Any] = {}
    return [{"type": 1, "components": [_apart(one, used) for one in row]} for row in rows]


def _apart(button: Component, used: dict[str, Any]) -> Component:
    """Ours are two characters longer at most, which `LONGEST_ID` leaves room for."""
    carried: str = button["custom_id"]
    number = next(used.setdefault(carried, count()))
    return button if not number else {**button, "custom_id": f"{carried}{TWIN}{_TWINS[number - 1]}"}


def _carried(line: str, ids: Mapping[str, str]) -> str:
    return ids.get(line, custom_id(line))


def _fits(button: Button, ids: Mapping[str, str]) -> bool:
    carried = _carried(button.line, ids)
    return bool(button.line) and TWIN not in carried and 0 < units(carried) <= LONGEST_ID


def _button(button: Button, ids: Mapping[str, str]) -> Component:
    words = " ".join(inert(button.label).split()) or " ".join(inert(button.line).split()) or "…"
    label = cut(words, limits.LABEL)
    return {"type": 2, "style": STYLES[button.style], "label": label, "custom_id": _carried(button.line, ids)}

"""Cards as Slack messages: total and pure; what overflows goes on in the next block or message."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, assert_never

from adapters.slack import limits
from adapters.slack.mrkdwn import Accounts, inert, mrkdwn, plain_text, size, split
from bot.text import Bold, Code, Plain, Text, clamp, plain
from bot.ui import Actions, Button, Card, Facts, File, Heading, Image, Items, Line, No, Node, Note, Quote, headline

Block = dict[str, Any]
T = TypeVar("T")
EMPTY = "There is nothing to show here."
LINE, TURN = "line", "turn"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: blocks, and the words alone for notifications and screen readers."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Piece:
    """A block and what it says."""

    block: Block
    words: str


def messages(said: Card | No, accounts: Accounts) -> list[Message]:
    """What is said, in as many messages as it needs."""
    groups = grouped(pieces(said, accounts), lambda piece: _length(piece.block), limits.BLOCKS, limits.MESSAGE)
    return [Message(_fallback(group), numbered(group)) for group in groups]


def uploads(said: Card | No) -> list[Image | File]:
    """The pictures and files that go beside the messages."""
    return [node for node in said.body if isinstance(node, Image | File)] if isinstance(said, Card) else []


def pieces(said: Card | No, accounts: Accounts) -> list[Piece]:
    """The blocks of what is said, without ids; never none."""
    match said:
        case Card(_, body):
            found = [*_title(said, accounts), *(piece for node in body for piece in _node(node, accounts))]
        case No(text, buttons=buttons):
            found = [*_sections(text, accounts), *_actions(buttons)]
        case _:
            assert_never(said)
    return found or _sections((Plain(EMPTY),), accounts)


def numbered(group: Sequence[Piece]) -> list[Block]:
    """The blocks of one message, each block and each button with an id of its own."""
    blocks: list[Block] = []
    buttons = 0
    for number, piece in enumerate(group):
        block: Block = {**piece.block, "block_id": f"b{number}"}
        if block["type"] == "actions":
            row: list[Block] = block["elements"]
            block["elements"] = [
                {**one, "action_id": f"{one['action_id']}-{buttons + at}"} for at, one in enumerate(row, 1)
            ]
            buttons += len(row)
        blocks.append(block)
    return blocks


def grouped(things: Sequence[T], cost: Callable[[T], int], most: int, longest: int) -> list[list[T]]:
    """Things in order, in groups of at most `most` whose costs together stay within `longest`."""
    groups: list[list[T]] = []
    spent = 0
    for thing in things:
        price = cost(thing)
        if not groups or len(groups[-1]) == most or spent + price > longest:
            groups.append([])
            spent = 0
        groups[-1].append(thing)
        spent += price
    return groups


def note(text: Text, accounts: Accounts) -> list[Piece]:
    """A quiet remark."""
    return [
        Piece({"type": "context", "elements": [_markup(mrkdwn(part, accounts))]}, plain(part))
        for part in _shown(text, accounts)
    ]


def _length(block: Block) -> int:
    """The characters of a block as it is sent, its ids still to come."""
    return len(json.dumps(block, ensure_ascii=False)) + 30 * (1 + len(block.get("elements", ())))


def _fallback(group: Sequence[Piece]) -> str:
    """The words of a message, visibly shortened."""
    words = "\n".join(piece.words for piece in group if piece.words.strip())
    first, *more = split((Plain(words),), limits.FALLBACK, {})
    return mrkdwn(first, {}) + ("…" if more else "")


def _markup(text: str) -> Block:
    """Verbatim: Slack makes no links or mentions of what only looks like them."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _label(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": clamp(text, longest), "emoji": True}


def _shown(text: Text, accounts: Accounts) -> list[Text]:
    """The text in pieces that each fit a block; blank ones are none."""
    return [part for part in split(text, limits.SECTION, accounts) if mrkdwn(part, accounts).strip()]


def _sections(text: Text, accounts: Accounts) -> list[Piece]:
    return [
        Piece({"type": "section", "text": _markup(mrkdwn(part, accounts))}, plain(part))
        for part in _shown(text, accounts)
    ]


def _title(card: Card, accounts: Accounts) -> list[Piece]:
    """A header where the title is only words and more follows; else a paragraph, so that people are mentioned."""
    text = _keyed(card)
    if not card.body:
        return _sections(text, accounts)
    words = plain_text(text).strip()
    is_words = all(isinstance(part, Plain | Bold | Code) for part in text)
    if is_words and "\n" not in words and 0 < len(words) <= limits.HEADER:
        return [Piece({"type": "header", "text": _label(words, limits.HEADER)}, words)]
    return _sections(_strong(text), accounts)


def _keyed(card: Card) -> Text:
    return headline(card)


def _strong(text: Text) -> Text:
    return tuple(Bold(part.text) if isinstance(part, Plain) else part for part in text)


def _node(node: Node, accounts: Accounts) -> list[Piece]:
    match node:
        case Line(text) | Heading(text):
            return _sections(_strong(text) if isinstance(node, Heading) else text, accounts)
        case Quote(text):
            return _quote(text)
        case Note(text):
            return note(text, accounts)
        case Facts(pairs):
            return _facts([(Bold(label), Plain("\n"), *text) for label, text in pairs], accounts)
        case Items(items):
            return _items(items, accounts)
        case Actions(buttons):
            return _actions(buttons)
        case Image(name, about) | File(name, about):
            kind = "Picture" if isinstance(node, Image) else "File"
            return note((Plain(f"{kind}: {name}" + (f" ({about})" if about else "")),), accounts)
        case _:
            assert_never(node)


def _quote(text: str) -> list[Piece]:
    """Every line keeps its mark, so that no line of a quotation passes for ours."""
    found: list[Piece] = []
    for part in _shown((Plain(text),), {}):
        marked = "\n".join(f">{line}" for line in mrkdwn(part, {}).split("\n"))
        found.append(Piece({"type": "section", "text": _markup(marked)}, plain(part)))
    return found


def _facts(fields: list[Text], accounts: Accounts) -> list[Piece]:
    """Side by side where they are short, below each other where one is long."""
    told = [field for field in fields if mrkdwn(field, accounts).strip()]
    if any(size(field, accounts) > limits.FIELD for field in told):
        return [piece for field in told for piece in _sections(field, accounts)]
    rows = grouped(told, lambda field: size(field, accounts), limits.FIELDS, limits.SECTION)
    return [
        Piece(
            {"type": "section", "fields": [_markup(mrkdwn(field, accounts)) for field in row]},
            "\n".join(plain(field).replace("\n", ": ", 1) for field in row),
        )
        for row in rows
    ]


def _items(items: Sequence[Text], accounts: Accounts) -> list[Piece]:
    """As many items in one block as fit."""
    rows = grouped([_item(item) for item in items], lambda item: size(item, accounts) + 4, 500, limits.SECTION - 40)
    found: list[Piece] = []
    for row in rows:
        lines = [part for number, item in enumerate(row) for part in ((Plain("\n"),) if number else ()) + item]
        found.extend(_sections(tuple(lines), accounts))
    return found


def _item(item: Text) -> Text:
    """What people typed on further lines is indented, so that it passes for no item of ours."""
    inner = (Plain(part.text.replace("\n", "\n    ")) if isinstance(part, Plain) else part for part in item)
    return (Plain("• "), *inner)


def _actions(buttons: Sequence[Button]) -> list[Piece]:
    """Rows of buttons; a line too long for a button is there to be typed."""
    fitting = [button for button in buttons if 0 < len(button.line) <= limits.VALUE]
    rows = grouped(fitting, lambda button: _length(_button(button)), limits.BUTTONS, limits.ROW)
    found = [
        Piece({"type": "actions", "elements": [_button(button) for button in row]}, _pressable(row)) for row in rows
    ]
    rest = [button for button in buttons if button not in fitting]
    return [*found, *(piece for button in rest for piece in _typed(button))]


def _pressable(row: Sequence[Button]) -> str:
    return " ".join(f"[{button.label}]" for button in row)


def _button(button: Button) -> Block:
    words = " ".join(inert(button.label).split()) or " ".join(inert(button.line).split()) or "…"
    named = TURN if button.turns else LINE
    block: Block = {"type": "button", "text": _label(words, limits.LABEL), "value": button.line, "action_id": named}
    return block if button.style == "default" else {**block, "style": button.style}


def _typed(button: Button) -> list[Piece]:
    if not button.line:
        return note((Plain(button.label),), {})
    return note((Plain(f"{button.label} (type it: "), Code(button.line), Plain(")")), {})

"""Cards as they look in the terminal: total, and no user text can move the cursor, colour a line or pass for ours."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from rich.columns import Columns
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text as Drawn

from adapters.local.render import Keep, safe, words
from bot.text import Bold, Channel, Code, Link, Mention, Moment, Part, Plain, Text
from bot.ui import Actions, Button, Card, Facts, File, Heading, Image, Items, Line, No, Node, Note, Quote, headline

WIDEST = 100
_STYLES = {"line": "", "heading": "bold underline", "note": "dim"}


def drawn(shown: RenderableType, width: int, colour: bool) -> str:
    """What is written to the terminal; without colour it is plain text."""
    out = io.StringIO()
    terminal = Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None)
    terminal.print(shown)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def draw_card(card: Card, zone: ZoneInfo, keep: Keep, width: int = WIDEST) -> RenderableType:
    """A card, no wider than can be read, its buttons numbered through."""
    parts: list[RenderableType] = [_title(card, zone)]
    number = 1
    for node in card.body:
        parts.append(Padding(_node(node, zone, keep, number), (0, 0, 0, 2)))
        number += len(node.buttons) if isinstance(node, Actions) else 0
    return Constrain(Group(*parts), min(width, WIDEST))


def draw_no(no: No, zone: ZoneInfo, width: int = WIDEST) -> RenderableType:
    """A refusal and what to press instead."""
    pressed = [Padding(_buttons(no.buttons, 1), (0, 0, 0, 2))] if no.buttons else []
    return Constrain(Group(_text(no.text, zone, "yellow"), *pressed), min(width, WIDEST))


def _title(card: Card, zone: ZoneInfo) -> Drawn:
    return _text(headline(card), zone, "bold")


def _node(node: Node, zone: ZoneInfo, keep: Keep, number: int) -> RenderableType:
    match node:
        case Line(text) | Heading(text) | Note(text):
            return _text(text, zone, _STYLES[node.kind])
        case Quote(text):
            return Barred(Drawn(safe(text), style="italic"))
        case Facts(pairs):
            return _grid([(Drawn(safe(label), "dim"), _text(text, zone)) for label, text in pairs])
        case Items(items):
            return _grid([(Drawn("•"), _text(item, zone)) for item in items], gap=1)
        case Actions(buttons):
            return _buttons(buttons, number)
        case Image(alt=about) | File(about=about):
            return _kept(about, keep(node))
        case _:
            assert_never(node)


def _text(text: Text, zone: ZoneInfo, style: str = "") -> Drawn:
    found = Drawn(style=style)
    for part in text:
        found.append(safe(words((part,), zone)), _style(part))
    return found


def _style(part: Part) -> str:
    match part:
        case Plain() | Moment():
            return ""
        case Bold():
            return "bold"
        case Code() | Channel():
            return "cyan"
        case Link():
            return "blue"
        case Mention():
            return "bold cyan"
        case _:
            assert_never(part)


def _grid(rows: list[tuple[Drawn, Drawn]], gap: int = 2) -> Table:
    grid = Table.grid(padding=(0, gap))
    grid.add_column()
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _buttons(buttons: tuple[Button, ...], first: int) -> Columns:
    return Columns([_button(one, number) for number, one in enumerate(buttons, first)], padding=(0, 2))


def _button(button: Button, number: int) -> Drawn:
    style = {"primary": "bold green", "danger": "bold red"}.get(button.style, "bold")
    return Drawn.assemble((f"[{number}]", "cyan"), " ", (safe(button.label), style))


def _kept(about: str, path: str) -> Drawn:
    """The words for it, and a link to the file where the terminal can follow one."""
    link = Style(color="blue", link=Path(path).absolute().as_uri())
    return Drawn.assemble(safe(about), " ", (safe(path), link)) if about else Drawn(safe(path), link)


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody's own words, with a bar beside every line, however it wraps."""

    words: Drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draws the words narrower by the bar."""
        narrower = options.update(width=max(1, options.max_width - 2))
        for line in console.render_lines(self.words, narrower, pad=False):
            yield Segment("│ ", Style(dim=True))
            yield from line
            yield Segment.line()

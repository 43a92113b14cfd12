"""Charts as PNG, for those who would rather look than read: readable small, in both light and dark chats."""

import io
import textwrap
import warnings
from collections.abc import Sequence
from typing import Any

from bot.text import clamp

INK, QUIET, PAPER = "#1f2933", "#9aa5b1", "#ffffff"
SHADES = {"learning": "#d9e2ec", "practising": "#9fd3c7", "proficient": "#3e9c8f", "expert": "#14505c"}
WARM = "#d9822b"
MOST_BARS = 24
MOST_SINGLE, WIDEST_LINE = 24, 88
LONGEST_LABEL = 32


def skill_map(rows: Sequence[tuple[str, dict[str, int]]], title: str, people: int) -> bytes:
    """People by skill and level, the deepest skills first, each with how many can; what rests on one is named below."""
    rows = sorted(rows, key=lambda row: (-_able(row[1]), row[0].casefold()))
    single = [name for name, levels in rows if _able(levels) == 1]
    shown, named = rows[:MOST_BARS], _rests_on_one(single)
    figure, axes = _blank(len(shown), title, 0.24 * len(named))
    left = [0.0] * len(shown)
    for level in ("expert", "proficient", "practising", "learning"):
        widths = [float(levels.get(level, 0)) for _name, levels in shown]
        axes.barh(range(len(shown)), widths, left=left, color=SHADES[level], label=level, height=0.7)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    _number(axes, shown, left)
    _under_title(axes, _sum(len(rows), people, len(single)))
    _bare(axes, [name for name, _levels in shown], named)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK, loc="lower right")
    return png(figure)


def _under_title(axes: Any, said: str) -> None:
    """A quiet line between the title and the bars."""
    axes.set_title(axes.get_title(loc="left"), loc="left", color=INK, fontsize=13, fontweight="bold", pad=20)
    axes.annotate(
        said, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", color=QUIET, fontsize=9
    )  # fmt: skip


def _sum(skills: int, people: int, single: int) -> str:
    """`28 people · 32 skills · 9 rest on one person`."""
    rest = f"{single} rest{'s' if single == 1 else ''} on one person" if single else ""
    said = (f"{people} {'person' if people == 1 else 'people'}", f"{skills} skill{'' if skills == 1 else 's'}", rest)
    return " · ".join(part for part in said if part)


def _rests_on_one(single: Sequence[str]) -> list[str]:
    """Lines that name what would be gone with one person."""
    if not single:
        return []
    more = f" and {len(single) - MOST_SINGLE} more" if len(single) > MOST_SINGLE else ""
    said = "On one person: " + ", ".join(printable(name) for name in single[:MOST_SINGLE]) + more
    return textwrap.wrap(said, WIDEST_LINE, break_on_hyphens=False)


def _number(axes: Any, rows: Sequence[tuple[str, dict[str, int]]], ends: Sequence[float]) -> None:
    """How many can, at the end of each bar; warm where it is one."""
    for place, (_name, levels) in enumerate(rows):
        able = _able(levels)
        colour, weight = (WARM, "bold") if able == 1 else (INK, "normal")
        offset = (5, 0)
        axes.annotate(
            f"{able}", (ends[place], place), offset, textcoords="offset points", va="center",
            fontsize=9, color=colour, fontweight=weight,
        )  # fmt: skip


def _bare(axes: Any, names: list[str], below: list[str]) -> None:
    """Numbers stand at the bars, so there is no axis; the foot says what would be gone with one person."""
    _finish(axes, names, "")
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.06, y=0.02)
    if below:
        axes.set_xlabel("\n".join(below), color=WARM, fontsize=9, ha="right", x=1.0, labelpad=10)


def _able(levels: dict[str, int]) -> int:
    return sum(number for level, number in levels.items() if level != "learning")


def demand(rows: Sequence[tuple[str, int, int]], title: str) -> bytes:
    """Skills that open work asks for: how many posts ask, how many people can."""
    rows = rows[:12]
    figure, axes = _blank(len(rows), title)
    axes.barh([place - 0.2 for place in range(len(rows))], [one[2] for one in rows], 0.38, color=SHADES["proficient"])
    axes.barh([place + 0.2 for place in range(len(rows))], [one[1] for one in rows], 0.38, color=WARM)
    _finish(axes, [one[0] for one in rows], "")
    axes.legend(["people who can", "open posts that ask"], frameon=False, fontsize=9, labelcolor=INK)
    return png(figure)


def _blank(bars: int, title: str, more: float = 0.0) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # half a second, only for pictures

    figure = Figure(figsize=(8, 1.4 + 0.34 * max(bars, 3) + more), facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(clamp(title, 80), loc="left", color=INK, fontsize=13, fontweight="bold")
    return figure, axes


def _finish(axes: Any, names: list[str], unit: str) -> None:
    from matplotlib.ticker import MaxNLocator  # with the rest of matplotlib

    axes.set_yticks(range(len(names)), [printable(name) for name in names], color=INK, fontsize=10)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.tick_params(axis="x", colors=QUIET, labelsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(unit, color=QUIET, fontsize=9)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.margins(y=0.02)


def printable(name: str) -> str:
    """No `$`, which would begin a formula."""
    return clamp(name, LONGEST_LABEL).replace("$", r"\$")


def png(figure: Any) -> bytes:
    """The picture; a letter that no font has is drawn as a box, quietly."""
    data = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        figure.savefig(data, format="png", dpi=120)
    return data.getvalue()

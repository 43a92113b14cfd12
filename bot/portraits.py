"""Pictures of standing: a member's by skill, to share; for admins, a community's concentration and tight circles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi, sin
from typing import Any

from bot.pictures import INK, LONGEST_LABEL, PAPER, QUIET, SHADES, WARM, png, printable
from bot.text import clamp

MOST_SKILLS, MOST_CIRCLES = 8, 6
LARGE, ROOM = 21, 25
LONGEST_NAME = 14
WORTH_A_LINE = timedelta(days=14)
PALE = "#eef2f5"


@dataclass(frozen=True)
class Portrait:
    """What is drawn of one member: skills with voices and people, the highest first, and the standing over time."""

    name: str
    community: str
    value: float
    voices: int
    skills: Sequence[tuple[str, float, int]]
    past: Sequence[tuple[date, float]]
    day: date


def standing(of: Portrait) -> bytes:
    """A card: the number, the skills as bars, the last year as a line."""
    from matplotlib.figure import Figure  # half a second, only for pictures

    shown = of.skills[:MOST_SKILLS]
    has_past = len(of.past) > 1 and of.past[-1][0] - of.past[0][0] >= WORTH_A_LINE
    height = 2.6 + 0.45 * max(len(shown), 2) + (1.3 if has_past else 0)
    figure = Figure(figsize=(8, height), facecolor=PAPER)
    _head(figure, of, height)
    bottom = (1.75 if has_past else 0.55) / height
    top = 1 - 2.0 / height
    if shown:
        _bars(figure.add_axes((0.30, bottom, 0.48, top - bottom)), shown)
    if has_past:
        _past(figure.add_axes((0.06, 0.55 / height, 0.88, 0.85 / height)), of.past)
    note = f"{of.community}, {of.day.day} {of.day:%B %Y}. Independent, trusted voices; people of one circle count once."
    figure.text(0.06, 0.2 / height, clamp(note, 120).replace("$", r"\$"), color=QUIET, fontsize=8)
    return png(figure)


def _head(figure: Any, of: Portrait, height: float) -> None:
    """A band with the name and the number."""
    from matplotlib.patches import Rectangle  # with the rest of matplotlib

    band = 1.75 / height
    figure.add_artist(Rectangle((0, 1 - band), 1, band, transform=figure.transFigure, color=SHADES["expert"], zorder=0))
    middle = 1 - band / 2
    name = clamp(of.name, LONGEST_LABEL)
    size = min(LARGE, LARGE * ROOM / max(1, len(name)))
    figure.text(0.06, middle + 0.12 / height, printable(name), color=PAPER, fontsize=size, fontweight="bold")
    words = f"heard by {of.voices} {'person' if of.voices == 1 else 'people'} whom others trust"
    figure.text(0.06, middle - 0.42 / height, words, color=SHADES["practising"], fontsize=11, va="baseline")
    figure.text(
        0.94, middle - 0.08 / height, f"{of.value:.1f}", color=PAPER, fontsize=38, fontweight="bold", ha="right"
    )
    figure.text(0.94, middle - 0.42 / height, "independent voices", color=SHADES["practising"], fontsize=11, ha="right")


def _bars(axes: Any, shown: Sequence[tuple[str, float, int]]) -> None:
    at, values = range(len(shown)), [value for _name, value, _voices in shown]
    most = max([*values, 1.0])
    axes.barh(at, [most] * len(shown), color=PALE, height=0.5)
    axes.barh(at, values, color=SHADES["proficient"], height=0.5)
    for place, (_name, value, voices) in enumerate(shown):
        said = f"{value:.1f}  from {voices} {'person' if voices == 1 else 'people'}"
        axes.text(most * 1.02, place, said, va="center", color=INK, fontsize=10)
    axes.set_yticks(at, [printable(clamp(name, 22)) for name, _value, _voices in shown], color=INK, fontsize=11)
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.set_ylim(max(len(shown), 2) - 0.4, -0.6)
    _bare(axes)


def _past(axes: Any, past: Sequence[tuple[date, float]]) -> None:
    days, values = [day for day, _value in past], [value for _day, value in past]
    axes.fill_between(days, values, color=SHADES["practising"], alpha=0.35, step="post", linewidth=0)
    axes.step(days, values, where="post", color=SHADES["proficient"], linewidth=2)
    axes.scatter(days[-1:], values[-1:], color=WARM, s=36, zorder=3, clip_on=False)
    axes.set_ylim(0, max([*values, 1.0]) * 1.15)
    axes.set_xlim(days[0], days[-1])
    axes.set_yticks([])
    _bare(axes)
    ends = [f"{day.day} {day:%b %Y}" for day in (days[0], days[-1])]
    axes.set_xticks([days[0], days[-1]], ends, color=QUIET, fontsize=9)
    for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
        label.set_ha(side)


def _bare(axes: Any) -> None:
    axes.tick_params(axis="both", length=0)
    axes.spines[:].set_visible(False)


@dataclass(frozen=True)
class Ring:
    """A tight circle as it is drawn: the names, the share of their words that stays inside, what each gave each."""

    names: Sequence[str]
    share: float
    given: Any


def circles(curve: tuple[Any, Any], gini: float, rings: Sequence[Ring], title: str) -> bytes:
    """Left how standing is spread (a Lorenz curve), right the tight circles, each as a ring of its members."""
    from matplotlib.figure import Figure  # half a second, only for pictures

    figure = Figure(figsize=(10, 4.8), facecolor=PAPER)
    figure.text(0.05, 0.93, clamp(title, 80).replace("$", r"\$"), color=INK, fontsize=14, fontweight="bold")
    _lorenz(figure.add_axes((0.09, 0.13, 0.33, 0.69)), curve, gini)
    _rings(figure.add_axes((0.47, 0.06, 0.51, 0.76)), rings[:MOST_CIRCLES])
    return png(figure)


def _lorenz(axes: Any, curve: tuple[Any, Any], gini: float) -> None:
    people, share = curve
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    axes.fill_between(people, share, people, color=SHADES["practising"], alpha=0.35, linewidth=0)
    axes.plot(people, share, color=SHADES["expert"], linewidth=2.2)
    axes.set_title(f"How standing is spread: Gini {gini:.2f}", loc="left", color=INK, fontsize=11)
    axes.set_xlabel("share of members, least heard first", color=QUIET, fontsize=9)
    axes.set_ylabel("share of all standing", color=QUIET, fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xticks([0, 0.5, 1], ["0", "half", "all"], color=QUIET, fontsize=9)
    axes.set_yticks([0, 0.5, 1], ["0", "half", "all"], color=QUIET, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)


def _rings(axes: Any, rings: Sequence[Ring]) -> None:
    axes.set_title("Circles that mostly speak for each other", loc="left", color=INK, fontsize=11)
    axes.set_aspect("equal")
    axes.set_xlim(0, 3)
    axes.set_ylim(-0.1, 2.1)
    axes.axis("off")
    if not rings:
        axes.text(0, 1.8, "none stand out", color=QUIET, fontsize=11)
    for at, one in enumerate(rings):
        _ring(axes, at % 3 + 0.5, 1.6 - at // 3 * 1.05, one)


def _ring(axes: Any, x: float, y: float, ring: Ring) -> None:
    """Dots for members; the more two gave each other, the stronger the line between them."""
    radius, size = 0.31, len(ring.names)
    spots = [_spot(x, y, radius, at, size) for at in range(size)]
    most = max(1e-9, float((ring.given + ring.given.T).max()))
    for at in range(size):
        for other in range(at):
            weight = float(ring.given[at, other] + ring.given[other, at]) / most
            ends = zip(spots[at], spots[other], strict=True)
            axes.plot(*ends, color=SHADES["proficient"], alpha=weight, linewidth=0.4 + 5 * weight / size, zorder=1)
    axes.scatter(*zip(*spots, strict=True), color=WARM, s=max(18, 60 - 2 * size), zorder=2)
    axes.text(x, y - radius - 0.17, printable(_few(ring.names)), ha="center", color=INK, fontsize=8)
    axes.text(x, y - radius - 0.3, f"{ring.share:.0%} stays inside", ha="center", color=QUIET, fontsize=8)


def _few(names: Sequence[str]) -> str:
    """`ana, ben` or `ana +9`: what fits under a ring."""
    shown = [clamp(name, LONGEST_NAME) for name in names[: 2 if len(names) == 2 else 1]]
    return ", ".join(shown) + (f" +{len(names) - len(shown)}" if len(names) > len(shown) else "")


def _spot(x: float, y: float, radius: float, at: int, count: int) -> tuple[float, float]:
    angle = 2 * pi * at / count + pi / 2
    return x + radius * cos(angle), y + radius * sin(angle)

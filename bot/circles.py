"""`reputation circles` and `preview`: what admins may know of how standing comes about; nothing is punished by it."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np

from bot import concentration, ledger, people, portraits, reputation
from bot.command import command
from bot.concentration import Circle
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.elsewhere import elsewhere
from bot.kinds import Ask
from bot.ledger import Book, ReputationSettings
from bot.pages import count
from bot.portraits import Ring
from bot.text import Text, join, md
from bot.ui import Facts, Heading, Image, Items, Node, Reply, card, line, note
from bot.voices import Floats
from storage.models import Member

MOST_SHOWN, MOST_MOVED = 8, 5
LARGEST, MOST_PREVIEWED = 2_000, 10_000


@dataclass(frozen=True)
class Tight:
    """A circle by the ids of its members, and the part of their standing that they add themselves."""

    members: tuple[int, ...]
    found: Circle
    inner: float


@dataclass(frozen=True)
class Survey:
    """What a ledger shows of so many `members`, the `vetted` (ids) among them: everyone's standing (n,), which share of
    words is returned and would be by chance, the tight circles, the picture."""

    members: int
    vetted: frozenset[int]
    scores: Floats
    returned: tuple[float, float]
    circles: tuple[Tight, ...]
    png: bytes


def _book(ctx: Ctx) -> Book:
    return ledger.read(ctx.db, ctx.now, load(ctx, ReputationSettings).half_life)


def scores_of(book: Book) -> Floats:
    """Everyone's standing over all skills, in the order of the book's members."""
    scores = np.zeros(len(book.members))
    for at, skill, value, _heard in book.graph.all():
        if skill is None:
            scores[at] = value
    return scores


def _kept(ctx: Ctx, book: Book) -> Floats:
    """The same as last computed by the clock: in a large community it takes minutes."""
    kept = dict(ctx.db.exec(reputation.overall(ctx.db)).all())
    return np.array([kept.get(one, 0.0) for one in book.members])


def _think(ctx: Ctx) -> Survey:
    return elsewhere(ctx, _survey, above=reputation.LARGE_COMMUNITY)


def _survey(ctx: Ctx) -> Survey:
    book = _book(ctx)
    if not book.rows:
        return Survey(0, book.vetted, np.zeros(0), (0.0, 0.0), (), b"")
    scores = _kept(ctx, book) if len(book.members) > LARGEST else scores_of(book)
    found = tuple(concentration.circles(book.arrays)) if len(book.members) <= LARGEST else ()
    shown = people.by_ids(ctx.db, {book.members[at] for one in found for at in one.members})
    given = concentration.amounts(book.arrays) if found else np.zeros((0, 0))
    rings = [
        Ring([shown[book.members[at]].name for at in one.members], one.share, given[np.ix_(one.members, one.members)])
        for one in found
    ]
    title = f"{ctx.community.name}: who speaks for whom"
    png = portraits.circles(concentration.lorenz(scores), concentration.gini(scores), rings, title)
    told = tuple(Tight(tuple(book.members[at] for at in one.members), one, _inner(book, one)) for one in found)
    return Survey(len(book.members), book.vetted, scores, concentration.reciprocity(book.arrays), told, png)


@command("reputation circles", "How standing is spread, and tight circles", admin=True, think=_think)
def circles(ctx: Ctx, found: Survey) -> Reply:
    """Evidence for people to judge; members of a circle are counted as little more than one voice anyway."""
    if not found.members:
        return card("Nobody has spoken for anybody yet.")
    mutual, chance = found.returned
    top = np.sort(found.scores)[::-1][: max(1, round(len(found.scores) / 10))].sum() / max(found.scores.sum(), 1e-9)
    facts = Facts(
        (
            ("Concentration", md("{n}, where {scale}", n=_gini(found.scores), scale=SCALE)),
            ("Best-heard tenth", md("{share} of all standing", share=f"{top:.0%}")),
            ("Returned", md("{share} of thanks and vouches (by chance {n})", share=f"{mutual:.0%}", n=f"{chance:.0%}")),
            ("Vetted", join([md("{who}", who=one) for one in people.by_ids(ctx.db, found.vetted).values()])),
        )
    )
    picture = Image("circles.png", _alt(ctx, found), found.png)
    return card("How standing comes about here", facts, *_circles(ctx, found), picture, note(NOBODY_IS_PUNISHED))


SCALE = "0 is the same for all and 1 is one person with everything (Gini)"
NOBODY_IS_PUNISHED = (
    "A circle may be a team that works well. Nothing follows by itself; `reputation show` tells how much it counts."
)


def _alt(ctx: Ctx, found: Survey) -> str:
    return f"Gini {_gini(found.scores)}, {count(len(found.circles), 'tight circle')}"


def _circles(ctx: Ctx, found: Survey) -> list[Node]:
    if found.members > LARGEST:
        return [line("I look for circles among up to {n} members.", n=f"{LARGEST:,}")]
    if not found.circles:
        return [line("No circle keeps most of its words to itself.")]
    shown = found.circles[:MOST_SHOWN]
    members = people.by_ids(ctx.db, [member for one in shown for member in one.members])
    told = tuple(_told(one, members) for one in shown)
    more = [note("And {n} more.", n=len(found.circles) - len(shown))] if len(found.circles) > len(shown) else []
    return [Heading(md("Tight circles")), Items(told), *more]


def _told(one: Tight, members: dict[int, Member]) -> Text:
    """`@ana and @ben: 84% of what they give stays among them; 2 people outside speak for them ...`."""
    names = join([md("{who}", who=members[member]) for member in one.members])
    return md(
        "{names}: {share} of what they give stays among them; {others} outside speak for them; "
        "{inner} of their standing comes from each other",
        names=names,
        share=f"{one.found.share:.0%}",
        others=count(one.found.outside_voices, "person", "people"),
        inner=f"{one.inner:.0%}",
    )


def _inner(book: Book, one: Circle) -> float:
    """The part of the circle's standing that its own members add."""
    lines = [line for at in one.members for line in book.graph.voices(at, None)]
    total = sum(each.adds for each in lines)
    return sum(each.adds for each in lines if each.giver in one.members) / total if total else 0.0


@dataclass(frozen=True)
class Change:
    """Everyone's standing as it is and as it would be."""

    members: list[int]
    before: Floats
    after: Floats


def _think_ahead(ctx: Ctx, half_life: int | None, vet: Member | None, unvet: Member | None) -> Change | None:
    if reputation.has_more_than(ctx.db, MOST_PREVIEWED):
        most = f"{MOST_PREVIEWED:,}"
        raise Refusal("I reckon everybody's standing twice for that; among more than {n} it takes too long.", n=most)
    change = partial(_what_if, half_life=half_life, vet=vet.id if vet else None, unvet=unvet.id if unvet else None)
    return elsewhere(ctx, change, above=reputation.LARGE_COMMUNITY)


def _what_if(ctx: Ctx, half_life: int | None, vet: int | None, unvet: int | None) -> Change | None:
    book = _book(ctx)
    if not book.rows:
        return None
    vetted = (book.vetted | {one for one in [vet] if one}) - {unvet}
    other = Book(book.rows, frozenset(vetted), ctx.now, half_life or book.half_life)
    before = dict(zip(book.members, scores_of(book), strict=True))
    after = dict(zip(other.members, scores_of(other), strict=True))
    members = sorted({*before, *after})
    as_array = [np.array([scores.get(one, 0.0) for one in members]) for scores in (before, after)]
    return Change(members, *as_array)


@command(
    "reputation preview",
    "What another setting would change, before it does",
    example="reputation preview half_life:180",
    admin=True,
    think=_think_ahead,
)
def preview(
    ctx: Ctx,
    found: Change | None,
    half_life: Annotated[int | None, Ask("After how many days would a word count half?", least=14, most=730)] = None,
    vet: Annotated[Member | None, Ask("If trust flowed from", hint="somebody who is not vetted")] = None,
    unvet: Annotated[Member | None, Ask("If trust flowed no more from")] = None,
) -> Reply:
    """Computed on the whole ledger; nothing is written."""
    if not (half_life or vet or unvet):
        raise Refusal("What would you change? For example `reputation preview half_life:180`.")
    if found is None:
        return card("Nobody has spoken for anybody yet, so nothing would change.")
    moved = found.after - found.before
    order = np.argsort(-np.abs(moved), kind="stable")[:MOST_MOVED]
    people_moved = people.by_ids(ctx.db, [found.members[at] for at in order])
    told = [
        md(
            "{who}: {before} to {after}",
            who=people_moved[found.members[at]],
            before=_n(found.before, at),
            after=_n(found.after, at),
        )
        for at in order
        if abs(moved[at]) >= 0.005
    ]
    facts = Facts(
        (
            ("All together", md("{a} to {b}", a=f"{found.before.sum():.1f}", b=f"{found.after.sum():.1f}")),
            ("Concentration", md("{a} to {b}", a=_gini(found.before), b=_gini(found.after))),
            ("Order", md("{n} of {all} pairs of members would change places", n=_swapped(found), all=_pairs(found))),
        )
    )
    most = [Heading(md("Who would move most")), Items(tuple(told))] if told else [line("Nobody would notice.")]
    return card("If you changed that", facts, *most, note("Nothing is changed yet."))


def _n(values: Floats, at: int) -> str:
    return f"{values[at]:.2f}"


def _gini(values: Floats) -> str:
    return f"{concentration.gini(values):.2f}"


def _pairs(found: Change) -> str:
    return f"{len(found.members) * (len(found.members) - 1) // 2:,}"


def _swapped(found: Change) -> str:
    """Pairs whose order is reversed: clearly one way before, clearly the other after."""
    before, after = found.before, found.after
    swapped = sum(int(((before[at] - before[:at]) * (after[at] - after[:at]) < 0).sum()) for at in range(len(before)))
    return f"{swapped:,}"

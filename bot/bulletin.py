"""The digest as everybody reads it: the week in one line, work and who could do it, what else is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import fit, people, work
from bot.ctx import Ctx
from bot.exposure import Exposure
from bot.pages import count
from bot.ranking import Fit
from bot.text import Text, join, md
from bot.ui import Card, Items, Line, Node, Note, card
from storage.models import Member, Need, Opportunity, Skill

MOST_SHOWN, MOST_NAMED, MOST_WITH_BUTTONS = 10, 3, 5


@dataclass(frozen=True, slots=True)
class Week:
    """What a digest would say and whom it would write to; `shown` are ids, of which `opportunities` are still open.

    `lead` goes on where the first line has told of the work; `has_news`: something besides work is new. What was posted
    after `since`, the last digest, is new; to the first digest all work is.
    """

    shown: list[int]
    exposure: Exposure
    lead: tuple[Text, ...]
    news: tuple[Node, ...]
    has_news: bool
    since: datetime
    opportunities: tuple[Opportunity, ...] = ()

    @property
    def fresh(self) -> int:
        """How many of what is still open are new."""
        return sum(one.posted_at > self.since for one in self.opportunities)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is new."""
        return not self.has_news and not self.fresh

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to say."""
        return self.is_quiet and not self.opportunities


def card_of(ctx: Ctx, found: Week, today: date) -> Card:
    """The digest as everybody reads it."""
    if found.is_quiet:
        return _quiet(ctx, found)
    lead = Line(join([text for text in (_work(found), *found.lead) if text], " ", " "))
    body = (
        *([lead] if lead.text else []),
        *_opportunities(ctx, found),
        *found.news,
        *fit.remark(ctx, found.exposure.by_words),
    )
    return Card(md("The week of {day}", day=_monday(today)), body)


def _monday(today: date) -> str:
    """The week that most of the last seven days belong to: `23 November`."""
    middle = today - timedelta(days=3)
    monday = middle - timedelta(days=middle.weekday())
    return f"{monday.day} {monday:%B}"


def _quiet(ctx: Ctx, found: Week) -> Card:
    """Nothing new: one line that is useful."""
    if not found.opportunities:
        return card("Quiet week: nothing new. Who made yours easier? `kudos give @name why` says so.")
    needs = work.needs_of(ctx.db, found.opportunities)
    shown = [_still(row, needs[row.id]) for row in found.opportunities[:MOST_NAMED]]
    more = len(found.opportunities) - len(shown)
    tail = [md("{n} more in `opportunity list`", n=more)] if more else []
    return card("Quiet week: nothing new. Still open: {work}.", work=join([*shown, *tail]))


def _still(row: Opportunity, needs: Sequence[tuple[Need, Skill]]) -> Text:
    skills = join([md("{name}", name=skill.name) for _need, skill in needs[:2]])
    return md(
        "*{title}* (o{n}){needs}", title=row.title, n=row.number, needs=md(", needs {s}", s=skills) if skills else ""
    )


def _opportunities(ctx: Ctx, found: Week) -> list[Node]:
    if not found.opportunities:
        return []
    shown = found.opportunities[:MOST_SHOWN]
    named = people.by_ids(ctx.db, [one.member for row in shown for one in _named(found, row)])
    posters = people.by_ids(ctx.db, [row.poster_id for row in shown])
    seen = fit.seen(ctx, [one for row in shown for one in _named(found, row)], in_public=True)
    nodes: list[Node] = []
    for at, row in enumerate(shown):
        fits = [(named[one.member], one) for one in _named(found, row)]
        nodes += _one(row, posters[row.poster_id], [pair for pair in fits if pair[0].named_in_digest], seen)
        nodes += [work.answers(row)] if at < MOST_WITH_BUTTONS else []
    more = len(found.opportunities) - len(shown)
    return [*nodes, Note(md("{n} more open: `opportunity list`.", n=more))] if more else nodes


def _work(found: Week) -> Text:
    """`2 new pieces of work, 1 still open.`"""
    old = len(found.opportunities) - found.fresh
    if not found.fresh:
        return md("{old} still open.", old=count(old, "piece of work is", "pieces of work are")) if old else ()
    new = count(found.fresh, "new piece of work", "new pieces of work")
    return md("{new}{old}.", new=new, old=f", {old} still open" if old else "")


def _named(found: Week, row: Opportunity) -> list[Fit]:
    """Those who are told; when nobody fits that well, those who come near."""
    return (found.exposure.told.get(row.id) or found.exposure.near[row.id])[:MOST_NAMED]


def _one(row: Opportunity, poster: Member, fits: list[tuple[Member, Fit]], seen: fit.Seen) -> list[Node]:
    """An opportunity with the people who let themselves be named."""
    source = () if row.teaser else md(", from {poster}", poster=poster)
    ends = md("closes on {day}", day=row.until) if row.until else ()
    extras = join([text for text in (md("{v}", v=row.pay), md("{v}", v=row.location), ends) if text], ", ", ", ")
    about = {"title": row.title, "id": f"o{row.number}", "source": source}
    title = md("*{title}* ({id}){source}{extras}", **about, extras=md(": {e}", e=extras) if extras else "")
    named = [md("{who} ({why})", who=who, why=fit.why_in_short(one, seen)) for who, one in fits]
    return [Line(title), Items((md("who could: {who}", who=join(named, ", ", ", ")),))] if named else [Line(title)]

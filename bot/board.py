"""The kudos board: thanks given as well as received, in words that rank nobody low."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from sqlalchemy import func
from sqlmodel import col, select

from bot import hearing
from bot.allowance import KudosSettings
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.pages import count
from bot.people import by_ids
from bot.text import Text, md
from bot.ui import Heading, Items, Node, Note, Reply, card, line
from storage.models import Kudos, Member, Skill, Thanked

Period = Literal["week", "month", "quarter", "year", "ever"]
DAYS = {"week": 7, "month": 30, "quarter": 91, "year": 365}
LINES, MOST_READ = 10, 5_000
Row = tuple[int, int]


@command("kudos board", "Who thanked and who was thanked", example="kudos board month", reads=True)
def board(
    ctx: Ctx,
    period: Annotated[Period, Ask("Since when?")] = "month",
    direction: Annotated[Literal["given", "received"] | None, Ask("Given or received?")] = None,
    skill: Annotated[Skill | None, Ask("In which skill?", suggest=hearing.suggest_skills)] = None,
) -> Reply:
    """Off unless the admins want it; whoever does not want to be on it is not."""
    rules = load(ctx, KudosSettings)
    if not rules.board:
        raise Refusal("This community has no board. An admin can open one with `settings kudos board:yes`.")
    since = ctx.now - timedelta(days=DAYS[period]) if period in DAYS else None
    nodes: list[Node] = []
    if direction != "given":
        nodes += _section(ctx, "Thanked", _received(ctx, since, skill))
    if direction != "received":
        nodes += _section(ctx, "Thanking", _given(ctx, since, skill))
    nodes += _values(ctx, rules, since, skill)
    if not nodes:
        return card("No kudos in that time.", line("`kudos give @name why` begins it."))
    title = "Kudos, ever" if period == "ever" else "Kudos of the past {period}"
    return card(title, *nodes, Note(md("To be left out: `profile edit boards:no`.")), period=period)


def _received(ctx: Ctx, since: datetime | None, skill: Skill | None) -> Sequence[Row]:
    query = select(Thanked.member_id, func.count(col(Thanked.id))).join(Kudos, col(Kudos.id) == Thanked.kudos_id)
    return ctx.db.exec(_within(query, since, skill).group_by(col(Thanked.member_id))).all()


def _given(ctx: Ctx, since: datetime | None, skill: Skill | None) -> Sequence[Row]:
    query = select(Kudos.giver_id, func.count(col(Thanked.id))).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
    return ctx.db.exec(_within(query, since, skill).group_by(col(Kudos.giver_id))).all()


def _values(ctx: Ctx, rules: KudosSettings, since: datetime | None, skill: Skill | None) -> list[Node]:
    """What the thanks were for, where the community has values and reasons name them: whose they were is not said."""
    query = select(Kudos.id, Kudos.reason).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
    query = query.distinct().order_by(col(Kudos.id).desc()).limit(MOST_READ)
    said = ctx.db.exec(_within(query, since, skill)).all() if rules.values else ()
    found = Counter(value for _id, reason in said for value in rules.valued(reason))
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    items = tuple(md("{value}: {n}", value=value, n=count(n, "time")) for value, n in ordered[:LINES])
    return [Heading(md("What for")), Items(items)] if items else []


def _within(query: Any, since: datetime | None, skill: Skill | None) -> Any:
    query = query.where(col(Kudos.undone_at).is_(None), col(Thanked.hidden_at).is_(None))
    query = query.where(Kudos.given_at >= since) if since else query
    return query.where(Kudos.skill_id == skill.id) if skill else query


def _section(ctx: Ctx, title: str, rows: Sequence[Row]) -> list[Node]:
    """Equal counts share a place; leavers and those who opted out are not shown."""
    members = by_ids(ctx.db, (member_id for member_id, _n in rows))
    shown = [(members[key], n) for key, n in rows if members[key].left_at is None and members[key].on_boards]
    if not shown:
        return []
    shown.sort(key=lambda row: (-row[1], row[0].name.casefold()))
    places = Counter(n for _member, n in shown)
    items = [_line(member, n, 1 + sum(c for m, c in places.items() if m > n)) for member, n in shown[:LINES]]
    if more := len(shown) - LINES if len(shown) > LINES else 0:
        items.append(md("... and {n} more", n=more))
    return [Heading(md(title)), Items(tuple(items))]


def _line(member: Member, n: int, place: int) -> Text:
    return md("{place}. {who}: {n}", place=place, who=member, n=count(n, "time"))

"""Opportunities as several features read and show them."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot import answered, reputation, timers
from bot.answered import INTERESTED
from bot.claims import claims_of
from bot.config import Settings
from bot.ctx import Ctx, Refusal
from bot.gleaning import address_in
from bot.kinds import KINDS, Ask, Kind, Option, looks_like_id, offered, short_id
from bot.needs import said
from bot.pages import count
from bot.text import Channel, Link, Text, join, md
from bot.ui import Actions, Button, Card, Facts, Node, Note, Quote, note
from storage.models import Interest, Member, Need, Opportunity, Skill

WARNING = timedelta(days=3)


class OpportunitySettings(Settings):
    """Where sourced work is shown, and for how long."""

    feature: ClassVar[str] = "opportunities"
    about: ClassVar[str] = "Opportunities"
    homely: ClassVar[bool] = True
    channel: Annotated[Channel | None, Ask("Where are they posted?", hint="empty: where they are posted from")] = None
    days: Annotated[int, Ask("For how many days are they open, unless said otherwise?", least=1, most=180)] = 30
    pause: Annotated[int, Ask("Minutes between two posts of one person?", least=0, most=10080)] = 0
    patience: Annotated[int, Ask("After how many days of silence is a poster reminded?", least=1, most=60)] = 7
    overhear: Annotated[
        bool,
        Ask(
            "Shall I offer to post work that is told of in that channel?", hint="I then read the channels that I am in"
        ),
    ] = False


def read_opportunity(ctx: Ctx, text: str, _ask: Ask) -> Opportunity:
    """An opportunity by short id (`o12`)."""
    found = ctx.db.exec(select(Opportunity).where(Opportunity.number == short_id(text, "o"))).first()
    if found is None:
        raise Refusal("I do not know opportunity {id} here. `opportunity list` shows what is open.", id=text[:20])
    return found


def suggest_open(ctx: Ctx, text: str) -> list[Option]:
    """Open opportunities by title or id."""
    return offered(((f"o{one.number}", one.title) for one in open_ones(ctx.db)), text)


KINDS[Opportunity] = Kind(
    "opportunity",
    read_opportunity,
    write=lambda one: f"o{one.number}",
    suggest=suggest_open,
    looks=lambda word: looks_like_id(word, "o"),
)


def open_ones(db: Session) -> list[Opportunity]:
    """What is open, newest first."""
    query = select(Opportunity).where(Opportunity.state == "open")
    return list(db.exec(query.order_by(col(Opportunity.posted_at).desc(), col(Opportunity.id).desc())).all())


def needs_of(db: Session, opportunities: Iterable[Opportunity]) -> dict[int, list[tuple[Need, Skill]]]:
    """Each opportunity's needs, in one query."""
    ids = [one.id for one in opportunities]
    query = select(Need, Skill).join(Skill, col(Skill.id) == Need.skill_id).where(col(Need.opportunity_id).in_(ids))
    found: dict[int, list[tuple[Need, Skill]]] = {key: [] for key in ids}
    for need, skill in db.exec(query.order_by(col(Need.id))).all():
        found[need.opportunity_id].append((need, skill))
    return found


def took_part(db: Session, opportunity: Opportunity) -> set[int]:
    """The poster, and those who took it."""
    query = select(Interest.member_id).where(Interest.opportunity_id == opportunity.id, Interest.state == "filled")
    return {opportunity.poster_id, *db.exec(query).all()}


def words_of(opportunity: Opportunity, needs: Iterable[tuple[Need, Skill]]) -> str:
    """What it says, as it is matched."""
    return _words(opportunity.title, opportunity.description, [skill.name for _need, skill in needs])


def words_on_file(db: Session, most: int) -> list[str]:
    """The same of the newest that are open."""
    query = select(Opportunity.id, Opportunity.title, Opportunity.description).where(Opportunity.state == "open")
    newest_first = query.order_by(col(Opportunity.posted_at).desc(), col(Opportunity.id).desc())
    found = db.exec(newest_first.limit(most)).all()
    asked: dict[int, list[str]] = {one: [] for one, _title, _description in found}
    needs = select(Need.opportunity_id, Skill.name).join(Skill, col(Skill.id) == Need.skill_id)
    for one, name in db.exec(needs.where(col(Need.opportunity_id).in_(list(asked))).order_by(col(Need.id))).all():
        asked[one].append(name)
    return [_words(title, description, asked[one]) for one, title, description in found]


def _words(title: str, description: str, needs: list[str]) -> str:
    return f"{title}. {description}" + (f"\n{', '.join(needs)}" if needs else "")


def interested_count(db: Session, opportunity: Opportunity) -> int:
    """How many said that they are interested."""
    query = select(func.count(col(Interest.id))).where(Interest.opportunity_id == opportunity.id)
    return db.exec(query.where(col(Interest.state).in_(INTERESTED))).one()


def facts_of(opportunity: Opportunity, needs: list[tuple[Need, Skill]], is_hidden: bool = False) -> Facts:
    """What is known about it, in short; the address that it names can be clicked, unless its details are hidden."""
    address = "" if is_hidden else address_in(f"{opportunity.title} {opportunity.description}")
    words = (("Pay", opportunity.pay), ("Where", opportunity.location))
    days = (("Starts", opportunity.starts), ("Answer by", opportunity.until))
    known: list[tuple[str, Text]] = [
        ("Needs", join([said(need, skill) for need, skill in needs])),
        ("Seats", md("{n}", n=opportunity.seats) if opportunity.seats > 1 else ()),
        ("Time", md("{n} hours a week", n=opportunity.hours) if opportunity.hours else ()),
        *((label, md("{value}", value=value) if value else ()) for label, value in words),
        *((label, md("{day}", day=day) if day else ()) for label, day in days),
        ("More at", (Link(address),) if address else ()),
    ]
    return Facts(tuple((label, value) for label, value in known if value))


def shown(ctx: Ctx, opportunity: Opportunity, in_full: bool = False) -> Card:
    """The opportunity as everybody sees it, now; a teaser keeps its details and its poster for those who may see."""
    is_hidden = opportunity.teaser and not in_full
    needs = needs_of(ctx.db, [opportunity])[opportunity.id]
    poster = ctx.db.get_one(Member, opportunity.poster_id)
    interested = interested_count(ctx.db, opportunity)
    so_far = note("{n} interested so far.", n=count(interested, "person is", "people are")) if interested else None
    rate = answered.said(ctx, poster.id) if opportunity.state == "open" else ()
    body: list[Node | None] = [
        note("What it is about, and from whom, is for those who fit and ask.")
        if is_hidden
        else Quote(opportunity.description),
        facts_of(opportunity, needs, is_hidden),
        so_far,
        Note(rate) if rate else None,
        _foot(opportunity, is_hidden),
    ]
    source = () if is_hidden else md(", from {poster}", poster=poster)
    title = (*md("*{title}* ({id})", id=f"o{opportunity.number}", title=opportunity.title), *source)
    return Card(title, tuple(node for node in body if node), f"o{opportunity.number}")


def _foot(opportunity: Opportunity, is_hidden: bool) -> Node:
    if opportunity.state != "open":
        return note("This is closed: {state}.", state=opportunity.state)
    details = Button("Ask for the details", f"opportunity details o{opportunity.number}")
    report = Button("Report", f"opportunity report o{opportunity.number}")
    return Actions((*answers(opportunity).buttons, *((details,) if is_hidden else ()), report))


def answers(opportunity: Opportunity) -> Actions:
    """The buttons under an opportunity."""
    which = f"o{opportunity.number}"
    return Actions(
        (
            Button("Interested", f"opportunity interest {which}", "primary"),
            Button("Not for me", f"opportunity pass {which}"),
            Button("Pass to a peer", f"opportunity refer {which}"),
        )
    )


def answer_buttons(opportunity: Opportunity, rank: int) -> Actions:
    """What the poster can say to one of the interested."""
    which = f"o{opportunity.number} {rank}"
    return Actions(
        (
            Button("Meet them", f"opportunity meet {which}", "primary"),
            Button("Not this time", f"opportunity decline {which}"),
            Button("Ask them something", f"opportunity ask o{opportunity.number} rank:{rank}"),
        )
    )


def described(ctx: Ctx, opportunity: Opportunity, who: Member) -> Text:
    """What somebody brings, the skills asked for first: `Docker (expert); 1.8 independent voices.`"""
    wanted = {skill.id for _need, skill in needs_of(ctx.db, [opportunity])[opportunity.id]}
    claims = sorted(claims_of(ctx.db, who), key=lambda pair: pair[1].id not in wanted)[:4]
    skills = join([md("*{name}* ({level})", name=skill.name, level=claim.level) for claim, skill in claims])
    standing = reputation.standings(ctx.db, [who.id]).get(who.id)
    return md("{skills}; {voices}.", skills=skills or "none listed yet", voices=reputation.in_words(standing))


def check_owner(ctx: Ctx, opportunity: Opportunity) -> None:
    """Refuses everybody but the poster and admins, and what is closed."""
    check_poster(ctx, opportunity)
    if opportunity.state != "open":
        raise Refusal(
            "{id} is closed: {state}.", field="opportunity", id=f"o{opportunity.number}", state=opportunity.state
        )


def check_poster(ctx: Ctx, opportunity: Opportunity) -> None:
    """Refuses everybody but the poster and admins."""
    if opportunity.poster_id != ctx.me.id and not ctx.me.admin:
        raise Refusal("Only its poster or an admin can do that.", field="opportunity")


def remember_end(ctx: Ctx, row: Opportunity) -> None:
    """Warns before it closes, and closes it when its last day is over."""
    which = f"o{row.number}"
    if row.until is None:
        return
    end = datetime.combine(row.until + timedelta(days=1), time(), ZoneInfo(ctx.community.zone)).astimezone(UTC)
    timers.later(ctx, f"opportunity-end-{row.id}", f"opportunity end {which}", end)
    if end - WARNING > ctx.now:
        timers.later(ctx, f"opportunity-warn-{row.id}", f"opportunity warn {which}", end - WARNING)

"""When work is done together: each who took part is offered thanks and vouches for the others, one tap each."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot import people, work
from bot.claims import claims_of
from bot.ctx import Ctx
from bot.line import quote
from bot.text import md
from bot.ui import Actions, Button, Card, Heading, Line, Node, note
from storage.models import Member, Opportunity, Skill, Vouch

MOST_PEOPLE, MOST_VOUCHES = 6, 2
LABEL = 70


def offer(ctx: Ctx, opportunity: Opportunity, who: Member, team: Sequence[Member], opening: Card) -> Card:
    """The opening words, then for each of the others the buttons with which `who` thanks and vouches for them."""
    others = [one for one in team if one.id != who.id and one.left_at is None]
    needed = {skill.id for _need, skill in work.needs_of(ctx.db, [opportunity])[opportunity.id]}
    vouched = _vouched(ctx, who, others)
    rows: list[Node] = []
    for one in others[:MOST_PEOPLE]:
        vouches = [_vouch(one, skill) for skill in _seen(ctx, one, needed, vouched)]
        rows += [Heading(md("{who}", who=one)), Actions((_thank(opportunity, one), *vouches))]
    more = len(others) - MOST_PEOPLE
    end = [Line(md("... and {n} more, with `kudos give @name why`.", n=more))] if more > 0 else []
    hint = [note("In your own words it says more: `kudos give @name why`.")] if rows and not end else []
    return Card(opening.title, (*opening.body, *rows, *end, *hint), opening.key)


def _thank(opportunity: Opportunity, one: Member) -> Button:
    return Button(f"Thank {one.name}"[:LABEL], f"kudos work o{opportunity.number} {people.write_member(one)}")


def _vouch(one: Member, skill: Skill) -> Button:
    line = f"skill vouch member:{people.write_member(one)} skill:{quote(skill.name)}"
    return Button(f"Vouch: {skill.name}"[:LABEL], line)


def _seen(ctx: Ctx, one: Member, needed: set[int], vouched: set[int]) -> list[Skill]:
    """What one of them claims to do, was asked for, and `who` has not vouched for yet."""
    rows = [pair for pair in claims_of(ctx.db, one) if pair[0].level != "learning" and pair[0].id not in vouched]
    return [skill for _claim, skill in rows if skill.id in needed][:MOST_VOUCHES]


def _vouched(ctx: Ctx, who: Member, others: Sequence[Member]) -> set[int]:
    claims = [claim.id for one in others for claim, _skill in claims_of(ctx.db, one)]
    query = select(Vouch.claim_id).where(Vouch.voucher_id == who.id, col(Vouch.claim_id).in_(claims))
    return set(ctx.db.exec(query).all())

"""What waits for a member: questions of others that only they can answer."""

from sqlmodel import col, select

from bot.ctx import Ctx
from bot.text import Text, md
from bot.ui import Button
from storage.models import Interest, Intro, Opportunity

MOST = 5


def for_member(ctx: Ctx) -> list[tuple[Text, Button]]:
    """Each as words and the button that answers it, oldest first."""
    return [*_intros(ctx), *_interests(ctx)][:MOST]


def _intros(ctx: Ctx) -> list[tuple[Text, Button]]:
    query = select(Intro).where(Intro.expert_id == ctx.me.id, Intro.state == "asked").order_by(col(Intro.asked_at))
    return [
        (
            md("Someone hopes for your help: “{need}”", need=intro.need),
            Button(f"Yes to i{intro.number}", f"intro answer i{intro.number} yes"),
        )
        for intro in ctx.db.exec(query).all()
    ]


def _interests(ctx: Ctx) -> list[tuple[Text, Button]]:
    query = select(Opportunity).join(Interest, col(Interest.opportunity_id) == Opportunity.id)
    query = query.where(
        Opportunity.poster_id == ctx.me.id,
        Opportunity.state == "open",
        Interest.state == "interested",
    )
    found = {one.id: one for one in ctx.db.exec(query.order_by(col(Interest.id))).all()}
    return [
        (
            md("People are interested in *{title}*", title=one.title),
            Button(f"See who, for o{one.number}", f"opportunity matches o{one.number}"),
        )
        for one in found.values()
    ]

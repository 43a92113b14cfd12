"""Who knows whom: people between whom something good happened."""

from sqlalchemy import or_
from sqlmodel import col, select

from bot.ctx import Ctx
from bot.people import by_ids
from bot.reputation import counting
from bot.text import Text, join, md
from storage.models import Entry, Member

NAMED = 3


def known_to(ctx: Ctx, member: Member) -> set[int]:
    """The ids of those who thanked, vouched for or worked with a member, and of those whom they did."""
    query = select(Entry).where(or_(col(Entry.giver_id) == member.id, col(Entry.receiver_id) == member.id))
    rows = counting(list(ctx.db.exec(query.order_by(col(Entry.id).desc()).limit(1000)).all()))
    return {one for row in rows for one in (row.giver_id, row.receiver_id)} - {member.id}


def trusted_by(ctx: Ctx, member: Member) -> Text:
    """`Ada and Ben, both of whom you know`: those who spoke for a member and whom the reader knows."""
    query = select(Entry).where(Entry.receiver_id == member.id).order_by(col(Entry.id).desc()).limit(500)
    voices = {row.giver_id for row in counting(list(ctx.db.exec(query).all()))}
    shared = sorted((voices & known_to(ctx, ctx.me)) - {ctx.me.id})
    if not shared:
        return ()
    members = by_ids(ctx.db, shared[:NAMED])
    names = join([md("{who}", who=one) for one in members.values()])
    whom = {1: "whom you know", 2: "both of whom you know"}.get(len(members), "all of whom you know")
    return md("{names}, {whom}", names=names, whom=whom)

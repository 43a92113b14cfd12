"""What could not be delivered is told to admins: privately, in words, once a day for one cause."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.outbox import members_of
from bot.people import by_ids
from bot.text import Channel, Text, join, md, text_of
from bot.ui import Actions, Button, Card, Line, to_json
from storage.machinery import Outbox
from storage.models import Account, Member

TOLD_AGAIN = timedelta(days=1)


def tell_admins(db: Session, out: Outbox, why: str, now: datetime, everywhere: bool) -> None:
    """One private word to each admin of that place, once a day for one cause."""
    seen = Actions((Button("What is parked", "outbox parked"),))
    told = to_json(Card(_undelivered(db, out), (Line(md("{why}", why=why[:300])), seen)))
    if _was_told(db, told, now):
        return
    for member_id, place_id in _admins(db, out.place_id, everywhere).items():
        notice = Outbox(
            place_id=place_id, members=str(member_id), card=told, error_notice=True, due=now, written_at=now
        )
        db.add(notice)


def _admins(db: Session, place_id: int, everywhere: bool) -> dict[int, int]:
    """Where each admin is told: in that place, or, when nothing reaches it any more, in another where they are."""
    query = select(Member.id, Account.place_id).join(Account, col(Account.member_id) == Member.id)
    found = db.exec(query.where(Member.admin, col(Member.left_at).is_(None)).order_by(col(Account.id))).all()
    return {member: place for member, place in reversed(found) if (place == place_id) != everywhere}


def _undelivered(db: Session, out: Outbox) -> Text:
    if out.channel:
        return md("I could not deliver a message to {where}.", where=Channel(out.place_id, out.channel))
    people = join([text_of(one) for one in by_ids(db, members_of(out)).values()])
    return md("I could not deliver a message to {people}.", people=people or "somebody who has left")


def _was_told(db: Session, told: str, now: datetime) -> bool:
    same = select(Outbox.id).where(Outbox.error_notice, Outbox.card == told, Outbox.written_at > now - TOLD_AGAIN)
    return db.exec(same.limit(1)).first() is not None

"""Who asks, in which community, and whether the request was answered before: one look at the database."""

from dataclasses import dataclass

from sqlmodel import Session, and_, bindparam, col, select

from bot.accounts import met
from bot.ctx import Request
from storage.machinery import Seen
from storage.models import Account, Community, Member, Place

_PLACE = bindparam("place")
_LOOK = (
    select(Community, Account, Member, Seen)
    .select_from(Community)
    .join(Account, and_(col(Account.place_id) == _PLACE, col(Account.key) == bindparam("who")), isouter=True)
    .join(Member, col(Member.id) == col(Account.member_id), isouter=True)
    .join(Seen, and_(col(Seen.place_id) == _PLACE, col(Seen.key) == bindparam("request")), isouter=True)
    .where(col(Community.id) == bindparam("community"))
)


class Before(Exception):
    """The request was answered before; `reply` is what was said."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__("answered before")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a request before anything is done: a new face is no member yet."""

    community: Community
    account: Account | None
    member: Member | None
    receipt: Seen | None


def look(db: Session, place: Place, request: Request) -> Arrival:
    """Looks; the session sees the community of the place."""
    about = {"community": place.community_id, "place": place.id, "who": request.who.key, "request": request.id}
    arrival = Arrival(*db.exec(_LOOK, params=about).one())
    if arrival.account:
        met(db, arrival.account)
    return arrival


def first_look(db: Session, place: Place, request: Request) -> Arrival:
    """The same; raises `Before` when there is nothing left to do."""
    arrival = look(db, place, request)
    if arrival.receipt:
        raise Before(arrival.receipt.reply)
    return arrival

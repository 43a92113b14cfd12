"""Accounts: how a platform vouches for people, and who becomes a member by it.

Somebody joins when a platform first vouches for them, by speaking or by being named. What the platform says of admins
is kept with the account, apart from what was granted by command: it holds until the platform says otherwise.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, bindparam, col, select, update

from bot.ctx import Request, Who
from bot.kinds import clean
from storage.machinery import Counter
from storage.models import Account, Member, Place

LONGEST_NAME = 80
NUMBER = re.compile(r"@?m(\d{1,9})", re.IGNORECASE)
_ACCOUNT = select(Account).where(Account.place_id == bindparam("place"), Account.key == bindparam("key"))
_KEYS = select(Account.member_id, Account.key).where(
    Account.place_id == bindparam("place"), col(Account.member_id).in_(bindparam("members", expanding=True))
)
_COUNTED: Any = (
    update(Counter)
    .where(col(Counter.name) == bindparam("kind"))
    .values(value=col(Counter.value) + 1)
    .returning(col(Counter.value))
    .execution_options(synchronize_session=False)
)
Faces = dict[tuple[int, int], str]


def next_number(db: Session, name: str) -> int:
    """The next short id of a kind in this community, from 1."""
    if value := db.exec(_COUNTED, params={"kind": name}).scalar():
        return value
    db.add(Counter(name=name, value=1))
    return 1


def account_of(db: Session, place_id: int, key: str) -> Account | None:
    """The account of that key in a place."""
    account = db.exec(_ACCOUNT, params={"place": place_id, "key": key}).first()
    if account:
        met(db, account)
    return account


def met(db: Session, account: Account) -> None:
    """Whoever was seen in this session need not be looked up in it again."""
    faces(db)[account.place_id, account.member_id] = account.key


def faces(db: Session) -> Faces:
    """The account keys of those whom this session has met, by place and member."""
    return db.info.setdefault("faces", {})


def admit(db: Session, place: Place, who: Who, at: datetime) -> Member:
    """The member behind an account that a platform vouches for; a new face joins."""
    account = account_of(db, place.id, who.key)
    return db.get_one(Member, account.member_id) if account else _join(db, place, who, at)


def arrive(db: Session, place: Place, account: Account | None, request: Request) -> Member:
    """Whoever speaks, as the platform describes them now."""
    if account is None:
        return _join(db, place, request.who, request.at)
    member = db.get_one(Member, account.member_id)
    _refresh(db, member, account, request)
    return member


def onlooker(request: Request) -> Member:
    """A face that the community does not know, and that does not join by looking."""
    return Member(id=0, number=-1, name=request.who.name, joined_at=request.at)


def called(who: Who) -> str:
    """The name that a platform gives, as far as we take it."""
    return clean(who.name)[:LONGEST_NAME]


def _nameless(key: str) -> str:
    return f"member {key}"


def _join(db: Session, place: Place, who: Who, at: datetime) -> Member:
    kind = "bot" if who.bot else "guest" if who.guest else "person"
    name, number = called(who) or _nameless(who.key), next_number(db, "member")
    is_admin = bool(who.admin) and kind == "person"
    member = Member(number=number, name=name, kind=kind, admin=is_admin, vetted=is_admin, zone=who.zone, joined_at=at)
    db.add(member)
    db.flush()
    db.add(Account(member_id=member.id, place_id=place.id, key=who.key, admin=is_admin))
    db.flush()
    return member


def _refresh(db: Session, member: Member, account: Account, request: Request) -> None:
    """What the platform knows better: a new name, a return, a right given or taken.

    A direct message may carry another name than the place knows somebody by, so only a channel's word renames.
    """
    who, name = request.who, called(request.who)
    if name and name != member.name and (request.channel or member.name == _nameless(who.key)):
        member.name = name
    if who.admin is not None and (is_admin := who.admin and member.kind == "person") != account.admin:
        account.admin = is_admin
        _weigh(db, member)
    if member.left_at is not None:
        member.left_at, member.joined_at = None, request.at
    if who.zone and not member.zone:
        member.zone = who.zone
    db.add(member)


def grant(db: Session, member: Member, is_admin: bool) -> None:
    """An admin's word on who is admin; the platform's own stays what it is."""
    member.granted = is_admin
    _weigh(db, member)


def is_admin_by_platform(db: Session, member: Member) -> bool:
    """Whether some platform says so."""
    return db.exec(select(Account.id).where(Account.member_id == member.id, Account.admin)).first() is not None


def _weigh(db: Session, member: Member) -> None:
    """Admin is who was granted it by command, or who is one by right where they have an account; both are trusted."""
    db.flush()
    member.admin = member.granted or is_admin_by_platform(db, member)
    member.vetted = member.vetted or member.admin
    db.add(member)


def leave(db: Session, place_id: int, key: str, at: datetime) -> None:
    """An account is gone, and its rights; who has no other one has left."""
    account = account_of(db, place_id, key)
    if account is None:
        return
    member = db.get_one(Member, account.member_id)
    if account.admin:
        account.admin = False
        _weigh(db, member)
    others = select(Account.id).where(Account.member_id == account.member_id, Account.id != account.id)
    if db.exec(others).first() is None:
        member.left_at = member.left_at or at
        db.add(member)


def keys_in(db: Session, place_id: int, written: Iterable[str]) -> dict[str, str]:
    """The account keys behind short ids of members (`@m12`), in one place."""
    numbers = {int(found[1]): one for one in written if (found := NUMBER.fullmatch(one))}
    if not numbers:
        return {}
    rows = db.exec(select(Member).where(col(Member.number).in_(list(numbers)))).all()
    found = accounts_in(db, place_id, [row.id for row in rows])
    return {numbers[row.number]: found[row.id] for row in rows if row.id in found}


def accounts_in(db: Session, place_id: int, members: Iterable[int]) -> dict[int, str]:
    """Each member's account key in one place, for those who have one; one query at most."""
    known, wanted = faces(db), set(members)
    found = {one: known[place_id, one] for one in wanted if (place_id, one) in known}
    if rest := list(wanted - found.keys()):
        found |= dict(db.exec(_KEYS, params={"place": place_id, "members": rest}).all())
    return found

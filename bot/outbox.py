"""What goes to others: rows written in the same transaction as the change they tell of."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.accounts import faces
from bot.ctx import Ctx
from bot.text import Channel
from bot.ui import Card, to_json
from storage.machinery import Outbox, Shown, living, pending
from storage.models import Account, Member, Place
from storage.rows import put


def post(ctx: Ctx, channel: Channel | None, card: Card) -> None:
    """Posts to a channel; nowhere when none is chosen."""
    if channel:
        _write(ctx, channel.place, card, channel=channel.key)


def show(ctx: Ctx, channel: Channel | None, card: Card) -> None:
    """Keeps a living card: the message that carries this key is edited where it stands, else posted here."""
    standing = {(one.place_id, one.channel) for one in ctx.db.exec(select(Shown).where(Shown.key == card.key)).all()}
    on_its_way = select(Outbox).where(living(card.key), pending())
    standing |= {(one.place_id, one.channel) for one in ctx.db.exec(on_its_way).all()}
    for place_id, where in sorted(standing):
        _write(ctx, place_id, card, channel=where, key=card.key)
    if not standing:
        post_living(ctx, channel, card)


def post_living(ctx: Ctx, channel: Channel | None, card: Card, thread: str = "") -> None:
    """Posts a card that will be edited later; `thread` is the message under which it belongs."""
    if channel:
        _write(ctx, channel.place, card, channel=channel.key, key=card.key, thread=thread)


def whisper(ctx: Ctx, channel: Channel, member: Member, card: Card) -> None:
    """Says something in a channel for one member's eyes."""
    _write(ctx, channel.place, card, channel=channel.key, members=[member.id])


def dm(ctx: Ctx, member: Member, card: Card) -> None:
    """Tells one member privately, in the place of this request if they are there, else where they are.

    Whoever is nowhere cannot be reached: a courier parks that, with the reason, and goes on.
    """
    _write(ctx, _place_of(ctx, [member]).get(member.id, ctx.place.id), card, members=[member.id])


def room(ctx: Ctx, members: Sequence[Member], card: Card) -> None:
    """Brings several members together; those who share no place are told each for themselves."""
    places = _place_of(ctx, members)
    for place_id in sorted(set(places.values())):
        _write(ctx, place_id, card, members=[m.id for m in members if places.get(m.id) == place_id])
    for member in members:
        if member.id not in places:
            dm(ctx, member, card)


def _place_of(ctx: Ctx, members: Sequence[Member]) -> dict[int, int]:
    """Where each member is reached; the place of this request first."""
    known, here = faces(ctx.db), ctx.place.id
    found = {one.id: here for one in members if (here, one.id) in known}
    if len(found) == len({one.id for one in members}):
        return found
    query = select(Account.member_id, Account.place_id).where(col(Account.member_id).in_([m.id for m in members]))
    for member_id, place_id in sorted(ctx.db.exec(query).all(), key=lambda row: row[1]):
        if place_id == ctx.place.id or member_id not in found:
            found[member_id] = place_id
    return found


def _write(
    ctx: Ctx,
    place_id: int,
    card: Card,
    channel: str = "",
    members: Sequence[int] = (),
    key: str = "",
    thread: str = "",
) -> None:
    to = ",".join(str(one) for one in members)
    put(
        ctx.db,
        Outbox,
        place_id=place_id,
        channel=channel,
        thread=thread,
        members=to,
        card=to_json(card),
        key=key,
        due=ctx.now,
        written_at=ctx.now,
    )
    ctx.db.info["has_written"] = True


def has_written(db: Session) -> bool:
    """Whether anything was written for couriers in this session."""
    return bool(db.info.get("has_written"))


def members_of(row: Outbox) -> list[int]:
    """The ids of the members that a row is for."""
    return [int(one) for one in row.members.split(",") if one]


def address_of(row: Outbox) -> str:
    """Where a row goes; rows of one address keep their order."""
    return address(row.place_id, row.channel, row.members)


def address(place_id: int, channel: str, members: str) -> str:
    """The same, of a row's columns."""
    return f"{place_id} {channel or members}"


def tell_admins(ctx: Ctx, card: Card) -> None:
    """A private word to each admin."""
    query = select(Member).where(Member.admin, col(Member.left_at).is_(None), Member.kind == "person")
    for member in ctx.db.exec(query).all():
        dm(ctx, member, card)


def places(ctx: Ctx) -> list[Place]:
    """Everywhere this community meets."""
    query = select(Place).where(Place.community_id == ctx.community.id).order_by(col(Place.id))
    return list(ctx.db.exec(query).all())

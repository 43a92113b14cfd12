"""Kudos as nouns: who may thank whom, how thanks are kept, shown and taken back, whichever way they were given."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import bindparam, col, select

from bot import accounts, outbox, people, reputation
from bot.allowance import KudosSettings
from bot.config import home_of
from bot.ctx import Ctx, Refusal
from bot.kinds import KINDS, MOST_OFFERED, Ask, Kind, Option, looks_like_id, offered, short_id
from bot.text import Channel, Link, Plain, Text, join, md, text_of
from bot.ui import Card, Line, Node, Note, Quote, card
from storage.models import Kudos, Member, Skill, Thanked
from storage.rows import put

CHEER, JOINED = "cheer ", "reaction-k"
MENTIONED, NAMED = 8, 20
SHORT = 140
_THANKED = (
    select(Member)
    .join(Thanked, col(Thanked.member_id) == Member.id)
    .where(Thanked.kudos_id == bindparam("kudos"), col(Thanked.hidden_at).is_(None))
    .order_by(col(Thanked.id))
)
_GIVERS = (
    select(Member)
    .join(Kudos, col(Kudos.giver_id) == Member.id)
    .where(col(Kudos.undone_at).is_(None))
    .where((col(Kudos.id) == bindparam("kudos")) | (col(Kudos.source) == bindparam("joint")))
    .order_by(col(Kudos.id))
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What thanks rest on: `source` once per giver, and the message ("PLACE CHANNEL/ID"), if it was one."""

    source: str
    message: str = ""
    link: str = ""
    emoji: str = ""
    thread: str = ""


def read_kudos(ctx: Ctx, text: str, _ask: Ask) -> Kudos:
    """Kudos by short id (`k7`)."""
    found = ctx.db.exec(select(Kudos).where(Kudos.number == short_id(text, "k"))).first()
    if found is None:
        raise Refusal("I do not know kudos {id} here.", id=text[:20])
    return found


def suggest_kudos(ctx: Ctx, text: str) -> list[Option]:
    """What one gave and received, newest first; to admins what anybody did, for they may revoke it."""
    query = select(Kudos).where(col(Kudos.undone_at).is_(None))
    if not ctx.me.admin:
        received = select(Thanked.kudos_id).where(Thanked.member_id == ctx.me.id)
        query = query.where((col(Kudos.giver_id) == ctx.me.id) | col(Kudos.id).in_(received))
    rows = ctx.db.exec(query.order_by(col(Kudos.id).desc()).limit(MOST_OFFERED)).all()
    return offered(((f"k{one.number}", one.reason) for one in rows), text)


KINDS[Kudos] = Kind(
    "kudos",
    read_kudos,
    write=lambda one: f"k{one.number}",
    suggest=suggest_kudos,
    looks=lambda word: looks_like_id(word, "k"),
)


def check(ctx: Ctx, rules: KudosSettings, to: Sequence[Member]) -> None:
    """Who may thank whom, and where; the allowance comes after."""
    if ctx.me.kind == "bot":
        raise Refusal("Thanks come from people.")
    if ctx.me.kind == "guest" and not rules.guests:
        raise Refusal("Kudos are for members here, not yet for guests.")
    if ctx.here and ctx.here in rules.quiet:
        raise Refusal("No kudos are given in {where}. Any other channel will do, or a word to me.", where=ctx.here)
    for member in to:
        if no := why_not(ctx, rules, member):
            raise Refusal(no, field="to", who=member.name)


def why_not(ctx: Ctx, rules: KudosSettings, member: Member) -> str:
    """Why this person cannot be thanked by me, as a template with `{who}`; empty when they can."""
    if member.id == ctx.me.id:
        return "Kudos go to someone else. Who helped you this week?"
    if member.left_at is not None:
        return people.LEFT
    if member.kind == "bot" and not rules.bots:
        return people.APP
    return "{who} is a guest, and kudos are for members here." if member.kind == "guest" and not rules.guests else ""


def keep(ctx: Ctx, to: Sequence[Member], reason: str, skill_id: int | None, origin: Origin) -> Kudos:
    """Writes the kudos and its rows in the ledger; an app has no standing, so it gets none."""
    kudos = Kudos(
        number=accounts.next_number(ctx.db, "kudos"),
        giver_id=ctx.me.id,
        reason=people.in_words(ctx, reason),
        skill_id=skill_id,
        source=origin.source,
        message=origin.message,
        link=origin.link,
        emoji=origin.emoji,
        given_at=ctx.now,
    )
    ctx.db.add(kudos)
    ctx.db.flush()
    for member in to:
        put(ctx.db, Thanked, kudos_id=kudos.id, member_id=member.id)
    enter(ctx, kudos, ctx.me, to, is_new=True)
    return kudos


def enter(ctx: Ctx, kudos: Kudos, giver: Member, to: Sequence[Member], is_new: bool = False) -> None:
    """What the ledger of reputation says of it."""
    for member in to:
        if member.kind != "bot":
            reputation.enter(ctx, "kudos", f"k{kudos.number}", giver, member, kudos.skill_id, is_new)
    ctx.db.flush()


def take_back(ctx: Ctx, kudos: Kudos, revoked: str = "") -> bool:
    """It counts no more, wherever it stands; the ledger gets compensating rows. False when that was done already."""
    ctx.db.refresh(kudos, with_for_update=True)
    if kudos.undone_at:
        return False
    kudos.undone_at, kudos.revoked = ctx.now, revoked
    ctx.db.add(kudos)
    reputation.reverse(ctx, "kudos", f"k{kudos.number}")
    show(ctx, kudos)
    return True


def receivers(ctx: Ctx, kudos: Kudos) -> list[Member]:
    """Those whom it thanks, in order, but for those who declined it."""
    return list(ctx.db.exec(_THANKED, params={"kudos": kudos.id}).all())


def root_of(ctx: Ctx, kudos: Kudos) -> Kudos:
    """The one on whose card it stands: itself, the one that it joined, or the first for the same message."""
    query = select(Kudos).order_by(col(Kudos.id))
    if kudos.source.startswith(CHEER):
        query = query.where(Kudos.source == kudos.source)
    elif kudos.source.startswith(JOINED):
        query = query.where(Kudos.number == short_id("k" + kudos.source.removeprefix(JOINED), "k"))
    else:
        return kudos
    return ctx.db.exec(query).first() or kudos


def joint_source(root: Kudos) -> str:
    """The source of thanks that join in."""
    return root.source if root.source.startswith(CHEER) else f"{JOINED}{root.number}"


def mine_for(ctx: Ctx, source: str) -> Kudos | None:
    """My thanks for that source, if they stand."""
    query = select(Kudos).where(Kudos.giver_id == ctx.me.id, Kudos.source == source, col(Kudos.undone_at).is_(None))
    return ctx.db.exec(query).first()


def tell(ctx: Ctx, rules: KudosSettings, kudos: Kudos, origin: Origin, to: Sequence[Member]) -> None:
    """Where the community wants my new thanks `to` somebody shown; a message that many thank for has one card."""
    root = root_of(ctx, kudos)
    where, thread = _where(ctx, rules, origin)
    if root.id != kudos.id:
        show(ctx, kudos)
    elif where:
        outbox.post_living(ctx, where, _card(ctx, kudos, [ctx.me], to), thread)
    elif rules.replies != "nowhere":
        for member in to:
            outbox.dm(ctx, member, _card(ctx, kudos, [ctx.me], to, private=True))


def _where(ctx: Ctx, rules: KudosSettings, origin: Origin) -> tuple[Channel | None, str]:
    """The channel, and the message under which; none: privately. What rests on a message makes no noise beside it."""
    if not rules.public:
        return None, ""
    if rules.replies == "channel" and rules.channel:
        return rules.channel, ""
    if not origin.message:
        return ctx.here or (home_of(ctx.db, ctx.place.id) if rules.replies == "channel" else None), ""
    if origin.emoji and rules.replies == "channel":
        return None, ""
    place, _, where = origin.message.partition(" ")
    channel, _, message = where.partition("/")
    return Channel(int(place), channel), origin.thread or message


def show(ctx: Ctx, kudos: Kudos) -> None:
    """Brings the card on which it stands up to date, if there is one."""
    root = root_of(ctx, kudos)
    ctx.db.flush()
    outbox.show(ctx, None, card_of(ctx, root))


def card_of(ctx: Ctx, root: Kudos) -> Card:
    """The kudos as it is now, with those who joined in."""
    standing, to = _standing(ctx, root), receivers(ctx, root)
    return _card(ctx, root, standing, to) if standing and to else _gone(ctx, root)


def _card(ctx: Ctx, root: Kudos, standing: Sequence[Member], to: Sequence[Member], private: bool = False) -> Card:
    title = md("{giver} thanked {who}{why}", giver=standing[0], who=named(to), why=_in_title(root))
    body = *why(root, private), *_tagged(ctx, root), *_joining(standing)
    return Card(title, tuple(body), f"k{root.number}", tuple(one.id for one in to))


def _in_title(kudos: Kudos) -> str:
    """A short reason goes on in the sentence: ` for the docs`, `: the docs`."""
    if kudos.source.startswith(CHEER) or not _is_short(kudos.reason):
        return ""
    return f" {kudos.reason}" if kudos.reason.casefold().startswith("for ") else f": {kudos.reason}"


def _is_short(reason: str) -> bool:
    return len(reason) <= SHORT and "\n" not in reason


def _standing(ctx: Ctx, root: Kudos) -> list[Member]:
    """Those who give it; nobody once it was taken back by the one who wrote it."""
    if root.undone_at and not root.source.startswith(CHEER):
        return []
    return list(ctx.db.exec(_GIVERS, params={"kudos": root.id, "joint": joint_source(root)}).all())


def _gone(ctx: Ctx, root: Kudos) -> Card:
    """Taken back, or declined by all whom it was for: then it stays between them."""
    key, giver = f"k{root.number}", ctx.db.get_one(Member, root.giver_id)
    if root.revoked:
        return card("An admin took this kudos back ({id}).", key=key, id=key)
    if root.undone_at:
        return card("{giver} took this kudos back ({id}).", key=key, giver=giver, id=key)
    return card("{giver} said thank you ({id}).", key=key, giver=giver, id=key)


def _tagged(ctx: Ctx, root: Kudos) -> list[Node]:
    skill = ctx.db.get(Skill, root.skill_id) if root.skill_id else None
    return [Note(md("for *{skill}*", skill=skill.name))] if skill else []


def _joining(standing: Sequence[Member]) -> list[Node]:
    others = standing[1:]
    verb = "joins" if len(others) == 1 else "join"
    return [Note(md("{who} {verb} in.", who=named(others), verb=verb))] if others else []


def named(members: Sequence[Member]) -> Text:
    """A few are mentioned; many are only named, so that not everybody's device rings."""
    if len(members) <= MENTIONED:
        return join([md("{who}", who=member) for member in members])
    shown: list[Text] = [(Plain(member.name),) for member in members[:NAMED]]
    more = len(members) - NAMED
    return join([*shown, md("{n} more", n=more)] if more > 0 else shown)


def why(kudos: Kudos, private: bool = False) -> list[Node]:
    """A reason too long for the title. Words said elsewhere are for those concerned; all others get the way there."""
    if not kudos.source.startswith(CHEER):
        return [] if _is_short(kudos.reason) else [Quote(kudos.reason)]
    return [Quote(kudos.reason)] if private and kudos.reason else [Line(md("for {what}", what=_message(kudos)))]


def why_in_short(kudos: Kudos, private: bool) -> Text:
    """The same on a line of a list."""
    if kudos.source.startswith(CHEER) and not (private and kudos.reason):
        return _message(kudos)
    return text_of(kudos.reason)


def _message(kudos: Kudos) -> Text:
    return (Link(kudos.link, "a message"),) if kudos.link else md("a message")

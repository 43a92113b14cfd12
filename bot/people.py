"""Members and their accounts: who is speaking, who is meant, who may."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz, process
from sqlmodel import Session, bindparam, col, func, select

from bot.accounts import LONGEST_NAME, NUMBER, account_of, admit, called, faces
from bot.ctx import Ctx, Refusal
from bot.kinds import KINDS, Ask, Kind, Option
from bot.text import Text, few, join, md, text_of
from storage.models import Account, Community, Member, Place

SYSTEM = 0
LEFT, APP = "{who} has left the community.", "{who} is an app, not a member."
STRANGER = "I do not know {who} yet. They join when they say something to me."
_FACE = select(func.min(Account.key)).where(Account.member_id == Member.id, Account.place_id == bindparam("place"))
_CALLED: Any = select(Member, _FACE.correlate(Member).scalar_subquery()).where(
    Member.folded == bindparam("name"), Member.number != SYSTEM, col(Member.same_as_id).is_(None)
)
_SYSTEM = select(Member).where(Member.number == SYSTEM)
_BY_IDS = select(Member).where(col(Member.id).in_(bindparam("members", expanding=True)))
_TOLD_APART = re.compile(r".*\(@m(\d{1,9})\)", re.DOTALL)
_KEY = re.compile(r"<@!?(\w+)(?:\|([^>]*))?>")


def found_place(db: Session, platform: str, key: str, name: str, at: datetime, zone: str = "UTC") -> Place:
    """The place of that key; places that the operator configured share one community, founded with the first."""
    place = db.exec(select(Place).where(Place.platform == platform, Place.key == key)).first()
    if place:
        return place
    community = db.exec(select(Community).order_by(col(Community.id))).first() or found_community(db, name, at, zone)
    place = Place(community_id=community.id, platform=platform, key=key, name=name)
    db.add(place)
    db.flush()
    return place


def found_community(db: Session, name: str, at: datetime, zone: str) -> Community:
    """A new community with the bot as its first member, who signs what happens by itself."""
    community = Community(name=name, zone=zone, created_at=at)
    db.add(community)
    db.flush()
    db.info["community_id"] = community.id
    db.add(Member(number=SYSTEM, name="Manyhands", kind="system", admin=True, joined_at=at))
    db.flush()
    return community


def system(db: Session) -> Member:
    """The bot itself."""
    return db.exec(_SYSTEM).one()


def present(db: Session) -> Any:
    """The members who are here: people and guests who have not left."""
    return select(Member).where(col(Member.left_at).is_(None), col(Member.kind).in_(("person", "guest")))


def by_ids(db: Session, ids: Iterable[int]) -> dict[int, Member]:
    """Members by id, in one query."""
    wanted = list(set(ids))
    return {one.id: one for one in db.exec(_BY_IDS, params={"members": wanted}).all()} if wanted else {}


def admins(db: Session) -> list[Member]:
    """Those who configure the bot."""
    return list(db.exec(present(db).where(Member.admin)).all())


def require_admin(ctx: Ctx) -> None:
    """Refuses everybody else."""
    if not ctx.me.admin:
        who = few([md("{who}", who=one) for one in admins(ctx.db) if one.kind == "person"])
        raise Refusal("That is for the admins here: {who}. Yours are under `profile`.", who=who or "nobody yet")


def read_member(ctx: Ctx, text: str, ask: Ask) -> Member:
    """A member from a platform's mention, a short id (`@m12`) or a name in any case."""
    member = anyone(ctx, text, ask.gone)
    if member.kind == "bot":
        raise Refusal(APP, who=member.name)
    return member


def anyone(ctx: Ctx, text: str, gone: bool = False) -> Member:
    """The same, apps included; not this bot, and only with `gone` somebody who has left."""
    word = text.strip().strip(",")
    member = _mentioned(ctx, word) if _KEY.fullmatch(word) else _typed(ctx, word)
    if member.left_at is not None and not gone:
        raise Refusal(LEFT, who=member.name)
    if member.kind == "system":
        raise Refusal(APP, who=member.name)
    return member


def _mentioned(ctx: Ctx, word: str) -> Member:
    found = _KEY.fullmatch(word)
    key = found[1] if found else ""
    if account := account_of(ctx.db, ctx.place.id, key):
        return ctx.db.get_one(Member, account.member_id)
    if who := ctx.request.people.get(key):
        if who.gone:
            raise Refusal(LEFT, who=called(who))
        return admit(ctx.db, ctx.place, who, ctx.now)
    stranger = (found[2] or "").removeprefix("@")[:LONGEST_NAME] if found else ""
    raise Refusal(STRANGER, who=stranger or "that person")


def _typed(ctx: Ctx, word: str) -> Member:
    if found := NUMBER.fullmatch(word) or _TOLD_APART.fullmatch(word):
        numbered = ctx.db.exec(select(Member).where(Member.number == int(found[1]))).first()
        if numbered:
            return ctx.db.get_one(Member, numbered.same_as_id) if numbered.same_as_id else numbered
    if word.casefold() in {"me", "@me"}:
        return ctx.me
    return _named(ctx, word.removeprefix("@"))


def _named(ctx: Ctx, name: str) -> Member:
    if not name.strip():
        raise Refusal("Whom do you mean?")
    rows = ctx.db.exec(_CALLED, params={"name": name.casefold(), "place": ctx.place.id}).all()
    faces(ctx.db).update({(ctx.place.id, member.id): key for member, key in rows if key is not None})
    found = [member for member, _key in rows]
    here = [member for member in found if member.left_at is None] or list(found)
    if len(here) == 1:
        return here[0]
    if not here:
        raise Refusal("I don't know a “{name}” here. {hint}", name=name[:80], hint=_meant(ctx, name))
    raise Refusal("Several people are called {name}: {who}.", name=name[:80], who=join([_told_apart(m) for m in here]))


def _meant(ctx: Ctx, name: str) -> Text:
    """Whom one may have meant by a name that nobody has."""
    names = ctx.db.exec(select(Member.name).where(Member.number != SYSTEM, col(Member.left_at).is_(None))).all()
    near = process.extract(name, names, scorer=fuzz.WRatio, processor=str.casefold, limit=2, score_cutoff=65)
    if not near:
        return md("People join by saying something to me.")
    return md("Did you mean {names}?", names=" or ".join(one for one, _score, _at in near))


def _told_apart(member: Member) -> Any:
    about = f" ({member.about[:40]})" if member.about else ""
    return (*text_of(f"@m{member.number}{about}"),)


def is_named(word: str) -> bool:
    """Whether a word by itself looks like somebody: `@ben`, `<@U1>`."""
    return word.startswith("@") or bool(_KEY.fullmatch(word))


def in_words(ctx: Ctx, text: str) -> str:
    """A text in which the platform's mentions of people are their names."""
    return _KEY.sub(lambda found: f"@{_name_of(ctx, found[1]) or 'someone'}", text)


def _name_of(ctx: Ctx, key: str) -> str:
    if account := account_of(ctx.db, ctx.place.id, key):
        return ctx.db.get_one(Member, account.member_id).name
    return called(ctx.request.people[key]) if key in ctx.request.people else ""


def write_member(member: Member) -> str:
    """The form that is stored in lines, whatever people are called later."""
    return f"@m{member.number}"


def typed(member: Member) -> str:
    """The form that people can type: the name where it is one word, else the short id."""
    return f"@{member.name}" if re.fullmatch(r"[\w.\-]+", member.name) else write_member(member)


def suggest_members(ctx: Ctx, text: str) -> list[Option]:
    """Members whose name contains what was typed."""
    said = re.sub(r"([\\%_])", r"\\\1", text.strip().removeprefix("@"))
    query = present(ctx.db).where(col(Member.folded).like(f"%{said.casefold()}%", escape="\\"))
    found = ctx.db.exec(query.order_by(Member.folded).limit(25)).all()
    names = Counter(member.folded for member in found)
    return [Option(*_offered(member, names[member.folded] == 1)) for member in found]


def _offered(member: Member, is_alone: bool) -> tuple[str, str]:
    """The name, with the short id where others are called the same; and what that means."""
    label = member.name if is_alone else f"{member.name} ({write_member(member)})"
    return label, typed(member) if is_alone else write_member(member)


KINDS[Member] = Kind(
    "member",
    read_member,
    write=write_member,
    looks=is_named,
    suggest=suggest_members,
)

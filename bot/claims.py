"""Claims and vouches as several features read them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from bot.taxonomy import LEVELS
from storage.arrays import among
from storage.models import Claim, Member, Skill, Vouch

_CLAIM = select(Claim).where(Claim.member_id == bindparam("member"), Claim.skill_id == bindparam("skill"))
_CLAIMS = (
    select(Claim, Skill)
    .join(Skill, col(Skill.id) == Claim.skill_id)
    .where(Claim.member_id == bindparam("member"), col(Claim.dropped_at).is_(None))
)
_VOUCHES = select(Vouch.claim_id, func.count(col(Vouch.id))).group_by(col(Vouch.claim_id))
_VOUCHES_FOR = _VOUCHES.where(col(Vouch.claim_id).in_(bindparam("claims", expanding=True)))


def claim_of(db: Session, member: Member, skill: Skill) -> Claim | None:
    """A member's claim of a skill, dropped ones included."""
    return db.exec(_CLAIM, params={"member": member.id, "skill": skill.id}).first()


def claims_of(db: Session, member: Member) -> list[tuple[Claim, Skill]]:
    """A member's list: strongest level first, then by name."""
    rows = db.exec(_CLAIMS, params={"member": member.id}).all()
    return sorted(rows, key=lambda row: (-LEVELS.index(row[0].level), row[1].name.casefold()))


def vouched(db: Session, claims: Sequence[int] | None) -> Any:
    """A query of claims and how many vouched for each: of these, or of every claim."""
    query = select(Vouch.claim_id, func.count(col(Vouch.id)))
    query = query if claims is None else query.where(among(db, col(Vouch.claim_id), claims))
    return query.group_by(col(Vouch.claim_id))


def vouchers_of(db: Session, pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[Member]]:
    """Who has seen a member (id) do a skill (by name), for each of these pairs; those who left are not named."""
    query = select(Claim.member_id, Skill.name, Member).join(Claim, col(Claim.skill_id) == Skill.id)
    query = query.join(Vouch, col(Vouch.claim_id) == Claim.id).join(Member, col(Member.id) == Vouch.voucher_id)
    query = query.where(col(Claim.member_id).in_({member for member, _skill in pairs}), col(Member.left_at).is_(None))
    found: dict[tuple[int, str], list[Member]] = {}
    for member, skill, voucher in db.exec(query.order_by(col(Vouch.id))).all() if pairs else ():
        if (member, skill) in pairs:
            found.setdefault((member, skill), []).append(voucher)
    return found


def vouch_counts(db: Session, claims: list[int]) -> dict[int, int]:
    """How many vouched for each of these claims."""
    return dict(db.exec(_VOUCHES_FOR, params={"claims": claims}).all()) if claims else {}

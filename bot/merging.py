"""Two members turn out to be one person: what both gave and got becomes one's, and nothing counts twice."""

from datetime import datetime
from typing import Any

from sqlmodel import col, or_, select

from bot import reputation, thanks, timers
from bot.ctx import Ctx
from bot.taxonomy import LEVELS
from storage.db import Referring, referring
from storage.machinery import Outbox
from storage.models import (
    Candidate,
    Claim,
    Entry,
    Interest,
    Intro,
    Kudos,
    Member,
    Opportunity,
    Standing,
    Thanked,
    Vouch,
)

STRENGTH = ("passed", "interested", "named", "filled")
ONE_BY_ONE = (Claim, Entry, Interest, Kudos, Standing, Thanked, Vouch)


def merge(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Everything of `gone` becomes `kept`'s; what one gave the other is taken back."""
    _vouches(ctx, kept, gone)
    _claims(ctx, kept, gone)
    _kudos(ctx, kept, gone)
    _ledger(ctx, kept, gone)
    _interests(ctx, kept, gone)
    for where in referring("member"):
        if where.model not in ONE_BY_ONE:
            _move(ctx, where, kept, gone)
    ctx.db.flush()
    _intros(ctx, kept)
    _mail(ctx, kept, gone)
    _about(kept, gone, ctx.now)
    ctx.db.add_all([kept, gone])
    ctx.db.flush()


def _vouches(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Nobody vouches for themselves, or twice for one claim."""
    own = set(ctx.db.exec(select(Claim.id).where(col(Claim.member_id).in_((kept.id, gone.id)))).all())
    known = set(ctx.db.exec(select(Vouch.claim_id).where(Vouch.voucher_id == kept.id)).all())
    said = ctx.db.exec(select(Vouch).where(col(Vouch.voucher_id).in_((kept.id, gone.id)))).all()
    for vouch in said:
        is_second = vouch.voucher_id == gone.id and vouch.claim_id in known
        if vouch.claim_id in own or is_second:
            _take_back(ctx, vouch)
        else:
            vouch.voucher_id = kept.id
    ctx.db.flush()


def _take_back(ctx: Ctx, vouch: Vouch) -> None:
    reputation.reverse(ctx, "vouch", f"vouch-{vouch.id}")
    ctx.db.delete(vouch)


def _claims(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Of two claims of one skill the stronger holds, with all who vouched."""
    mine = {one.skill_id: one for one in _of(ctx, Claim, "member_id", kept)}
    for claim in _of(ctx, Claim, "member_id", gone):
        if twin := mine.get(claim.skill_id):
            _join(ctx, twin, claim)
        else:
            claim.member_id = kept.id
    ctx.db.flush()


def _join(ctx: Ctx, twin: Claim, claim: Claim) -> None:
    if _rank(claim) > _rank(twin):
        twin.level, twin.dropped_at, twin.claimed_at = claim.level, claim.dropped_at, claim.claimed_at
        twin.evidence = claim.evidence or twin.evidence
    twin.evidence = twin.evidence or claim.evidence
    known = {one.voucher_id for one in _of(ctx, Vouch, "claim_id", twin)}
    for vouch in _of(ctx, Vouch, "claim_id", claim):
        if vouch.voucher_id in known:
            _take_back(ctx, vouch)
        else:
            vouch.claim_id = twin.id
    ctx.db.flush()
    ctx.db.delete(claim)


def _rank(claim: Claim) -> tuple[bool, int]:
    return claim.dropped_at is None, LEVELS.index(claim.level)


def _kudos(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Thanks are given once for one thing and to one person once; those to oneself are taken back."""
    _given(ctx, kept, gone)
    known = set(ctx.db.exec(select(Thanked.kudos_id).where(Thanked.member_id == kept.id)).all())
    for thanked in _of(ctx, Thanked, "member_id", gone):
        if thanked.kudos_id in known:
            ctx.db.delete(thanked)
        else:
            thanked.member_id = kept.id
    ctx.db.flush()
    own = select(Thanked, Kudos).join(Kudos, col(Kudos.id) == Thanked.kudos_id)
    for thanked, given in ctx.db.exec(own.where(Thanked.member_id == kept.id, Kudos.giver_id == kept.id)).all():
        ctx.db.delete(thanked)
        ctx.db.flush()
        if not _of(ctx, Thanked, "kudos_id", given):
            given.undone_at = given.undone_at or ctx.now


def _given(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Both reacted to one message: it was one person who did."""
    sources = {one.source for one in _of(ctx, Kudos, "giver_id", kept) if one.source and one.undone_at is None}
    for given in _of(ctx, Kudos, "giver_id", gone):
        if given.undone_at is None and given.source in sources:
            thanks.take_back(ctx, given)
            ctx.db.flush()
        given.giver_id = kept.id
    ctx.db.flush()


def _ledger(ctx: Ctx, kept: Member, gone: Member) -> None:
    """The ledger is only ever added to: each row of `gone` is reversed, and stands again with its day and weight."""
    both = (kept.id, gone.id)
    query = select(Entry).where(or_(col(Entry.giver_id).in_(both), col(Entry.receiver_id).in_(both)))
    rows = list(ctx.db.exec(query.order_by(col(Entry.id))).all())
    standing = reputation.counting(rows)
    seen = {_key(one) for one in standing if gone.id not in (one.giver_id, one.receiver_id)}
    for row in standing:
        if gone.id in (row.giver_id, row.receiver_id):
            again = _instead(ctx, row, kept, gone)
            _reverse(ctx, row)
            if again.giver_id != again.receiver_id and _key(again) not in seen:
                seen.add(_key(again))
                ctx.db.add(again)
    reputation.recompute_soon(ctx)


def _instead(ctx: Ctx, row: Entry, kept: Member, gone: Member) -> Entry:
    again = Entry(**row.model_dump(exclude={"id"}))
    again.giver_id = kept.id if row.giver_id == gone.id else row.giver_id
    again.receiver_id = kept.id if row.receiver_id == gone.id else row.receiver_id
    again.turn = reputation.turn(ctx.db, row.kind, row.source, again.giver_id, again.receiver_id)
    return again


def _reverse(ctx: Ctx, row: Entry) -> None:
    back = row.model_dump(exclude={"id", "entered_at", "weight", "reverses_id"})
    ctx.db.add(Entry(**back, entered_at=ctx.now, weight=-row.weight, reverses_id=row.id))


def _key(row: Entry) -> tuple[str, str, int, int]:
    return row.kind, row.source, row.giver_id, row.receiver_id


def _interests(ctx: Ctx, kept: Member, gone: Member) -> None:
    """Of two answers to one opportunity the stronger holds; nobody answers their own."""
    mine = {one.opportunity_id: one for one in _of(ctx, Interest, "member_id", kept)}
    for interest in _of(ctx, Interest, "member_id", gone):
        twin = mine.get(interest.opportunity_id)
        if twin and STRENGTH.index(interest.state) > STRENGTH.index(twin.state):
            twin.state, twin.why, twin.answered_at = interest.state, interest.why, interest.answered_at
        if twin:
            ctx.db.delete(interest)
        else:
            interest.member_id = kept.id
    ctx.db.flush()
    posted = select(Opportunity.id).where(col(Opportunity.poster_id).in_((kept.id, gone.id)))
    query = select(Interest).where(Interest.member_id == kept.id, col(Interest.opportunity_id).in_(posted))
    for interest in ctx.db.exec(query).all():
        ctx.db.delete(interest)


def _move(ctx: Ctx, where: Referring, kept: Member, gone: Member) -> None:
    """Rows that refer to one refer to the other; where only one may stand, that of `kept` does."""
    for row in _of(ctx, where.model, where.column, gone):
        if any(_stands(ctx, where, names, row, kept) for names in where.alone):
            ctx.db.delete(row)
        else:
            setattr(row, where.column, kept.id)
    ctx.db.flush()


def _stands(ctx: Ctx, where: Referring, names: tuple[str, ...], row: Any, kept: Member) -> bool:
    model: Any = where.model
    same = [getattr(model, name) == getattr(row, name) for name in names]
    return ctx.db.exec(select(model).where(getattr(model, where.column) == kept.id, *same)).first() is not None


def _intros(ctx: Ctx, kept: Member) -> None:
    """Nobody is introduced to themselves."""
    for intro in _of(ctx, Intro, "asker_id", kept):
        query = select(Candidate).where(Candidate.intro_id == intro.id, Candidate.member_id == kept.id)
        for candidate in ctx.db.exec(query).all():
            ctx.db.delete(candidate)
        if intro.expert_id == kept.id:
            intro.state = "withdrawn"
            timers.cancel(ctx, f"intro-{intro.id}")


def _mail(ctx: Ctx, kept: Member, gone: Member) -> None:
    """What is on its way arrives."""
    waiting = ctx.db.exec(select(Outbox).where(Outbox.members != "", Outbox.state == "waiting")).all()
    for row in waiting:
        to = [str(kept.id) if one == str(gone.id) else one for one in row.members.split(",")]
        row.members = ",".join(dict.fromkeys(to))


def _about(kept: Member, gone: Member, now: datetime) -> None:
    """What one did not say, the other may have; the more private answer holds."""
    kept.about, kept.zone = kept.about or gone.about, kept.zone or gone.zone
    kept.hours = gone.hours if kept.hours is None else kept.hours
    kept.free_from = kept.free_from or gone.free_from
    kept.on_boards = kept.on_boards and gone.on_boards
    kept.named_in_digest = kept.named_in_digest and gone.named_in_digest
    kept.tips, kept.joined_at = min(kept.tips, gone.tips), min(kept.joined_at, gone.joined_at)
    kept.admin, kept.vetted = kept.admin or gone.admin, kept.vetted or gone.vetted
    kept.granted = kept.granted or gone.granted
    kept.kind = "person" if "person" in (kept.kind, gone.kind) else kept.kind
    kept.left_at = None
    gone.same_as_id, gone.left_at, gone.kind, gone.admin = kept.id, now, "merged", False


def _of(ctx: Ctx, model: Any, column: str, row: Any) -> list[Any]:
    """The rows whose column refers to a row."""
    return list(ctx.db.exec(select(model).where(getattr(model, column) == row.id)).all())

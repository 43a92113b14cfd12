"""Two names turn out to be one skill: what hangs on one moves to the other, and can be moved back exactly."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, or_, select

from bot import reputation, taxonomy
from bot.ctx import Ctx
from bot.journal import Journal
from bot.taxonomy import LEVELS
from storage.glossary import Merge
from storage.models import Claim, Entry, Kudos, Need, Skill, Standing, Vouch
from storage.records import Reconfirmation, Snapshot

FILED = (Kudos, Entry, Reconfirmation)


def merge(ctx: Ctx, gone: Skill, kept: Skill) -> Merge:
    """`gone` is `kept` from now on; its names lead there, and its history stays with it until it is itself again."""
    journal = Journal()
    _standings(ctx, journal, gone, kept)
    _claims(ctx, journal, gone, kept)
    _needs(ctx, journal, gone, kept)
    for model in FILED:
        for row in _of(ctx, model, gone):
            journal.moves(row, "skill_id", kept.id)
    row = Merge(gone_id=gone.id, kept_id=kept.id, journal=journal.to_json(), merged_at=ctx.now)
    ctx.db.add(row)
    taxonomy.changed(ctx.db)
    reputation.recompute_soon(ctx, _receivers(ctx, kept))
    return row


def undo(ctx: Ctx, row: Merge) -> None:
    """What the merge moved goes back; what was added to the kept skill since stays there.

    A claim that came from `gone` goes back with all that was said of it, also since.
    """
    gone, kept = ctx.db.get_one(Skill, row.gone_id), ctx.db.get_one(Skill, row.kept_id)
    journal = Journal.from_json(row.journal)
    receivers = _receivers(ctx, kept)
    for reckoned in _reckoned(ctx, gone, kept, row.merged_at.date()):
        ctx.db.delete(reckoned)
    _keep_withdrawn(ctx, journal)
    journal.move_back(ctx.db, gone.id, kept.id)
    _follow_dropped(ctx, journal)
    _forget_edited(ctx, journal, kept)
    journal.set_back(ctx.db)
    journal.bring_back(ctx.db)
    _file_with_claims(ctx, gone, kept)
    row.undone_at = ctx.now
    ctx.db.add(row)
    taxonomy.changed(ctx.db)
    reputation.recompute_soon(ctx, receivers)


def standing_merges(ctx: Ctx, *where: Any) -> list[Merge]:
    """The merges that hold, the newest first."""
    query = select(Merge).where(col(Merge.undone_at).is_(None), *where)
    return list(ctx.db.exec(query.order_by(col(Merge.id).desc())).all())


def later(ctx: Ctx, row: Merge) -> Merge | None:
    """What has to be undone before this one: a later merge that built on it."""
    touched = or_(col(Merge.kept_id) == row.kept_id, col(Merge.gone_id) == row.kept_id)
    return next(iter(standing_merges(ctx, col(Merge.id) > row.id, touched)), None)


def _standings(ctx: Ctx, journal: Journal, gone: Skill, kept: Skill) -> None:
    """They are reckoned anew; as they were they come back. The history of the one that is gone waits with it."""
    for row in _reckoned(ctx, gone, kept, ctx.now.date()):
        journal.deletes(ctx.db, row)
    ctx.db.flush()


def _reckoned(ctx: Ctx, gone: Skill, kept: Skill, since: date) -> list[Standing | Snapshot]:
    """What is reckoned from the ledger: standings, the history of the one, and that of the other from a day on."""
    history = [one for one in _of(ctx, Snapshot, kept) if one.day >= since]
    return [*_of(ctx, Standing, gone), *_of(ctx, Standing, kept), *_of(ctx, Snapshot, gone), *history]


def _claims(ctx: Ctx, journal: Journal, gone: Skill, kept: Skill) -> None:
    """Whoever claimed both has one claim, the stronger; the other one sleeps meanwhile."""
    twins = {claim.member_id: claim for claim in _of(ctx, Claim, kept)}
    for claim in _of(ctx, Claim, gone):
        if twin := twins.get(claim.member_id):
            _join(ctx, journal, claim, twin)
        else:
            journal.moves(claim, "skill_id", kept.id)
    ctx.db.flush()


def _join(ctx: Ctx, journal: Journal, claim: Claim, twin: Claim) -> None:
    if _rank(claim) > _rank(twin):
        for name in ("level", "dropped_at", "claimed_at"):
            journal.sets(twin, name, getattr(claim, name))
    journal.sets(twin, "evidence", twin.evidence or claim.evidence)
    journal.sets(claim, "dropped_at", claim.dropped_at or ctx.now)
    known = {vouch.voucher_id: vouch for vouch in _vouches(ctx, twin)}
    for vouch in _vouches(ctx, claim):
        if second := known.get(vouch.voucher_id):
            _silence(ctx, journal, vouch, second)
        else:
            journal.sets(vouch, "claim_id", twin.id)


def _silence(ctx: Ctx, journal: Journal, vouch: Vouch, second: Vouch) -> None:
    """One person vouches once for one skill: the second voice does not count while the skills are one."""
    reputation.reverse(ctx, "vouch", f"vouch-{vouch.id}")
    ctx.db.flush()
    source = Entry.kind == "vouch", Entry.source == f"vouch-{vouch.id}", col(Entry.reverses_id).is_not(None)
    known = {tuple(one) for one in journal.new}
    rows = ctx.db.exec(select(Entry).where(*source, Entry.entered_at == ctx.now)).all()
    journal.new += [("entry", row.id) for row in rows if ("entry", row.id) not in known]
    journal.pairs.append((vouch.id, second.id))


def _rank(claim: Claim) -> tuple[bool, int]:
    return claim.dropped_at is None, LEVELS.index(claim.level)


def _needs(ctx: Ctx, journal: Journal, gone: Skill, kept: Skill) -> None:
    """Work that needs both needs one, at the higher level and weight."""
    twins = {need.opportunity_id: need for need in _of(ctx, Need, kept)}
    for need in _of(ctx, Need, gone):
        if twin := twins.get(need.opportunity_id):
            journal.sets(twin, "level", max(twin.level, need.level, key=LEVELS.index))
            journal.sets(twin, "weight", max(twin.weight, need.weight))
            journal.deletes(ctx.db, need)
        else:
            journal.moves(need, "skill_id", kept.id)
    ctx.db.flush()


def _keep_withdrawn(ctx: Ctx, journal: Journal) -> None:
    """Whoever took a vouch back meanwhile meant both: the silent one goes too, and stays reversed."""
    for silent, second in journal.pairs:
        if ctx.db.get(Vouch, second) is None and (vouch := ctx.db.get(Vouch, silent)):
            ctx.db.delete(vouch)
            rows = ctx.db.exec(select(Entry).where(Entry.kind == "vouch", Entry.source == f"vouch-{silent}")).all()
            stays = {row.id for row in rows}
            journal.new = [one for one in journal.new if one[1] not in stays]
    ctx.db.flush()


def _follow_dropped(ctx: Ctx, journal: Journal) -> None:
    """Whoever dropped the one claim meanwhile dropped both."""
    slept = [(at, one) for at, one in enumerate(journal.set) if one[0] == "claim" and one[2] == "dropped_at"]
    for at, (table, claim_id, column, before, _after) in slept:
        claim = ctx.db.get(Claim, claim_id)
        if claim is None or before is not None or claim.dropped_at is None:
            continue
        twin = _twin_of(ctx, journal, claim)
        if twin is not None and twin.dropped_at is not None:
            journal.set[at] = (table, claim_id, column, None, None)


def _twin_of(ctx: Ctx, journal: Journal, claim: Claim) -> Claim | None:
    """The claim that stood for both: the member's claim of the kept skill."""
    query = select(Claim).join(Merge, col(Merge.kept_id) == Claim.skill_id)
    found = query.where(Claim.member_id == claim.member_id, Merge.gone_id == claim.skill_id, Claim.id != claim.id)
    return ctx.db.exec(found.order_by(col(Merge.id).desc())).first()


def _forget_edited(ctx: Ctx, journal: Journal, kept: Skill) -> None:
    """Work whose poster asks for neither any more asks for neither."""
    asked = {need.opportunity_id for need in _of(ctx, Need, kept)}
    journal.gone = [one for one in journal.gone if one[0] != "need" or one[1]["opportunity_id"] in asked]


def _file_with_claims(ctx: Ctx, gone: Skill, kept: Skill) -> None:
    """Vouches stand in the ledger under the skill of the claim that they are for."""
    query = select(Vouch.id).join(Claim, col(Claim.id) == Vouch.claim_id).where(Claim.skill_id == gone.id)
    sources = [f"vouch-{one}" for one in ctx.db.exec(query).all()]
    for at in range(0, len(sources), 500):
        filed = col(Entry.source).in_(sources[at : at + 500])
        for row in ctx.db.exec(select(Entry).where(Entry.kind == "vouch", filed, Entry.skill_id == kept.id)).all():
            row.skill_id = gone.id
    ctx.db.flush()


def _receivers(ctx: Ctx, skill: Skill) -> set[int]:
    return set(ctx.db.exec(select(Entry.receiver_id).where(Entry.skill_id == skill.id)).all())


def _vouches(ctx: Ctx, claim: Claim) -> Sequence[Vouch]:
    return ctx.db.exec(select(Vouch).where(Vouch.claim_id == claim.id).order_by(col(Vouch.id))).all()


def _of(ctx: Ctx, model: Any, skill: Skill) -> list[Any]:
    return list(ctx.db.exec(select(model).where(model.skill_id == skill.id).order_by(model.id)).all())

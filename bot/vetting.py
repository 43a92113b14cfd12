"""What admins may do about standing: say from whom trust flows, and correct, with the reason kept."""

from typing import Annotated

from sqlmodel import select

from bot import ledger, outbox, people, reputation
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.text import Text, join, md
from bot.ui import Reply, card, line, note
from storage.machinery import Audit
from storage.models import Member
from storage.records import Correction


@command("reputation vet", "Let trust flow from somebody", example="reputation vet @ben", submit="Vet them", admin=True)
def vet(ctx: Ctx, member: Annotated[Member, Ask("From whom does trust flow?")]) -> Reply:
    """Whoever is vetted is believed, and so, a little less, are those for whom they speak."""
    if member.kind != "person":
        raise Refusal("Only people who are members can be vetted.", field="member")
    if member.vetted:
        raise Refusal("{who} is vetted already.", field="member", who=member)
    _set(ctx, member, vetted=True)
    return card("{who} is vetted.", line("Trust flows from {all}.", all=_all(ctx)), who=member)


@command("reputation unvet", "Let trust flow from somebody no more", example="reputation unvet @ben", admin=True)
def unvet(ctx: Ctx, member: Annotated[Member, Ask("From whom does trust flow no more?", gone=True)]) -> Reply:
    """What they said stays, and counts as far as others believe them."""
    if not member.vetted:
        raise Refusal("{who} is not vetted.", field="member", who=member)
    if ledger.vetted(ctx.db) <= {member.id}:
        raise Refusal("Trust has to flow from somebody: vet another member first.", field="member")
    _set(ctx, member, vetted=False)
    return card("{who} is vetted no more.", line("Trust flows from {all}.", all=_all(ctx)), who=member)


def _set(ctx: Ctx, member: Member, vetted: bool) -> None:
    member.vetted = vetted
    ctx.db.add(member)
    ctx.db.flush()
    _audit(ctx, f"reputation {'vet' if vetted else 'unvet'} {people.write_member(member)}")
    reputation.recompute_soon(ctx)


def _audit(ctx: Ctx, said: str) -> None:
    ctx.db.add(Audit(member_id=ctx.me.id, line=said[:500], done_at=ctx.now))


def _all(ctx: Ctx) -> Text:
    rows = people.by_ids(ctx.db, ledger.vetted(ctx.db)).values()
    return join([md("{who}", who=one) for one in sorted(rows, key=lambda one: one.folded)])


@command(
    "reputation correct",
    "Correct somebody's standing, with the reason",
    example="reputation correct @ben -1 thanks that were given twice",
    submit="Correct",
    admin=True,
)
def correct(
    ctx: Ctx,
    member: Annotated[Member, Ask("Whose standing?", gone=True)],
    amount: Annotated[float, Ask("By how many voices?", hint="-1 or 0.5", least=-100, most=100)],
    reason: Annotated[str, Ask("Why?", long=True, shortest=5, longest=500)],
) -> Reply:
    """Shown beside what was earned and never mixed with it; taken back by the opposite correction."""
    if member.id == ctx.me.id:
        raise Refusal("Somebody else corrects yours.", field="member")
    if not amount:
        raise Refusal("By nothing? Then there is nothing to correct.", field="amount")
    row = Correction(member_id=member.id, admin_id=ctx.me.id, amount=amount, reason=reason, corrected_at=ctx.now)
    ctx.db.add(row)
    _audit(ctx, f"reputation correct {people.write_member(member)} {amount:+g} {reason}")
    if member.left_at is None:
        outbox.dm(
            ctx,
            member,
            card("{who} corrected your standing by {amount}: {why}", who=ctx.me, amount=f"{amount:+.2f}", why=reason),
        )
    ctx.db.flush()
    whole = sum(one.amount for one in ctx.db.exec(select(Correction).where(Correction.member_id == member.id)).all())
    apart = note("It stands beside what they earned. All their corrections together: {whole}.", whole=f"{whole:+.2f}")
    return card("The standing of {who} is corrected by {amount}.", apart, who=member, amount=f"{amount:+.2f}")

"""`reputation export`: one's standing as a signed file, and the keys that it verifies with."""

from sqlmodel import col, select

from bot import credential, keys, people
from bot.command import command
from bot.credential import Endorser, Statement
from bot.ctx import Ctx, Refusal
from bot.explained import AUDIBLE, Explained, did, explain, hundredths, names_of
from bot.text import md
from bot.ui import File, Items, Reply, card, line, note
from storage.machinery import Audit
from storage.models import Claim, Vouch

MOST_SKILLS, MOST_ENDORSERS = 30, 30


def _think(ctx: Ctx) -> Explained:
    return explain(ctx, ctx.me)


@command("reputation export", "Take your standing with you, signed", think=_think)
def export(ctx: Ctx, found: Explained) -> Reply:
    """A file that anyone can verify offline; others are named in it only as far as they agreed."""
    if found.total < AUDIBLE:
        raise Refusal("There is nothing to take with you yet: nobody whom others trust has spoken for you.")
    key = keys.current(ctx)
    said = _statement(ctx, found)
    data = credential.sign(said, f"{ctx.place.id} {ctx.request.id}", key.public, keys.private(ctx, key))
    name = f"standing-{ctx.now:%Y-%m-%d}.json"
    about = f"Your standing in {ctx.community.name}, an Open Badges 3.0 credential"
    hidden = len(found.lines) - len(said.endorsers)
    return card(
        "Your standing, to take with you.",
        File(name, about, data),
        line("Anyone can verify it, offline: `manyhands verify {name} --key {key}`", name=name, key=key.public),
        note(
            "{named} of {all} who spoke for you are named in it: those who said `profile edit credentials:yes`.",
            named=len(said.endorsers),
            all=len(found.lines),
        )
        if hidden
        else None,
    )


def _statement(ctx: Ctx, found: Explained) -> Statement:
    shown = [one for one in found.by_skill if one[1] >= AUDIBLE][:MOST_SKILLS]
    names = names_of(ctx.db, [number for number, *_ in shown])
    whole = sum(hundredths([one.adds for one in found.lines]))
    return Statement(
        community=ctx.community.name,
        member=ctx.me.name,
        at=ctx.now.replace(microsecond=0),
        overall=f"{whole / 100:.2f}",
        voices=found.voices,
        skills=tuple((names[number], f"{value:.2f}") for number, value, *_ in shown),
        endorsers=_endorsers(ctx, found),
    )


def _endorsers(ctx: Ctx, found: Explained) -> tuple[Endorser, ...]:
    """Those who agreed to be named and are here, who adds most first, with the words of their vouches."""
    members = people.by_ids(ctx.db, found.heard)
    given = [members[one.giver] for one in found.lines]
    agreed = [one for one in given if one.named_in_credentials and one.left_at is None][:MOST_ENDORSERS]
    words = _words(ctx, [one.id for one in agreed])
    return tuple(Endorser(one.name, did(found.heard[one.id]), words.get(one.id, "")) for one in agreed)


def _words(ctx: Ctx, vouchers: list[int]) -> dict[int, str]:
    query = select(Vouch.voucher_id, Vouch.note).join(Claim, col(Claim.id) == Vouch.claim_id)
    query = query.where(Claim.member_id == ctx.me.id, col(Vouch.voucher_id).in_(vouchers), Vouch.note != "")
    return dict(ctx.db.exec(query.order_by(col(Vouch.id))).all())


@command("reputation key", "The public keys that exported standing verifies with")
def key(ctx: Ctx) -> Reply:
    """The one in use, and the older ones."""
    rows = keys.listed(ctx) or [keys.current(ctx)]
    said = [
        md("`{key}`, in use since {day}", key=one.public, day=one.made_at.date())
        if one.retired_at is None
        else md("`{key}`, until {day}", key=one.public, day=one.retired_at.date())
        for one in rows
    ]
    how = line("`manyhands verify FILE --key KEY` says what a file proves, on any machine.")
    return card("{name} signs with this key.", Items(tuple(said)), how, name=ctx.community.name)


@command("reputation rotate", "Sign with a new key from now on", admin=True)
def rotate(ctx: Ctx) -> Reply:
    """What was signed before stays verifiable with the old key."""
    made = keys.rotate(ctx)
    ctx.db.add(Audit(member_id=ctx.me.id, line=f"reputation rotate {made.public}", done_at=ctx.now))
    return card("From now on I sign with `{new}`.", note("Older files verify with the older keys."), new=made.public)

"""Skills: who can do what, and who has seen them do it."""

from typing import Annotated, ClassVar

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from bot import fit, hearing, outbox, people, reputation
from bot.claims import claim_of, claims_of, vouch_counts
from bot.command import command
from bot.config import Settings, load
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask, Option, Url
from bot.line import mentions as mentions_in
from bot.line import quote, write
from bot.pages import count, paged
from bot.ranking import Found
from bot.taxonomy import Level
from bot.text import Channel, Link, Text, md
from bot.ui import Actions, Button, Card, Line, Node, Note, Reply, actions, card, line, note
from storage.models import Claim, Member, Skill, Vouch

MOST_CLAIMS, MOST_FOUND = 60, 5
_CLAIMED = select(func.count(col(Claim.id))).where(
    Claim.member_id == bindparam("member"), col(Claim.dropped_at).is_(None)
)
_VOUCH = select(Vouch).where(Vouch.claim_id == bindparam("claim"), Vouch.voucher_id == bindparam("voucher"))


class SkillSettings(Settings):
    """Where new claims are shown."""

    feature: ClassVar[str] = "skills"
    about: ClassVar[str] = "Skills"
    channel: Annotated[Channel | None, Ask("Where are new skills shown, so that people can vouch?")] = None


def suggest_claimed(ctx: Ctx, text: str) -> list[Option]:
    """What is on the list of whom the line names, else on one's own; what is not there may still be said."""
    named = ctx.request.given.get("member") or mentions_in(ctx.request.line)
    names = [named] if isinstance(named, str) else named
    try:
        whose = people.anyone(ctx, names[0]) if names else ctx.me
    except Refusal:
        return hearing.suggest_skills(ctx, text)
    typed = text.strip().casefold()
    found = [skill.name for _claim, skill in claims_of(ctx.db, whose) if typed in skill.name.casefold()]
    return [Option(name, name) for name in found] or hearing.suggest_skills(ctx, text)


NewSkill = Annotated[Skill, Ask("Which skill?", suggest=hearing.suggest_skills, new=True)]
ClaimedSkill = Annotated[Skill, Ask("Which skill?", suggest=suggest_claimed)]
Page = Annotated[int, Ask("Page", least=1)]


@command(
    "skill claim",
    "Say what you can do, or want to learn",
    first=3,
    example="skill claim Kubernetes expert",
    submit="Claim",
    posts="the skills channel",
)
def claim(
    ctx: Ctx,
    skill: NewSkill,
    level: Annotated[Level | None, Ask("How well?", hint="learning means: I want to learn this")] = None,
    evidence: Annotated[Url | None, Ask("A link that shows it")] = None,
) -> Reply:
    """Claiming again edits; what others vouched for stays."""
    found = claim_of(ctx.db, ctx.me, skill)
    is_new = found is None or found.dropped_at is not None
    if is_new:
        _check_room(ctx)
    row = found or Claim(member_id=ctx.me.id, skill_id=skill.id, level="practising", claimed_at=ctx.now)
    row.level, row.evidence, row.dropped_at = level or row.level, evidence or row.evidence, None
    ctx.db.add(row)
    ctx.db.flush()
    if is_new:
        _show(ctx, row, skill)
    vouches = vouch_counts(ctx.db, [row.id]).get(row.id, 0) if found else 0
    return _claimed(ctx, row, skill, is_new, vouches)


def _check_room(ctx: Ctx) -> None:
    if ctx.db.exec(_CLAIMED, params={"member": ctx.me.id}).one() >= MOST_CLAIMS:
        raise Refusal("{most} skills are on your list, which is all it holds. Drop one first.", most=MOST_CLAIMS)


def _show(ctx: Ctx, row: Claim, skill: Skill) -> None:
    """Where the community wants it, a claim asks for those who have seen it."""
    channel = load(ctx, SkillSettings).channel
    if row.level == "learning":
        shown = card("{who} wants to learn *{skill}*", who=ctx.me, skill=skill.name)
    else:
        shown = card(
            "{who} claims *{skill}*, {level}",
            line("Have you seen them do it?"),
            _link(row),
            Actions((Button("Vouch", write(vouch, {"member": ctx.me, "skill": skill}), "primary"),)),
            who=ctx.me,
            skill=skill.name,
            level=row.level,
        )
    outbox.post(ctx, channel, shown)


def _link(row: Claim) -> Line | None:
    return Line((Link(row.evidence),)) if row.evidence else None


def _claimed(ctx: Ctx, row: Claim, skill: Skill, is_new: bool, vouches: int) -> Card:
    """What the claimer reads."""
    first = "*{skill}*, {level}: it is on your profile." if is_new else "*{skill}*, {level}: your profile says so now."
    return card(
        first,
        line("{vouches} so far.", vouches=count(vouches, "vouch", "vouches").capitalize()) if vouches else None,
        _link(row),
        _easier_to_believe(ctx, row, skill) if is_new and row.level != "learning" else None,
        skill=skill.name,
        level=row.level,
    )


def _easier_to_believe(ctx: Ctx, row: Claim, skill: Skill) -> Note:
    """What a claim still lacks: a link, else somebody who has seen it."""
    if row.evidence:
        me = people.typed(ctx.me)
        return note("Whoever has seen you do it can say so: `skill vouch {me} {skill}`", me=me, skill=skill.name)
    name = quote(skill.name)
    made = "A link to something you made makes it easier to believe: `skill claim {skill} evidence:https://...`"
    return note(made, skill=name)


@command("skill drop", "Take a skill off your list", example="skill drop Excel", submit="Drop")
def drop(ctx: Ctx, skill: ClaimedSkill) -> Reply:
    """Vouches sleep with it, and wake when it is claimed again."""
    row = claim_of(ctx.db, ctx.me, skill)
    if row is None or row.dropped_at is not None:
        raise Refusal("*{skill}* is not on your list.", field="skill", skill=skill.name)
    row.dropped_at = ctx.now
    ctx.db.add(row)
    undo = Button("Claim it again", write(claim, {"skill": skill, "level": row.level}))
    return card("*{skill}* is off your list.", actions(undo), skill=skill.name)


@command("skill mine", "The skills on your list", reads=True)
def mine(ctx: Ctx, page: Page = 1) -> Reply:
    """One's own list, with what to do when it is empty."""
    nodes = _list(ctx, ctx.me, page, write(mine, {}))
    if not nodes:
        return card("Your list is empty.", line("Start with one thing you do well: `skill claim Writing expert`."))
    return card("Your skills", *nodes)


@command("skill of", "The skills of somebody", example="skill of @ben", menu="Show skills", reads=True)
def of(ctx: Ctx, member: Annotated[Member, Ask("Whose skills?")], page: Page = 1) -> Reply:
    """Somebody's list, with vouch buttons for the first few."""
    nodes = _list(ctx, member, page, write(of, {"member": member}))
    if not nodes:
        return card("{who} has not claimed a skill yet.", who=member)
    return card("What {who} can do", *nodes, who=member)


def _list(ctx: Ctx, member: Member, page: int, again: str) -> list[Node]:
    rows = claims_of(ctx.db, member)
    vouches = vouch_counts(ctx.db, [row.id for row, _skill in rows])
    standing = reputation.by_skill(ctx.db, member.id)
    return paged(
        rows,
        page,
        lambda pair: _row(pair[0], pair[1], vouches.get(pair[0].id, 0), standing.get(pair[1].id)),
        lambda number: f"{again} page:{number}",
    )


def _row(row: Claim, skill: Skill, vouches: int, standing: reputation.Standing | None) -> Text:
    parts = md("*{skill}* · {level}", skill=skill.name, level=row.level)
    if vouches:
        parts += md(" · {n}", n=count(vouches, "vouch", "vouches"))
    if standing:
        parts += md(" · {voices}", voices=reputation.in_words(standing))
    return (*parts, *md(" · "), Link(row.evidence)) if row.evidence else parts


@command(
    "skill vouch",
    "Say that you have seen somebody do it",
    example="skill vouch @ben Kubernetes",
    menu="Vouch",
    submit="Vouch",
)
def vouch(
    ctx: Ctx,
    member: Annotated[Member, Ask("Whom have you seen?")],
    skill: ClaimedSkill,
    note: Annotated[str, Ask("What did you see?", long=True, longest=500)] = "",
) -> Reply:
    """Once per person and claim, never for oneself."""
    row = _vouchable(ctx, member, skill)
    if _vouch_of(ctx, row):
        raise Refusal("You have already vouched for {who} in *{skill}*.", who=member, skill=skill.name)
    said = Vouch(claim_id=row.id, voucher_id=ctx.me.id, note=note, vouched_at=ctx.now)
    ctx.db.add(said)
    ctx.db.flush()
    reputation.enter(ctx, "vouch", f"vouch-{said.id}", ctx.me, member, skill.id)
    seen = "{who} has seen you do *{skill}*: “{note}”" if note else "{who} has seen you do *{skill}*."
    outbox.dm(ctx, member, card(seen, who=ctx.me, skill=skill.name, note=" ".join(note.split())))
    back = Button("Take it back", write(unvouch, {"member": member, "skill": skill}))
    said_so = "Done. {who} hears that you have seen them do *{skill}*; you can take it back with `skill unvouch`."
    return card(said_so, actions(back), who=member, skill=skill.name)


def _vouchable(ctx: Ctx, member: Member, skill: Skill) -> Claim:
    if member.id == ctx.me.id:
        raise Refusal("You cannot vouch for yourself. Ask somebody who has seen you do it.", field="member")
    row = claim_of(ctx.db, member, skill)
    if row is None or row.dropped_at is not None:
        raise Refusal(
            "{who} has not claimed *{skill}*, so there is nothing to vouch for yet.",
            field="skill",
            who=member,
            skill=skill.name,
        )
    if row.level == "learning":
        raise Refusal("{who} is still learning *{skill}*.", field="skill", who=member, skill=skill.name)
    return row


def _vouch_of(ctx: Ctx, row: Claim) -> Vouch | None:
    return ctx.db.exec(_VOUCH, params={"claim": row.id, "voucher": ctx.me.id}).first()


@command("skill unvouch", "Take a vouch back", example="skill unvouch @ben Kubernetes", submit="Take back")
def unvouch(ctx: Ctx, member: Annotated[Member, Ask("Whose skill?")], skill: ClaimedSkill) -> Reply:
    """Quietly: nobody is told."""
    row = claim_of(ctx.db, member, skill)
    said = _vouch_of(ctx, row) if row else None
    if said is None:
        raise Refusal("You have not vouched for {who} in *{skill}*.", who=member, skill=skill.name)
    reputation.reverse(ctx, "vouch", f"vouch-{said.id}")
    ctx.db.delete(said)
    return card("Your vouch for {who} in *{skill}* is taken back.", who=member, skill=skill.name)


@command(
    "skill find",
    "Find who can help",
    first=1,
    example="skill find someone who can shrink a Docker image",
    submit="Find",
    think=fit.people_for,
)
def find(
    ctx: Ctx, found: Found, need: Annotated[str, Ask("What do you need?", long=True, shortest=2, longest=500)]
) -> Reply:
    """Members ranked by meaning and words, each with the reason."""
    others = [one for one in found.fits if one.member != ctx.me.id]
    if not others:
        ask = Button("Post it as an opportunity", "opportunity post")
        return card("Nobody else here has claimed that yet.", line("Try other words, or ask everyone."), actions(ask))
    fitting = fit.members(ctx, found)
    nodes: list[Node] = []
    for who, why in fit.with_reasons(ctx, [(fitting[one.member], one) for one in others[:MOST_FOUND]]):
        nodes += [Line(md("{who} - {why}", who=who, why=why))]
        nodes.append(Actions((Button("Ask for an intro", fit.intro_line(who, need)),)))
    first = "Nobody claims quite that. Closest to “{need}”:" if found.is_near else "For “{need}”:"
    nobody_else = note("Nobody else here claims something close.") if len(others) <= MOST_FOUND else None
    shown = tuple(node for node in (*nodes, nobody_else, *fit.remark(ctx, found.by_words)) if node)
    return Card(md(first, need=need), shown)

"""Nothing fades unannounced: members hear of it before, and one tap asks a past collaborator to reconfirm."""

from datetime import datetime, timedelta
from typing import Annotated

from sqlmodel import col, select

from bot import accounts, hearing, ledger, outbox, people, reputation, timers
from bot.command import command
from bot.config import load
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.ledger import Book, ReputationSettings
from bot.line import write
from bot.text import Text, join, md
from bot.ui import Button, Card, Note, Reply, actions, card, line, note
from storage.models import Member, Skill, Standing
from storage.records import Reconfirmation

A_DAY = timedelta(days=1)
AHEAD = timedelta(days=14)
LASTS = timedelta(days=30)
ASKED_AT_ONCE, SKILLS_NAMED = 3, 6


@command("reputation remind", "Say which standing is about to fade", timer=True)
def remind(ctx: Ctx) -> Reply:
    """Once a day; of each skill once for each time it was evidenced, all of a member's skills in one message."""
    rules = load(ctx, ReputationSettings)
    if ctx.db.exec(select(Standing.id).limit(1)).first() is not None:
        timers.later(ctx, "standing-fades", "reputation remind", ctx.now + A_DAY)
    if not rules.remind:
        return None
    book = ledger.read(ctx.db, ctx.now, rules.half_life)
    fading = _fading(ctx, book)
    members = people.by_ids(ctx.db, fading)
    for member, rows in fading.items():
        if members[member].left_at is None:
            _tell(ctx, book, members[member], rows)
    return None


def _fading(ctx: Ctx, book: Book) -> dict[int, list[Standing]]:
    """By member, the skills whose last word will count half within two weeks, and that nobody told them of yet."""
    latest = {(row.receiver, row.skill): row.at for row in book.rows}
    old = ctx.now + AHEAD - timedelta(days=book.half_life)
    found: dict[int, list[Standing]] = {}
    for row in ctx.db.exec(select(Standing).where(col(Standing.skill_id).is_not(None))).all():
        at = latest.get((row.member_id, row.skill_id))
        if at and at <= old and (row.told_at is None or row.told_at < at):
            found.setdefault(row.member_id, []).append(row)
    return found


def _tell(ctx: Ctx, book: Book, who: Member, rows: list[Standing]) -> None:
    for row in rows:
        row.told_at = ctx.now
        ctx.db.add(row)
    skills = {one.id: one for one in ctx.db.exec(select(Skill).where(col(Skill.id).in_([r.skill_id for r in rows])))}
    named = [md("*{skill}*", skill=one.name) for one in skills.values()][:SKILLS_NAMED]
    more = [md("{n} more", n=len(skills) - len(named))] if len(skills) > len(named) else []
    first = next(iter(skills.values()))
    outbox.dm(
        ctx,
        who,
        card(
            "Your standing in {skills} is about to fade.",
            line("After {n} days a word counts half, and the last one is nearly that old.", n=round(book.half_life)),
            line("Someone who knows your work can reconfirm it. Whom shall I ask, about *{skill}*?", skill=first.name),
            actions(*_askable(ctx, book, who, first)),
            note("Any new word about it keeps it fresh."),
            skills=join([*named, *more]),
        ),
    )


def _askable(ctx: Ctx, book: Book, who: Member, skill: Skill | None) -> list[Button]:
    """One button for each of those whose word is likeliest to come again: who worked with them first."""
    return [
        Button(f"Ask {member.name}", write(ask, {"member": member, "skill": skill}))
        for member in _collaborators(ctx, book, who, skill)[:ASKED_AT_ONCE]
    ]


def _collaborators(ctx: Ctx, book: Book, who: Member, skill: Skill | None) -> list[Member]:
    heard = book.heard(who.id, skill.id if skill else None)
    together = book.worked_with(who.id)
    found = people.by_ids(ctx.db, heard)
    here = [one for one in found.values() if one.left_at is None and one.kind == "person"]
    return sorted(here, key=lambda one: (one.id not in together, -len(heard[one.id]), one.id))


@command("reputation ask", "Ask a past collaborator to reconfirm", example="reputation ask @ben", submit="Ask them")
def ask(
    ctx: Ctx,
    member: Annotated[Member | None, Ask("Whom do you ask?")] = None,
    skill: Annotated[Skill | None, Ask("About which skill?", suggest=hearing.suggest_skills)] = None,
) -> Reply:
    """Only those who spoke for you before can be asked, and each once a month."""
    book = ledger.read(ctx.db, ctx.now)
    if member is None:
        return _whom(ctx, book, skill)
    _check(ctx, book, member, skill)
    row = Reconfirmation(
        number=accounts.next_number(ctx.db, "reconfirmation"),
        asker_id=ctx.me.id,
        voice_id=member.id,
        skill_id=skill.id if skill else None,
        asked_at=ctx.now,
    )
    ctx.db.add(row)
    outbox.dm(ctx, member, _question(ctx, book, row, skill))
    return card("I asked {who}. You hear when they reconfirm.", who=member)


def _whom(ctx: Ctx, book: Book, skill: Skill | None) -> Card:
    buttons = _askable(ctx, book, ctx.me, skill)
    if not buttons:
        return card("Nobody has spoken for you there yet, so there is nobody to ask.")
    return card("Who knows your work and could say so again?", actions(*buttons))


def _check(ctx: Ctx, book: Book, member: Member, skill: Skill | None) -> None:
    if member.id not in book.heard(ctx.me.id, skill.id if skill else None):
        raise Refusal("{who} has not spoken for you there before.", field="member", who=member)
    query = select(Reconfirmation).where(Reconfirmation.asker_id == ctx.me.id, Reconfirmation.voice_id == member.id)
    last = ctx.db.exec(query.order_by(col(Reconfirmation.asked_at).desc())).first()
    if last and ctx.now - last.asked_at < LASTS:
        raise Refusal(
            "You asked {who} on {day}; you can again from {next}.",
            field="member",
            who=member,
            day=last.asked_at.date(),
            next=(last.asked_at + LASTS).date(),
        )


def _question(ctx: Ctx, book: Book, row: Reconfirmation, skill: Skill | None) -> Card:
    since = max(one.at for one in book.heard(ctx.me.id)[row.voice_id])
    return card(
        "{who} asks whether you would still speak for {what}.",
        Note(md("You last did on {day}. A no stays between you and me.", day=since.date())),
        actions(
            Button("Yes, still", f"reputation confirm {row.number}", "primary"),
            Button("Not this time", f"reputation pass {row.number}"),
        ),
        who=ctx.me,
        what=_what(skill),
    )


def _what(skill: Skill | None) -> Text:
    return md("their *{skill}*", skill=skill.name) if skill else md("their work")


Number = Annotated[int, Ask("Which question?", least=1)]


@command("reputation confirm", "Speak for somebody again", hidden=True)
def confirm(ctx: Ctx, number: Number) -> Reply:
    """Counts like a vouch, from today."""
    row = _asked(ctx, number)
    row.state = "confirmed"
    ctx.db.add(row)
    asker = ctx.db.get_one(Member, row.asker_id)
    skill = ctx.db.get(Skill, row.skill_id) if row.skill_id else None
    reputation.enter(ctx, "reconfirmation", f"reconfirmation-{row.number}", ctx.me, asker, row.skill_id)
    outbox.dm(ctx, asker, card("{who} still speaks for {what}.", who=ctx.me, what=_mine(skill)))
    return card("Thank you. It counts for {who} from today.", who=asker)


def _mine(skill: Skill | None) -> Text:
    return md("your *{skill}*", skill=skill.name) if skill else md("your work")


@command("reputation pass", "Leave a question about somebody unanswered", hidden=True)
def decline(ctx: Ctx, number: Number) -> Reply:
    """Silent."""
    row = _asked(ctx, number)
    row.state = "passed"
    ctx.db.add(row)
    return card("That is fine. Nobody is told.")


def _asked(ctx: Ctx, number: int) -> Reconfirmation:
    """The open question of that number that was put to the one who speaks; whoever else asks learns nothing."""
    query = select(Reconfirmation).where(Reconfirmation.number == number, Reconfirmation.voice_id == ctx.me.id)
    row = ctx.db.exec(query).first()
    if row is None or row.state != "asked" or _lapsed(ctx.now, row):
        raise Refusal("That question is not open for you any more.")
    return row


def _lapsed(now: datetime, row: Reconfirmation) -> bool:
    return now - row.asked_at > LASTS

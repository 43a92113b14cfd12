"""Admins bring a list of skills: it is looked through at once, and taken in while everything else goes on."""

from typing import Annotated

from sqlmodel import col, select

from bot import accounts, outbox, taxonomy, timers
from bot.command import command
from bot.ctx import Attached, Ctx, Refusal
from bot.kinds import Ask
from bot.line import write
from bot.pages import count
from bot.skill_lists import Line as Listed
from bot.skill_lists import Plan, Unreadable, packed, plan, rows, unpacked
from bot.ui import Button, Card, Line, Reply, actions, card, line, note
from storage.glossary import Import, Term
from storage.machinery import Audit
from storage.models import Member

AT_ONCE = 2000


def _think(ctx: Ctx, file: Attached) -> Plan:
    """Thousands of rows take seconds; nobody else waits for that."""
    try:
        return plan(taxonomy.lexicon(ctx.db), rows(file.data))
    except Unreadable as why:
        raise Refusal("{why}", field="file", why=str(why)) from None


@command(
    "skill import",
    "Bring a list of skills, in ESCO's CSV form",
    admin=True,
    example="skill import skills_en.csv",
    submit="Import",
    think=_think,
)
def bring(
    ctx: Ctx,
    found: Plan,
    file: Annotated[Attached, Ask("Which file?", hint="CSV with preferredLabel and altLabels, up to 25 MB")],
) -> Reply:
    """Known skills stay as they are; the rest becomes known, with other names."""
    if ctx.db.exec(select(Import.id).where(col(Import.finished_at).is_(None))).first():
        raise Refusal("I am still taking in another list. Let me finish that first.")
    if not found.lines:
        raise Refusal(_nothing(found), field="file", why=next(iter(found.refused), ""))
    row = Import(
        number=accounts.next_number(ctx.db, "import"),
        name=file.name[:80],
        total=len(found.lines),
        waiting=packed(found.lines),
        begun_at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.add(Audit(member_id=ctx.me.id, line=f"skill import {row.number} {row.name}", done_at=ctx.now))
    _go_on(ctx, row, ctx.me)
    return card(
        "I am taking in *{file}*.",
        line(
            "{new} and {others} are new here.", new=_many(found.new, "skill"), others=_many(found.others, "other name")
        ),
        line("{known} I know already.", known=_many(found.known, "skill")) if found.known else None,
        _refused(found),
        note("I write to you as it goes on. Everything else works meanwhile."),
        file=row.name,
    )


def _nothing(found: Plan) -> str:
    if found.refused and not found.known:
        return "No name in that list can be a skill's here: {why}"
    return "I know everything in that list already."


def _many(number: int, one: str) -> str:
    return count(number, one).replace(f"{number}", f"{number:,}", 1)


def _refused(found: Plan) -> Line | None:
    """Why some were left out, with one of them."""
    if not found.refused:
        return None
    left = "{n} left out, such as “{example}”: {why}"
    why, _times = found.refused.most_common(1)[0]
    return line(left, n=_many(sum(found.refused.values()), "name"), example=found.example, why=why)


def _go_on(ctx: Ctx, row: Import, to: Member) -> None:
    """Each part has a timer of its own, so that it is taken in once, whichever process does it."""
    part = f"skill-import-{row.number}-{row.done}"
    timers.later(ctx, part, write(take, {"number": row.number, "to": to}), ctx.now)


@command("skill take", "Take in the next part of a list", timer=True)
def take(
    ctx: Ctx,
    number: Annotated[int, Ask("Which list?", least=1)],
    to: Annotated[Member, Ask("Who brought it?", gone=True)],
) -> Reply:
    """A part at a time, so that nobody waits; who brought it hears of each quarter."""
    row = ctx.db.exec(select(Import).where(Import.number == number)).first()
    if row is None or row.finished_at is not None:
        return None
    before, some = row.done, unpacked(row.waiting)[row.done : row.done + AT_ONCE]
    _write(ctx, row, some)
    row.done += len(some)
    if row.done >= row.total:
        row.finished_at, row.waiting = ctx.now, b""
        taxonomy.changed(ctx.db)
        _tell_done(ctx, row, to)
    else:
        _go_on(ctx, row, to)
        if before * 4 // row.total != row.done * 4 // row.total:
            outbox.dm(ctx, to, _how_far(row))
    ctx.db.add(row)
    return None


def _how_far(row: Import) -> Card:
    done, total = f"{row.done:,}", f"{row.total:,}"
    return card("{done} of {total} from *{file}* are in.", done=done, total=total, file=row.name)


def _write(ctx: Ctx, row: Import, some: list[Listed]) -> None:
    """New skills as rows; a skill of an earlier list gets its further names."""
    forms = [one.normal for one in some]
    known = {one.normal: one for at in range(0, len(forms), 500) for one in _terms(ctx, forms[at : at + 500])}
    for one in some:
        term = known.get(one.normal) or Term(import_id=row.id, name=one.name, normal=one.normal)
        term.aliases = "\n".join([*term.aliases.splitlines(), *one.aliases])
        term.forms = "\n".join([*term.forms.splitlines(), *one.forms])
        ctx.db.add(term)
    ctx.db.flush()


def _terms(ctx: Ctx, forms: list[str]) -> list[Term]:
    return list(ctx.db.exec(select(Term).where(col(Term.normal).in_(forms))).all())


def _tell_done(ctx: Ctx, row: Import, to: Member) -> None:
    undo = Button("Take it back", write(take_back, {"number": row.number}))
    done = card(
        "*{file}* is in: {total} can be claimed and found by their names now.",
        line("Try one: `skill claim`, and begin to type. I learn to recognise their meaning over the next minutes."),
        actions(undo),
        file=row.name,
        total=_many(row.total, "skill"),
    )
    outbox.dm(ctx, to, done)


@command(
    "skill unimport",
    "Take back a list of skills that was imported",
    example="skill unimport 1",
    admin=True,
    submit="Take back",
)
def take_back(ctx: Ctx, number: Annotated[int, Ask("Which list? The first one is 1.", least=1)]) -> Reply:
    """What members claimed of it stays, as a skill of this community."""
    row = ctx.db.exec(select(Import).where(Import.number == number)).first()
    if row is None:
        raise Refusal("There is no list {n}.", field="number", n=number)
    ctx.db.delete(row)
    taxonomy.changed(ctx.db)
    ctx.db.add(Audit(member_id=ctx.me.id, line=f"skill unimport {number}", done_at=ctx.now))
    return card("*{file}* is forgotten again. What members claim of it stays.", file=row.name)

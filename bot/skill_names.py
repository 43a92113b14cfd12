"""What skills are called here: admins merge, rename and take back, and everybody can look."""

from typing import Annotated

from sqlmodel import col, select

from bot import hearing, merges, names, taxonomy
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask, Option
from bot.line import quote, write
from bot.pages import count
from bot.text import Text, clamp, join, md
from bot.ui import Actions, Button, Card, Heading, Line, Node, Reply, actions, card, line, note
from storage.glossary import Merge
from storage.machinery import Audit
from storage.models import Alias, Claim, Skill, Vouch

SHOWN = 40
Known = Annotated[Skill, Ask("Which skill?", suggest=hearing.suggest_skills)]


def suggest_merged(ctx: Ctx, text: str) -> list[Option]:
    """Skills that are part of another one."""
    gone = [ctx.db.get_one(Skill, one.gone_id).name for one in merges.standing_merges(ctx)]
    return [Option(name, name) for name in gone if text.casefold() in name.casefold()]


def suggest_learned(ctx: Ctx, text: str) -> list[Option]:
    """Names that this community taught me."""
    found = ctx.db.exec(select(Alias).order_by(col(Alias.id).desc())).all()
    said = [one.name or one.normal for one in found if names.normal(text) in one.normal and taxonomy.is_learned(one)]
    return [Option(name, name) for name in said]


@command(
    "skill merge",
    "Make one skill of two",
    admin=True,
    example='skill merge "Container orchestration" Kubernetes',
    submit="Merge",
)
def merge(
    ctx: Ctx,
    skill: Annotated[Skill, Ask("Which skill becomes part of another?", suggest=hearing.suggest_skills)],
    into: Annotated[Skill, Ask("Which one stays?", suggest=hearing.suggest_skills)],
    sure: Annotated[bool, Ask("Even if I know them as two skills?")] = False,
) -> Reply:
    """Claims, vouches, needs and thanks of both stand under one name, until it is undone."""
    if skill.id == into.id:
        raise Refusal("Those are two names of one skill already: *{name}*.", field="into", name=into.name)
    if _are_apart(skill, into) and not sure:
        raise _apart(skill, into)
    both = _claimed_both(ctx, skill, into)
    row = merges.merge(ctx, skill, into)
    _audit(ctx, f"skill merge {quote(skill.name)} {quote(into.name)}")
    ctx.db.flush()
    return card(
        "*{gone}* is part of *{kept}* now.",
        line("{moved}, and whoever says {gone} means {kept}.", moved=_moved(ctx, row), gone=skill.name, kept=into.name),
        line("{both} had claimed both: the stronger claim stands.", both=_people(both)) if both else None,
        actions(Button("Undo", write(unmerge, {"skill": skill.name}))),
        note("It can be undone at any time, as if it had never been: `skill unmerge {name}`.", name=skill.name),
        gone=skill.name,
        kept=into.name,
    )


def _are_apart(skill: Skill, into: Skill) -> bool:
    """Both come built in, where they are two for a reason: Java and JavaScript."""
    return taxonomy.entry_of(skill.name) is not None and taxonomy.entry_of(into.name) is not None


def _apart(skill: Skill, into: Skill) -> Refusal:
    sure = Button("Merge them", write(merge, {"skill": skill, "into": into, "sure": True}), "danger")
    first = "I know *{one}* and *{other}* as two different skills. Shall they be one here?"
    return Refusal(first, buttons=[sure], one=skill.name, other=into.name)


def _claimed_both(ctx: Ctx, skill: Skill, into: Skill) -> int:
    first = set(ctx.db.exec(select(Claim.member_id).where(Claim.skill_id == skill.id)).all())
    return len(first & set(ctx.db.exec(select(Claim.member_id).where(Claim.skill_id == into.id)).all()))


def _people(number: int) -> str:
    return count(number, "person", "people").capitalize()


def _moved(ctx: Ctx, row: Merge) -> str:
    """`3 claims and 5 vouches stand there now`, of those that hold."""
    held = Claim.skill_id == row.kept_id, col(Claim.dropped_at).is_(None)
    claims = ctx.db.exec(select(Claim.id).where(*held)).all()
    vouches = ctx.db.exec(select(Vouch.id).join(Claim, col(Claim.id) == Vouch.claim_id).where(*held)).all()
    there = f"{count(len(claims), 'claim')} and {count(len(vouches), 'vouch', 'vouches')}"
    return f"{there[0].upper()}{there[1:]} stand under it"


@command("skill unmerge", "Undo a merge of two skills", admin=True, example='skill unmerge "React.js"', submit="Undo")
def unmerge(
    ctx: Ctx, skill: Annotated[str, Ask("Which skill shall be itself again?", suggest=suggest_merged, longest=60)]
) -> Reply:
    """Everything stands as before; what was added since stays with the one that was kept."""
    row = _merge_of(ctx, skill)
    gone, kept = ctx.db.get_one(Skill, row.gone_id), ctx.db.get_one(Skill, row.kept_id)
    if first := merges.later(ctx, row):
        name = ctx.db.get_one(Skill, first.gone_id).name
        undo = Button(f"Undo {clamp(name, 60)}", write(unmerge, {"skill": name}))
        raise Refusal("*{name}* was merged after that. Undo it first.", buttons=[undo], name=name)
    merges.undo(ctx, row)
    _audit(ctx, f"skill unmerge {quote(gone.name)}")
    again = Button("Merge them again", write(merge, {"skill": gone, "into": kept, "sure": True}))
    return card(
        "*{gone}* and *{kept}* are two skills again.",
        line("Claims and vouches stand as before. What was added since stays with *{kept}*.", kept=kept.name),
        actions(again),
        gone=gone.name,
        kept=kept.name,
    )


def _merge_of(ctx: Ctx, name: str) -> Merge:
    form = names.normal(name)
    gone = ctx.db.exec(select(Skill).where(Skill.normal == form)).first()
    found = merges.standing_merges(ctx, Merge.gone_id == gone.id) if gone else []
    if not found:
        raise Refusal("“{name}” is not part of another skill.", field="skill", name=name)
    return found[0]


@command("skill rename", "Call a skill something else", admin=True, example='skill rename k8s "K8s"', submit="Rename")
def rename(ctx: Ctx, skill: Known, name: Annotated[str, Ask("What is it called from now on?", longest=60)]) -> Reply:
    """The old name still means it."""
    shown = _new_name(ctx, skill, name)
    old, form = skill.name, names.normal(shown)
    _put_alias(ctx, skill, old, keep=form)
    skill.name, skill.normal = shown, form
    ctx.db.add(skill)
    taxonomy.changed(ctx.db)
    _audit(ctx, f"skill rename {quote(old)} {quote(shown)}")
    back = Button("Call it as before", write(rename, {"skill": skill, "name": old}))
    return card("*{old}* is called *{name}* now. Both names work.", actions(back), old=old, name=shown)


def _new_name(ctx: Ctx, skill: Skill, name: str) -> str:
    """Fit to be shown, and the name of no other skill."""
    try:
        shown = names.clean(name)
    except names.BadName as bad:
        raise Refusal(str(bad).replace("{", "").replace("}", ""), field="name") from None
    known = taxonomy.lexicon(ctx.db).exact(shown)
    if known is not None and known != skill.name:
        both = Button("Merge them", f"{merge.name} skill:{quote(skill.name)} into:{quote(known)}")
        raise Refusal("*{known}* is known here already.", field="name", buttons=[both], known=known)
    taken = ctx.db.exec(select(Skill).where(Skill.normal == names.normal(shown))).first()
    if taken is not None and taken.id != skill.id:
        raise Refusal("*{name}* was merged into it under that name. Undo that first.", field="name", name=taken.name)
    if shown == skill.name:
        raise Refusal("That is its name.", field="name")
    return shown


def _put_alias(ctx: Ctx, skill: Skill, old: str, keep: str) -> None:
    """The old name becomes another name; the new one is none any more."""
    forms = names.normal(old), keep
    known = {one.normal: one for one in ctx.db.exec(select(Alias).where(col(Alias.normal).in_(forms))).all()}
    if keep in known and keep != forms[0]:
        ctx.db.delete(known[keep])
    if forms[0] not in known:
        ctx.db.add(Alias(skill_id=skill.id, normal=forms[0], name=old))
    ctx.db.flush()


@command("skill names", "What a skill is called here", example="skill names Kubernetes")
def called(ctx: Ctx, skill: Known) -> Reply:
    """Its other names; admins can take back what was learned and merged."""
    learned = ctx.db.exec(select(Alias).where(Alias.skill_id == skill.id).order_by(col(Alias.id))).all()
    mine = [one.name or one.normal for one in learned if taxonomy.is_learned(one) and one.normal != skill.normal]
    others = list(dict.fromkeys([*taxonomy.aliases_here(ctx.db, skill), *mine]))
    parts = [ctx.db.get_one(Skill, one.gone_id) for one in merges.standing_merges(ctx, Merge.kept_id == skill.id)]
    body: list[Node] = [Line(md("Also called {names}.", names=_listed(others)))] if others else []
    body += _taken_back("Learned here", "Unlearn", [write(unlearn, {"name": one}) for one in mine], mine, ctx)
    gone = [one.name for one in parts]
    body += _taken_back("Merged into it", "Undo", [write(unmerge, {"skill": one}) for one in gone], gone, ctx)
    return Card(md("*{name}*", name=skill.name), tuple(body) or (line("It has no other name here."),))


def _listed(others: list[str]) -> Text:
    more = [md("{n} more", n=len(others) - SHOWN)] if len(others) > SHOWN else []
    return join([*(md("{name}", name=one) for one in others[:SHOWN]), *more])


def _taken_back(title: str, verb: str, lines: list[str], said: list[str], ctx: Ctx) -> list[Node]:
    """What came to be here, with buttons for admins."""
    if not said:
        return []
    buttons = tuple(Button(f"{verb} {clamp(name, 60)}", one) for name, one in zip(said, lines, strict=True))
    heading = Heading(md("{title}", title=title))
    listed = Line(_listed(said))
    return [heading, listed, Actions(buttons[:10])] if ctx.me.admin else [heading, listed]


@command("skill unlearn", "Forget another name of a skill", admin=True, example="skill unlearn kuberntes")
def unlearn(
    ctx: Ctx, name: Annotated[str, Ask("Which name no longer means it?", suggest=suggest_learned, longest=60)]
) -> Reply:
    """What was claimed by it stays; next time it is asked about again."""
    form = names.normal(name)
    alias = ctx.db.exec(select(Alias).where(Alias.normal == form)).first()
    if alias is None or not taxonomy.is_learned(alias):
        raise Refusal("“{name}” is no name that I learned here.", field="name", name=name)
    skill = ctx.db.get_one(Skill, alias.skill_id)
    ctx.db.delete(alias)
    taxonomy.changed(ctx.db)
    _audit(ctx, f"skill unlearn {quote(alias.name or form)}")
    return card("“{name}” no longer means *{skill}*.", name=alias.name or form, skill=skill.name)


def _audit(ctx: Ctx, said: str) -> None:
    ctx.db.add(Audit(member_id=ctx.me.id, line=said[:500], done_at=ctx.now))

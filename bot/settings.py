"""Settings, by DM: every feature's settings as forms made from their declaration."""

from collections.abc import Iterable
from typing import Annotated, Any

from bot import people
from bot.accounts import grant, is_admin_by_platform
from bot.command import Command, command, param_of
from bot.config import Settings, declared, load, save, value_of
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.line import quote
from bot.text import Text, join, md
from bot.ui import Actions, Button, Facts, Node, Reply, actions, card, note
from bot.zones import Zone
from storage.machinery import Audit
from storage.models import Member


def commands() -> list[Command]:
    """`settings kudos` and so on, one for each declared class of settings."""
    return [_command(model) for model in declared()]


def _command(model: type[Settings]) -> Command:
    """With nothing said it opens the form, with something said it changes that."""
    params = tuple(
        param_of(name, Annotated[info.annotation, *info.metadata], info.get_default(call_default_factory=True))
        for name, info in model.model_fields.items()
    )
    return Command(
        f"settings {model.feature}",
        f"Settings: {model.about}",
        lambda ctx, **values: _change(ctx, model, values),
        params,
        submit="Save",
        admin=True,
        known=lambda ctx: dict(load(ctx, model)),
    )


def _change(ctx: Ctx, model: type[Settings], values: dict[str, Any]) -> Reply:
    before = dict(load(ctx, model))
    changed = {name: value for name, value in values.items() if value != before[name]}
    save(ctx, model, changed)
    ctx.db.flush()
    after = load(ctx, model)
    after.applied(ctx)
    for name, value in changed.items():
        _audit(ctx, f"settings {model.feature} {name}:{value_of(value)}")
    undo = Button("Undo", _back(model, before, changed), turns=True) if changed else None
    edit = Button("Edit", f"settings {model.feature}", turns=True)
    return card(
        "{told}", *after.remarks(ctx), actions(*after.buttons(), undo, edit), told=after.told(ctx, list(changed))
    )


def _back(model: type[Settings], before: dict[str, Any], changed: Iterable[str]) -> str:
    """The line that sets again what it was; an empty answer clears."""
    known = {param.name: param for param in _command(model).params}
    words = [f"settings {model.feature}"]
    for name in changed:
        value = before[name]
        many = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        words += [f"{name}:{quote('' if one is None else known[name].kind.write(one))}" for one in many or [None]]
    return " ".join(words)


def _audit(ctx: Ctx, said: str) -> None:
    ctx.db.add(Audit(member_id=ctx.me.id, line=said[:500], done_at=ctx.now))


@command("settings", "How this community has set me up", admin=True, reads=True, first=9)
def settings(ctx: Ctx, feature: Annotated[str, Ask("Of what?", hint="empty: all of it")] = "") -> Reply:
    """All of it at a glance; a press opens the form."""
    models = declared()
    if feature:
        known = [*(model.feature for model in models), "community", "admins"]
        names = join([md("`settings {name}`", name=name) for name in known], last=" or ")
        no = "There are no settings of “{feature}”. Say {names}."
        raise Refusal(no, field="feature", feature=feature[:60], names=names)
    facts = tuple((model.about, load(ctx, model).glance()) for model in models)
    buttons = [Button(model.about, f"settings {model.feature}") for model in models]
    more = [Button("Community", "settings community"), Button("Admins", "settings admins")]
    about = md("{name}, {zone}", name=ctx.community.name, zone=ctx.community.zone)
    return card(
        "Settings",
        Facts((("Community", about), *facts)),
        Actions((*buttons, *more)),
        note("Press one to change it, or say it: `settings digest day:friday hour:16`."),
    )


@command(
    "settings community",
    "Settings: the community's name and zone",
    submit="Save",
    admin=True,
    known=lambda ctx: {"name": ctx.community.name, "zone": Zone(ctx.community.zone)},
)
def community(
    ctx: Ctx,
    name: Annotated[str, Ask("What is the community called?", longest=80, keyed=True)] = "",
    zone: Annotated[Zone | None, Ask("In which time zone does it live?")] = None,
) -> Reply:
    """What happens at an hour moves along with the zone."""
    ctx.community.name, ctx.community.zone = name or ctx.community.name, zone or ctx.community.zone
    ctx.db.add(ctx.community)
    for model in declared():
        load(ctx, model).applied(ctx)
    _audit(ctx, f"settings community name:{name} zone:{zone}")
    return card("*{name}* lives in {zone}.", name=ctx.community.name, zone=ctx.community.zone)


@command(
    "settings admins",
    "Settings: who is admin",
    submit="Save",
    admin=True,
    known=lambda ctx: {"admins": [one for one in people.admins(ctx.db) if one.kind == "person"]},
)
def admins(ctx: Ctx, admins: Annotated[list[Member] | None, Ask("Who are the admins?")] = None) -> Reply:
    """There is always at least one; whoever is left out is one no more, unless their platform makes them one."""
    wanted = {member.id: member for member in admins or []}
    if not wanted:
        raise Refusal("Somebody has to be admin. Name at least one person.", field="admins")
    by_right = [one for one in people.admins(ctx.db) if is_admin_by_platform(ctx.db, one)]
    for member in {one.id: one for one in (*people.admins(ctx.db), *wanted.values())}.values():
        grant(ctx.db, member, member.id in wanted and (member.granted or member not in by_right))
    _audit(ctx, "settings admins " + " ".join(f"@m{one.number}" for one in wanted.values()))
    stay = [one for one in by_right if one.id not in wanted and one.kind == "person"]
    return card("Admins: {who}.", _by_right(ctx, stay), who=_named([*wanted.values(), *stay]))


def _by_right(ctx: Ctx, members: list[Member]) -> Node | None:
    """Why somebody who was left out stays."""
    if not members:
        return None
    why = "{who}: admin by right in {place}, so that is where to change it."
    return note(why, who=_named(members), place=ctx.place.name)


def _named(members: Iterable[Member]) -> Text:
    return join([md("{who}", who=one) for one in members])

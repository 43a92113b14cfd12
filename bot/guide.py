"""Help, made from the declarations, and the first word to somebody new."""

from typing import Annotated

from bot import outbox
from bot.catalogue import Catalogue
from bot.command import Command, command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask, Option
from bot.people import require_admin
from bot.text import Text, join, md
from bot.ui import Actions, Button, Facts, Heading, Items, Reply, card, line, note


def command_of(catalogue: Catalogue) -> Command:
    """`help`, over all that this catalogue declares."""

    def suggest(ctx: Ctx, text: str) -> list[Option]:
        names = [one.name for one in catalogue.visible(ctx.me.admin)]
        return [Option(name, name) for name in names if name.startswith(text.casefold().lstrip("/"))]

    @command("help", "What I can do", example="help kudos give", reads=True)
    def show(ctx: Ctx, about: Annotated[str, Ask("About which command?", suggest=suggest)] = "") -> Reply:
        return _help(catalogue.visible(ctx.me.admin), about.casefold().strip().lstrip("/"))

    return show


def _help(commands: list[Command], about: str) -> Reply:
    """All commands, those of one group, or one command with its arguments."""
    one = next((found for found in commands if found.name == about), None)
    group = [found for found in commands if found.group == about]
    if one and len(group) < 2:
        return _one(one)
    if group:
        more = note("`help {name}` tells more about one.", name=group[0].name)
        return card("{group}", Items(tuple(_line(found) for found in group)), more, group=about)
    if one:
        return _one(one)
    if about:
        raise Refusal("I have no command “{name}”.", field="about", buttons=[Button("Help", "help")], name=about[:60])
    return _first(commands)


def _first(commands: list[Command]) -> Reply:
    """What people want most, in that order; what is for admins stands apart, and the rest is one question away."""
    wanted = sorted((one for one in commands if one.first), key=lambda one: one.first)
    for_admins = tuple(_begin(one) for one in wanted if one.admin)
    groups = dict.fromkeys(one.group for one in commands if not one.admin and one.group != "help")
    more = join([md("`help {group}`", group=group) for group in groups], last=" or ")
    return card(
        "What would you like to do?",
        Items(tuple(_begin(one) for one in wanted if not one.admin)),
        line("More of each: {more}.", more=more),
        Heading(md("For admins, in a DM with me")) if for_admins else None,
        Items(for_admins) if for_admins else None,
        note("A command that lacks something asks for it. Every answer is private to you."),
    )


def _begin(one: Command) -> Text:
    """What it is for, and a line to try: short enough to stand beside it."""
    return md("{about}: `{line}`", about=one.about, line=one.example if 0 < len(one.example) < 60 else one.name)


def _line(one: Command) -> Text:
    return md("`{usage}` {about}", usage=one.usage, about=one.about)


def _one(one: Command) -> Reply:
    """One command: what it is for, its arguments, an example to press."""
    facts = tuple((param.name, _argument(one, param.name)) for param in one.params)
    shown = line("Others see it in {posts}.", posts=one.posts) if one.posts else None
    example = line("For example: `{example}`", example=one.example) if one.example else None
    button = Actions((Button("Open", one.name),))
    return card(
        "`{usage}`",
        line("{about}.", about=one.about),
        Facts(facts) if facts else None,
        example,
        shown,
        button,
        usage=one.usage,
    )


def _argument(one: Command, name: str) -> Text:
    param = one.param(name)
    choices = f" ({', '.join(param.choices)})" if param.choices else ""
    need = "" if param.required else " Optional."
    hint = f" {param.ask.hint[0].upper()}{param.ask.hint[1:]}." if param.ask.hint else ""
    return md("{label}{choices}{hint}{need}", label=param.ask.label, choices=choices, hint=hint, need=need)


def welcome(ctx: Ctx) -> None:
    """The first word: what this is for, and three things to press."""
    begin = Actions(
        (
            Button("Claim a skill", "skill claim", "primary"),
            Button("Thank someone", "kudos give"),
            Button("What else?", "help"),
        )
    )
    if ctx.me.admin:
        begin = Actions(
            (
                Button("Set me up", "settings", "primary"),
                Button("Claim a skill", "skill claim"),
                Button("What else?", "help"),
            )
        )
    hello = card(
        "Hello {who}, I am Manyhands.",
        line(
            "I know who can do what here and who has seen them do it, and I bring people and work together. "
            "Tell me one thing you are good at, and I can start."
        ),
        begin,
        who=ctx.me.name,
    )
    outbox.dm(ctx, ctx.me, hello)


@command("arrived", "The first steps in a new place", hidden=True)
def arrived(ctx: Ctx) -> Reply:
    """To whoever invited the bot: three steps, in place of the general hello."""
    require_admin(ctx)
    ctx.me.greeted_at = ctx.me.greeted_at or ctx.now
    ctx.db.add(ctx.me)
    steps = (
        md("*Set me up*: in which channels I post the weekly digest, thanks and opportunities."),
        md("*Claim a skill* of your own, so that others see how it goes."),
        md("*Thank someone*. It shows best what I am for."),
    )
    begin = Actions(
        (
            Button("Set me up", "settings", "primary"),
            Button("Claim a skill", "skill claim"),
            Button("Thank someone", "kudos give"),
        )
    )
    hello = card(
        "Thank you for having me at {place}.",
        line("I know who can do what and who has seen them do it, and I bring people and work together. Begin so:"),
        Items(steps),
        begin,
        note("Everybody who says something to me joins. Those who manage the server are my admins."),
        place=ctx.place.name or ctx.community.name,
    )
    outbox.dm(ctx, ctx.me, hello)
    return card("I have sent you three first steps.")


@command("message unheard", "Tell admins that what people write cannot be heard", timer=True)
def unheard(ctx: Ctx) -> Reply:
    """A setting wants it, and the platform does not let the bot read what people write."""
    told = card(
        "I am to listen to what people write, and Discord does not let me read it.",
        line(
            "Whoever runs me can allow it: in Discord's developer portal, under Bot, switch on *Message Content "
            "Intent*, and start me again. Until then `@ana ++ why` and work in its channel go unnoticed; reactions, "
            "menus and commands work."
        ),
        Actions((Button("Kudos settings", "settings kudos"), Button("Opportunity settings", "settings opportunities"))),
    )
    outbox.tell_admins(ctx, told)
    return None

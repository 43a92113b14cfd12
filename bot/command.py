"""A command is a typed function: its signature is its options, its form, its line and its help."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from bot.ctx import Ctx
from bot.kinds import KINDS, Ask, Kind, Suggest, read_choice
from bot.ui import Field, Form, Reply

Run = Callable[..., Reply]
Known = Callable[..., Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Param:
    """One argument."""

    name: str
    kind: Kind
    ask: Ask
    required: bool
    many: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None

    @property
    def suggest(self) -> Suggest | None:
        """What could be meant by what is typed so far."""
        return self.ask.suggest or self.kind.suggest

    @property
    def usage(self) -> str:
        """`MEMBER...` when required, `[skill]` when not."""
        if not self.required:
            return f"[{self.name}]"
        return self.name.upper() + ("..." if self.many else "")


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """One command, as declared."""

    name: str
    about: str
    run: Run
    params: tuple[Param, ...]
    example: str = ""
    menu: str = ""
    submit: str = "Send"
    admin: bool = False
    hidden: bool = False
    timer: bool = False
    posts: str = ""
    think: Callable[..., Any] | None = None
    known: Known | None = None
    form: str = ""
    reads: bool = False
    first: int = 0

    def __call__(self, ctx: Ctx, *args: Any, **values: Any) -> Reply:
        """Runs it, as another command of the same feature may."""
        return self.run(ctx, *args, **values)

    @property
    def usage(self) -> str:
        """`kudos give TO... REASON [skill]`."""
        return " ".join([self.name, *(param.usage for param in self.params)])

    @property
    def brief(self) -> str:
        """`kudos give TO... REASON`: what must be said."""
        return " ".join([self.name, *(param.usage for param in self.params if param.required)])

    @property
    def of_message(self) -> bool:
        """Whether a message fills it."""
        return any(param.ask.of for param in self.params)

    @property
    def group(self) -> str:
        """The first word of the name."""
        return self.name.split()[0]

    def param(self, name: str) -> Param:
        """The argument of that name."""
        return next(param for param in self.params if param.name == name)


def command(
    name: str,
    about: str,
    *,
    example: str = "",
    menu: str = "",
    submit: str = "Send",
    admin: bool = False,
    hidden: bool = False,
    timer: bool = False,
    posts: str = "",
    think: Callable[..., Any] | None = None,
    known: Known | None = None,
    form: str = "",
    reads: bool = False,
    first: int = 0,
) -> Callable[[Run], Command]:
    """Declares a command.

    `think` runs first, reading only, for what takes long; its result is the function's second argument.
    `known` gives the present values of a form that edits; `posts` says where others see it; `hidden` is for buttons;
    `timer` is for the clock alone; `form` is the line that a first, shorter form is submitted as, where a form must be
    short. What `reads` changes nothing: it is answered from a snapshot, beside those who write. `first` is its place in
    the first help, from 1.
    """

    def declare(run: Run) -> Command:
        params = _params(run, skip=2 if think else 1)
        shown = (example, menu, submit, admin, hidden or timer, timer, posts)
        return Command(name, about, run, params, *shown, think, known, form, reads, first)

    return declare


def _params(run: Run, skip: int) -> tuple[Param, ...]:
    hints = get_type_hints(run, include_extras=True)
    declared = list(inspect.signature(run).parameters.values())[skip:]
    return tuple(param_of(one.name, hints[one.name], one.default) for one in declared)


def param_of(name: str, hint: Any, default: Any = inspect.Parameter.empty) -> Param:
    """The argument that a type hint declares: `Annotated[list[Member], Ask("Who?")]`."""
    ask = Ask(name.replace("_", " ").capitalize())
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        ask = next((extra for extra in extras if isinstance(extra, Ask)), ask)
    if get_origin(hint) in (Union, UnionType):
        hint = next(arm for arm in get_args(hint) if arm is not NoneType)
    required = default is inspect.Parameter.empty
    default = None if required else default
    if get_origin(hint) is Literal:
        return Param(name, _choice(get_args(hint)), ask, required, choices=get_args(hint), default=default)
    many = get_origin(hint) is list
    return Param(name, KINDS[get_args(hint)[0] if many else hint], ask, required, many, default=default)


def _choice(choices: tuple[str, ...]) -> Kind:
    return Kind("choice", lambda _ctx, text, _ask: read_choice(text, choices))


def form_of(command: Command, values: Mapping[str, str | tuple[str, ...]], line: str = "") -> Form:
    """The command's form, with these raw values filled in; it has two steps unless the second is answered already."""
    fields = tuple(_field(param, values.get(param.name, "")) for param in command.params)
    is_whole = any(values.get(param.name) for param in command.params if param.ask.later)
    return Form(command.about, line or command.name, fields, command.submit, draft="" if is_whole else command.form)


def _usual(param: Param) -> str:
    """What holds when a yes or no is not said, so that a box can show it."""
    return param.kind.write(param.default) if isinstance(param.default, bool) else ""


def _field(param: Param, value: str | tuple[str, ...]) -> Field:
    return Field(
        param.name,
        param.ask.label,
        param.kind.name,
        value or _usual(param),
        param.required,
        param.many,
        param.ask.long,
        bool(param.suggest),
        param.choices,
        param.ask.hint,
        param.ask.longest or (3000 if param.ask.long else 200) if param.kind.rest else None,
        param.ask.later,
    )

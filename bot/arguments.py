"""From raw words to typed arguments: what is missing is asked for, what is wrong is refused beside its field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue import Catalogue
from bot.command import Command, Param, form_of
from bot.ctx import Asked, Attached, Ctx, Given, Refusal
from bot.kinds import KINDS, Unclear, is_blank
from bot.line import Known, Raw, bind, nothing_known, people, quote, write
from bot.text import Text, join, md
from bot.ui import Button, Form, No


@dataclass(slots=True)
class Call:
    """A command and the raw text of its arguments."""

    command: Command
    raw: dict[str, Raw]
    left: str = ""
    apart: str = ""

    @property
    def asks(self) -> bool:
        """Whether it is answered with its form, as far as that can be told without looking anything up."""
        required = [param.name for param in self.command.params if param.required]
        is_bare_edit = self.command.known is not None and not set(self.raw) - set(required)
        return is_bare_edit or not all(self.raw.get(name) for name in required)

    @property
    def ponders(self) -> bool:
        """Whether it may have to wait for the language model; a form is opened without."""
        return not self.asks and (
            self.command.think is not None or any(one.kind.ponders for one in self.command.params)
        )

    def again(self, wrong: str = "") -> Form | None:
        """The form as it was filled in, if any; an edit stays one of the same thing, unless that (`wrong`) is not."""
        form = form_of(self.command, self.raw) if self.command.params else None
        required = {param.name: self.raw.get(param.name) or "" for param in self.command.params if param.required}
        if form is None or not self.command.known or wrong in required or not all(required.values()):
            return form
        return _about(form, _line(self.command, required), required)

    def refused(self, no: Refusal) -> No:
        """The answer to a line that was refused: its form as it was filled in, with each error beside its field."""
        every = (no, *no.others)
        errors = {one.field: one.text for one in reversed(every) if one.field}
        form = self.again(no.field)
        back = with_errors(form, errors) if form else None
        return No(self._worded(every), back, tuple(button for one in every for button in one.buttons))

    def _worded(self, every: Sequence[Refusal]) -> Text:
        """One refusal speaks for itself; of several each names its field."""
        if len(every) == 1:
            return every[0].text
        labels = {param.name: param.ask.label.rstrip("?") for param in self.command.params}
        said = [md("*{label}*: {text}", label=labels.get(one.field, one.field), text=one.text) for one in every]
        return join(said, "\n", "\n")


def call_of(command: Command, rest: str, given: Mapping[str, Given], known: Known = nothing_known) -> Call:
    """Binds the words of a line and the answers of a form; the form wins. What cannot be seen is not there."""
    bound = bind(command, rest, known)
    names = {param.name: param for param in command.params}
    answers = {name: _raw(names[name], value) for name, value in given.items() if name in names}
    raw = {name: _seen(value) for name, value in {**bound.values, **answers}.items()}
    return Call(command, raw, bound.left, bound.apart)


def _seen(value: Raw) -> Raw:
    if isinstance(value, tuple):
        return tuple(one for one in value if not is_blank(one))
    return "" if is_blank(value) else value


def _raw(param: Param, value: Given) -> Raw:
    if param.many:
        return people(value) if isinstance(value, str) else tuple(value)
    return value if isinstance(value, str) else " ".join(value)


def with_files(catalogue: Catalogue, line: str, given: Mapping[str, Given], keys: Iterable[str]) -> dict[str, Given]:
    """What was given, and the attached files as what the line's command asks a file for."""
    try:
        command, rest = catalogue.find(line)
    except Refusal:
        return dict(given)
    said = call_of(command, rest, given).raw
    missing = [param.name for param in command.params if param.kind is KINDS[Attached] and not said.get(param.name)]
    return {**given, **dict(zip(missing, keys, strict=False))}


def files_in(catalogue: Catalogue, line: str, given: Mapping[str, Given]) -> list[str]:
    """The files that a line names, as they are written."""
    try:
        command, rest = catalogue.find(line)
    except Refusal:
        return []
    raw = call_of(command, rest, given).raw
    wanted = [raw.get(param.name, "") for param in command.params if param.kind is KINDS[Attached]]
    return [one for one in wanted if isinstance(one, str) and one]


def read(ctx: Ctx, call: Call) -> dict[str, Any]:
    """Typed arguments; raises `Asked` with the form when one is missing, `Refusal` when one is wrong."""
    if call.apart:
        raise Refusal("Write `{way}`, without the blank; several words stand in quotes.", way=call.apart)
    if call.left:
        raise Refusal(
            "I did not understand “{left}”. It goes like this: `{usage}`", left=call.left[:80], usage=call.command.usage
        )
    is_missing = any(param.required and not call.raw.get(param.name) for param in call.command.params)
    values, refused = _values(ctx, call, ponder=not is_missing)
    if is_missing:
        errors = {no.field: no.text for no in refused}
        raise Asked(with_errors(form_of(call.command, call.raw), errors))
    if refused:
        first, *others = refused
        first.others = tuple(others)
        raise first
    return _over_known(ctx, call, values) if call.command.known else values


def _values(ctx: Ctx, call: Call, ponder: bool) -> tuple[dict[str, Any], list[Refusal]]:
    """What each argument means, and all that is wrong with them."""
    values: dict[str, Any] = {}
    refused: list[Refusal] = []
    for param in call.command.params:
        try:
            values[param.name] = _value(ctx, param, call) if ponder or not param.kind.ponders else None
        except Refusal as no:
            refused.append(no)
    return values, refused


def with_errors(form: Form, errors: Mapping[str, Text]) -> Form:
    """The form with each error beside its field."""
    return replace(form, fields=tuple(replace(one, error=errors.get(one.name, ())) for one in form.fields))


def opened(ctx: Ctx, call: Call) -> Form:
    """The command's form, to be filled in: what is said over what is known, whether or not it makes sense yet."""
    required = {param.name: call.raw.get(param.name) for param in call.command.params if param.required}
    if not call.command.known or not all(required.values()):
        return form_of(call.command, call.raw)
    try:
        meant = {name: _value(ctx, call.command.param(name), call) for name in required}
    except Refusal as no:
        return with_errors(form_of(call.command, call.raw), {no.field: no.text})
    known = call.command.known(ctx, **meant)
    return form_of(call.command, {**_as_written(call.command, known), **call.raw})


def _value(ctx: Ctx, param: Param, call: Call) -> Any:
    written = call.raw.get(param.name)
    if not written:
        return param.default
    try:
        if isinstance(written, tuple):
            return unique([param.kind.read(ctx, word, param.ask) for word in written])
        return param.kind.read(ctx, written, param.ask)
    except Unclear as unclear:
        unclear.field = param.name
        unclear.buttons = tuple(Button(one.label, _with(call, param, one.value)) for one in unclear.options)
        raise
    except Refusal as no:
        no.field = no.field or param.name
        raise


def _with(call: Call, param: Param, value: str) -> str:
    """The same line with another value for one argument."""
    return _line(call.command, {**call.raw, param.name: value})


def _line(command: Command, said: Mapping[str, Raw]) -> str:
    words = [command.name]
    for name, raw in said.items():
        words.extend(f"{name}:{quote(one)}" for one in (raw if isinstance(raw, tuple) else (raw,)))
    return " ".join(words)


def unique(values: list[Any]) -> list[Any]:
    """Each once, in order; rows are the same when they are the same row."""
    return list({getattr(value, "id", value): value for value in values}.values())


def _over_known(ctx: Ctx, call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """An edit starts from what is known; nothing said opens the form, an empty answer clears."""
    required = {param.name: values[param.name] for param in call.command.params if param.required}
    known = call.command.known(ctx, **required) if call.command.known else {}
    said = set(call.raw) - set(required)
    if not said:
        form = form_of(call.command, {**_as_written(call.command, known), **call.raw})
        raise Asked(_about(form, write(call.command, required), required))
    return {name: value if name in said or name in required else known.get(name) for name, value in values.items()}


def _as_written(command: Command, known: Mapping[str, Any]) -> dict[str, Raw]:
    return {param.name: _written(param, known.get(param.name)) for param in command.params}


def _about(form: Form, line: str, required: Mapping[str, Any]) -> Form:
    """The form of an edit: what is edited stands in its line, and is not asked for again."""
    return replace(form, line=line, fields=tuple(field for field in form.fields if field.name not in required))


def _written(param: Param, value: Any) -> Raw:
    if value is None:
        return () if param.many else ""
    return tuple(param.kind.write(one) for one in value) if param.many else param.kind.write(value)

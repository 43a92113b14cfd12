"""The community at a terminal: a line is a command, a button's number, or a word to somebody else's name."""

import asyncio
import io
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.completion import ThreadedCompleter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Group
from rich.text import Text

from adapters.local import script
from adapters.local.complete import SPOKEN, Answers, Lines, Seat
from adapters.local.draw import draw_card, draw_no, drawn, safe
from adapters.local.pressing import Missed, button_of
from adapters.local.session import Session
from bot.ctx import Given
from bot.ui import Button, Card, Field, Form, No, Reply, filled

REFRESH_SECONDS = 5.0
HELLO = """\
I am Manyhands: I know who can do what here, and bring people and work together.
You are {who} in {where}: say for example `skill claim Python`, press a button by its number, or type `help`."""
LEFT = "Left it."
_AS = re.compile(r"as\s+@?(?P<who>[^\s:@#]+)", re.IGNORECASE)
_IN = re.compile(r"in\s+(?P<where>#[\w\-]+|dm)", re.IGNORECASE)


@dataclass
class Sitting(Session):
    """A session that draws cards, and leaves the asking of forms to the terminal."""

    colour: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Colours are for terminals."""
        super().__post_init__()
        self.colour = self.out.isatty()

    def show_reply(self, who: str, reply: Reply, where: str) -> None:
        """A form is remembered; its questions come one by one."""
        if isinstance(reply, Form):
            self.forms[who.casefold()] = reply
        else:
            super().show_reply(who, reply, where)

    def print_said(self, prefix: str, said: Card | No) -> None:
        """Draws a card or refusal under its place."""
        width = shutil.get_terminal_size().columns
        is_card = isinstance(said, Card)
        body = draw_card(said, self.zone, self.keep, width) if is_card else draw_no(said, self.zone, width)
        self.out.write(drawn(Group(Text(safe(prefix), "dim"), body, Text()), width, self.colour))


class Terminal:
    """One person at the keyboard, who may speak for everybody. What is to be shown waits in `pending` for its turn."""

    def __init__(self, session: Session, name: str, refresh: float = REFRESH_SECONDS) -> None:
        self.session = session
        self.seat = Seat(session, name)
        self.refresh = refresh
        self.out = session.out
        self.pending = session.out = io.StringIO()
        self.lines: PromptSession[str] = PromptSession(
            history=_history(), completer=ThreadedCompleter(Lines(self.seat)), bottom_toolbar=self._toolbar
        )
        self.answers: PromptSession[str] = PromptSession(history=InMemoryHistory(), bottom_toolbar=self._toolbar)

    def run(self) -> int:
        """Talks until `quit` or Ctrl-D."""
        self._tell(HELLO.format(who=self.seat.who, where=self.seat.where or "dm"))
        self._drain()
        self._show()
        while True:
            try:
                line = self.lines.prompt(self._prompt, pre_run=self._begin_refresh).strip()
            except EOFError:
                return 0
            except KeyboardInterrupt:
                continue
            if line.casefold() in {"quit", "exit"}:
                return 0
            self._do(line)

    def _do(self, line: str) -> None:
        """One line; what it causes is shown before the next prompt."""
        try:
            self._meant(line)
        except (script.Unreadable, Missed) as error:
            self._tell(str(error))
        except KeyboardInterrupt:
            self._tell("Stopped.")
        self._show()

    def _meant(self, line: str) -> None:
        if found := _AS.fullmatch(line):
            self.seat.who = found["who"]
        elif found := _IN.fullmatch(line):
            self.seat.where = "" if found["where"].casefold() == "dm" else found["where"]
        elif line.casefold().startswith("now:") or SPOKEN.match(line):
            self._play(script.read(line))
        elif line:
            what = script.Presses(line) if line.isdecimal() else script.what_of(line)
            self._act(script.Act(self.seat.who, self.seat.where, what))

    def _play(self, step: script.Act | script.Now | None) -> None:
        if isinstance(step, script.Act):
            self._act(step)
        elif step:
            with self.seat.lock:
                self.session.set_now(step.at)

    def _act(self, act: script.Act) -> None:
        match act.what:
            case script.Says(line):
                reply = self._speak(act.who, act.where, line)
            case script.Presses(what, key):
                button, shown = button_of(self.session.seen(act.who), what, key)
                reply = self._say(act.who, shown.where, button.line)
            case script.Fills() | script.Reacts():
                reply = self._does(act)
        if isinstance(reply, Form):
            self._ask(act.who, act.where, reply)

    def _does(self, act: script.Act) -> Reply:
        """What has no reply of its own; a form that it opened is asked."""
        before = self.session.forms.get(act.who.casefold())
        with self.seat.lock:
            self.session.does(act)
            self.session.drain(self.session.moment)
        after = self.session.forms.get(act.who.casefold())
        return after if after is not before and after and after.missing() else None

    def _speak(self, who: str, where: str, line: str) -> Reply:
        with self.seat.lock:
            reply = self.session.speak(who, where, line)
            self.session.drain(self.session.moment)
        self._show()
        return reply

    def _say(self, who: str, where: str, line: str, given: dict[str, Given] | None = None) -> Reply:
        with self.seat.lock:
            reply = self.session.say(who, where, line, given)
            self.session.drain(self.session.moment)
        self._show()
        return reply

    def _ask(self, who: str, where: str, form: Form) -> None:
        """Field by field; after a refusal only the fields that it is about, the other answers are kept."""
        self._tell(f"{form.title} (Enter keeps what stands there, Ctrl-C leaves it)")
        reply: Reply = form
        names = _names(form)
        while answered := self._answered(who, reply, names):
            if isinstance(answered, Button):
                reply = self._say(who, where, answered.line)
            else:
                reply = self._say(who, where, answered.line, {one.name: one.value for one in answered.fields})
            names = _names(reply)

    def _answered(self, who: str, reply: Reply, names: set[str]) -> Form | Button | None:
        """The form with answers to these fields, or a button pressed instead; nothing when there is no more to ask."""
        form = reply.again if isinstance(reply, No) else reply
        if not isinstance(form, Form) or names.isdisjoint(one.name for one in form.fields):
            return None
        for asked in [one for one in form.fields if one.name in names]:
            answer = self._answer(who, form, asked)
            if answer is None or (asked.required and not answer):
                self._tell(LEFT)
                return None
            if button := _pressed(reply, answer):
                return button
            form = filled(form, {asked.name: answer})
        return form

    def _answer(self, who: str, form: Form, field: Field) -> str | None:
        """One answer; nothing when the person would rather leave."""
        self._show()
        now = _standing(field)
        completer = ThreadedCompleter(Answers(self.seat, who, form.line, field))
        with suppress(EOFError, KeyboardInterrupt):
            question = _question(field)
            return self.answers.prompt(question, default=now, completer=completer, pre_run=self._begin_refresh).strip()
        return None

    def _prompt(self) -> StyleAndTextTuples:
        return [("bold", self.seat.who), ("", f" {self.seat.where or 'dm'}> ")]

    def _toolbar(self) -> StyleAndTextTuples:
        """Who speaks, and what the numbers press."""
        buttons = self._newest()
        labels = [safe(f" {number} {one.label} ") for number, one in enumerate(buttons, 1)]
        here = f" {self.seat.who} in {self.seat.where or 'dm'} "
        return [("bold", safe(here)), *(("reverse" if at % 2 else "", label) for at, label in enumerate(labels))]

    def _newest(self) -> tuple[Button, ...]:
        """The buttons that a bare number presses."""
        return next((one.buttons for one in reversed(self.session.seen(self.seat.who)) if one.buttons), ())

    def _begin_refresh(self) -> None:
        get_app().create_background_task(self._keep_fresh())

    async def _keep_fresh(self) -> None:
        """While nobody presses Enter, what falls due is delivered above the prompt."""
        while True:
            await asyncio.sleep(self.refresh)
            await asyncio.to_thread(self._drain)
            if self.pending.tell():
                await run_in_terminal(self._show)

    def _drain(self) -> None:
        with self.seat.lock:
            self.session.drain(self.session.moment)

    def _tell(self, words: str) -> None:
        self.pending.write(f"{safe(words)}\n")

    def _show(self) -> None:
        self.out.write(self.pending.getvalue())
        self.out.flush()
        self.pending.seek(0)
        self.pending.truncate()


def _names(reply: Reply) -> set[str]:
    """The fields to ask: of a form all, after a refusal those that it is about."""
    if isinstance(reply, Form):
        return {field.name for field in reply.fields}
    return set(reply.errors) if isinstance(reply, No) else set()


def _pressed(reply: Reply, answer: str) -> Button | None:
    """The button of a refusal that a number means."""
    buttons = reply.buttons if isinstance(reply, No) else ()
    return buttons[int(answer) - 1] if answer.isdecimal() and 0 < int(answer) <= len(buttons) else None


def _standing(field: Field) -> str:
    """What the field begins with; a refused choice is not worth correcting."""
    now = field.value if isinstance(field.value, str) else " ".join(field.value)
    return "" if field.choices and now not in field.choices else now


def _question(field: Field) -> StyleAndTextTuples:
    more = [field.hint, ", ".join(field.choices), "" if field.required else "optional"]
    said = "; ".join(one for one in more if one)
    return [("bold", safe(field.label)), ("", safe(f" ({said})" if said else "")), ("", " ")]


def _history() -> History:
    """What was typed before, in the user's own state folder when that can be written."""
    folder = user_state_path("manyhands")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / "history"
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))

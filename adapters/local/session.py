"""One sitting of the local community: what everybody sees, what can be pressed, which form is open."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from adapters.local import script
from adapters.local.files import attached
from adapters.local.moment import Backwards, Moments
from adapters.local.names import FOUNDER, Names
from adapters.local.pressing import Missed, Visible, button_of
from adapters.local.render import card_lines, form_lines, no_lines
from bot.accounts import admit
from bot.app import App
from bot.arguments import files_in
from bot.carriage import Carried, Parcel
from bot.ctx import Given, Request
from bot.heard import UNKNOWN, name_of
from bot.line import tokens
from bot.outbox import members_of
from bot.people import by_ids
from bot.text import join, md
from bot.ui import Card, File, Form, Image, No, Reply, filled, from_json
from storage.db import reading, transaction
from storage.machinery import Outbox
from storage.models import Place

Drain = Callable[[datetime], None]
Print = Callable[[str, Card | Form | No], None]
REMEMBERED = 200


@dataclass(slots=True)
class Session:
    """The local community as one process serves it. `drain` delivers the outbox and says due timers."""

    app: App
    place: Place
    drain: Drain
    out: TextIO
    forms: dict[str, Form] = field(default_factory=dict[str, Form])
    visible: list[Visible] = field(default_factory=list[Visible])
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    token: str = field(default_factory=lambda: os.urandom(6).hex())
    count: int = 0
    pictures: Path | None = None
    platform: str = "local"
    moments: Moments = field(init=False)
    names: Names = field(init=False)
    has_founder: bool = False

    def __post_init__(self) -> None:
        """Remembers what stands, so that its buttons work after a restart."""
        self.moments = Moments(self.app.engine, self.place)
        self.names = Names(self.app.engine, self.place)
        self.zone = self.moments.zone()
        with reading(self.app.engine, self.place.community_id) as db:
            sent = select(Outbox).where(Outbox.place_id == self.place.id, Outbox.state == "sent")
            rows = db.exec(sent.order_by(col(Outbox.id).desc()).limit(REMEMBERED)).all()
            for row in reversed(rows):
                names = {one.name for one in by_ids(db, members_of(row)).values()}
                card = from_json(row.card)
                if isinstance(card, Card):
                    self._keep(Visible(card, _folded(names) if names or not row.channel else None, row.channel))

    @property
    def moment(self) -> datetime:
        """The time of the community, UTC."""
        return self.moments.now

    def set_now(self, at: datetime) -> None:
        """The clock goes forward only, and says what fell due."""
        try:
            self.moments.set(at)
        except Backwards as error:
            raise script.Unreadable(str(error)) from None
        self.zone = self.moments.zone()
        self.drain(self.moment)

    def act(self, act: script.Act) -> None:
        """Does what one line says, then delivers what it caused."""
        act = replace(act, who=self.names.called(act.who))
        try:
            self.does(act)
        except Missed as missed:
            self.show_reply(act.who, No(md("{why}", why=str(missed))), act.where)
        self.drain(self.moment)

    def does(self, act: script.Act) -> Reply:
        """The reply to what somebody does; raises `Missed` where there is nothing to do it to."""
        match act.what:
            case script.Says(line):
                return self.speak(act.who, act.where, line)
            case script.Presses(what, key):
                return self.press(act.who, what, key)
            case script.Fills(values):
                return self.fill(act.who, act.where, values)
            case script.Reacts(emoji, key, removed):
                return self.say(act.who, act.where, f"kudos {'unreact' if removed else 'react'} {key} {emoji}")

    def speak(self, who: str, where: str, line: str) -> Reply:
        """A command, or what people say to each other: there thanks and work are heard where admins want it."""
        is_talk = bool(where) and name_of(self.app.catalogue, line) == UNKNOWN
        if is_talk and (meant := self.app.listening(self.place.id).reads(line, where)):
            message = f"{where}/{self.token}-{self.count + 1}"
            return self.say(who, where, meant, {"text": line, "message": message})
        return self.say(who, where, line)

    def say(self, who: str, where: str, line: str, given: dict[str, Given] | None = None) -> Reply:
        """One request; the reply is shown to the one who asked, there."""
        reply = self.ask(who, where, line, given or {})
        self.show_reply(who, reply, where)
        return reply

    def ask(self, who: str, where: str, line: str, given: dict[str, Given]) -> Reply:
        """One request, and its reply."""
        self._found()
        return self.app.handle(self.request(who, where, line, given)).reply

    def _found(self) -> None:
        """The founder is there before anybody speaks."""
        if not self.has_founder:
            with transaction(self.app.engine, self.place.community_id) as db:
                admit(db, self.place, self.names.who(FOUNDER), self.moment)
            self.has_founder = True

    def request(self, who: str, where: str, line: str, given: dict[str, Given]) -> Request:
        """What the core is asked; ids never repeat, not even after a restart."""
        self.count += 1
        files = {path: attached(path) for path in files_in(self.app.catalogue, line, given)}
        key, at = f"{self.token}-{self.count}", self.moments.happens()
        return Request(key, self.place.id, self.names.who(who), line, at, given, where, files=files)

    def show_reply(self, who: str, reply: Reply, where: str) -> None:
        """Prints a reply, and remembers the form or buttons that it offers."""
        if reply is None:
            return
        name = self.names.called(who)
        prefix = f"[{name}]" if where else f"[{name}@dm]"
        if isinstance(reply, Form):
            self.forms[who.casefold()] = reply
            self.print_lines(prefix, form_lines(reply))
            return
        if isinstance(reply, No) and reply.again:
            self.forms[who.casefold()] = reply.again
        elif isinstance(reply, Card):
            self.forms.pop(who.casefold(), None)
        self._keep(Visible(reply, _folded([who]), where))
        self.print_said(prefix, reply)

    def print_said(self, prefix: str, said: Card | No) -> None:
        """Prints a card or refusal behind its place."""
        is_card = isinstance(said, Card)
        self.print_lines(prefix, card_lines(said, self.zone, self.keep) if is_card else no_lines(said, self.zone))

    def print_lines(self, prefix: str, lines: Iterable[str]) -> None:
        """Each line behind its place."""
        for line in lines:
            self.out.write(f"{prefix} {line}\n")
        self.out.flush()

    def keep(self, kept: Image | File) -> str:
        """Writes a picture or file where its reader can open it."""
        self.pictures = self.pictures or Path(tempfile.mkdtemp(prefix="manyhands-"))
        self.count += 1
        path = self.pictures / f"{self.count:04d}-{Path(kept.name).name}"
        path.write_bytes(kept.png if isinstance(kept, Image) else kept.data)
        return str(path)

    def seen(self, who: str) -> list[Visible]:
        """What a person sees, oldest first."""
        return [one for one in self.visible if one.seen_by(who)]

    def press(self, who: str, what: str, key: str) -> Reply:
        """Presses a button by label or number, where it stands; raises `Missed` when there is none."""
        button, shown = button_of(self.seen(who), what, key)
        return self.say(who, shown.where, button.line)

    def fill(self, who: str, where: str, values: str) -> Reply:
        """Submits the open form with these answers in it; raises `Missed` for what it does not ask."""
        form = self.forms.get(who.casefold())
        if form is None:
            raise Missed("You have no form open. A command that needs more than you said opens one.")
        names = [field.name for field in form.fields]
        words = tokens(values, names)
        given: dict[str, str | tuple[str, ...]] = {word.key: word.text for word in words if word.key}
        form = self.forms[who.casefold()] = filled(form, given)
        if loose := [word.text for word in words if not word.key]:
            raise Missed(
                f"This form does not ask for “{loose[0]}”. It asks for {', '.join(names)}: fill {names[0]}:..."
            )
        return self.submit(who, where, form)

    def submit(self, who: str, where: str, form: Form) -> Reply:
        """A filled form is a request; a refusal names the fields that it stands beside."""
        reply = self.ask(who, where, form.line, {field.name: field.value for field in form.fields})
        if isinstance(reply, No) and reply.errors:
            beside = [md("{name}: {error}", name=name, error=error) for name, error in reply.errors.items()]
            reply = replace(reply, text=join(beside, "\n", "\n"))
        self.show_reply(who, reply, where)
        return reply

    async def carry(self, parcel: Parcel) -> Carried:
        """Shows a card to those whom it is for; an edited one once more."""
        names = [one.name for one in parcel.to]
        where = parcel.channel or (f"{names[0]}@dm" if len(names) == 1 else "+".join(names))
        to = _folded(names) if names or not parcel.channel else None
        self._keep(Visible(parcel.card, to, parcel.channel), bool(parcel.edits))
        place = f"[{names[0] if parcel.is_whisper else where}]"
        self.print_said(f"{place} (edited)" if parcel.edits else place, parcel.card)
        return Carried(parcel.channel, parcel.edits or f"m{parcel.id}")

    def _keep(self, shown: Visible, edited: bool = False) -> None:
        """Remembers what stands; what was edited stays where it stood."""
        at = next((at for at, one in enumerate(self.visible) if edited and _same(one, shown)), len(self.visible))
        self.visible[at : at + 1] = [shown]
        del self.visible[: -REMEMBERED * 5]


def _folded(names: Iterable[str]) -> frozenset[str]:
    """Whom something is for, whatever the case."""
    return frozenset(name.casefold() for name in names)


def _same(one: Visible, other: Visible) -> bool:
    return (
        isinstance(other.said, Card) and one.is_about(other.said.key) and (one.to, one.where) == (other.to, other.where)
    )


def run_script(session: Session, lines: Iterable[str], err: TextIO = sys.stderr) -> int:
    """Plays a script; lines that cannot be read are reported and the rest runs. 0, or 2 when there were such."""
    status = 0
    for number, line in enumerate(lines, 1):
        try:
            _play(session, script.read(line))
        except script.Unreadable as error:
            err.write(f"line {number}: {error}\n")
            status = 2
    return status


def _play(session: Session, step: script.Act | script.Now | None) -> None:
    match step:
        case script.Now(at):
            session.set_now(at)
        case script.Act():
            session.act(step)
        case None:
            return

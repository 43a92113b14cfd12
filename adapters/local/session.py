"""One sitting of the local community: what everybody sees, what can be pressed, which form is open."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from adapters.local import script
from adapters.local.files import attached
from adapters.local.render import buttons_of, card_lines, form_lines, no_lines
from bot.app import App
from bot.arguments import files_in
from bot.carriage import Carried, Parcel
from bot.ctx import Given, Request, Who
from bot.heard import UNKNOWN, name_of
from bot.line import tokens
from bot.outbox import members_of
from bot.people import by_ids
from bot.ui import Blank, Button, Card, File, Form, Image, No, Reply, filled, from_json
from storage.db import reading
from storage.machinery import Outbox
from storage.models import Community, Place

Drain = Callable[[datetime], None]
Print = Callable[[str, Card | Form | No], None]
REMEMBERED = 200


@dataclass(slots=True)
class Visible:
    """Something that was shown: to everybody, or to some."""

    said: Card | No
    to: frozenset[str] | None
    where: str

    def seen_by(self, who: str) -> bool:
        """Whether a person can press its buttons."""
        return self.to is None or who.casefold() in self.to


@dataclass(slots=True)
class Session:
    """The local community as one process serves it. `drain` delivers the outbox and says due timers."""

    app: App
    place: Place
    drain: Drain
    out: TextIO
    now: datetime | None = None
    forms: dict[str, Form] = field(default_factory=dict[str, Form])
    visible: list[Visible] = field(default_factory=list[Visible])
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    token: str = field(default_factory=lambda: os.urandom(6).hex())
    count: int = 0
    pictures: Path | None = None
    platform: str = "local"

    def __post_init__(self) -> None:
        """Remembers what stands, so that its buttons work after a restart."""
        with reading(self.app.engine, self.place.community_id) as db:
            self.zone = ZoneInfo(db.get_one(Community, self.place.community_id).zone)
            sent = select(Outbox).where(Outbox.place_id == self.place.id, Outbox.state == "sent")
            rows = db.exec(sent.order_by(col(Outbox.id).desc()).limit(REMEMBERED)).all()
            for row in reversed(rows):
                names = {one.name for one in by_ids(db, members_of(row)).values()}
                card = from_json(row.card)
                if isinstance(card, Card):
                    self._keep(card, None if row.channel else _folded(names), row.channel)

    @property
    def moment(self) -> datetime:
        """The time of the community, UTC."""
        return self.now or datetime.now(UTC)

    def set_now(self, at: datetime) -> None:
        """The clock goes forward only."""
        at = at if at.tzinfo else at.replace(tzinfo=self._zone())
        if self.now and at < self.now:
            raise script.Unreadable("the clock never goes backwards")
        self.now = at.astimezone(UTC)
        self.drain(self.moment)

    def _zone(self) -> ZoneInfo:
        with reading(self.app.engine, self.place.community_id) as db:
            self.zone = ZoneInfo(db.get_one(Community, self.place.community_id).zone)
        return self.zone

    def act(self, act: script.Act) -> None:
        """Does what one line says, then delivers what it caused."""
        match act.what:
            case script.Says(line):
                self.speak(act.who, act.where, line)
            case script.Presses(what, key):
                button, where = self.button(act.who, what, key)
                self.say(act.who, where, button.line)
            case script.Fills(values):
                self.fill(act.who, act.where, values)
            case script.Reacts(emoji, key, removed):
                self.say(act.who, act.where, f"kudos {'unreact' if removed else 'react'} {key} {emoji}")
        self.drain(self.moment)

    def speak(self, who: str, where: str, line: str) -> Reply:
        """A command, or what people say to each other: there `@ana ++ why` is heard where admins want it."""
        is_talk = bool(where) and name_of(self.app.catalogue, line) == UNKNOWN
        if is_talk and self.app.listening(self.place.id).reads(line):
            message = f"{where}/{self.token}-{self.count + 1}"
            return self.say(who, where, "kudos plus", {"text": line, "message": message})
        return self.say(who, where, line)

    def say(self, who: str, where: str, line: str, given: dict[str, Given] | None = None) -> Reply:
        """One request; the reply is shown to the one who asked."""
        reply = self.app.handle(self.request(who, where, line, given or {}))
        self.show_reply(who, reply)
        return reply

    def request(self, who: str, where: str, line: str, given: dict[str, Given]) -> Request:
        """What the core is asked; ids never repeat, not even after a restart."""
        self.count += 1
        account = Who(who.casefold(), who, admin=who.casefold() == "admin")
        files = {path: attached(path) for path in files_in(self.app.catalogue, line, given)}
        return Request(
            f"{self.token}-{self.count}", self.place.id, account, line, self.moment, given, where, files=files
        )

    def show_reply(self, who: str, reply: Reply) -> None:
        """Prints a reply, and remembers the form or buttons that it offers."""
        if reply is None:
            return
        if isinstance(reply, Form):
            self.forms[who] = reply
            self.print_lines(f"[{who}]", form_lines(reply))
            return
        if isinstance(reply, No) and reply.again:
            self.forms[who] = reply.again
        elif isinstance(reply, Card):
            self.forms.pop(who, None)
        self._keep(reply, _folded([who]), "")
        self.print_said(f"[{who}]", reply)

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

    def button(self, who: str, what: str, key: str) -> tuple[Button, str]:
        """The button meant by a label or number, and where it stands."""
        for shown in reversed(self.visible):
            named = isinstance(shown.said, Card) and shown.said.key == key
            buttons = buttons_of(shown.said)
            if not buttons or not shown.seen_by(who) or (key and not named):
                continue
            if found := _pressed(buttons, what):
                return found, shown.where
            if key or what.isdecimal():
                break
        raise script.Unreadable(f"there is no button {what!r} that {who} can press" + (f" on {key}" if key else ""))

    def fill(self, who: str, where: str, values: str) -> None:
        """Submits the open form with these answers in it."""
        form = self.forms.get(who)
        if form is None:
            raise script.Unreadable(f"{who} has no open form")
        names = [blank.name for blank in form.blanks]
        later = [param.name for param in self.app.catalogue.find(form.line)[0].params if param.ask.later]
        words = tokens(values, [*names, *later])
        if loose := [word.text for word in words if not word.key]:
            raise script.Unreadable(f"fill takes key:value with these keys: {', '.join(names)}; not {loose[0]!r}")
        given: dict[str, str | tuple[str, ...]] = {word.key: word.text for word in words}
        more = tuple(Blank(name, name, "text", given[name]) for name in later if name in given and name not in names)
        self.submit(who, where, filled(replace(form, blanks=(*form.blanks, *more)), given))

    def submit(self, who: str, where: str, form: Form) -> Reply:
        """A filled form is a request."""
        given: dict[str, Given] = {blank.name: blank.value for blank in form.blanks}
        return self.say(who, where, form.line, given)

    async def carry(self, parcel: Parcel) -> Carried:
        """Shows a card to those whom it is for; of an edited one, what is new."""
        names = [one.name for one in parcel.to]
        where = parcel.channel or ", ".join(f"{name}@dm" for name in names)
        before = self._standing(parcel.card.key, parcel.channel) if parcel.edits else None
        self._keep(
            parcel.card,
            None if parcel.channel else _folded(names),
            parcel.channel,
            parcel.card.key if parcel.edits else "",
        )
        if before:
            self.print_edited(f"[{where}] (edited)", before, parcel.card)
        else:
            self.print_said(f"[{where}]", parcel.card)
        return Carried(parcel.channel, parcel.edits or f"m{parcel.id}")

    def print_edited(self, prefix: str, before: Card, card: Card) -> None:
        """Prints the title and the lines that changed."""
        known = set(card_lines(before, self.zone, self.keep))
        title, *rest = card_lines(card, self.zone, self.keep)
        self.print_lines(prefix, [title, *(line for line in rest if line not in known)])

    def _standing(self, key: str, where: str) -> Card | None:
        """The card that carries this key there."""
        found = (one.said for one in self.visible if _is(one, key, where))
        return next((said for said in found if isinstance(said, Card)), None)

    def _keep(self, said: Card | No, to: frozenset[str] | None, where: str, replaces: str = "") -> None:
        if replaces:
            self.visible = [one for one in self.visible if not _is(one, replaces, where)]
        self.visible.append(Visible(said, to, where))
        del self.visible[: -REMEMBERED * 5]


def _folded(names: Iterable[str]) -> frozenset[str]:
    """Whom something is for, whatever the case."""
    return frozenset(name.casefold() for name in names)


def _is(shown: Visible, key: str, where: str) -> bool:
    return isinstance(shown.said, Card) and shown.said.key == key and shown.where == where


def _pressed(buttons: tuple[Button, ...], what: str) -> Button | None:
    if what.isdecimal():
        return buttons[int(what) - 1] if 0 < int(what) <= len(buttons) else None
    found = [one for one in buttons if one.label.casefold() == what.casefold()]
    if len({one.line for one in found}) > 1:
        raise script.Unreadable(f"{len(found)} buttons are called {what!r}: say its number")
    return found[0] if found else None


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

"""A whole community in one process: people say lines and press buttons, cards are delivered, time passes."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.local.render import card_lines, form_lines, no_lines
from bot import features
from bot.carriage import Parcel
from bot.catalogue import Catalogue
from bot.ctx import Attached, Given, Request, Who
from bot.encoder import Encoder
from bot.people import found_community
from bot.ui import Button, Card, Form, No, Reply, filled, from_json, to_json
from jobs.clock import Clock
from jobs.courier import Courier
from storage.db import connect, everywhere, reading, transaction
from storage.machinery import Timer
from storage.models import Community, Place
from storage.secrets import SIGNING, Safe
from tests import prepared
from tests.speakers import Speaker, Witness
from tests.speakers.local import Direct
from tests.visible import Recorder, Visible, address, button_seen, each_text, marked, stands_for

SAFE = Safe("the secret key of this world", SIGNING)
BEGINNING = datetime(2026, 10, 5, 9, tzinfo=UTC)
Person = str | Who


class World:
    """Two communities on one database (a file, or a URL); the first is where things happen unless said otherwise."""

    def __init__(
        self,
        database: Path | str,
        encoder: Encoder,
        zone: str = "UTC",
        catalogue: Catalogue | None = None,
        speaker: Speaker | None = None,
    ) -> None:
        self.url = database if isinstance(database, str) else f"sqlite:///{database}"
        self.file = Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite") else None
        self.encoder = encoder
        self.catalogue = catalogue or features.catalogue()
        self.speaker: Speaker = speaker or Direct()
        self.now = BEGINNING
        self.visible: list[Visible] = []
        self.forms: dict[tuple[int, str], Form] = {}
        self.parcels: list[Parcel] = []
        self.requests = 0
        self._told = 0
        self._is_usual = catalogue is None
        self._open()
        self.place = self.app.place(self.speaker.platform, self.speaker.keys[0], "Manyhands", self.now, zone)
        self.speaker.serves(self.place)

    def _open(self) -> None:
        self.engine = connect(self.url)
        prepared.has_tables(self.engine)
        self.app = Witness(self.engine, self.catalogue, self.encoder, features.welcome, safe=lambda: SAFE)
        self.clock = Clock(self.app)
        self.carrier = Recorder(self.speaker.opens(self.app, lambda: self.now))
        self.courier = Courier(self.engine, {self.speaker.platform: self.carrier})

    def close(self) -> None:
        """Nothing of it stays open."""
        self.engine.dispose()
        self.speaker.close()

    def restarts(self, catalogue: Catalogue | None = None) -> None:
        """A new process on the same file; what people see on their screens stays."""
        self.engine.dispose()
        self.catalogue = catalogue or self.catalogue
        self._open()

    @cached_property
    def second(self) -> Place:
        """The place of another community on the same installation."""
        with transaction(self.engine) as db:
            community = found_community(db, "Elsewhere", self.now, "UTC")
            key = self.speaker.keys[1]
            place = Place(community_id=community.id, platform=self.speaker.platform, key=key, name="Elsewhere")
            db.add(place)
            db.flush()
            self.speaker.serves(place)
            return place

    def db(self, place: Place | None = None) -> AbstractContextManager[Session]:
        """A session to read what is stored for one community."""
        return reading(self.engine, (place or self.place).community_id)

    def count(self, model: Any, *where: Any) -> int:
        """How many rows of the community fulfil these conditions."""
        with self.db() as db:
            return db.exec(select(func.count(col(model.id))).where(*where)).one()

    def request(
        self,
        speaker: Person,
        line: str,
        /,
        where: str = "#general",
        place: Place | None = None,
        request_id: str = "",
        people: Mapping[str, Who] | None = None,
        files: Mapping[str, Attached] | None = None,
        **given: Given,
    ) -> Request:
        """What an adapter would hand in; ids never repeat unless one is named."""
        self.requests += 1
        unique = request_id or f"request-{self.requests}"
        place_id = (place or self.place).id
        account, channel = self.speaker.account(who(speaker), place_id), self.speaker.channel(where, place_id)
        known = {key: self.speaker.account(one, place_id) for key, one in (people or {}).items()}
        return Request(unique, place_id, account, line, self.now, given, channel, known, files=files or {})

    def says(self, speaker: Person, line: str, /, where: str = "#general", **more: Any) -> Reply:
        """Someone says a line (keywords: place, request_id, people, files, a form's answers); cards are delivered."""
        return self.hands_in(self.request(speaker, line, where, **more))

    def hands_in(self, request: Request) -> Reply:
        """A request as it is, also one that was handed in before."""
        return self._answered(request, self.speaker.says(request))

    def _answered(self, request: Request, reply: Reply) -> Reply:
        reply = self._in_words(reply)
        self._remember(request, reply)
        self.delivers()
        return reply

    def _in_words(self, reply: Reply) -> Reply:
        """A reply with people and channels as scenarios call them."""
        return from_json(json.dumps(each_text(json.loads(to_json(reply)), self.speaker.named)))

    def _remember(self, request: Request, reply: Reply) -> None:
        speaker = (request.place, request.who.name)
        if isinstance(reply, Form):
            self.forms[speaker] = reply.first_step(self.speaker.room)
        elif isinstance(reply, No) and reply.again:
            self.forms[speaker] = reply.again
        if isinstance(reply, Card | No):
            to, where = frozenset({request.who.name}), self.speaker.named(request.channel)
            self.visible.append(Visible(reply, to, where, request.place))

    def presses(self, speaker: Person, label: str, on: str = "", place: Place | None = None) -> Reply:
        """Presses the button of that label (or that begins so) on the newest card that shows one to this person."""
        button, where = self.button(speaker, label, on, place)
        request = self.request(speaker, button.line, where, place)
        return self._answered(request, self.speaker.presses(request, button))

    def button(self, speaker: Person, label: str, on: str = "", place: Place | None = None) -> tuple[Button, str]:
        """The button that would be pressed, and where it stands."""
        found = button_seen(self.visible, who(speaker).name, (place or self.place).id, label, on)
        assert found, f"{who(speaker).name} sees no button {label!r}" + (f" on {on}" if on else "")
        return found

    def sees_button(self, speaker: Person, label: str, on: str = "") -> bool:
        """Whether there is such a button for this person."""
        return button_seen(self.visible, who(speaker).name, self.place.id, label, on) is not None

    def fills(self, speaker: Person, /, where: str = "#general", **answers: str | tuple[str, ...]) -> Reply:
        """Submits the form that is open for this person, with these answers in it."""
        form = filled(self.forms[self.place.id, who(speaker).name], answers)
        given = {field.name: field.value for field in form.fields}
        request = replace(self.request(speaker, form.line, where), given=given)
        return self._answered(request, self.speaker.fills(request, answers))

    def reads(self, reply: Reply) -> str:
        """All that a reply says, buttons included; people with `@`, which tells them from names in somebody's words."""
        zone = ZoneInfo("UTC")
        match from_json(json.dumps(marked(json.loads(to_json(reply))))):
            case None:
                return ""
            case Card() as card:
                return "\n".join(card_lines(card, zone, lambda image: image.name))
            case No() as no:
                return "\n".join(no_lines(no, zone))
            case Form() as form:
                return "\n".join(form_lines(form))

    def hears(self, speaker: Person, line: str, /, where: str = "#general", **more: Any) -> str:
        """Says a line and reads the answer."""
        return self.reads(self.says(speaker, line, where, **more))

    def joins(self, *speakers: Person) -> None:
        """People say something for the first time; what the bot tells them then is out of the way."""
        if self.requests or not self._is_usual or self.file is None:
            self._introduces(speakers)
            return
        before = prepared.content(self.file)
        beginning = (before, self.now, self.speaker.platform, self.encoder.model, speakers)
        if not prepared.is_kept(beginning):
            self._introduces(speakers)
            prepared.keep(beginning, self.file, (tuple(self.visible), tuple(self.parcels), self.speaker.keeps()))
        else:
            self._resumes(prepared.resume(beginning, self.engine, self.file), len(speakers))

    def _introduces(self, speakers: tuple[Person, ...]) -> None:
        for speaker in speakers:
            self.says(speaker, "help")
        self.outbox()

    def _resumes(self, beside: Any, requests: int) -> None:
        """Goes on where another world was after the same introductions."""
        visible, parcels, kept = beside
        self.visible, self.parcels = [*visible], [*parcels]
        self.requests, self._told = requests, len(parcels)
        self.speaker.resumes(kept)

    def leaves(self, name: str) -> None:
        """The platform reports that somebody left."""
        self.speaker.leaves(self.speaker.account(who(name), self.place.id), self.place.id)

    def delivers(self) -> None:
        """The courier goes round until nothing is left."""
        self.speaker.run(self.courier.drain(self.now))
        for parcel in self.carrier.parcels:
            self._show(self._carried(parcel))
        self.carrier.parcels = []

    def _carried(self, parcel: Parcel) -> Parcel:
        """What was carried, in the words of scenarios."""
        said = self._in_words(parcel.card)
        assert isinstance(said, Card)
        return replace(parcel, card=said, channel=self.speaker.named(parcel.channel))

    def _show(self, parcel: Parcel) -> None:
        names = frozenset(one.name for one in parcel.to) or None
        if parcel.edits:
            self.visible = [one for one in self.visible if not stands_for(one, parcel)]
        self.visible.append(Visible(parcel.card, names, parcel.channel, parcel.place.id))
        self.parcels.append(parcel)

    def outbox(self) -> list[tuple[str, str]]:
        """What was delivered since this was last asked: where (`#general`, `ben`, `ana, ben`) and what it says."""
        self.delivers()
        new = self.parcels[self._told :]
        self._told = len(self.parcels)
        return [(address(parcel), self.reads(parcel.card)) for parcel in new]

    def told(self, to: str) -> str:
        """What was delivered to one address since the outbox was last asked, as one text."""
        return "\n".join(text for where, text in self.outbox() if where == to)

    def passes(self, **how_long: float) -> None:
        """Time goes by; timers are said at their own moments."""
        self._moves_to(self.now + timedelta(**how_long))

    def at(self, moment: str) -> None:
        """The clock is set forward to a moment (ISO 8601, the community's zone unless it names another)."""
        then = datetime.fromisoformat(moment)
        then = then if then.tzinfo else then.replace(tzinfo=self._zone())
        assert then >= self.now, "the clock never goes backwards"
        self._moves_to(then.astimezone(UTC))

    def _zone(self) -> ZoneInfo:
        with self.db() as db:
            return ZoneInfo(db.get_one(Community, self.place.community_id).zone)

    def _moves_to(self, end: datetime) -> None:
        while (due := self._next_timer()) and due <= end:
            self.now = max(due, self.now)
            self._ticks()
        self.now = end
        self._ticks()

    def _ticks(self) -> None:
        self.clock.tick(self.now)
        self.delivers()

    def _next_timer(self) -> datetime | None:
        with everywhere(self.engine) as db:
            return db.exec(select(func.min(Timer.due))).one()


def who(speaker: Person) -> Who:
    """An account as the platform describes it; `admin` is one by right."""
    return speaker if isinstance(speaker, Who) else Who(speaker.casefold(), speaker, admin=speaker == "admin")

"""The one road: every request, from every platform, becomes a reply here, in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from random import Random
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.arguments import Call, call_of, open_form, read
from bot.arrival import Arrival, Before, first_look, look
from bot.catalogue import Catalogue
from bot.command import Command
from bot.ctx import Apart, Asked, Ctx, Refusal, Request, here, readable, storable
from bot.encoder import Encoder
from bot.heard import Unwatched, Watch, failed, followed, reference_of
from bot.kinds import Option
from bot.lookups import Lookups
from bot.people import admit, arrive, require_admin, system
from bot.text import Text, md
from bot.ui import Form, No, Reply, from_json, to_json
from storage.db import Writes, looking, reading, transaction
from storage.models import Community, Member, Place
from storage.receipts import leave_receipt
from storage.secrets import Safe, no_safe
from storage.trouble import Clash, Trouble, Unwritable
from storage.vectors import keep

LONGEST_LINE = 8000
MOST_CLASHES = 4
BUSY = md("I am very busy right now. Please try again in a moment; nothing was changed.")
FULL = md("I cannot write anything down at the moment. Nothing was changed; please tell whoever runs me.")
log = structlog.get_logger("manyhands")


class Thought:
    """What a slow command worked out, and the vectors that it had to compute for it."""

    def __init__(self, value: Any, ctx: Ctx) -> None:
        self.value = value
        self.fresh = ctx.fresh


class App(Lookups):
    """The collective's rules over one database."""

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        encoder: Encoder,
        welcome: Callable[[Ctx], None],
        apart: Apart = here,
        safe: Callable[[], Safe] = no_safe,
    ) -> None:
        super().__init__(engine)
        self.catalogue = catalogue
        self.encoder = encoder
        self.welcome = welcome
        self.apart = apart
        self.safe = safe
        self.watch: Watch = Unwatched()

    @followed
    def handle(self, request: Request) -> Reply:
        """Answers a request; a redelivered one gets its first answer. Nobody is left in silence.

        A timer's line has nobody to tell that the database is in `Trouble`: that is raised, and the timer stays due.
        """
        try:
            return self._settled(readable(request))
        except Trouble as trouble:
            log.warning("no database", kind=type(trouble).__name__, why=str(trouble), request=request.id)
            if request.timer:
                raise
            return self._again(request, FULL if isinstance(trouble, Unwritable) else BUSY)
        except Exception:
            reference = reference_of(request.id)
            failed()
            log.exception("request failed")
            return self._sorry(request, reference)

    def suggest(self, request: Request, name: str, typed: str) -> list[Option]:
        """What could be meant by what is typed so far into one argument of the line's command."""
        try:
            return self._suggestions(readable(request), name, storable(typed))
        except (Refusal, Trouble):
            return []

    def form(self, request: Request) -> Form | No:
        """The form of a line's command, with what it says over what is known; nothing is done yet."""
        place = self.place_of(request.place)
        try:
            with reading(self.engine, place.community_id) as db:
                ctx = self._reader(db, place, request)
                return open_form(ctx, self._call(ctx))
        except Refusal as no:
            return No(no.text, no.about, buttons=no.buttons)

    def _settled(self, request: Request) -> Reply:
        """Two that stood in each other's way: the one that gave way begins again, and sees what the other did."""
        for _ in range(MOST_CLASHES):
            try:
                return self._answered(request)
            except (Clash, IntegrityError) as clash:
                log.info("begins again", kind=type(clash).__name__)
        return self._answered(request)

    def _answered(self, request: Request) -> Reply:
        place, command = self.place_of(request.place), self._command(request)
        try:
            if command and command.reads and not request.once:
                return self._looked_up(place, request)
        except Writes:
            log.debug("writes, although it reads", request=request.id)
        try:
            thought = self._thought(place, request) if command and command.think else None
            return self._written(place, request, thought)
        except Before as before:
            return None if request.once else from_json(before.reply)

    def _command(self, request: Request) -> Command | None:
        try:
            return self.catalogue.find(request.line.replace("\u00a0", " "))[0]
        except Refusal:
            return None

    def _looked_up(self, place: Place, request: Request) -> Reply:
        """The answer of a command that reads, for somebody who is known: no transaction, and no receipt."""
        with looking(self.engine, place.community_id) as db:
            arrival = look(db, place, request)
            if arrival.receipt or arrival.member is None or _is_new(arrival.member):
                raise Writes
            return self._reply(self._met(db, place, request, arrival), None, nullcontext())

    def _written(self, place: Place, request: Request, thought: Thought | None) -> Reply:
        """The answer, all that it does, and its receipt, in one transaction."""
        with transaction(self.engine, place.community_id) as db:
            ctx = self._met(db, place, request, first_look(db, place, request))
            reply = self._reply(ctx, thought, db.begin_nested())
            leave_receipt(db, place, request.id, to_json(reply), request.at)
        return reply

    def _ctx(self, db: Session, place: Place, request: Request) -> Ctx:
        return self._met(db, place, request, look(db, place, request))

    def _met(self, db: Session, place: Place, request: Request, arrival: Arrival) -> Ctx:
        me = system(db) if request.timer else arrive(db, place, arrival.member, request.who, request.at)
        return self._world(db, request, arrival.community, place, me)

    def _world(self, db: Session, request: Request, community: Community, place: Place, me: Member) -> Ctx:
        rng = Random(request.id)
        return Ctx(db, request, community, place, me, self.encoder, rng, apart=self.apart, safe=self.safe)

    def _reply(self, ctx: Ctx, thought: Thought | None, undoing: AbstractContextManager[Any]) -> Reply:
        """What it did is undone where the answer is a no or a question."""
        call: Call | None = None
        try:
            with undoing:
                call = self._call(ctx)
                reply = self._run(ctx, call, thought)
        except Asked as asked:
            reply = asked.form
        except Refusal as no:
            reply = No(no.text, no.about, call.again(no.about) if call else None, no.buttons)
        if reply is not None:
            self._greet(ctx)
        return reply

    def _call(self, ctx: Ctx) -> Call:
        request = ctx.request
        if len(request.line) > LONGEST_LINE:
            raise Refusal("That line is too long for me: {n} characters.", n=f"{len(request.line):,}")
        command, rest = self.catalogue.find(request.line.replace("\u00a0", " "))
        if command.timer and not request.timer:
            raise Refusal("That happens by itself.")
        if command.admin and not request.timer:
            require_admin(ctx)
        return call_of(command, rest, request.given, lambda param, words: param.kind.knows(ctx, words))

    def _run(self, ctx: Ctx, call: Call, thought: Thought | None) -> Reply:
        values = read(ctx, call)
        if call.command.think is None:
            return call.command.run(ctx, **values)
        if thought is None:
            return call.command.run(ctx, call.command.think(ctx, **values), **values)
        keep(ctx.db, thought.fresh)
        return call.command.run(ctx, thought.value, **values)

    def _thought(self, place: Place, request: Request) -> Thought | None:
        """What takes long is worked out before the transaction, from a snapshot."""
        self._know(place, request)
        with reading(self.engine, place.community_id) as db:
            ctx = self._ctx(db, place, request)
            try:
                call = self._call(ctx)
                values = read(ctx, call)
                return Thought(call.command.think(ctx, **values) if call.command.think else None, ctx)
            except (Refusal, Asked):
                return None

    def _know(self, place: Place, request: Request) -> None:
        """A new face is admitted before anything is worked out for them."""
        with reading(self.engine, place.community_id) as db:
            arrival = first_look(db, place, request)
        if arrival.member is None and not request.timer:
            with transaction(self.engine, place.community_id) as db:
                admit(db, place, request.who, request.at)

    def _greet(self, ctx: Ctx) -> None:
        if _is_new(ctx.me) and not ctx.request.timer:
            ctx.me.greeted_at = ctx.now
            ctx.db.add(ctx.me)
            self.welcome(ctx)

    def _reader(self, db: Session, place: Place, request: Request) -> Ctx:
        """The world of someone who only looks: a new face does not join by it."""
        arrival = look(db, place, request)
        if arrival.member:
            return self._met(db, place, request, arrival)
        me = Member(id=0, number=-1, name=request.who.name, joined_at=request.at)
        return self._world(db, request, arrival.community, place, me)

    def _suggestions(self, request: Request, name: str, typed: str) -> list[Option]:
        place = self.place_of(request.place)
        command, _rest = self.catalogue.find(request.line)
        param = next((one for one in command.params if one.name == name), None)
        with reading(self.engine, place.community_id) as db:
            ctx = self._reader(db, place, request)
            suggest = (param.ask.suggest or param.kind.suggest) if param else None
            if param and param.choices:
                return [Option(one, one) for one in param.choices if typed.casefold() in one]
            return list(suggest(ctx, typed[:100]))[:25] if suggest and not (command.admin and not ctx.me.admin) else []

    def _sorry(self, request: Request, reference: str) -> No:
        """Says that it was our fault, with a reference for the operator."""
        said = "Something broke on my side; nothing was changed. If it happens again, tell an admin this: ref `{ref}`"
        text = md(said, ref=reference)
        return self._again(request, text)

    def _again(self, request: Request, text: Text) -> No:
        """A no that keeps what was typed."""
        try:
            command, rest = self.catalogue.find(request.line)
            return No(text, again=call_of(command, rest, request.given).again())
        except Refusal:
            return No(text)


def _is_new(member: Member) -> bool:
    return member.greeted_at is None and member.kind in {"person", "guest"}

"""The one road: every request, from every platform, becomes an answer here, in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Literal

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.accounts import admit, arrive, onlooker
from bot.answer import Answer, answered
from bot.apology import no_database, our_fault
from bot.arguments import Call, call_of, opened
from bot.arrival import Arrival, Before, first_look, look
from bot.calls import LONGEST_LINE, Thought, call_for, run, think
from bot.catalogue import Catalogue
from bot.command import Command
from bot.ctx import FORM, Apart, Asked, Ctx, Refusal, Request, here, readable, storable
from bot.embedding import Library
from bot.encoder import Encoder, EncoderDown, Unencoded
from bot.heard import Unwatched, Watch, failed, followed, reference_of
from bot.kinds import Option
from bot.lookups import Lookups
from bot.outbox import has_written
from bot.people import system
from bot.suggestions import suggestions
from bot.ui import No, Reply, from_json, to_json
from storage.db import Writes, looking, reading, transaction, undoing
from storage.models import Member, Place
from storage.rows import leave_receipt
from storage.secrets import Safe, no_safe
from storage.trouble import Clash, Trouble

MOST_CLASHES = 4
Pace = Literal["looks", "writes", "ponders"]
log = structlog.get_logger("manyhands")


class App(Lookups):
    """The collective's rules over one database. `wake` is called when there is something new to deliver."""

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
        self.wake: Callable[[], None] = lambda: None

    @followed
    def handle(self, request: Request) -> Answer:
        """Answers a request; a redelivered one gets its first answer. Nobody is left in silence.

        A timer's line has nobody to tell that the database is in `Trouble`: that is raised, and the timer stays due.
        """
        try:
            return self._settled(readable(request))
        except Trouble as trouble:
            log.warning("no database", kind=type(trouble).__name__, why=str(trouble), request=request.id)
            if request.timer:
                raise
            return Answer(no_database(self.catalogue, request, trouble))
        except Exception:
            failed()
            log.exception("request failed", reference=reference_of(request.id))
            return Answer(our_fault(self.catalogue, request))

    def is_for_admins(self, line: str) -> bool:
        """Whether a line calls what only admins may; the platform's word on who is one had better be fresh then."""
        command = self._command(line)
        return bool(command and command.admin)

    def names_a_channel(self, line: str) -> bool:
        """Whether a line calls what takes a channel, so that a word with `#` before it may be one."""
        command = self._command(line)
        return bool(command and any(one.kind.name == "channel" for one in command.params))

    def _command(self, line: str) -> Command | None:
        try:
            return self.catalogue.find(line.removeprefix(FORM))[0]
        except Refusal:
            return None

    def pace(self, request: Request) -> Pace:
        """What the answer may have to wait for: for nothing, for who writes, or for the language model."""
        call = self._call(request)
        if request.asks_form or (call and call.asks):
            return "looks"
        if call and call.ponders:
            return "ponders"
        return "looks" if call and call.command.reads else "writes"

    def suggest(self, request: Request, name: str, typed: str) -> list[Option]:
        """What could be meant by what is typed so far into one argument of the line's command."""
        request = readable(request)
        try:
            place = self.place_of(request.place)
            with reading(self.engine, place.community_id) as db:
                return suggestions(self._reader(db, place, request), self.catalogue, name, storable(typed))
        except (Refusal, Trouble):
            return []

    def _settled(self, request: Request) -> Answer:
        """Two that stood in each other's way: the one that gave way begins again, and sees what the other did.

        So does what turns out to need the language model, which is asked meanwhile, outside of the transaction.
        """
        for _ in range(MOST_CLASHES):
            try:
                return self._answered(request)
            except (Clash, IntegrityError) as clash:
                log.info("begins again", kind=type(clash).__name__)
            except Unencoded as missing:
                self._ask(request, missing)
        return self._answered(request)

    def _ask(self, request: Request, missing: Unencoded) -> None:
        """The vectors that a transaction wanted are at hand afterwards; where the model is down, it goes on without."""
        with suppress(EncoderDown), reading(self.engine, self.place_of(request.place).community_id) as db:
            Library(db, self.encoder, []).encode(missing.kind, missing.texts)

    def _answered(self, request: Request) -> Answer:
        place, call = self.place_of(request.place), self._call(request)
        if request.asks_form:
            return self._opened(place, request)
        try:
            if call and (call.command.reads or call.asks) and not request.once:
                return self._looked_up(place, request)
        except Writes:
            log.debug("writes, although it reads", request=request.id)
        try:
            thought = self._thought(place, request) if call and call.command.think else None
            return self._written(place, request, thought)
        except Before as before:
            with reading(self.engine, place.community_id) as db:
                return answered(db, place.id, from_json(before.reply), again=True)

    def _call(self, request: Request) -> Call | None:
        """What is called, as far as its words tell; none where there is nothing to call, or no end of words."""
        if len(request.line) > LONGEST_LINE:
            return None
        try:
            return call_of(*self.catalogue.find(request.said), request.given)
        except Refusal:
            return None

    def _opened(self, place: Place, request: Request) -> Answer:
        """The form of a line's command, with what it says over what is known; nothing is done yet."""
        with reading(self.engine, place.community_id) as db:
            ctx = self._reader(db, place, request)
            try:
                return answered(db, place.id, opened(ctx, call_for(ctx, self.catalogue)))
            except Refusal as no:
                return Answer(No(no.text, buttons=no.buttons))

    def _looked_up(self, place: Place, request: Request) -> Answer:
        """The answer of a command that reads, or the form of one that lacks something, for somebody who is known: no
        transaction, and no receipt, so that it waits for nobody who writes."""
        with looking(self.engine, place.community_id) as db:
            arrival = look(db, place, request)
            if arrival.receipt or arrival.member is None or _is_new(arrival.member):
                raise Writes
            reply = self._reply(self._met(db, place, request, arrival), None, nullcontext())
            return answered(db, place.id, reply)

    def _written(self, place: Place, request: Request, thought: Thought | None) -> Answer:
        """The answer, all that it does, and its receipt, in one transaction."""
        with transaction(self.engine, place.community_id) as db:
            ctx = self._met(db, place, request, first_look(db, place, request))
            reply = self._reply(ctx, thought, undoing(db))
            leave_receipt(db, place, request.id, to_json(reply), request.at)
            answer = answered(db, place.id, reply)
        if has_written(db):
            self.wake()
        return answer

    def _ctx(self, db: Session, place: Place, request: Request) -> Ctx:
        return self._met(db, place, request, look(db, place, request))

    def _met(self, db: Session, place: Place, request: Request, arrival: Arrival) -> Ctx:
        me = system(db) if request.timer else arrive(db, place, arrival.account, request)
        return self._world(db, place, request, arrival, me)

    def _reader(self, db: Session, place: Place, request: Request) -> Ctx:
        """The world of someone who only looks: a new face does not join by it."""
        arrival = look(db, place, request)
        return self._world(db, place, request, arrival, arrival.member or onlooker(request))

    def _world(self, db: Session, place: Place, request: Request, arrival: Arrival, me: Member) -> Ctx:
        return Ctx(db, request, arrival.community, place, me, self.encoder, apart=self.apart, safe=self.safe)

    def _reply(self, ctx: Ctx, thought: Thought | None, undoing: AbstractContextManager[Any]) -> Reply:
        """What it did is undone where the answer is a no or a question."""
        call: Call | None = None
        try:
            with undoing:
                call = call_for(ctx, self.catalogue)
                reply = run(ctx, call, thought)
        except Asked as asked:
            reply = asked.form
        except Refusal as no:
            no.even_so(ctx)
            reply = call.refused(no) if call else No(no.text, buttons=no.buttons)
        if reply is not None and _is_new(ctx.me) and not ctx.request.timer:
            ctx.me.greeted_at = ctx.now
            ctx.db.add(ctx.me)
            self.welcome(ctx)
        return reply

    def _thought(self, place: Place, request: Request) -> Thought | None:
        """What takes long is worked out before the transaction, from a snapshot; a new face is admitted before."""
        with reading(self.engine, place.community_id) as db:
            is_new = first_look(db, place, request).member is None and not request.timer
        if is_new:
            with transaction(self.engine, place.community_id) as db:
                admit(db, place, request.who, request.at)
        with reading(self.engine, place.community_id) as db:
            return think(self._ctx(db, place, request), self.catalogue)


def _is_new(member: Member) -> bool:
    return member.greeted_at is None and member.kind in {"person", "guest"}

"""The parts that every process shares: the database, the encoder and the command core on top."""

from datetime import UTC, datetime
from types import TracebackType

import structlog
from sqlmodel import select

from bot import features
from bot.app import App
from bot.ctx import Given, Request
from bot.ui import Reply
from jobs.apart import apart
from jobs.clock import SYSTEM, Clock, first_places
from jobs.embed import Encoder
from jobs.environment import Environment
from jobs.health import Health
from jobs.safes import safe_of
from storage import language, wall
from storage.db import connect, everywhere, reading
from storage.models import Place
from storage.upgrade import require_current, upgrade

HOME = "#general"
log = structlog.get_logger("manyhands.house")


class House:
    """Opened at start, closed at the end."""

    def __init__(self, env: Environment, check: bool = True, ahead: bool = False) -> None:
        """`ahead`: vectors are made in the background, and until a new model has them all the one before serves."""
        self.env = env
        self.engine = connect(env.database_url)
        if check:
            self._bring_up_to_date()
        self.encoder = Encoder(env.embedding_model)
        self.coming: Encoder | None = None
        self.former: Encoder | None = None
        if ahead:
            self._let_the_old_one_serve()
        self.app = App(self.engine, features.catalogue(), self.encoder, features.welcome, apart, safe_of(env))
        self.clock = Clock(self.app)
        self.health = Health(self.engine)

    def _bring_up_to_date(self) -> None:
        """SQLite migrates by itself; PostgreSQL waits for `manyhands db upgrade`."""
        if self.engine.dialect.name == "sqlite":
            upgrade(self.engine)
        else:
            require_current(self.engine)
            self._warn_of_an_open_wall()

    def _warn_of_an_open_wall(self) -> None:
        with self.engine.connect() as connection:
            if wall.is_open_to(connection):
                log.warning("the database role is a superuser: row-level security does not hold for it")

    def _let_the_old_one_serve(self) -> None:
        with reading(self.engine) as db:
            serves = language.serving(db)
        if serves and serves != self.encoder.model:
            self.coming, self.encoder = self.encoder, Encoder(serves)
            log.info("another language model is to follow", serves=serves, coming=self.coming.model)

    def succeed(self) -> None:
        """The model that was to follow serves; who is being answered by the other one is let finish."""
        if self.coming is None:
            return
        self.former, self.encoder, self.coming = self.encoder, self.coming, None
        self.app.encoder = self.encoder

    def let_go(self) -> None:
        """Nobody uses the former model any more."""
        if self.former is not None:
            self.former.close()
            self.former = None

    def close_models(self) -> None:
        """Their processes end; whoever waits for one gets `EncoderDown`."""
        for one in (self.encoder, self.coming, self.former):
            if one is not None:
                one.close()

    def local_place(self) -> Place:
        """The community in the terminal."""
        place = self.app.place("local", "local", "Manyhands", datetime.now(UTC))
        self.app.at_home(place.id, HOME)
        return place

    def local_place_if_any(self) -> Place | None:
        """The community in the terminal, where anybody was ever there."""
        with everywhere(self.engine) as db:
            place = db.exec(select(Place).where(Place.platform == "local")).first()
            if place:
                db.expunge(place)
            return place

    def say_everywhere(self, line: str, now: datetime, key: str, **given: Given) -> list[Reply]:
        """Says a line as the bot itself in every community; `key` makes it happen once."""
        with everywhere(self.engine) as db:
            places = first_places(db)
        requests = [Request(key, place, SYSTEM, line, now, given, timer=True) for place in places.values()]
        return [self.app.handle(request).reply for request in requests]

    def __enter__(self) -> "House":
        """Nothing is started before it is needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The models' processes end with this one."""
        self.close_models()
        self.engine.dispose()

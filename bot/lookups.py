"""What adapters ask of the database beside handing requests in: places, accounts, cards, what to listen for."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import select

from bot.accounts import leave
from bot.listening import Listening, listening
from bot.people import found_place
from storage.db import reading, transaction
from storage.machinery import Shown
from storage.models import Place


class Lookups:
    """Over one database. A place is looked up once: it stays what it is, and in its community."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._places: dict[int, Place] = {}

    def place(self, platform: str, key: str, name: str, at: datetime, zone: str = "UTC") -> Place:
        """The place that an adapter serves, founded when it is new."""
        with transaction(self.engine) as db:
            return found_place(db, platform, key, name, at, zone)

    def at_home(self, place_id: int, channel: str) -> None:
        """What the platform has for everybody in a place: there goes what nobody has chosen a channel for."""
        with transaction(self.engine, self.place_of(place_id).community_id) as db:
            place = db.get_one(Place, place_id)
            if place.home != channel:
                place.home = channel
                db.add(place)

    def place_of(self, place_id: int) -> Place:
        """The place with that id."""
        if place_id not in self._places:
            with reading(self.engine) as db:
                self._places[place_id] = db.get_one(Place, place_id)
        return self._places[place_id]

    def card_at(self, place_id: int, channel: str, message: str) -> str:
        """The key of the living card that a message is; empty when it is none."""
        with reading(self.engine, self.place_of(place_id).community_id) as db:
            query = select(Shown.key).where(
                Shown.place_id == place_id, Shown.channel == channel, Shown.message == message
            )
            return db.exec(query).first() or ""

    def listening(self, place_id: int) -> Listening:
        """Which reactions and words in other people's messages are to be handed in; one cheap read."""
        with reading(self.engine, self.place_of(place_id).community_id) as db:
            return listening(db, place_id)

    def gone(self, place_id: int, key: str, at: datetime) -> None:
        """Someone's account in a place was switched off or left; the member leaves when it was their only one."""
        with transaction(self.engine, self.place_of(place_id).community_id) as db:
            leave(db, place_id, key, at)

"""Where people are at home: the places of an account, and the channels that a place has chosen."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.people import found_community, found_place
from bot.text import Channel
from storage.db import reading, transaction
from storage.machinery import Setting
from storage.models import Account, Community, Place

_channels: TypeAdapter[Channel | None] = TypeAdapter(Channel | None)


def known_place(engine: Engine, platform: str, key: str) -> Place | None:
    """The place of that key, when it was founded before."""
    with reading(engine) as db:
        return _place(db, platform, key)


def places_on(engine: Engine, platform: str) -> list[Place]:
    """All places of a platform, first come first."""
    with reading(engine) as db:
        return list(db.exec(select(Place).where(Place.platform == platform).order_by(col(Place.id))).all())


def place_of_its_own(engine: Engine, platform: str, key: str, name: str, at: datetime) -> Place:
    """The place of that key, founded with a community of its own when it is new."""
    with transaction(engine) as db:
        if found := _place(db, platform, key):
            return found
        place = Place(community_id=found_community(db, name, at, "UTC").id, platform=platform, key=key, name=name)
        db.add(place)
        db.flush()
        return place


def shared_place(engine: Engine, platform: str, key: str, name: str, at: datetime) -> Place:
    """The place of that key, in the operator's community when it is new."""
    with transaction(engine) as db:
        return found_place(db, platform, key, name, at)


def homes(engine: Engine, platform: str, key: str) -> list[Place]:
    """The places of a platform where an account is known, one for each community, first come first."""
    found: dict[int, Place] = {}
    for place in places_on(engine, platform):
        if place.community_id not in found and _is_known(engine, place, key):
            found[place.community_id] = place
    return list(found.values())


def _is_known(engine: Engine, place: Place, key: str) -> bool:
    with reading(engine, place.community_id) as db:
        return db.exec(select(Account.id).where(Account.place_id == place.id, Account.key == key)).first() is not None


def community_name(engine: Engine, place: Place) -> str:
    """What the community of a place is called."""
    with reading(engine) as db:
        return db.get_one(Community, place.community_id).name


def channel_of(engine: Engine, place: Place, feature: str) -> str:
    """The channel that a feature was given in a place; empty when it has none there."""
    with reading(engine, place.community_id) as db:
        query = select(Setting.value).where(
            Setting.feature == feature, Setting.name == "channel", Setting.place_key == place.id
        )
        return _key_in(db.exec(query).first() or "null")


def _key_in(stored: str) -> str:
    found = _channels.validate_json(stored)
    return found.key if found else ""


def _place(db: Session, platform: str, key: str) -> Place | None:
    return db.exec(select(Place).where(Place.platform == platform, Place.key == key)).first()

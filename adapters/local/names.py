"""What people of the local community are called: as their name was first written, in this process or before."""

import unicodedata

from sqlalchemy import Engine
from sqlmodel import select

from bot.ctx import Who
from storage.db import reading
from storage.models import Account, Member, Place

FOUNDER = "admin"


class Names:
    """One name a person, whatever the case in which it is written later."""

    def __init__(self, engine: Engine, place: Place) -> None:
        with reading(engine, place.community_id) as db:
            query = select(Account.key, Member.name).join(Member).where(Account.place_id == place.id)
            self.first = dict(db.exec(query).all())

    def who(self, written: str) -> Who:
        """The account that a name means; `admin` is one by right."""
        name = unicodedata.normalize("NFC", written)
        key = name.casefold()
        return Who(key, self.first.setdefault(key, name), admin=key == FOUNDER)

    def called(self, written: str) -> str:
        """The name as it was first written."""
        return self.who(written).name

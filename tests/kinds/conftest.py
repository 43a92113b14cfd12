"""The community in which these scenarios play."""

from datetime import UTC, datetime

import numpy as np
import pytest

from bot.accounts import admit
from bot.calibration import SHIPPED
from bot.ctx import Ctx, Request, Who
from bot.encoder import Matrix
from bot.people import found_place
from storage.db import connect, transaction
from storage.models import Community, Member
from storage.upgrade import upgrade

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


class Silent:
    """An encoder that nothing here may ask."""

    model = "silent"
    ready = True
    scale = SHIPPED

    def encode(self, texts, kind="document") -> Matrix:
        return np.zeros((len(texts), 1), np.float32)


@pytest.fixture
def ctx(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/kinds.db")
    upgrade(engine)
    with transaction(engine) as db:
        place = found_place(db, "local", "local", "Kinds", NOW, "Europe/Berlin")
        for number, name in enumerate(["Ana", "Ben", "ben", "Carol Ann", "100%"], 1):
            admit(db, place, Who(f"U{number}", name), NOW)
        gone = Member(number=20, name="Gone", joined_at=NOW, left_at=NOW)
        app = Member(number=21, name="Robot", kind="bot", joined_at=NOW)
        db.add_all([gone, app])
        db.flush()
        me = db.get_one(Member, 2)
        request = Request("r", place.id, Who("U1"), "", NOW, people={"U9": Who("U9", "Newcomer")})
        yield Ctx(db, request, db.get_one(Community, 1), place, me, Silent())
    engine.dispose()

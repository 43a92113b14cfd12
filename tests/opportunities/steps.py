"""What the scenarios of this folder have in common."""

from sqlmodel import select

from storage.models import Opportunity
from tests.world import World

POST = (
    'opportunity post "Data pipeline" Ten sensors and one dashboard needs:"Kubernetes expert, Python" pay:"600 a day"'
)


def state(world: World) -> str:
    with world.db() as db:
        return db.exec(select(Opportunity.state)).first() or ""

"""What the scenarios of this folder have in common."""

from sqlmodel import select

from bot.ui import Card
from storage.models import Member, Tip
from tests.world import World


def work(world: World, skill: str, by: str = "ana", title: str = "") -> None:
    """Somebody posts work that needs a skill."""
    said = f'opportunity post "{title or skill + " wanted"}" "There is a season of {skill} to do" needs:"={skill}"'
    assert isinstance(world.says(by, said), Card)
    world.outbox()


def claims(world: World, who: str, *skills: str) -> None:
    for skill in skills:
        assert isinstance(world.says(who, f'skill claim "={skill}" expert'), Card)


def news(world: World) -> list[str]:
    return [text for where, text in world.outbox() if where == "#news"]


def tips(world: World, who: str = "ben") -> int:
    with world.db() as db:
        found = select(Tip.id).join(Member, Member.id == Tip.member_id).where(Member.name == who)
        return len(db.exec(found).all())


def edited(world: World, who: str, said: str) -> None:
    assert isinstance(world.says(who, f"profile edit {said}"), Card)

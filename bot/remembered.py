"""What the bot itself remembers between requests: when it last did something that must not be done too often."""

from datetime import datetime, timedelta

from sqlmodel import select

from bot.ctx import Ctx
from storage.machinery import Setting

FEATURE = "remembered"


def once_in(ctx: Ctx, what: str, pause: timedelta) -> bool:
    """Whether `what` was last done longer ago than `pause`; if so it counts as done now."""
    query = select(Setting).where(Setting.place_key == 0, Setting.feature == FEATURE, Setting.name == what)
    row = ctx.db.exec(query).first()
    if row and ctx.now - datetime.fromisoformat(row.value) < pause:
        return False
    row = row or Setting(feature=FEATURE, name=what, value="")
    row.value = ctx.now.isoformat()
    ctx.db.add(row)
    return True

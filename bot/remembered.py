"""What the bot itself remembers between requests: when it last did something that must not be done too often."""

from datetime import datetime, timedelta

from sqlmodel import select

from bot.ctx import Ctx
from storage.machinery import Setting

FEATURE = "remembered"


def once_in(ctx: Ctx, what: str, pause: timedelta) -> bool:
    """Whether `what` was last done longer ago than `pause`; if so it counts as done now."""
    row = _row(ctx, what)
    if row and ctx.now - datetime.fromisoformat(row.value) < pause:
        return False
    row = row or Setting(feature=FEATURE, name=what, value="")
    row.value = ctx.now.isoformat()
    ctx.db.add(row)
    return True


def count(ctx: Ctx, what: str, within: timedelta) -> int:
    """How often `what` was counted, within so long after the first time."""
    row = _row(ctx, what)
    since, times = _counted(row.value) if row else (ctx.now, 0)
    return times if ctx.now - since < within else 0


def count_once_more(ctx: Ctx, what: str, within: timedelta) -> None:
    """Once more; the first time anew when the last first time is over."""
    row, times = _row(ctx, what) or Setting(feature=FEATURE, name=what, value=""), count(ctx, what, within)
    since = _counted(row.value)[0] if times else ctx.now
    row.value = f"{since.isoformat()} {times + 1}"
    ctx.db.add(row)


def _counted(value: str) -> tuple[datetime, int]:
    since, _, times = value.partition(" ")
    return datetime.fromisoformat(since), int(times)


def last_done(ctx: Ctx, what: str) -> datetime | None:
    """When `what` was last done, if ever."""
    row = _row(ctx, what)
    return datetime.fromisoformat(row.value) if row else None


def _row(ctx: Ctx, what: str) -> Setting | None:
    query = select(Setting).where(Setting.place_key == 0, Setting.feature == FEATURE, Setting.name == what)
    return ctx.db.exec(query).first()

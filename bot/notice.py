"""When a member may be written to unasked: how often, how much, and not at night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ctx import Ctx
from storage.models import Member


def awake_at(ctx: Ctx, member: Member) -> datetime:
    """The first moment, from now on, that is not in a member's quiet hours (in their zone, else the community's)."""
    zone = ZoneInfo(member.zone or ctx.community.zone)
    here = ctx.now.astimezone(zone)
    if not is_quiet(here.hour, member.quiet_from, member.quiet_to):
        return ctx.now
    day = here.date() + timedelta(days=here.hour >= member.quiet_to)
    return datetime(day.year, day.month, day.day, member.quiet_to, tzinfo=zone).astimezone(ctx.now.tzinfo)


def is_quiet(hour: int, start: int, end: int) -> bool:
    """Whether an hour lies in quiet hours that may wrap midnight; the same start and end means none."""
    return start <= hour < end if start <= end else hour >= start or hour < end

"""What keeps thanks meaningful: an allowance by the giver's day, a pause per pair, the skill that a reason names."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlalchemy import bindparam, func
from sqlmodel import col, select

from bot.claims import claims_of
from bot.config import Settings
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask, local_midnight
from bot.names import normal
from bot.taxonomy import aliases_of, named_in, row_of
from bot.text import Channel, Text, md
from storage.models import Kudos, Member, Skill, Thanked

Replies = Literal["channel", "here", "thread", "private", "nowhere"]
A_DAY = timedelta(hours=24)
_GIVEN = (
    select(func.count(col(Thanked.id)))
    .join(Kudos, col(Kudos.id) == Thanked.kudos_id)
    .where(Kudos.giver_id == bindparam("giver"), Kudos.given_at >= bindparam("since"), col(Kudos.undone_at).is_(None))
)


class KudosSettings(Settings):
    """How thanks are given here."""

    feature: ClassVar[str] = "kudos"
    about: ClassVar[str] = "Kudos"
    channel: Annotated[Channel | None, Ask("Is there a channel for kudos?")] = None
    replies: Annotated[
        Replies,
        Ask(
            "Where are kudos shown?",
            hint="channel: in the one for kudos, else where they are given; here: where they are given; "
            "thread: under the message that is thanked for; private: to those who are thanked; nowhere: on request",
        ),
    ] = "channel"
    allowance: Annotated[int, Ask("How many thanks a day may one give?", least=1, most=50)] = 5
    least: Annotated[int, Ask("How long is a reason at least?", hint="characters", least=1, most=200)] = 3
    pause: Annotated[int, Ask("Hours before thanking the same person again?", least=0, most=168)] = 0
    undo: Annotated[int, Ask("Minutes in which one's last kudos can be taken back?", least=1, most=1440)] = 10
    emoji: Annotated[str, Ask("Which reaction says thanks?", hint="one or several", longest=60, keyed=True)] = (
        ":raised_hands:"
    )
    plus: Annotated[bool, Ask("Does “@ana ++ why” say thanks?", hint="I then read the channels that I am in")] = False
    guests: Annotated[bool, Ask("May guests thank and be thanked?")] = True
    bots: Annotated[bool, Ask("May apps be thanked?")] = False
    quiet: Annotated[list[Channel], Ask("In which channels are no kudos given?")] = Field(default_factory=list)
    values: Annotated[
        str,
        Ask(
            "Which values do you share?",
            hint="with commas; the board counts which of them reasons name",
            longest=200,
            keyed=True,
        ),
    ] = ""
    board: Annotated[bool, Ask("Is there a board?")] = False

    def valued(self, reason: str) -> list[str]:
        """Which of the community's values a reason names, as words of their own."""
        values = [one.strip() for one in self.values.split(",") if one.strip()]
        return [one for one in values if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", reason, re.IGNORECASE)]

    @property
    def public(self) -> bool:
        """Whether everybody may read of them."""
        return self.replies in ("channel", "here", "thread")


def day_began(ctx: Ctx) -> datetime:
    """Since when thanks count: local midnight; after a change of zone, a full day back, so that no day is had twice."""
    midnight = local_midnight(ctx.now.astimezone(ctx.zone).date(), ctx.zone)
    changed = ctx.me.zone_changed_at
    if changed and ctx.now - changed < 2 * A_DAY:
        return min(midnight, ctx.now - A_DAY)
    return midnight


def next_day(ctx: Ctx) -> datetime:
    """When the next thanks can be given."""
    return local_midnight(ctx.now.astimezone(ctx.zone).date() + timedelta(days=1), ctx.zone)


def given_today(ctx: Ctx) -> int:
    """How many people were thanked in this day."""
    return ctx.db.exec(_GIVEN, params={"giver": ctx.me.id, "since": day_began(ctx)}).one()


def left(ctx: Ctx, allowed: int) -> int:
    """How many more people may be thanked today."""
    return max(0, allowed - given_today(ctx))


def rest(ctx: Ctx, remaining: int) -> Text:
    """What the giver reads of it: how many more, or when there will be more."""
    if remaining:
        return md("{n} left today.", n=remaining)
    return md("That was your last of today; the next come at {again}.", again=next_day(ctx))


def check(ctx: Ctx, allowed: int, wanted: int) -> int:
    """All or nobody; how many are left then. A refusal says when the next thanks can be given.

    Of two gives at once the second waits for the first: a community's transactions come one after the other.
    """
    remaining = left(ctx, allowed)
    if wanted <= remaining:
        return remaining - wanted
    again = next_day(ctx)
    if remaining == 0:
        raise Refusal("Not sent: your {n} for today are given. The next come at {again}.", n=allowed, again=again)
    raise Refusal(
        "Not sent: that is {wanted} people, and {n} of your thanks are left today. The next come at {again}.",
        field="to",
        wanted=wanted,
        n=remaining,
        again=again,
    )


def check_pause(ctx: Ctx, to: list[Member], pause: timedelta) -> None:
    """Between two thanks to the same person some time may have to pass."""
    for member in to:
        if again := pause_ends(ctx, member, pause):
            raise Refusal(
                "You thanked {who} a moment ago. The next one can come at {again}.", field="to", who=member, again=again
            )


def pause_ends(ctx: Ctx, member: Member, pause: timedelta) -> datetime | None:
    """When this person may be thanked again; nothing when they may be now."""
    if not pause:
        return None
    query = select(func.max(Kudos.given_at)).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
    query = query.where(Kudos.giver_id == ctx.me.id, col(Kudos.undone_at).is_(None), Thanked.member_id == member.id)
    last = ctx.db.exec(query).one()
    return last + pause if last and ctx.now - last < pause else None


def skills_named(ctx: Ctx, reason: str, to: Sequence[Member]) -> list[Skill]:
    """Skills whose name or alias stands in the reason: those that the thanked claim, else any that is known here."""
    words = f" {_normal_words(reason.rstrip('.'))} "
    found = {skill.id: skill for member in to for _claim, skill in claims_of(ctx.db, member) if _named(skill, words)}
    return list(found.values()) or [row_of(ctx.db, name) for name in named_in(ctx.db, reason)]


def _normal_words(text: str) -> str:
    return " ".join(normal(word) for word in re.split(r"[\s,;:!?()]+", text))


def _named(skill: Skill, words: str) -> bool:
    names = (skill.name, *aliases_of(skill.name))
    return any(f" {_normal_words(name)} " in words for name in names)

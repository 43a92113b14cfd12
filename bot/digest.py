"""The weekly digest: work and the people who fit it, thanks, new skills, arrivals, and what is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot import bulletin, doubted, exposure, nowhere, outbox, pictures, timers, tips, week, work
from bot.bulletin import Week
from bot.command import command
from bot.config import Settings, channels, is_chosen, load
from bot.ctx import Ctx, Refusal
from bot.elsewhere import elsewhere
from bot.kinds import Ask
from bot.pages import count
from bot.remembered import last_done, once_in
from bot.text import Channel, Text, md
from bot.ui import Button, Card, Image, Node, Reply, card, line
from bot.zones import Zone, spoken
from storage.models import Digest, Member, Opportunity

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
LEAST_MATCH = {"careful": 0.85, "balanced": 0.80, "generous": 0.70}
MOST_CHARTED, MOST_OF_ONE = 12, 3
FIRST_LOOKS_BACK = timedelta(days=7)
FIRST_COMES_AFTER = timedelta(days=3)
BEGUN = "digest begun"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class DigestSettings(Settings):
    """When and where the weekly digest is posted."""

    feature: ClassVar[str] = "digest"
    about: ClassVar[str] = "Weekly digest"
    homely: ClassVar[bool] = True
    channel: Annotated[Channel | None, Ask("Where is the digest posted?", hint="empty: nowhere")] = None
    day: Annotated[Weekday, Ask("On which day?")] = "monday"
    hour: Annotated[int, Ask("At which hour?", hint="0 to 23", least=0, most=23)] = 9
    zone: Annotated[Zone | None, Ask("In which zone?", hint="empty: the community's")] = None
    threshold: Annotated[
        Literal["careful", "balanced", "generous"], Ask("How sure must I be before I write to somebody?")
    ] = "balanced"
    empty: Annotated[bool, Ask("Say so when nothing is new?")] = False

    def applied(self, ctx: Ctx) -> None:
        """The clock follows; where nobody has said where, the admins are asked when the time has come."""
        if channels(ctx, DigestSettings) or not is_chosen(ctx, DigestSettings):
            zone = self.zone or ctx.community.zone
            timers.weekly(ctx, "digest", "digest weekly", self.day, self.hour, zone, _not_before(ctx))
        else:
            timers.cancel(ctx, "digest")

    def told(self, ctx: Ctx, changed: Sequence[str]) -> Text:
        """Where and when, and the day of the next one."""
        if not self.channel:
            return md("There is no digest until it has a channel: `settings digest channel:#name`")
        zone = self.zone or ctx.community.zone
        due = timers.next_weekly(ctx.now, self.day, self.hour, zone).astimezone(ZoneInfo(zone))
        return md(
            "The digest goes to {channel} on {day}s at {hour}:00 {zone}. Next: {next}.",
            channel=self.channel,
            hour=f"{self.hour:02}",
            day=self.day.capitalize(),
            zone=spoken(zone),
            next=f"{due:%A} {due.day} {due:%B}",
        )

    def buttons(self) -> Sequence[Button]:
        """What an admin may want to see first."""
        return (Button("Preview it", "digest preview"),) if self.channel else ()

    def glance(self) -> Text:
        """Day, hour and channel."""
        if not self.channel:
            return md("off: no channel yet")
        return md(
            "{day} at {hour}:00 in {channel}", day=self.day.capitalize(), hour=f"{self.hour:02}", channel=self.channel
        )


def _think(ctx: Ctx) -> Week:
    """In a large community in another process: it takes seconds there."""
    return elsewhere(ctx, _worked_out)


def _worked_out(ctx: Ctx) -> Week:
    """Reads, ranks and draws; writes nothing."""
    last = _last(ctx)
    since, before = last or ctx.now - FIRST_LOOKS_BACK, last or NEVER
    opportunities = _to_show(ctx, before)
    told = exposure.exposure(ctx, opportunities, LEAST_MATCH[load(ctx, DigestSettings).threshold])
    demands = week.demands(ctx, opportunities)
    thanked, quotes = week.thanks(ctx, since)
    skills, arrived = week.new_skills(ctx, since), week.arrivals(ctx, since)
    lead = [text for text in (md("{n}.", n=thanked) if thanked else (), arrived) if text]
    shown, news = [one.id for one in opportunities], (*quotes, *skills, *week.gaps(demands), *_chart(demands))
    return Week(shown, told, tuple(lead), news, bool(lead or skills), before)


def _still_open(ctx: Ctx, found: Week) -> Week:
    """Without what was closed, or fell into doubt, while this was worked out."""
    now_open = {one.id: one for one in _certain(ctx)}
    return replace(found, opportunities=tuple(now_open[one] for one in found.shown if one in now_open))


def _last(ctx: Ctx) -> datetime | None:
    return ctx.db.exec(select(Digest.posted_at).order_by(col(Digest.posted_at).desc())).first()


def _to_show(ctx: Ctx, since: datetime) -> list[Opportunity]:
    """What is open and not in doubt, the new first, each part newest first; of one poster more than three come last."""
    found = sorted(_certain(ctx), key=lambda one: one.posted_at <= since)
    seen, nth = Counter[int](), dict[int, int]()
    for one in found:
        seen[one.poster_id] += 1
        nth[one.id] = seen[one.poster_id]
    return sorted(found, key=lambda one: nth[one.id] > MOST_OF_ONE)


def _certain(ctx: Ctx) -> list[Opportunity]:
    """What is open and not in doubt, newest first."""
    doubts = doubted.doubted_ones(ctx.db)
    return [one for one in work.open_ones(ctx.db) if one.id not in doubts]


def _chart(demands: list[week.Demand]) -> list[Node]:
    if len(demands) < 2:
        return []
    rows = [(one.skill, one.asked, one.able) for one in demands[:MOST_CHARTED]]
    alt = "; ".join(f"{name}: asked for {asked}x, {able} can" for name, asked, able in rows)
    return [Image("demand.png", alt, pictures.demand(rows, "What open work asks for, and who can do it"))]


@command("digest preview", "See this week's digest before anybody else", admin=True, think=_think, first=10)
def preview(ctx: Ctx, found: Week) -> Reply:
    """The card as it would be posted, and how many people would be written to."""
    found = _still_open(ctx, found)
    foreseen = tips.foreseen(found.opportunities, found.exposure) if found.opportunities else []
    if _is_silent(ctx, found):
        return card("Nothing new this week.", line("The digest would stay silent."), *foreseen)
    shown = bulletin.card_of(ctx, found, _today(ctx))
    return Card(shown.title, (*shown.body, *foreseen))


def _is_silent(ctx: Ctx, found: Week) -> bool:
    """A week in which nothing is new is not spoken of, unless the admins want it."""
    return found.is_quiet and not load(ctx, DigestSettings).empty


@command("digest now", "Post the digest now", admin=True, posts="the digest channel", think=_think)
def now(ctx: Ctx, found: Week) -> Reply:
    """Once a day at most."""
    to = channels(ctx, DigestSettings)
    if not to:
        raise Refusal("There is no channel for the digest yet.", buttons=[Button("Choose one", "settings digest")])
    if _posted_on(ctx, _today(ctx)):
        raise Refusal("Today's digest is out already. `digest preview` shows what a new one would say.")
    return _out(len(_post(ctx, _still_open(ctx, found), to)))


@command("digest weekly", "Post the weekly digest", timer=True, think=_think)
def weekly(ctx: Ctx, found: Week) -> Reply:
    """What the clock says; once a day at most. Members may hear of work in a week that the channel hears nothing of."""
    to, found = channels(ctx, DigestSettings), _still_open(ctx, found)
    is_silent = _is_silent(ctx, found)
    if not to:
        nowhere.ask_for_channel(ctx, DigestSettings, "I have no channel for the weekly digest yet.")
    if not to or (is_silent and found.is_empty) or _posted_on(ctx, _today(ctx)):
        return None
    return _out(len(_post(ctx, found, [] if is_silent else to)))


def _out(reached: int) -> Card:
    if not reached:
        return card("The digest is out. I wrote to nobody about work, as nothing new fits anybody surely enough.")
    return card("The digest is out, and {n} of work that fits them.", n=count(reached, "person hears", "people hear"))


def _today(ctx: Ctx) -> date:
    return ctx.now.astimezone(ZoneInfo(load(ctx, DigestSettings).zone or ctx.community.zone)).date()


def _posted_on(ctx: Ctx, day: date) -> Digest | None:
    return ctx.db.exec(select(Digest).where(Digest.day == day)).first()


def _post(ctx: Ctx, found: Week, to: list[Channel]) -> set[int]:
    """Posts the card, remembers it, and writes to those whom something fits; returns whom."""
    shown = bulletin.card_of(ctx, found, _today(ctx))
    for channel in to:
        outbox.post(ctx, channel, shown)
    row = Digest(
        day=_today(ctx),
        posted_at=ctx.now,
        relevance_lost=found.exposure.lost,
        by_words=bool(found.exposure.by_words),
    )
    ctx.db.add(row)
    ctx.db.flush()
    tips.remember(ctx, row, found.opportunities, found.exposure)
    return tips.send(ctx, row, found.opportunities, found.exposure)


@command("digest begin", "Have a weekly digest from the start", timer=True)
def begin(ctx: Ctx) -> Reply:
    """What stands already stays, be it overdue."""
    once_in(ctx, BEGUN, nowhere.ONCE)
    if not timers.stands(ctx, "digest"):
        load(ctx, DigestSettings).applied(ctx)
    return None


def _not_before(ctx: Ctx) -> datetime:
    """A new community has a few days before there is a week to tell of, unless its admins say otherwise."""
    begun = last_done(ctx, BEGUN)
    if begun is None or is_chosen(ctx, DigestSettings):
        return ctx.now
    return max(ctx.now, begun + FIRST_COMES_AFTER)


@command("digest tell", "Bring somebody the work that fits them", timer=True)
def tell(ctx: Ctx, number: Annotated[int, Ask("Which member?")]) -> Reply:
    """Their quiet hours are over."""
    if member := ctx.db.exec(select(Member).where(Member.number == number)).first():
        tips.tell(ctx, member)
    return None


@command("digest bring", "Bring the next people the work that fits them", timer=True)
def bring(ctx: Ctx, after: Annotated[int, Ask("After which member?")]) -> Reply:
    """A digest that writes to very many does not keep everybody waiting."""
    tips.bring(ctx, after)
    return None

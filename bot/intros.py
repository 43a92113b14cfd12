"""Intros: meeting who you should know. Both agree before either is named."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from sqlalchemy import func
from sqlmodel import col, select

from bot import accounts, acquaintance, fit, outbox, people, timers
from bot.claims import claim_of
from bot.command import command
from bot.config import Settings, load
from bot.ctx import Ctx, Refusal
from bot.kinds import KINDS, MOST_OFFERED, Ask, Kind, Option, offered, short_id
from bot.line import quote, write
from bot.ranking import Fit, Found
from bot.text import Channel, md
from bot.ui import Actions, Button, Card, Line, Node, Quote, Reply, actions, card, line, note
from storage.models import Candidate, Intro, Member, Skill

MOST, LABEL = 3, 70
FIT = {
    1: "One person fits. They hear nothing of it until you choose.",
    2: "Two people fit. Neither hears of it until you choose.",
    3: "Three people fit. None of them hears of it until you choose.",
}
CLOSE = {
    1: "Nobody fits quite; one person comes close. They hear nothing of it until you choose.",
    2: "Nobody fits quite; two people come close. Neither hears of it until you choose.",
    3: "Nobody fits quite; three people come close. None of them hears of it until you choose.",
}
LAPSES = timedelta(days=7)
LATER = timedelta(weeks=3)
PENDING = ("asked", "declined")


class IntroSettings(Settings):
    """How many requests may be open, so that nobody is worn out; and where Discord opens private threads for two."""

    feature: ClassVar[str] = "intros"
    about: ClassVar[str] = "Intros"
    channel: Annotated[Channel | None, Ask("On Discord, under which channel do two people meet?")] = None
    per_asker: Annotated[int, Ask("How many open requests may one have?", least=1, most=20)] = 3
    per_expert: Annotated[int, Ask("By how many may one be asked at a time?", least=1, most=20)] = 2


def read_intro(ctx: Ctx, text: str, _ask: Ask) -> Intro:
    """An intro by short id (`i3`), for those whom it concerns."""
    found = ctx.db.exec(select(Intro).where(Intro.number == short_id(text, "i"))).first()
    if found is None or (ctx.me.id not in {found.asker_id, found.expert_id} and not ctx.request.timer):
        raise Refusal("I do not know intro {id}.", id=text[:20])
    return found


def suggest_mine(ctx: Ctx, text: str) -> list[Option]:
    """What one has asked or was asked, newest first."""
    mine = (col(Intro.asker_id) == ctx.me.id) | (col(Intro.expert_id) == ctx.me.id)
    rows = ctx.db.exec(select(Intro).where(mine).order_by(col(Intro.id).desc()).limit(MOST_OFFERED)).all()
    return offered(((f"i{one.number}", one.need) for one in rows), text)


KINDS[Intro] = Kind("intro", read_intro, write=lambda one: f"i{one.number}", suggest=suggest_mine)
Which = Annotated[Intro, Ask("Which intro?")]


def _think(ctx: Ctx, need: str, who: Member | None = None) -> Found:
    return Found() if who else fit.people_for(ctx, need)


@command(
    "intro ask",
    "Ask to meet someone who can help",
    example="intro ask someone who has run a first audit",
    first=5,
    submit="Ask",
    think=_think,
)
def ask(
    ctx: Ctx,
    found: Found,
    need: Annotated[str, Ask("What do you need?", long=True, shortest=5, longest=500)],
    who: Annotated[Member | None, Ask("Someone in particular?")] = None,
) -> Reply:
    """The best people and why; the asker picks, and that is their yes."""
    rules = load(ctx, IntroSettings)
    _check_asker(ctx, rules)
    chosen = [who] if who else _free(ctx, rules, found)
    if who:
        _check_expert(ctx, rules, who)
    if not chosen:
        return card("Nobody here fits that yet.", line("Other words may help, or `opportunity post` asks everyone."))
    intro = _new(ctx, need, chosen)
    return _ask(ctx, intro, who) if who else _choices(ctx, intro, found, chosen)


def _check_asker(ctx: Ctx, rules: IntroSettings) -> None:
    query = select(func.count(col(Intro.id))).where(Intro.asker_id == ctx.me.id, col(Intro.state).in_(PENDING))
    if ctx.db.exec(query).one() >= rules.per_asker:
        raise Refusal("{n} of your requests are still open. Each closes after 7 days at the latest.", n=rules.per_asker)


def _asked_of(ctx: Ctx, member_id: int) -> int:
    query = select(func.count(col(Intro.id))).where(Intro.expert_id == member_id, Intro.state == "asked")
    return ctx.db.exec(query).one()


def _check_expert(ctx: Ctx, rules: IntroSettings, who: Member) -> None:
    if who.id == ctx.me.id:
        raise Refusal("That is you.", field="who")
    if _asked_of(ctx, who.id) >= rules.per_expert:
        raise Refusal(
            "{who} is being asked by others just now. Try again in a few days, or leave the name out.", who=who
        )


def _free(ctx: Ctx, rules: IntroSettings, found: Found) -> list[Member]:
    """The best who are not the asker and not asked by too many."""
    best = [one.member for one in found.fits if one.member != ctx.me.id][:12]
    members = people.by_ids(ctx.db, best)
    return [members[key] for key in best if key in members and _asked_of(ctx, key) < rules.per_expert][:MOST]


def _new(ctx: Ctx, need: str, chosen: list[Member]) -> Intro:
    intro = Intro(number=accounts.next_number(ctx.db, "intro"), asker_id=ctx.me.id, need=need, asked_at=ctx.now)
    ctx.db.add(intro)
    ctx.db.flush()
    for rank, member in enumerate(chosen, 1):
        ctx.db.add(Candidate(intro_id=intro.id, rank=rank, member_id=member.id))
    ctx.db.flush()
    return intro


def _choices(ctx: Ctx, intro: Intro, found: Found, chosen: list[Member]) -> Card:
    by_member = {one.member: one for one in found.fits}
    told = fit.with_reasons(ctx, [(member, by_member[member.id]) for member in chosen])
    nodes: list[Node] = []
    for rank, (member, why) in enumerate(told, 1):
        trusted = acquaintance.trusted_by(ctx, member)
        known = md("; trusted by {who}", who=trusted) if trusted else ""
        nodes.append(Line(md("{who} - {why}{known}", who=member, why=why, known=known)))
        nodes.append(Actions((Button(f"Ask {member.name}"[:LABEL], _choice(intro, rank, by_member[member.id])),)))
    first = FIT[len(chosen)] if not found.is_near else CLOSE[len(chosen)]
    return Card(md(first), (*nodes, *fit.remark(ctx, found.by_words)), f"i{intro.number}")


def _choice(intro: Intro, rank: int, one: Fit) -> str:
    """The line of a button: whom to ask, and for which of their skills they came up."""
    skill = f" skill:{quote('=' + one.reasons[0].claim.skill)}" if one.reasons else ""
    return f"intro choose i{intro.number} {rank}{skill}"


@command("intro choose", "Ask one of the people proposed", hidden=True)
def choose(
    ctx: Ctx,
    intro: Which,
    rank: Annotated[int, Ask("Which of them?", least=1, most=MOST)],
    skill: Annotated[Skill | None, Ask("For which of their skills?")] = None,
) -> Reply:
    """The asker's side of the double opt-in."""
    if intro.asker_id != ctx.me.id or intro.state != "choosing":
        raise Refusal("That request is already on its way.")
    query = select(Candidate).where(Candidate.intro_id == intro.id, Candidate.rank == rank)
    candidate = ctx.db.exec(query).first()
    if candidate is None:
        raise Refusal("There is no such person on the list.", field="rank")
    rules = load(ctx, IntroSettings)
    _check_asker(ctx, rules)
    if _asked_of(ctx, candidate.member_id) >= rules.per_expert:
        raise Refusal("They are being asked by others just now. Please pick another.")
    expert = ctx.db.get_one(Member, candidate.member_id)
    if expert.left_at is not None:
        raise Refusal("They are not here any more. Please pick another.")
    return _ask(ctx, intro, expert, skill)


def _ask(ctx: Ctx, intro: Intro, expert: Member, skill: Skill | None = None) -> Card:
    """The expert hears the purpose, not the name; and, where that is so, which of their skills brought it to them."""
    intro.state, intro.expert_id, intro.asked_at = "asked", expert.id, ctx.now
    ctx.db.add(intro)
    which = f"i{intro.number}"
    claimed = claim_of(ctx.db, expert, skill) if skill else None
    came_up = (
        md(" You came up for *{skill}*.", skill=skill.name) if skill and claimed and not claimed.dropped_at else ""
    )
    asked = card(
        "Someone here asks for an intro: “{need}”.{came_up}",
        Actions(
            (
                Button("Yes, introduce us", f"intro answer {which} yes", "primary"),
                Button("Not now", f"intro answer {which} no"),
                Button("Ask again in 3 weeks", f"intro answer {which} later"),
            )
        ),
        note("You are both named when you say yes. A no is never passed on."),
        key=which,
        need=" ".join(intro.need.split()),
        came_up=came_up,
    )
    outbox.dm(ctx, expert, asked)
    timers.later(ctx, f"intro-{intro.id}", f"intro lapse {which}", ctx.now + LAPSES)
    withdraw = Button("Withdraw", f"intro withdraw {which}")
    return card(
        "Asked. {who} sees your words, not yet your name. I tell you when there is an answer, within {days} days.",
        actions(withdraw),
        key=which,
        who=expert,
        days=LAPSES.days,
    )


@command("intro answer", "Answer someone who hopes for your help", hidden=True)
def answer(ctx: Ctx, intro: Which, say: Annotated[Literal["yes", "later", "no"], Ask("What do you say?")]) -> Reply:
    """The expert's side of the double opt-in."""
    if intro.expert_id != ctx.me.id or intro.state != "asked":
        raise Refusal("That request is no longer open.")
    intro.answered_at = ctx.now
    ctx.db.add(intro)
    if ctx.db.get_one(Member, intro.asker_id).left_at is not None:
        raise Refusal("Whoever asked is not here any more. Thank you all the same.")
    if say == "yes":
        return _introduce(ctx, intro)
    if say == "later":
        return _postpone(ctx, intro)
    intro.state = "declined"
    return card("All right. Nobody is told, and I look elsewhere.")


def _introduce(ctx: Ctx, intro: Intro) -> Card:
    intro.state = "introduced"
    timers.cancel(ctx, f"intro-{intro.id}")
    asker, expert = ctx.db.get_one(Member, intro.asker_id), ctx.db.get_one(Member, intro.expert_id)
    thank = Actions((Button("Say thanks afterwards", f"kudos give to:{people.write_member(expert)}"),))
    together = card(
        "{expert}, meet {asker}; {asker}, meet {expert}. {asker} asked for this: “{need}”.",
        thank,
        asker=asker,
        expert=expert,
        need=" ".join(intro.need.split()),
        key=f"i{intro.number}",
    )
    outbox.room(ctx, [asker, expert], together)
    return card("Good: it is {asker}. I have just introduced you to each other.", asker=asker)


def _postpone(ctx: Ctx, intro: Intro) -> Card:
    intro.state = "later"
    when = ctx.now + LATER
    timers.later(ctx, f"intro-{intro.id}", f"intro open i{intro.number}", when)
    asker = ctx.db.get_one(Member, intro.asker_id)
    outbox.dm(
        ctx,
        asker,
        card(
            "Someone says yes to your request, and has time from {day}. I will bring you together then.",
            Quote(intro.need),
            day=when.date(),
            key=f"i{intro.number}",
        ),
    )
    return card("Good. I will bring you together on {day}.", day=when.date())


@command("intro withdraw", "Take your request back", hidden=True)
def withdraw(ctx: Ctx, intro: Which) -> Reply:
    """The asker found another way."""
    if intro.asker_id != ctx.me.id or intro.state not in ("choosing", "asked", "later", "declined"):
        raise Refusal("That request is no longer open.")
    intro.state = "withdrawn"
    ctx.db.add(intro)
    timers.cancel(ctx, f"intro-{intro.id}")
    return card("Your request {id} is taken back.", id=f"i{intro.number}")


@command("intro open", "Bring together those who agreed earlier", timer=True)
def opened(ctx: Ctx, intro: Which) -> Reply:
    """Three weeks are over."""
    if intro.state == "later":
        ctx.db.add(intro)
        _introduce(ctx, intro)
    return None


@command("intro lapse", "Close what nobody answered", timer=True)
def lapse(ctx: Ctx, intro: Which) -> Reply:
    """A decline and a silence look the same."""
    if intro.state in ("asked", "declined"):
        intro.state = "lapsed"
        ctx.db.add(intro)
        asker = ctx.db.get_one(Member, intro.asker_id)
        again = Actions((Button("Ask someone else", write(ask, {"need": intro.need})),))
        outbox.dm(ctx, asker, card("No answer yet, so I have closed your request.", Quote(intro.need), again))
    return None

"""The shortlist: who could take an opportunity, and which opportunities are for me; each with the reasons in words."""

from dataclasses import replace
from typing import Annotated

import numpy as np
from sqlmodel import col, select

from bot import fit, matching, needs, outbox, work
from bot.acquainted import CURIOUS
from bot.command import command
from bot.ctx import Ctx, Refusal
from bot.kinds import Ask
from bot.needs import Levels, Pairs
from bot.ranking import Found
from bot.text import md
from bot.ui import Actions, Button, Card, Heading, Items, Line, Node, Reply, actions, card, line, note
from storage.models import Interest, Member, Opportunity

SHOWN = 5
MOST_NEW = 200
Which = Annotated[Opportunity, Ask("Which opportunity?", suggest=work.suggest_open)]


@command(
    "opportunity matches",
    "Who could take an opportunity",
    example="opportunity matches o12",
    think=fit.people_for_opportunity,
)
def matches(ctx: Ctx, found: Found, opportunity: Which) -> Reply:
    """Those who are interested first, then those who fit; for its poster and admins."""
    if opportunity.poster_id != ctx.me.id and not ctx.me.admin:
        raise Refusal("The shortlist is for its poster. `opportunity show o{n}` is for all.", n=opportunity.number)
    waiting = _waiting(ctx, opportunity)
    fitting = _fitting(ctx, found, opportunity)
    if not waiting and not fitting:
        return card(
            "Nobody fits *{title}* yet.",
            line("Naming its needs helps, and so does time: I look again every week."),
            actions(Button("Edit its needs", f"opportunity edit o{opportunity.number}")),
            title=opportunity.title,
        )
    body = (*waiting, *fitting, *fit.remark(ctx, found.by_words))
    which = f"o{opportunity.number}"
    return Card(md("Who could take *{title}* ({id})", id=which, title=opportunity.title), body, which)


def _answers(ctx: Ctx, opportunity: Opportunity) -> list[Interest]:
    query = select(Interest).where(Interest.opportunity_id == opportunity.id).order_by(col(Interest.id))
    return list(ctx.db.exec(query).all())


def _waiting(ctx: Ctx, opportunity: Opportunity) -> list[Node]:
    """The interested, and what each brings; to admins only those whom the poster answered."""
    nodes: list[Node] = []
    for rank, row in enumerate(_answers(ctx, opportunity), 1):
        if row.state == "interested" and opportunity.poster_id == ctx.me.id:
            who = ctx.db.get_one(Member, row.member_id)
            nodes += [Line(md("{who} - {brings}", who=who, brings=work.described(ctx, opportunity, who)))]
            nodes += [work.answer_buttons(opportunity, rank)]
        elif row.state in ("named", "filled"):
            nodes.append(line("{who}: you are in touch.", who=ctx.db.get_one(Member, row.member_id)))
    return [Heading(md("Interested")), *nodes] if nodes else []


def _fitting(ctx: Ctx, found: Found, opportunity: Opportunity) -> list[Node]:
    """Those who fit and have not answered."""
    answered = {row.member_id for row in _answers(ctx, opportunity) if row.state != CURIOUS}
    best = [one for one in found.fits if one.member not in answered][:SHOWN]
    people = fit.members(ctx, found)
    asked = work.needs_of(ctx.db, [opportunity])[opportunity.id]
    levels = needs.levels_of(ctx.db, asked, [one.member for one in best])
    nodes: list[Node] = [line("Nobody fits quite; these come closest.")] if best and found.is_near else []
    for who, why in fit.with_reasons(ctx, [(people[one.member], one) for one in best]):
        nodes.append(Line(md("{who} - {why}", who=who, why=why)))
        nodes += _need_by_need(asked, levels.get(who.id, {}))
        nodes.append(Actions((Button(f"Ask {who.name}"[:70], fit.intro_line(who, opportunity.title)),)))
    return nodes


def _need_by_need(asked: Pairs, levels: Levels) -> list[Node]:
    """Where there are several needs: each beside what somebody brings."""
    if len(asked) < 2:
        return []
    return [Items(tuple(needs.compared(need, skill, levels) for need, skill in asked))]


def _mine(ctx: Ctx) -> list[Opportunity]:
    """What is open, not one's own and not answered yet; the newest."""
    answered = select(Interest.opportunity_id).where(Interest.member_id == ctx.me.id, Interest.state != CURIOUS)
    query = select(Opportunity).where(Opportunity.state == "open", Opportunity.poster_id != ctx.me.id)
    query = query.where(col(Opportunity.id).not_in(answered))
    newest_first = query.order_by(col(Opportunity.posted_at).desc(), col(Opportunity.id).desc())
    return list(ctx.db.exec(newest_first.limit(MOST_NEW)).all())


def _think(ctx: Ctx) -> Found:
    """The opportunities that fit me; each `Fit.member` is an opportunity here."""
    mine = _mine(ctx)
    asked = work.needs_of(ctx.db, mine)
    ranked = fit.ranking_for(ctx, ctx.me, [work.words_of(one, asked[one.id]) for one in mine])
    me = ranked.pool.row(ctx.me.id)
    if me is None or not mine:
        return Found(by_words=ranked.matches.by_words)
    gate, score = ranked.gates_of(me), ranked.orders_of(me)
    passing = np.flatnonzero(gate >= matching.LOOK)
    best = passing[np.argsort(-(gate + 0.01 * score)[passing], kind="stable")][:SHOWN]
    fits = [replace(ranked.fit(me, at, float(gate[at]), float(score[at])), member=mine[at].id) for at in best.tolist()]
    return Found(tuple(fits), ranked.matches.by_words)


@command("opportunity for-me", "Open work that fits you", think=_think, first=4)
def for_me(ctx: Ctx, found: Found) -> Reply:
    """With the reason, and the buttons."""
    query = select(Opportunity).where(col(Opportunity.id).in_([one.member for one in found.fits]))
    rows = {one.id: one for one in ctx.db.exec(query.where(Opportunity.state == "open")).all()}
    fits = [one for one in found.fits if one.member in rows]
    if not fits:
        return card(
            "Nothing open fits your skills just now.",
            line("I look at the skills on your list: `skill claim` adds one, `opportunity list` shows everything."),
            *fit.remark(ctx, found.by_words),
        )
    nodes, seen = list[Node](), fit.seen(ctx, [replace(one, member=ctx.me.id) for one in fits])
    for one in fits:
        row = rows[one.member]
        nodes += fit.brought(row, fit.because(row, replace(one, member=ctx.me.id), seen))
    return card(
        "Open work that fits you",
        *nodes,
        *fit.remark(ctx, found.by_words),
        note("Only its poster sees what you press."),
    )


@command("matching changed", "Say that another language model serves", timer=True)
def changed(ctx: Ctx, model: Annotated[str, Ask("Which?", longest=600)], calibrated: bool = True) -> Reply:
    """Admins hear of it once, and of what is missing."""
    title = "From now on I match by the language model *{model}*."
    if calibrated:
        said = [line("Everything has its vectors, and I know what its likenesses are worth.")]
    else:
        said = [
            line("Nobody has measured yet what its likenesses are worth: what I find is a guess to be looked at."),
            line("Until your operator runs `manyhands calibrate`, I write to members only where their skill is named."),
        ]
    outbox.tell_admins(ctx, card(title, *said, model=model))
    return None


@command("matching stays", "Say that a new language model is not available", timer=True)
def stays(
    ctx: Ctx,
    model: Annotated[str, Ask("Which?", longest=600)],
    serves: Annotated[str, Ask("Which one serves?", longest=600)],
    why: Annotated[str, Ask("Why?", longest=600)],
) -> Reply:
    """The old one goes on."""
    told = line("I go on with *{serves}*, and try again. Your operator sets `EMBEDDING_MODEL`.", serves=serves)
    outbox.tell_admins(ctx, card("I cannot change to *{model}*.", line("{why}", why=why), told, model=model))
    return None


@command("matching down", "Say that the language model is not available", timer=True)
def down(ctx: Ctx, why: Annotated[str, Ask("Why?", longest=600)]) -> Reply:
    """The jobs noticed before anybody asked."""
    fit.tell_admins(ctx, why)
    return None

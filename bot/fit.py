"""Who fits what: brings members, texts and vectors to the pure ranking, and says the result in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import claimants, matching, needs, outbox, people, remembered, reputation, taste, work
from bot.ctx import Ctx
from bot.line import quote
from bot.meaning import matches_of
from bot.pages import count
from bot.pool import Pool, pool_of
from bot.ranking import Fit, Found, Ranking, Reason
from bot.text import Text, join, md
from bot.ui import Heading, Line, Node, Note, card, line
from storage.models import Member, Opportunity, Standing

MOST_ON_FILE = 200
LONGEST_SAID = 60
QUIET = timedelta(days=1)


def ranking(ctx: Ctx, texts: Sequence[str], pool: Pool | None = None) -> Ranking:
    """Everyone against these texts; the open opportunities tell how rare a skill is."""
    pool = pool or pool_of(ctx.db)
    on_file = work.words_on_file(ctx.db, MOST_ON_FILE)
    everything = list(dict.fromkeys([*texts, *on_file]))
    at = {text: column for column, text in enumerate(everything)}
    matches = matches_of(ctx, pool.skills, everything)
    rare = matching.rarity(matches.match[:, [at[text] for text in on_file]])
    trusted = len(on_file) if matches.scale.is_calibrated else 0
    return Ranking(pool, list(texts), matches.of([at[text] for text in texts]), rare, trusted)


def ranking_for(ctx: Ctx, member: Member, texts: Sequence[str]) -> Ranking:
    """One member against these texts; of a large community only a sample of the others is read."""
    if not texts or claimants.are_few(ctx.db):
        return ranking(ctx, texts)
    return claimants.ranking_for(ctx, member.id, texts, work.words_on_file(ctx.db, MOST_ON_FILE))


def people_for(ctx: Ctx, need: str) -> Found:
    """Who fits a need in free words; in a large community only those who claim what comes near it are read."""
    if claimants.are_few(ctx.db):
        return ranking(ctx, [need]).of_text(0)
    return claimants.ranking_of(ctx, need, work.words_on_file(ctx.db, MOST_ON_FILE)).of_text(0)


def people_for_opportunity(ctx: Ctx, opportunity: Opportunity) -> Found:
    """Who fits an opportunity, its poster left out; who covers more of its needs comes earlier."""
    asked = work.needs_of(ctx.db, [opportunity])[opportunity.id]
    found = people_for(ctx, work.words_of(opportunity, asked))
    fits = [fit for fit in found.fits if fit.member != opportunity.poster_id]
    levels = needs.levels_of(ctx.db, asked, [fit.member for fit in fits])
    weight = taste.of(ctx).weights[taste.NAMES.index("needs")]
    covered = {fit.member: weight * needs.cover(asked, levels.get(fit.member, {})) for fit in fits}
    return replace(found, fits=tuple(sorted(fits, key=lambda fit: -(fit.score + covered[fit.member]))))


def members(ctx: Ctx, found: Found) -> dict[int, Member]:
    """The members found, by id."""
    return people.by_ids(ctx.db, [fit.member for fit in found.fits])


def why(fit: Fit) -> Text:
    """`*Docker* (expert, 2 vouches) for “shrink a Docker image”`."""
    return join([_reason(reason) for reason in fit.reasons], "; ", "; ")


def why_and_standing(fit: Fit, standing: Mapping[int, Standing]) -> Text:
    """The same, and how many independent voices are behind them."""
    return md("{why}. {voices}.", why=why(fit), voices=reputation.said(standing.get(fit.member)))


def _reason(reason: Reason) -> Text:
    vouched = f", {count(reason.claim.vouches, 'vouch', 'vouches')}" if reason.claim.vouches else ""
    claim = md("*{skill}* ({level}{vouched})", skill=reason.claim.skill, level=reason.claim.level, vouched=vouched)
    said = matching.core(reason.said)
    same = not said or said.casefold() == reason.claim.skill.casefold() or len(said) > LONGEST_SAID
    return claim if same else claim + md(" for “{said}”", said=said)


def told(row: Opportunity, one: Fit) -> list[Node]:
    """One opportunity as it is brought to somebody: what, why them, and the buttons."""
    return brought(row, because(row, one))


def because(row: Opportunity, one: Fit) -> Text:
    """`Because of your *Docker* (expert)`."""
    return (*md("Because of your "), *why(discreet(row, one)))


def brought(row: Opportunity, why: Text) -> list[Node]:
    """One opportunity with the reason, however it was found."""
    extras = " · ".join(part for part in (row.pay, row.location) if part)
    title = md("o{n} *{title}*{extras}", n=row.number, title=row.title, extras=f" · {extras}" if extras else "")
    return [Heading(title), Line(why), work.answers(row)]


def discreet(row: Opportunity, one: Fit) -> Fit:
    """Of a teaser, no word is quoted."""
    if not row.teaser:
        return one
    return replace(one, reasons=tuple(replace(reason, said="") for reason in one.reasons))


def intro_line(who: Member, need: str) -> str:
    """The line of a button that asks for an intro."""
    return f"intro ask who:{people.write_member(who)} need:{quote(need)}"


def remark(ctx: Ctx, by_words: str) -> list[Node]:
    """A word to the reader when the model had no part, and to the admins once a day, with the cause."""
    if not by_words:
        return []
    tell_admins(ctx, by_words)
    return [Note(md("Ranked by words alone: the language model is not available just now."))]


def tell_admins(ctx: Ctx, why: str) -> None:
    """That meaning has no part in matching just now, and why; once a day."""
    if remembered.once_in(ctx, "matching by words", QUIET):
        mend = line("Nothing else stops. Your operator can mend it: the log and `EMBEDDING_MODEL` tell where to look.")
        outbox.tell_admins(ctx, card("I am matching by words alone.", line("{why}", why=why), mend))

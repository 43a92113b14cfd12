"""Who fits what: brings members, texts and vectors to the pure ranking, and says the result in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from bot import claimants, matching, needs, outbox, people, remembered, reputation, taste, work
from bot.claims import vouchers_of
from bot.ctx import Ctx
from bot.evidence import Piece, evidence_of
from bot.line import quote
from bot.meaning import matches_of
from bot.pool import Pool, pool_of
from bot.ranking import Fit, Found, Ranking, Reason
from bot.text import Text, clamp, few, join, md
from bot.ui import Line, Node, Note, card, line
from storage.models import Member, Opportunity, Standing

MOST_ON_FILE = 200
LONGEST_SAID, LONGEST_WRITTEN = 60, 90
QUIET = timedelta(days=1)
Seen: TypeAlias = Mapping[tuple[int, str], Text]


def ranking(ctx: Ctx, texts: Sequence[str], pool: Pool | None = None) -> Ranking:
    """Everyone against these texts; the open opportunities tell how rare a skill is."""
    pool = pool or pool_of(ctx.db)
    on_file = work.words_on_file(ctx.db, MOST_ON_FILE)
    everything = list(dict.fromkeys([*texts, *on_file]))
    at = {text: column for column, text in enumerate(everything)}
    matches = matches_of(ctx, pool.skills, everything)
    rare = matching.rarity(matches.match[:, [at[text] for text in on_file]])
    trusted = len(on_file) if matches.scale.is_calibrated else None
    written = evidence_of(ctx, texts, pool.members) if claimants.are_few(ctx.db) and not matches.by_words else None
    return Ranking(pool, list(texts), matches.of([at[text] for text in texts]), rare, trusted, written)


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


def fits_me(ctx: Ctx, opportunity: Opportunity) -> bool:
    """Whether one's own skills fit, by meaning or by name."""
    asked = work.needs_of(ctx.db, [opportunity])[opportunity.id]
    if needs.cover(asked, needs.levels_of(ctx.db, asked, [ctx.me.id]).get(ctx.me.id, {})):
        return True
    ranked = ranking_for(ctx, ctx.me, [work.words_of(opportunity, asked)])
    row = ranked.pool.row(ctx.me.id)
    return row is not None and float(ranked.gates_of(row)[0]) >= matching.LOOK


def members(ctx: Ctx, found: Found) -> dict[int, Member]:
    """The members found, by id."""
    return people.by_ids(ctx.db, [fit.member for fit in found.fits])


def seen(ctx: Ctx, fits: Iterable[Fit], in_public: bool = False) -> Seen:
    """Who has seen the members do what they are found for; `in_public` only those are named who let themselves be."""
    wanted = {(one.member, reason.claim.skill) for one in fits for reason in one.reasons if reason.claim.vouches}
    found: dict[tuple[int, str], Text] = {}
    for key, vouchers in vouchers_of(ctx.db, wanted).items():
        named = [md("{who}", who=one) for one in vouchers if one.named_in_digest or not in_public]
        found[key] = few(named, others=len(vouchers) - len(named))
    return found


def why(fit: Fit, seen: Seen) -> Text:
    """`*Docker* (expert, seen by Ben) for “shrink a Docker image”; thanked for “our build is small again”`."""
    claims = [_reason(reason, seen.get((fit.member, reason.claim.skill))) for reason in fit.reasons]
    return join([*claims, *([_written(fit.piece)] if fit.piece else [])], "; ", "; ")


def _written(piece: Piece) -> Text:
    said = "thanked for “{words}”" if piece.kind == "thanks" else "took “{words}”"
    return md(said, words=clamp(piece.words, LONGEST_WRITTEN))


def why_in_short(fit: Fit, seen: Seen) -> Text:
    """`Docker, seen by Ben and Carol; Kubernetes`: claims alone, for many to read."""
    return join([_claim_in_short(fit.member, reason, seen) for reason in fit.reasons], "; ", "; ")


def _claim_in_short(member: int, reason: Reason, seen: Seen) -> Text:
    by = seen.get((member, reason.claim.skill))
    return md("{skill}{seen}", skill=reason.claim.skill, seen=md(", seen by {who}", who=by) if by else "")


def with_reasons(ctx: Ctx, found: Sequence[tuple[Member, Fit]]) -> list[tuple[Member, Text]]:
    """Each with the reason, and the independent voices behind them where there are any."""
    fits = [one for _who, one in found]
    standing, by = reputation.standings(ctx.db, [one.member for one in fits]), seen(ctx, fits)
    return [(who, (*why(one, by), *_voices(standing.get(one.member)))) for who, one in found]


def _voices(standing: Standing | None) -> Text:
    return md("; {voices}", voices=reputation.in_words(standing)) if reputation.is_heard(standing) else ()


def _reason(reason: Reason, seen_by: Text | None) -> Text:
    seen = md(", seen by {who}", who=seen_by) if seen_by else ""
    claim = md("*{skill}* ({level}{seen})", skill=reason.claim.skill, level=reason.claim.level, seen=seen)
    said = matching.core(reason.said)
    same = not said or said.casefold() == reason.claim.skill.casefold() or len(said) > LONGEST_SAID
    return claim if same else claim + md(" for “{said}”", said=said)


def because(row: Opportunity, one: Fit, seen: Seen) -> Text:
    """`Why you: *Docker* (expert, seen by Ben) for “shrink a Docker image”`."""
    return (*md("Why you: "), *why(discreet(row, one), seen))


def brought(row: Opportunity, why: Text, is_named: bool = False) -> list[Node]:
    """One opportunity with the reason, however it was found; its title only where it is not named above."""
    extras = ", ".join(part for part in (row.pay, row.location) if part)
    if is_named:
        shown = [line("{extras}", extras=extras)] if extras else []
    else:
        shown = [
            line("*{title}* (o{n}){extras}", n=row.number, title=row.title, extras=f": {extras}" if extras else "")
        ]
    return [*shown, Line(why), work.answers(row)]


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

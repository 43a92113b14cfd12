"""What words ask for: the skills that a text needs, and the skill that an unknown name may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import OSA

from bot import matching, taxonomy
from bot.calibration import SHIPPED, Scale
from bot.ctx import Ctx, Refusal
from bot.embedding import SKILL, Library, scale_of
from bot.encoder import EncoderDown, Matrix, Unencoded
from bot.kinds import KINDS, Ask, Kind, Option, Unclear
from bot.line import quote
from bot.matching import LOOK, NAMED, Floats, Index, core, terms
from bot.names import BadName, Lexicon, New, Sure, Unsure, clean, normal
from storage import vectors
from storage.machinery import Audit
from storage.models import Alias, Skill

LIKELY, SURE = 0.60, 0.75
BY_SPELLING = 0.2
MOST_LIKELY = 5
MEANS = "=>"


@dataclass(frozen=True, slots=True)
class Heard:
    """A skill that a text asks for, the words that ask for it, and how well they match (a cosine; 1 when named)."""

    skill: str
    said: str
    match: float
    score: float


class Names:
    """Every canonical name and alias that a community knows, as vectors: `rows` (n, d), and the skill of each."""

    def __init__(self, lexicon: Lexicon[str], names: Sequence[str], rows: Matrix, state: int) -> None:
        """`state` is how many vectors were stored when these were read."""
        self.lexicon = lexicon
        self.state = state
        self.forms = [normal(name) for name in names]
        meant = [lexicon.meant(form) or "" for form in self.forms]
        self.skills = sorted(set(meant))
        at = {skill: row for row, skill in enumerate(self.skills)}
        self.of = np.array([at[skill] for skill in meant], np.int64)
        self.rows = rows
        self.scale: Scale = SHIPPED

    @cached_property
    def index(self) -> Index:
        """Each skill's own name as words."""
        return Index([terms(skill) for skill in self.skills])

    def best(self, values: Floats) -> Floats:
        """The best of each skill's names, (s, ...) from values (n, ...)."""
        found = np.full((len(self.skills), *values.shape[1:]), -1.0, np.float32)
        np.maximum.at(found, self.of, values)
        return found


_known: dict[tuple[str, int, str], Names] = {}


def names_of(ctx: Ctx) -> Names:
    """The names whose vectors are at hand; the others are encoded in the background, never here."""
    lexicon = taxonomy.lexicon(ctx.db)
    key = str(ctx.db.get_bind().engine.url), ctx.community.id, ctx.encoder.model
    known = _known.get(key)
    state = vectors.count(ctx.db, ctx.encoder.model, SKILL)
    if known is None or known.lexicon is not lexicon or known.state != state:
        known = _known[key] = _read(ctx, lexicon, state)
    known.scale = scale_of(ctx.db, ctx.encoder)
    return known


def _read(ctx: Ctx, lexicon: Lexicon[str], state: int) -> Names:
    wanted = taxonomy.spelled(ctx.db)
    found = Library(ctx.db, ctx.encoder, ctx.fresh).stored_skills(wanted)
    names = [name for name in wanted if name in found and lexicon.exact(name)]
    rows = np.concatenate([found[name] for name in names]) if names else np.zeros((0, 0), np.float32)
    return Names(lexicon, names, rows, state)


def skills_asked(ctx: Ctx, text: str) -> list[Heard]:
    """The skills that a text asks for, best first; every known skill has a score. Waits for the model.

    z(best window's cosine) + 0.5 z(whole text's cosine) + 0.1 z(BM25); a skill that is named comes first.
    """
    known = names_of(ctx)
    windows = matching.windows(text)
    if not known.skills or not windows:
        return []
    cosines = known.best(known.rows @ _window_rows(ctx, text).T)
    window = np.argmax(cosines, axis=1)
    match = known.scale.match(cosines[np.arange(len(window)), window])
    named = [known.skills.index(one) for one in taxonomy.named_in(ctx.db, text) if one in known.skills]
    score = matching.asked(match, known.scale.match(cosines[:, 0]), known.index.scores(text))
    match[named] = NAMED
    score[named] += 2 * np.ptp(score)
    return [
        Heard(known.skills[at], core(windows[window[at]]), float(match[at]), float(score[at]))
        for at in np.argsort(-score, kind="stable")
    ]


def worth_asking(heard: Sequence[Heard], most: int = MOST_LIKELY) -> list[Heard]:
    """Those that it may really ask for."""
    return [one for one in heard[: 2 * most] if one.match >= LOOK][:most]


def _window_rows(ctx: Ctx, text: str) -> Matrix:
    return Library(ctx.db, ctx.encoder, ctx.fresh).windows([text])[0]


def likely(ctx: Ctx, name: str) -> list[tuple[str, float]]:
    """What an unknown name may mean, likeliest first, with a likeness of 0..1; nothing while the model is not ready.

    Raises `Unencoded` inside a transaction where the model must be asked: nobody who writes waits for that.
    (cosine + 0.2 x likeness of spelling) / 1.2 with the nearest name or alias of each skill. At 0.75 the first is the
    right one in 95 of 100 cases (aliases of GitHub's topics and of ESCO's digital skills).
    """
    known = names_of(ctx)
    if not known.skills or not ctx.encoder.ready:
        return []
    library = Library(ctx.db, ctx.encoder, ctx.fresh)
    if ctx.db.info.get("alone") and not library.stored_skills([name]):
        raise Unencoded(SKILL, [name])
    try:
        row = library.skills([name])[0]
    except EncoderDown:
        return []
    likeness = known.best(likenesses(known, normal(name), row))
    best = np.argsort(-likeness, kind="stable")[:MOST_LIKELY]
    return [(known.skills[at], float(likeness[at])) for at in best if likeness[at] >= LIKELY]


def likenesses(known: Names, form: str, row: Matrix) -> Floats:
    """How like each known name is to one with this normal form and vector (d,), (n,)."""
    spelling = np.array([OSA.normalized_similarity(form, one) for one in known.forms], np.float32)
    meaning = known.scale.likeness(known.rows @ row)
    return ((meaning + BY_SPELLING * spelling) / (1 + BY_SPELLING)).astype(np.float32)


def read_skill(ctx: Ctx, text: str, ask: Ask) -> Skill:
    """The canonical skill that free text means; asks when unsure, never guesses.

    `=Name` says: not what you proposed, a skill of that name. `said=>Name` says: what you proposed, remember it.
    """
    try:
        return _read_skill(ctx, text.strip(), ask)
    except BadName as bad:
        raise Refusal(str(bad).replace("{", "").replace("}", "")) from None


def _read_skill(ctx: Ctx, text: str, ask: Ask) -> Skill:
    said, arrow, name = text.rpartition(MEANS)
    if arrow:
        return _taught(ctx, clean(said), name, ask)
    lexicon = taxonomy.lexicon(ctx.db)
    if text.startswith("="):
        named = clean(text[1:])
        return taxonomy.row_of(ctx.db, lexicon.exact(named) or named)
    match lexicon.resolve(clean(text)):
        case Sure(key):
            return taxonomy.row_of(ctx.db, key)
        case Unsure(candidates):
            raise _did_you_mean(clean(text), [one.key for one in candidates], ask)
        case New(name):
            return _new(ctx, name, ask)


def _taught(ctx: Ctx, said: str, name: str, ask: Ask) -> Skill:
    """Somebody tapped what was proposed: from now on this community knows that these words mean it."""
    skill = _read_skill(ctx, name.strip(), ask)
    if ctx.db.info.get("alone") and skill.name in proposed(ctx, said):
        taxonomy.changed(ctx.db)
        ctx.db.add(Alias(skill_id=skill.id, normal=normal(said), name=said))
        ctx.db.add(Audit(member_id=ctx.me.id, line=f"skill learn {quote(said)} {quote(skill.name)}", done_at=ctx.now))
        ctx.db.flush()
    return skill


def proposed(ctx: Ctx, said: str) -> list[str]:
    """What would be proposed for these words; nothing when they are known, or like nothing that is."""
    match taxonomy.lexicon(ctx.db).resolve(said):
        case Sure():
            return []
        case Unsure(candidates):
            return [one.key for one in candidates]
        case New(name):
            return [skill for skill, _likeness in likely(ctx, name)]


def _did_you_mean(said: str, names: list[str], ask: Ask) -> Unclear:
    options = [Option(name, f"{said}{MEANS}{name}") for name in names[:5]]
    if ask.new:
        options.append(Option(f"No, {said} is a skill of its own", f"={said}"))
    if len(names) == 1:
        return Unclear("Did you mean *{name}*?", options, name=names[0])
    return Unclear("“{said}” could be one of these. Which one?", options, said=said)


def _new(ctx: Ctx, name: str, ask: Ask) -> Skill:
    """What nobody here has named: asked about when its meaning is near that of something known, else coined."""
    if near := likely(ctx, name):
        raise _did_you_mean(name, [skill for skill, _likeness in near], ask)
    if not ask.new:
        raise Refusal("Nobody here has named a skill “{name}” yet.", name=name)
    return taxonomy.row_of(ctx.db, name)


def suggest_skills(ctx: Ctx, text: str) -> list[Option]:
    """Known skills that complete what was typed, or that it may be a misspelling of."""
    lexicon = taxonomy.lexicon(ctx.db)
    found = lexicon.complete(text, 25)
    return [Option(name, name) for name in found or _misspelled(lexicon, text)]


def _misspelled(lexicon: Lexicon[str], text: str) -> list[str]:
    try:
        meant = lexicon.resolve(clean(text))
    except BadName:
        return []
    return [one.key for one in meant.candidates] if isinstance(meant, Unsure) else []


KINDS[Skill] = Kind(
    "skill",
    read_skill,
    write=lambda skill: skill.name,
    rest=True,
    suggest=suggest_skills,
    ponders=True,
    knows=lambda ctx, words: bool(taxonomy.lexicon(ctx.db).exact(words)),
)

"""What a community's answers teach about fit: a small logistic model that starts from what is generally true.

A tip's chance of a yes = sigmoid(w . x), x = (log-odds of the calibrated match, cover of the needs - 1/2,
log(1 + standing), time - 1, 1). The prior weights are those of `PRIOR`; they enter as pseudo-observations (Clogg and
others, 1991): a grid of cases, each a yes and a no in the share that the prior expects, as heavy as 120 answers in all.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import col, select

from bot import matching, timers
from bot.ctx import Ctx
from storage.machinery import Setting
from storage.models import Interest, Tip

Doubles = NDArray[np.float64]
NAMES = ("match", "needs", "standing", "time", "base")
PRIOR: tuple[float, ...] = (1.0, 1.0, 0.3, 1.0, 0.0)
PRIOR_ANSWERS = 120.0
GRID = ((-3.0, -1.0, 0.0, 1.5), (-0.5, 0.0, 0.5), (0.0, 0.7, 1.4), (-1.0, -0.5, 0.0))
LEAST_CHANCE = 0.01
SOON = timedelta(hours=1)
FEATURE = "taste"
YES = ("interested", "named", "filled")
SAYS_NOTHING = ("busy", "pay")
LACKS = ("skills", "time")


@dataclass(frozen=True, slots=True)
class Taste:
    """The weights in force, and how many answers are behind them."""

    weights: tuple[float, ...] = PRIOR
    yes: int = 0
    no: int = 0
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """Tips that were answered: cases (n, 5) and whether it was a yes, (n,)."""

    cases: Doubles
    yes: NDArray[np.bool_]


def cases(match: Sequence[float], cover: Sequence[float], standing: Sequence[float], time: Sequence[float]) -> Doubles:
    """What the model looks at, (n, 5), from n matches (cosines), covers (0..1), standings and shares of time (0..1)."""
    chance = np.clip(matching.chance(np.asarray(match, np.float32)), LEAST_CHANCE, 1 - LEAST_CHANCE)
    odds = np.log(chance / (1 - chance))
    known = [odds, np.asarray(cover) - 0.5, np.log1p(np.maximum(standing, 0.0)), np.asarray(time) - 1.0]
    return np.column_stack([*known, np.ones(len(odds))]).astype(float)


def chances(weights: Sequence[float], x: Doubles) -> Doubles:
    """The chance of a yes for each case, (n,)."""
    return 1 / (1 + np.exp(-(x @ np.asarray(weights))))


def learn(answers: Answers) -> tuple[float, ...]:
    """The weights after these answers; with none, the prior's (to 0.01)."""
    from sklearn.linear_model import LogisticRegression  # takes a second, and only the clock's line needs it

    grid = np.array([(*one, 1.0) for one in itertools.product(*GRID)])
    expected = chances(PRIOR, grid) * PRIOR_ANSWERS / len(grid)
    x = np.concatenate([grid, grid, answers.cases])
    y = np.concatenate([np.ones(len(grid)), np.zeros(len(grid)), answers.yes])
    heavy = np.concatenate([expected, PRIOR_ANSWERS / len(grid) - expected, np.ones(len(answers.yes))])
    model = LogisticRegression(C=1e4, fit_intercept=False, max_iter=500).fit(x, y, sample_weight=heavy)
    return tuple(float(one) for one in model.coef_[0])


def answers(ctx: Ctx) -> Answers:
    """What became of the tips since the community last started over. Silence is no answer."""
    query = select(Tip, Interest).join(
        Interest, (col(Interest.opportunity_id) == Tip.opportunity_id) & (col(Interest.member_id) == Tip.member_id)
    )
    since = _since(ctx)
    rows = ctx.db.exec(query.where(Tip.sent_at > since) if since else query).all()
    meant = [(tip, said) for tip, answer in rows if (said := verdict(answer)) is not None]
    tips = [tip for tip, _said in meant]
    x = cases([t.score for t in tips], [t.cover for t in tips], [t.standing for t in tips], [t.time for t in tips])
    return Answers(x, np.array([said for _tip, said in meant], np.bool_))


def verdict(answer: Interest) -> bool | None:
    """Whether it fitted; no time and too little pay say nothing about that."""
    if answer.state == "declined":
        return answer.decided_why not in LACKS
    if answer.state == "passed":
        return None if answer.why in SAYS_NOTHING else False
    return True if answer.state in YES else None


def of(ctx: Ctx) -> Taste:
    """What is in force."""
    row = _row(ctx, "weights")
    if row is None:
        return Taste()
    said = json.loads(row.value)
    return Taste(tuple(said["weights"]), said["yes"], said["no"], datetime.fromisoformat(said["at"]))


def keep(ctx: Ctx, weights: Sequence[float], found: Answers) -> None:
    """These are in force from now on."""
    yes = int(found.yes.sum())
    said = {"weights": list(weights), "yes": yes, "no": len(found.yes) - yes, "at": ctx.now.isoformat()}
    row = _row(ctx, "weights") or Setting(feature=FEATURE, name="weights", value="")
    row.value = json.dumps(said)
    ctx.db.add(row)


def start_over(ctx: Ctx) -> None:
    """Forgets what was learned; answers to earlier tips count no more."""
    if row := _row(ctx, "weights"):
        ctx.db.delete(row)
    since = _row(ctx, "since") or Setting(feature=FEATURE, name="since", value="")
    since.value = ctx.now.isoformat()
    ctx.db.add(since)


def learn_soon(ctx: Ctx) -> None:
    """Answers that come together are learned from together."""
    timers.soon(ctx, "taste", "digest learn", ctx.now + SOON)


def _since(ctx: Ctx) -> datetime | None:
    row = _row(ctx, "since")
    return datetime.fromisoformat(row.value) if row else None


def _row(ctx: Ctx, name: str) -> Setting | None:
    return ctx.db.exec(select(Setting).where(Setting.feature == FEATURE, Setting.name == name)).first()

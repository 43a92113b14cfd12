"""Planted communities whose true skill is known, and the attacks standing must withstand; all from a seed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.voices import Floats, Ints, Ledger

QUARTER = 90.0
ALLOWANCE = 300
TEAM = 8
GUILD = 40


@dataclass(frozen=True)
class Custom:
    """How people of a world give: how much more often near ones, how noisy, how often thanks are returned."""

    merit: float = 1.2
    team: int = TEAM
    guild: int = GUILD
    nearer: tuple[float, float] = (60.0, 10.0)
    friendship: float = 1.2
    returned: float = 0.15
    newcomers: float = 0.12


USUAL = Custom()
HELD_OUT = {
    "loose": Custom(team=5, guild=30, nearer=(12.0, 4.0), friendship=0.8),
    "cliquish": Custom(team=12, guild=36, nearer=(120.0, 10.0), friendship=1.5, returned=0.35),
    "young": Custom(merit=0.8, newcomers=0.4, returned=0.25),
}


@dataclass(frozen=True)
class World:
    """A quarter of kudos among n members, whose true skill (n,) is known."""

    skill: Floats
    ledger: Ledger


def planted(seed: int, n: int = 200, each: float = 20.0, skills: int = 0, custom: Custom = USUAL) -> World:
    """About `each` kudos a member, by skill^1.2, tenure, perception and friendship within teams and guilds."""
    rng = np.random.default_rng(seed)
    skill = rng.lognormal(0.0, 0.7, n)
    giver, receiver = _given(rng, skill, each, custom)
    thanked = rng.random(len(giver)) < custom.returned
    giver, receiver = np.append(giver, receiver[thanked]), np.append(receiver, giver[thanked])
    m = len(giver)
    subject = _subjects(rng, receiver, skills) if skills else np.full(m, -1)
    ledger = Ledger(giver, receiver, subject, np.ones(m), rng.uniform(0, QUARTER, m), n, _vetted(rng, skill))
    return World(skill, ledger)


def _given(rng: np.random.Generator, skill: Floats, each: float, custom: Custom) -> tuple[Ints, Ints]:
    """Every member's kudos, drawn by how good, present, visible and close the others seem to the giver."""
    n = len(skill)
    tenure = np.where(rng.random(n) < custom.newcomers, 0.15, rng.uniform(0.5, 1.0, n))
    counts = rng.poisson(each * tenure / tenure.mean())
    merit = skill**custom.merit * tenure * rng.lognormal(0.0, 0.4, n)
    drawn = [_draw(rng, member, counts[member], merit, custom) for member in range(n)]
    return np.repeat(np.arange(n), counts), np.concatenate(drawn)


def _draw(rng: np.random.Generator, giver: int, count: int, merit: Floats, custom: Custom) -> Ints:
    """Receivers by merit (n,), more often (60 times) from the own team and (10 times) the own guild, by friendship."""
    others = np.arange(len(merit))
    team, guild = others // custom.team == giver // custom.team, others // custom.guild == giver // custom.guild
    near = np.where(team, custom.nearer[0], np.where(guild, custom.nearer[1], 1.0))
    liking = merit * near * rng.lognormal(0.0, custom.friendship, len(merit))
    liking[giver] = 0
    return rng.choice(len(merit), count, p=liking / liking.sum())


def _subjects(rng: np.random.Generator, receiver: Ints, skills: int) -> Ints:
    """Each entry in one of its receiver's three skills."""
    theirs = rng.integers(0, skills, (receiver.max() + 1, 3))
    return theirs[receiver, rng.integers(0, 3, len(receiver))]


def _vetted(rng: np.random.Generator, skill: Floats) -> NDArray[np.bool_]:
    """3 % of the members, from the better half."""
    n = len(skill)
    better = np.argsort(skill)[n // 2 :]
    return np.isin(np.arange(n), rng.choice(better, max(1, round(0.03 * n)), replace=False))


def weakest(world: World, seed: int, count: int) -> Ints:
    """Attackers: unvetted members of the lowest 30 % in true skill."""
    lowest = np.argsort(world.skill)[: round(0.3 * len(world.skill))]
    return np.random.default_rng(seed + 1000).choice(lowest, count, replace=False)


def with_entries(ledger: Ledger, giver: Ints, receiver: Ints, n: int | None = None) -> Ledger:
    """The same community after further kudos, today and without a skill; `n` when members joined for it."""
    more, size = len(giver), n or ledger.n
    return Ledger(
        np.append(ledger.giver, giver),
        np.append(ledger.receiver, receiver),
        np.append(ledger.skill, np.full(more, -1)),
        np.append(ledger.weight, np.ones(more)),
        np.append(ledger.age, np.zeros(more)),
        size,
        np.append(ledger.vetted, np.zeros(size - ledger.n, dtype=bool)),
    )


def silent(ledger: Ledger, members: Ints) -> Ledger:
    """The same community had these members given nothing: who goes all-in has no kudos left for others."""
    kept = ~np.isin(ledger.giver, members)
    return replace(
        ledger,
        giver=ledger.giver[kept],
        receiver=ledger.receiver[kept],
        skill=ledger.skill[kept],
        weight=ledger.weight[kept],
        age=ledger.age[kept],
    )


def ring(ledger: Ledger, members: Ints) -> Ledger:
    """A full allowance each, spread evenly over the others of the ring."""
    giver, receiver = np.repeat(members, len(members)), np.tile(members, len(members))
    others = giver != receiver
    times = ALLOWANCE // (len(members) - 1)
    return with_entries(silent(ledger, members), np.repeat(giver[others], times), np.repeat(receiver[others], times))


def sybils(ledger: Ledger, owner: int, count: int) -> Ledger:
    """Fake accounts, fed by the owner's whole allowance, that give all of theirs back."""
    fakes = np.arange(ledger.n, ledger.n + count)
    fed, back = np.resize(fakes, ALLOWANCE), np.repeat(fakes, ALLOWANCE)
    giver = np.concatenate([np.full(ALLOWANCE, owner), back])
    return with_entries(ledger, giver, np.concatenate([fed, np.full(len(back), owner)]), ledger.n + count)


def spies(ledger: Ledger, accomplice: int, members: Ints) -> Ledger:
    """A full allowance each, all-in on one accomplice."""
    giver = np.repeat(members, ALLOWANCE)
    return with_entries(silent(ledger, members), giver, np.full(len(giver), accomplice))


def camouflaged(ledger: Ledger, members: Ints) -> Ledger:
    """A ring whose members go on thanking others as they did: a full allowance within, on top of honest thanks."""
    kept, pure = ledger, ring(ledger, members)
    within = np.isin(pure.giver, members)
    return with_entries(kept, pure.giver[within], pure.receiver[within])


def mingled(ledger: Ledger, members: Ints, seed: int, within: float) -> Ledger:
    """A ring that spends only a share of its allowance within, and the rest on others, each on some of their own."""
    rng = np.random.default_rng(seed)
    base, size = silent(ledger, members), len(members)
    inside = max(1, int(ALLOWANCE * within / max(1, size - 1)))
    giver, receiver = np.repeat(members, size), np.tile(members, size)
    others = giver != receiver
    givers, receivers = [np.repeat(giver[others], inside)], [np.repeat(receiver[others], inside)]
    outsiders = np.setdiff1d(np.arange(ledger.n), members)
    for one in members:
        count = ALLOWANCE - inside * (size - 1)
        givers.append(np.full(max(0, count), one))
        receivers.append(rng.choice(outsiders, max(0, count)))
    return with_entries(base, np.concatenate(givers), np.concatenate(receivers))


def chained(ledger: Ledger, members: Ints) -> Ledger:
    """A ring in the plain sense: each gives everything to the next, so that no two support the same one."""
    giver = np.repeat(members, ALLOWANCE)
    return with_entries(silent(ledger, members), giver, np.repeat(np.roll(members, -1), ALLOWANCE))


def tactics(ledger: Ledger, members: Ints, seed: int) -> list[Ledger]:
    """What an adaptive ring tries before it keeps what pays best."""
    mixed = [mingled(ledger, members, seed, within) for within in (0.05, 0.2, 0.5)]
    return [ring(ledger, members), camouflaged(ledger, members), chained(ledger, members), *mixed]


def endorsed(ledger: Ledger, owner: int, count: int, seed: int, share: float = 0.1) -> Ledger:
    """Sybils of whom a share was thanked once by somebody honest, each by another one."""
    attacked = sybils(ledger, owner, count)
    lucky = np.arange(ledger.n, ledger.n + max(1, round(share * count)))
    honest = np.setdiff1d(np.arange(ledger.n), [owner])
    fooled = np.random.default_rng(seed + 2000).choice(honest, len(lucky))
    return with_entries(attacked, fooled, lucky)

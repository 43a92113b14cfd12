"""Evaluation tasks on file: what somebody needs, what people claim, and how relevant these are to each other.

A folder holds `needs.jsonl` {id, text, body}, `members.jsonl` {id, claims [{skill}], bio, items [{text, answer}]} and
`qrels.csv` need,member,rel: for claims, how many of the needed skills somebody claims. What is missing is empty.
"""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.matching import Bools

Row = dict[str, Any]
Relevance = NDArray[np.float32]
NEED: Row = {"text": "", "body": "", "parts": []}
MEMBER: Row = {"claims": [], "bio": "", "items": []}
BOTH_WAYS = ("claims2opp", "whohelps")
ROUNDS = 3


@dataclass(frozen=True)
class Task:
    """Needs (o), members (m) and how relevant they are to each other (o, m)."""

    name: str
    needs: list[Row]
    members: list[Row]
    relevance: Relevance

    @property
    def kind(self) -> str:
        """The first word of its name: claims2opp, need2skill, skillnorm, skillrelated, whohelps."""
        return self.name.split("-")[0]

    @property
    def directions(self) -> tuple[str, ...]:
        """Who fits a need; and, where it is asked, which needs fit a member."""
        return ("need->member", "member->need") if self.kind in BOTH_WAYS else ("need->member",)

    @cached_property
    def is_of_labels(self) -> bool:
        """Whether a "member" is one label."""
        return all(len(one["claims"]) == 1 and not one["items"] for one in self.members)

    @cached_property
    def texts(self) -> list[str]:
        """What each need says, (o,)."""
        return [" ".join(one["text"].split()) for one in self.needs]

    def profiles(self) -> list[str]:
        """All that each member says of themselves, as one text, (m,)."""
        return [_profile(one) for one in self.members]


def load(folder: Path) -> Task:
    """Reads a task folder."""
    needs = _rows(folder / "needs.jsonl", NEED)
    members = _rows(folder / "members.jsonl", MEMBER)
    need, member = ({one["id"]: at for at, one in enumerate(rows)} for rows in (needs, members))
    relevance = np.zeros((len(needs), len(members)), np.float32)
    with (folder / "qrels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            relevance[need[row["need"]], member[row["member"]]] = float(row["rel"])
    return Task(folder.name, needs, members, relevance)


def _rows(file: Path, blank: Row) -> list[Row]:
    with file.open(encoding="utf-8") as lines:
        return [{**blank, **json.loads(one)} for one in lines if one.strip()]


def _profile(member: Row) -> str:
    said = ", ".join(claim["skill"] for claim in member["claims"])
    items = " ".join(f"{item.get('text', '')} {item.get('answer', '')}" for item in member["items"])
    return ". ".join(part for part in (said, member["bio"], items) if part.strip())


def tasks(data: Path) -> list[Task]:
    """Every task folder in a folder, by name."""
    return [load(one.parent) for one in sorted(data.glob("*/qrels.csv"))]


@dataclass(frozen=True, slots=True)
class Labels:
    """Whether each skill (s) is asked for by each text (o): `asked` (s, o), where that is `known` (s, o)."""

    skills: list[str]
    asked: Bools
    known: Bools


def labels(task: Task) -> Labels:
    """What follows for single skills from how many of somebody's are asked for.

    Whoever has none of what is asked tells that all theirs are not asked for; whoever has as many as are still open
    tells that these are; and so on in turn. What stays open is not known.
    """
    skills = sorted({claim["skill"] for one in task.members for claim in one["claims"]})
    at = {name: column for column, name in enumerate(skills)}
    claims = np.zeros((len(task.members), len(skills)), np.float32)
    for row, one in enumerate(task.members):
        claims[row, [at[claim["skill"]] for claim in one["claims"]]] = 1
    asked, no = (np.zeros((len(task.needs), len(skills)), np.bool_) for _ in range(2))
    for _ in range(ROUNDS):
        rest = task.relevance - asked @ claims.T
        no |= ((rest <= 0).astype(np.float32) @ claims > 0) & ~asked
        is_open = (~(asked | no)).astype(np.float32)
        sure = (rest > 0) & (is_open @ claims.T == rest)
        asked |= (sure.astype(np.float32) @ claims > 0) & ~no
    return Labels(skills, asked.T, (asked | no).T)

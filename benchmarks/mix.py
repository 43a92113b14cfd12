"""What the members of a town say in a plausible week, at random but from a seed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from benchmarks.town import REASON, Town, names, skill_of
from bot.ctx import Given, Request, Who

WRITES = {"kudos give": 40, "skill claim": 30, "skill vouch": 30}
WEEK = {
    "kudos cheer": 20,
    "kudos give": 10,
    "skill claim": 6,
    "skill vouch": 5,
    "opportunity interest": 4,
    "opportunity list": 10,
    "opportunity show": 10,
    "profile show": 9,
    "skill of": 8,
    "kudos mine": 7,
    "skill mine": 6,
    "help": 5,
}


class Saying:
    """Requests of random members of one town, each with an id of its own."""

    def __init__(self, town: Town, mix: dict[str, int], seed: str) -> None:
        self.town, self.mix, self.seed = town, mix, seed
        self.rng = Random(seed)
        self.known = names()

    def __iter__(self) -> Iterator[Request]:
        """For ever."""
        kinds, weights = list(self.mix), list(self.mix.values())
        number = 0
        while True:
            number += 1
            yield self._request(self.rng.choices(kinds, weights)[0], f"load-{self.seed}-{number}")

    def _request(self, kind: str, key: str) -> Request:
        who, other = self.rng.sample(range(2, self.town.members), 2)
        line, given = self._line(kind, other, key)
        account = Who(f"u{who}", f"user{who}")
        return Request(key, self.town.place, account, line, datetime.now(UTC), given, "#general")

    def _line(self, kind: str, other: int, key: str) -> tuple[str, dict[str, Given]]:
        match kind:
            case "kudos cheer":
                said = {"author": f"<@u{other}>", "emoji": "raised_hands", "message": f"C1/{key}", "words": "it works"}
                return kind, said
            case "kudos give":
                return f"kudos give @user{other} {REASON}", {}
            case "skill claim":
                return f"skill claim {self.rng.choice(self.known)} expert", {}
            case "skill vouch":
                return f"skill vouch @user{other} {self.known[skill_of(other)]}", {}
            case "skill of":
                return f"skill of @user{other}", {}
            case "opportunity show" | "opportunity interest":
                return f"{kind} o{self.rng.randrange(1, 51)}", {}
            case _:
                return kind, {}

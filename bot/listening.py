"""What adapters listen for in other people's messages, so that they hand in nothing else."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.allowance import KudosSettings
from bot.config import load_from
from bot.emoji import name_of, spellings
from bot.pluses import pluses


@dataclass(frozen=True, slots=True)
class Listening:
    """The emoji that say thanks, in every spelling, and whether `@ana ++ why` does."""

    emoji: frozenset[str]
    plus: bool

    def hears(self, emoji: str) -> bool:
        """Whether a reaction, as any platform writes it, says thanks."""
        return name_of(emoji) in self.emoji

    def reads(self, text: str) -> bool:
        """Whether a message has `@ana ++ why` in it, where that says thanks."""
        return self.plus and bool(pluses(text))


def listening(db: Session, place_id: int) -> Listening:
    """What the community of this place wants heard."""
    rules = load_from(db, place_id, KudosSettings)
    return Listening(spellings(rules.emoji), rules.plus)

"""What adapters listen for in other people's messages, so that they hand in nothing else."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.allowance import KudosSettings
from bot.config import load_from
from bot.emoji import name_of, spellings
from bot.gleaning import looks_like_work
from bot.pluses import pluses
from bot.work import OpportunitySettings

THANKS, WORK = "kudos plus", "opportunity overheard"


@dataclass(frozen=True, slots=True)
class Listening:
    """The emoji that say thanks, in every spelling; whether `@ana ++ why` does; the channel where work is noticed."""

    emoji: frozenset[str]
    plus: bool
    work: str = ""

    def hears(self, emoji: str) -> bool:
        """Whether a reaction, as any platform writes it, says thanks."""
        return name_of(emoji) in self.emoji

    @property
    def to_words(self) -> bool:
        """Whether it listens to what people write at all."""
        return self.plus or bool(self.work)

    def reads(self, text: str, channel: str, is_reply: bool = False) -> str:
        """The line that a message means to the core, by the platform's key of its channel; none where it means nothing.

        Thanks are heard everywhere; work only where it is told of, and not in what is said about it.
        """
        if self.plus and pluses(text):
            return THANKS
        return WORK if channel and channel == self.work and not is_reply and looks_like_work(text) else ""


def may_mean(text: str) -> bool:
    """Whether a message can mean anything to anybody, before it is known whose it is."""
    return "++" in text or looks_like_work(text)


def listening(db: Session, place_id: int) -> Listening:
    """What the community of this place wants heard."""
    rules = load_from(db, place_id, KudosSettings)
    shown = load_from(db, place_id, OpportunitySettings)
    here = shown.channel if shown.overhear else None
    return Listening(spellings(rules.emoji), rules.plus, here.key if here and here.place == place_id else "")

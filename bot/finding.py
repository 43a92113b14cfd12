"""What was found when the installation was looked over: the words that jobs and adapters share."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; what is not fine says what to do."""

    about: str
    state: Literal["fine", "doubtful", "wrong"]
    words: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A channel that a setting names."""

    setting: str
    channel: str


def fine(about: str, words: str) -> Finding:
    """As it should be."""
    return Finding(about, "fine", words)


def doubtful(about: str, words: str) -> Finding:
    """It works, but not all of it, or not as well as it could."""
    return Finding(about, "doubtful", words)


def wrong(about: str, words: str) -> Finding:
    """It does not work."""
    return Finding(about, "wrong", words)
